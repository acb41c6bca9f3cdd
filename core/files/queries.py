"""Questions about files."""

from collections.abc import Collection

from sqlalchemy import select

from core.files.model import FileParentRow, FileRow
from core.files.rules import StoredFile, UnknownFile
from core.store import Reading


def stored_file(reading: Reading, *, key: str) -> StoredFile:
    """A file by key; the door then asks whether the viewer may see one of its parents.

    Raises: UnknownFile.
    """
    row = reading.session.get(FileRow, key)
    if row is None:
        raise UnknownFile
    return StoredFile(
        key=row.key, media_type=row.media_type, size_bytes=row.size_bytes, stored_at=row.stored_at
    )


def file_parents(reading: Reading, *, key: str) -> dict[str, str]:
    """The things whose rights the file has, and what it is called there (may be nothing)."""
    named = select(FileParentRow.parent, FileParentRow.name).where(FileParentRow.key == key)
    return dict(reading.session.execute(named).tuples().all())


def known_files(reading: Reading, *, keys: Collection[str]) -> set[str]:
    """Those of the keys that a row knows."""
    return set(reading.session.execute(select(FileRow.key).where(FileRow.key.in_(keys))).scalars())
