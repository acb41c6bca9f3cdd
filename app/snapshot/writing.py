"""Writes a snapshot while the instance goes on working."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from app.schema import newest_step
from app.snapshot.archive import FORMAT, MANIFEST, Manifest, Member, describe
from app.snapshot.rows import encode_row
from core.schema import metadata
from core.store import Database


def back_up(database: Database, *, files: Path, target: Path) -> Manifest:
    """Write every table as of one moment, and the uploads they speak of, into `target`.

    `target` appears whole or not at all.
    """
    with tempfile.TemporaryDirectory(prefix="strategy24-backup", dir=target.parent) as place:
        folder = Path(place)
        members: dict[str, tuple[Path, Member]] = {}
        (folder / "tables").mkdir()
        with _one_moment(database) as connection:
            for table in metadata().sorted_tables:
                path = folder / "tables" / f"{table.name}.jsonl"
                rows = _write_table(connection, table, path)
                members[f"tables/{table.name}.jsonl"] = (path, describe(path, rows=rows))
        # After the rows: an upload is stored before its row, so every row finds its file.
        for path in sorted(files.rglob("*")) if files.is_dir() else []:
            if path.is_file():
                members[f"files/{path.relative_to(files).as_posix()}"] = (path, describe(path))
        manifest = Manifest(
            format=FORMAT,
            made_at=database.clock.now().isoformat(),
            step=newest_step(),
            members={name: member for name, (_, member) in members.items()},
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        _pack(folder / "packed", folder / MANIFEST, {name: path for name, (path, _) in members.items()})
        (folder / "packed").replace(target)
    return manifest


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """Yield a connection that sees all tables as of one moment; writers go on."""
    options: dict[str, Any] = {"writing": False}
    if database.engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ"}
    with database.engine.execution_options(**options).connect() as connection:
        yield connection
        connection.rollback()


def _write_table(connection: Connection, table: Table, path: Path) -> int:
    # By the primary key: the order in which rows were made would join a secret ballot to its voter.
    rows = connection.execution_options(yield_per=1000).execute(select(table).order_by(*table.primary_key))
    count = 0
    with path.open("w", encoding="utf-8") as output:
        for row in rows:
            output.write(encode_row(row) + "\n")
            count += 1
    return count


def _pack(target: Path, manifest: Path, members: dict[str, Path]) -> None:
    with target.open("wb") as output:
        with tarfile.open(fileobj=output, mode="w:gz", compresslevel=6) as archive:
            archive.add(manifest, arcname=MANIFEST)
            for name, path in members.items():
                archive.add(path, arcname=name, recursive=False)
        output.flush()
        os.fsync(output.fileno())
