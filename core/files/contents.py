"""Bytes on disk under their SHA-256: whole or not there at all."""

import hashlib
import os
import tempfile
from pathlib import Path

from core.files.rules import UnknownFile, checked_key


class FileDamaged(RuntimeError):
    """The bytes on disk are not those that were stored."""


def keep_content(directory: Path, content: bytes) -> str:
    """Write the bytes and return their key; the same bytes are written once.

    A temporary file, fsync, rename, fsync of the folder: after the row is committed no crash leaves
    a half-written file behind it.
    """
    key = hashlib.sha256(content).hexdigest()
    target = _path(directory, key)
    if _is_touched(target):
        return key
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key


def read_content(directory: Path, key: str) -> bytes:
    """The bytes stored under the key. Raises: UnknownFile; FileDamaged if the disk changed them."""
    try:
        content = _path(directory, checked_key(key)).read_bytes()
    except FileNotFoundError as error:
        raise UnknownFile from error
    if hashlib.sha256(content).hexdigest() != key:
        raise FileDamaged(key)
    return content


def has_content(directory: Path, key: str) -> bool:
    """Whether the bytes are on disk."""
    return _path(directory, checked_key(key)).exists()


def drop_content(directory: Path, key: str) -> None:
    """Take the bytes from the disk; gone already is gone. Raises: UnknownFile for no SHA-256."""
    _path(directory, checked_key(key)).unlink(missing_ok=True)


def _is_touched(path: Path) -> bool:
    """Whether the bytes are there; from now on they are new, so the sweep leaves them a day."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _path(directory: Path, key: str) -> Path:
    return directory / key[:2] / key
