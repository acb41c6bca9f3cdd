"""What a stored file is."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.shared.errors import NotFound
from core.shared.language import N_

_KEY = re.compile(r"[0-9a-f]{64}")


class UnknownFile(NotFound):
    """No file under this key."""

    code = "unknown_file"
    message = N_("There is no such file. It may have been removed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file by the SHA-256 of its bytes. Who may read it is decided by its parents."""

    key: str
    media_type: str
    size_bytes: int
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptContent:
    """Bytes that are on disk and not yet told to the database of; what they belong to comes next."""

    key: str
    media_type: str
    size_bytes: int


# How a picture begins, whatever its name says.
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that every messenger shows, None for anything else.

    >>> picture_type(b"\\xff\\xd8\\xff\\xe0"), picture_type(b"<svg>")
    ('image/jpeg', None)
    """
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)


def checked_key(key: str) -> str:
    """The key if it is 64 hex digits: nothing else may become a path. Raises: UnknownFile."""
    if not _KEY.fullmatch(key):
        raise UnknownFile
    return key
