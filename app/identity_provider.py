"""The identity provider of this instance, if it has one."""

from app.settings import Settings
from web import IdentityProvider


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """Who proves who citizens are. None where nobody is configured."""
    if not settings.esia_issuer:
        return None
    # Only here: its libraries are for those who have one.
    from app.openid import OpenIdProvider  # noqa: PLC0415

    return OpenIdProvider(
        issuer=settings.esia_issuer,
        client_id=settings.esia_client_id,
        client_secret=settings.esia_client_secret,
    )
