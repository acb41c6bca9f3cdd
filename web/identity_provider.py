"""The port of an identity provider: who stands behind a browser that came back from it (OpenID Connect)."""

from dataclasses import dataclass
from typing import Protocol

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whom the provider knows: its own lasting id of them, and how to call them."""

    subject: str
    given_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A browser's way to the provider and back: random words of which each is good for this way only.

    state: comes back with the browser; nonce: stands in the ID token; verifier: shows that the code is
    exchanged by whoever asked for it (RFC 7636); return_to: where the provider sends the browser.
    """

    state: str
    nonce: str
    verifier: str
    return_to: str


class IdentityProvider(Protocol):
    """Sends a browser away and says who came back. Both calls may raise ProviderDown."""

    async def departure(self, journey: Journey) -> str:
        """The address at which the provider asks the person who they are."""

    async def proof(self, code: str, journey: Journey) -> Proof:
        """Who it was, for the code that the browser brought. Raises: NotProved."""


class ProviderDown(DomainError):
    """The provider did not answer in time, or not as it must."""

    code = "provider_down"
    kind = RefusalKind.UNAVAILABLE
    message = N_("Gosuslugi does not answer now. Try again in a few minutes, or use a link from the bot.")


class NotProved(DomainError):
    """What came back is not what the provider says to us, now, about this browser."""

    code = "not_proved"
    kind = RefusalKind.FORBIDDEN
    message = N_("Gosuslugi did not confirm who you are. Nothing was changed. Begin again.")
