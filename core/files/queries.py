"""Questions about files."""

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


def file_parents(reading: Reading, *, key: str) -> list[str]:
    """The things whose rights the file has."""
    rows = reading.session.execute(select(FileParentRow.parent).where(FileParentRow.key == key)).scalars()
    return list(rows)
