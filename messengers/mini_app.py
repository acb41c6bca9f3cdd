"""What a messenger tells a page that it opens inside itself: who opened it, signed with our bot's token.

Telegram (core.telegram.org/bots/webapps, "Validating data received via the Mini App") and MAX
(dev.max.ru/docs/webapps/validation) sign alike: HMAC-SHA256 of the sorted lines ``key=value`` by a key that
is the HMAC-SHA256 of the token by the word "WebAppData". Neither judges the age; that is the caller's.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_, Language, as_language
from messengers.capabilities import Carrier

# Both send less than a kilobyte; nothing longer is looked at.
LONGEST = 4096
# Seconds of our century have ten digits. MAX shows milliseconds in its example and seconds in its text.
_MILLISECONDS_FROM = 10**11


class LaunchNotSigned(DomainError):
    """What the page was opened with was not signed by this messenger for our bot."""

    code = "launch_not_signed"
    kind = RefusalKind.FORBIDDEN
    message = N_(
        "The messenger did not confirm who you are. Close the page and open it again from our bot's menu."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Who opened the page in which messenger, and when. ``name``: of this opening and no other."""

    carrier: Carrier
    name: str
    subject: str
    display_name: str
    language: Language
    opened_at: datetime


def read_launch(text: str, *, carrier: Carrier, tokens: Mapping[Carrier, str]) -> Launch:
    """The launch that the messenger signed. Raises: LaunchNotSigned."""
    fields = parse_qsl(text[:LONGEST], keep_blank_values=True)
    said = dict(fields)
    signature = said.pop("hash", "")
    token = tokens.get(carrier, "")
    # A key given twice would let one reader see what another one did not check.
    if not token or len(said) + 1 != len(fields) or not _signed(said, signature, token):
        raise LaunchNotSigned
    try:
        return _launch(carrier, signature, said)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LaunchNotSigned from error


def _signed(said: Mapping[str, str], signature: str, token: str) -> bool:
    lines = "\n".join(f"{key}={value}" for key, value in sorted(said.items()))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    expected = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode(), expected.encode())


def _launch(carrier: Carrier, signature: str, said: Mapping[str, str]) -> Launch:
    user = json.loads(said["user"])
    seconds = int(said["auth_date"])
    if seconds >= _MILLISECONDS_FROM:
        seconds //= 1000
    names = [str(user.get(part) or "") for part in ("first_name", "last_name")]
    return Launch(
        carrier=carrier,
        name=f"{carrier}:{signature}",
        subject=str(int(user["id"])),
        display_name=" ".join(filter(None, names)) or str(int(user["id"])),
        language=as_language(user.get("language_code")),
        opened_at=datetime.fromtimestamp(seconds, UTC),
    )
