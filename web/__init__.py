"""Pages, forms and the HTTP API."""

from web.dependencies import WebDependencies
from web.door import build_web
from web.identity_provider import IdentityProvider, Journey, NotProved, Proof, ProviderDown

__all__ = [
    "IdentityProvider",
    "Journey",
    "NotProved",
    "Proof",
    "ProviderDown",
    "WebDependencies",
    "build_web",
]
