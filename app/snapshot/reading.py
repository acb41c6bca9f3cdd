"""Reads a snapshot into an instance that stands still."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from app.schema import migrate, newest_step
from app.snapshot.archive import Manifest, unpack
from app.snapshot.rows import decode_row, parents_first
from core.schema import metadata
from core.store import Database, UnitOfWork, bump_epochs

_BATCH = 1000


class NotEmptyError(Exception):
    """The database holds rows that a restore would replace."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"The database is not empty (table {table}). With --force everything in it is replaced."
        )


class WrongStepError(Exception):
    """The snapshot was made by another version of the tables."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"The backup holds tables of step {found}, this version has {wanted}. "
            "Restore it with the version that made it, then start this one, which brings the tables forward."
        )


def restore(database: Database, *, files: Path, source: Path, replace: bool) -> Manifest:
    """Put everything of a snapshot into the database and the folder of uploads, all or nothing.

    Clients that had read further than the snapshot are told to start afresh: the epoch of every stream grows.
    Raises: DamagedSnapshotError, WrongStepError, NotEmptyError.
    """
    files.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="strategy24-restore", dir=files.parent) as place:
        folder = Path(place)
        manifest = unpack(source, folder)
        if manifest.step != newest_step():
            raise WrongStepError(manifest.step, newest_step())
        migrate(database)
        with (
            _files_replaced(folder / "files", files, aside=folder / "replaced"),
            database.transaction() as uow,
        ):
            _empty(uow, replace=replace)
            for table in metadata().sorted_tables:
                _read_table(uow, table, folder / "tables" / f"{table.name}.jsonl")
            bump_epochs(uow)
            uow.audit("restored", actor=None, subject=f"snapshot:{manifest.made_at}")
    return manifest


def _empty(uow: UnitOfWork, *, replace: bool) -> None:
    tables = metadata().sorted_tables
    for table in tables:
        if not replace and uow.session.execute(select(table).limit(1)).first() is not None:
            raise NotEmptyError(table.name)
    for table in reversed(tables):
        uow.session.execute(delete(table))


def _read_table(uow: UnitOfWork, table: Table, path: Path) -> None:
    if not path.exists():
        return
    columns = list(table.columns)
    with path.open(encoding="utf-8") as source:
        rows = list(parents_first(table, [decode_row(line, columns) for line in source]))
    for start in range(0, len(rows), _BATCH):
        uow.session.execute(insert(table), rows[start : start + _BATCH])
    if rows:
        _continue_counting(uow.session.connection(), table)


def _continue_counting(connection: Connection, table: Table) -> None:
    """Let a counting key go on after the highest row; PostgreSQL does not notice rows with a given key."""
    counter = table.autoincrement_column
    if counter is None or connection.dialect.name != "postgresql":
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": counter.name}
    )
    if sequence:
        highest = connection.scalar(select(func.max(counter)))
        connection.execute(
            text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
        )


@contextmanager
def _files_replaced(unpacked: Path, files: Path, *, aside: Path) -> Iterator[None]:
    """Put the uploads in place for a transaction, and the former ones back if it fails."""
    unpacked.mkdir(exist_ok=True)
    if files.exists():
        files.replace(aside)
    unpacked.replace(files)
    try:
        yield
    except BaseException:
        files.replace(unpacked)
        if aside.exists():
            aside.replace(files)
        raise
