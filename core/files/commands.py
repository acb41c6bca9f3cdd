"""Use cases of files."""

from core.files.model import FileParentRow, FileRow
from core.files.rules import checked_key
from core.store import UnitOfWork


def register_file(uow: UnitOfWork, *, key: str, media_type: str, size_bytes: int, parent: str) -> None:
    """Tell the database of bytes already on disk and of the thing whose rights they have.

    parent: ``alert:ID``, ``message:STREAM:SEQ``. Registering again changes nothing.
    Raises: UnknownFile for a key that is no SHA-256.
    """
    values = {
        "key": checked_key(key),
        "media_type": media_type,
        "size_bytes": size_bytes,
        "stored_at": uow.now,
    }
    uow.insert_new(FileRow, values, conflict=("key",))
    uow.insert_new(FileParentRow, {"key": key, "parent": parent}, conflict=("key", "parent"))
