"""Addresses on the web that screens lead to."""

import ipaddress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from messengers.capabilities import Carrier
from messengers.screens import Button, Link, Screen
from messengers.texts import RichText, stacked


@dataclass(frozen=True, slots=True)
class Site:
    """The public address of this installation, e.g. ``https://kontakt.example``."""

    public_url: str

    def address(self, path: str) -> str:
        """The full address of a page."""
        return f"{self.public_url.rstrip('/')}/{path.lstrip('/')}"

    def sign_in(self, token: str) -> str:
        """A one-time link; it shows a button first, so that a messenger's preview does not use it up."""
        return self.address(f"in/{token}")


def with_usable_links(screen: Screen, carrier: Carrier) -> Screen:
    """The screen with links that the carrier would refuse as buttons written out as text.

    Telegram refuses a button to a host without a dot or to a bare address ("Wrong HTTP URL"), which is
    what an installation on somebody's own machine has; one bad button would lose the whole message.
    """
    if carrier is Carrier.WEB:
        return screen
    text, rows = screen.text, []
    for row in screen.buttons:
        kept: list[Button] = []
        for button in row:
            if isinstance(button, Link) and not _accepted_as_button(button.url):
                text = stacked(text, RichText(f"{button.label}: {button.url}"), gap="\n\n")
            else:
                kept.append(button)
        rows.append(tuple(kept))
    return replace(screen, text=text, buttons=tuple(row for row in rows if row))


def _accepted_as_button(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False
