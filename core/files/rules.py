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


def checked_key(key: str) -> str:
    """The key if it is 64 hex digits: nothing else may become a path. Raises: UnknownFile."""
    if not _KEY.fullmatch(key):
        raise UnknownFile
    return key
