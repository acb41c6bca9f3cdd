"""What works in a lesser way on this machine, and what would mend it."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit

from app.settings import Settings

_CHROME_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chrome(settings: Settings) -> Path | None:
    """Return the browser that draws charts: BROWSER_PATH, or the first known name on PATH."""
    if settings.browser_path and settings.browser_path.exists():
        return settings.browser_path
    for name in _CHROME_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def degradations(settings: Settings) -> list[str]:
    """Return a sentence for each thing that this machine or these settings do not allow in full."""
    lesser = []
    if find_chrome(settings) is None:
        lesser.append(
            "No Chrome or Chromium: charts are drawn by matplotlib (Debian: apt-get install chromium)."
        )
    if not any(settings.messenger_tokens.values()):
        lesser.append(
            "No token of a messenger (MAX_BOT_TOKEN, VK_GROUP_TOKEN): the bot talks in the web chat only."
        )
    if closed_to_others(settings):
        lesser.append(
            "STRATEGY24_PUBLIC_URL is not set: pages are refused under any address but this machine's."
        )
    return lesser


def closed_to_others(settings: Settings) -> bool:
    """Tell whether the instance listens for other machines but does not know under which address."""
    own = {"127.0.0.1", "localhost", "::1"}
    return settings.host not in own and urlsplit(settings.public_url).hostname in own
