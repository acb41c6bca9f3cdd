"""Webhooks: the door at which a messenger brings its updates, and the word by which it is known."""

import hashlib
import hmac
from dataclasses import dataclass

from messengers.capabilities import Carrier

HOOKS_PATH = "/hooks/"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a messenger brings its updates, and the secret that it shows there."""

    url: str
    secret: str


def webhook(carrier: Carrier, *, public_url: str, secret_key: str) -> Webhook:
    """The door of a messenger at this installation."""
    return Webhook(f"{public_url.rstrip('/')}{HOOKS_PATH}{carrier}", hook_secret(carrier, secret_key))


def hook_secret(carrier: Carrier, secret_key: str) -> str:
    """The messenger's secret: hexadecimal, so that each of them takes it; it follows from the secret key."""
    return hmac.digest(secret_key.encode(), f"webhook:{carrier}".encode(), hashlib.sha256).hex()
