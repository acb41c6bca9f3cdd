"""Use cases of files."""

from collections.abc import Collection

from sqlalchemy import delete, select

from core.files.model import FileParentRow, FileRow
from core.files.rules import KeptContent, checked_key
from core.store import UnitOfWork


def attach_file(uow: UnitOfWork, *, file: KeptContent, stream: str, seq: int) -> None:
    """Tell the database that the file goes with this message; whoever may read that may read it."""
    register_file(
        uow,
        key=file.key,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        name=file.name,
        parent=f"message:{stream}:{seq}",
    )


def register_file(
    uow: UnitOfWork, *, key: str, media_type: str, size_bytes: int, parent: str, name: str = ""
) -> None:
    """Tell the database of bytes already on disk and of the thing whose rights they have.

    parent: ``alert:ID``, ``message:STREAM:SEQ``; name: what it is called there. Registering again changes
    nothing.
    Raises: UnknownFile for a key that is no SHA-256.
    """
    values = {
        "key": checked_key(key),
        "media_type": media_type,
        "size_bytes": size_bytes,
        "stored_at": uow.now,
    }
    uow.insert_new(FileRow, values, conflict=("key",))
    uow.insert_new(FileParentRow, {"key": key, "parent": parent, "name": name}, conflict=("key", "parent"))


def drop_files(uow: UnitOfWork, *, parents: Collection[str]) -> list[str]:
    """Take files from these things. Returns the keys of those that belong to nothing any more.

    Their rows are gone with the commit, so nobody is shown them; the bytes are for ``drop_content``.
    """
    taken = select(FileParentRow.key).where(FileParentRow.parent.in_(parents)).distinct()
    keys = list(uow.session.execute(taken).scalars())
    uow.session.execute(delete(FileParentRow).where(FileParentRow.parent.in_(parents)))
    held = select(FileParentRow.key).where(FileParentRow.key.in_(keys))
    kept = set(uow.session.execute(held).scalars())
    orphans = [key for key in keys if key not in kept]
    uow.session.execute(delete(FileRow).where(FileRow.key.in_(orphans)))
    return orphans
