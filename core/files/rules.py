"""What a stored file is."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.files.kinds import PICTURES
from core.shared.errors import NotFound
from core.shared.language import N_

_KEY = re.compile(r"[0-9a-f]{64}")


# A picture, and a file of any other kind, where only words are shown.
FILE_SIGNS = ("📷", "📎")


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
    """Bytes that are on disk and not yet told to the database of; what they belong to comes next.

    name: what its sender called it, made safe (``file_name``).
    """

    key: str
    media_type: str
    size_bytes: int
    name: str = ""

    @property
    def sign(self) -> str:
        """What stands for the file where only words are shown."""
        return FILE_SIGNS[0] if self.media_type in PICTURES else FILE_SIGNS[1]

    def in_message(self) -> dict[str, Any]:
        """What a message says of the file that goes with it: ``photo`` (a key) or ``document``."""
        if self.media_type in PICTURES:
            return {"photo": self.key}
        return {"document": {"key": self.key, "name": self.name, "size_bytes": self.size_bytes}}


# The fields of a message that name a file.
FILE_FIELDS = ("photo", "document")


def file_keys(body: dict[str, Any]) -> list[str]:
    """The keys of the files that go with a message."""
    document = body.get("document") or {}
    return [key for key in (body.get("photo"), document.get("key")) if key]


def checked_key(key: str) -> str:
    """The key if it is 64 hex digits: nothing else may become a path. Raises: UnknownFile."""
    if not is_key(key):
        raise UnknownFile
    return key


def is_key(name: str) -> bool:
    """Whether this is how stored bytes are called."""
    return _KEY.fullmatch(name) is not None
