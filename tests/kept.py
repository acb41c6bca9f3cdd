"""What a test process keeps from one test to the next: engines, and a founded town as rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy import Engine, event, text

from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from tests.town import Town

# What COPY says of a table without rows: its signature, two lengths, the end mark.
_NO_ROWS = 21


class KeptEngines:
    """An engine for each address: it has compiled the statements of earlier tests, a fifth of a test's CPU.

    No connection outlives its test: what lies at the address may be another database by then.
    """

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}

    @contextmanager
    def open(self, url: str, clock: ManualClock) -> Iterator[Database]:
        """The database of one test."""
        opened = Database(url, clock=clock)
        if url not in self._engines and url.startswith("sqlite"):
            # It lives for one test, as with our PostgreSQL: nobody waits for a disk.
            event.listen(opened.engine, "connect", _without_waiting_for_the_disk)
        opened.engine = self._engines.setdefault(url, opened.engine)
        try:
            yield opened
        finally:
            opened.close()


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@dataclass(slots=True)
class KeptTown:
    """The rows of a town: founding it takes the CPU of a whole test, copying it a tenth of that."""

    town: Town
    sqlite: Path | None = None
    postgres: dict[str, bytes] | None = None
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, town: Town, folder: Path) -> Self:
        """Keep what the database of a fresh town holds."""
        if town.database.engine.dialect.name == "sqlite":
            file = folder / "town.db"
            with closing(_sqlite(town.database)) as opened:
                opened.execute("VACUUM INTO ?", (str(file),))
            return cls(_as_it_was(town, town.database, town.clock), sqlite=file)
        rows = {}
        with town.database.engine.begin() as connection:
            cursor = _cursor(connection)
            for table in metadata().sorted_tables:
                with cursor.copy(f'COPY "{table.name}" TO STDOUT (FORMAT BINARY)') as copy:
                    held = b"".join(copy)
                if len(held) > _NO_ROWS:
                    rows[table.name] = held
            used = connection.execute(
                text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
            )
            numbers = {str(name): int(last) for name, last in used}
        return cls(_as_it_was(town, town.database, town.clock), postgres=rows, numbers=numbers)

    def settle(self, database: Database, clock: ManualClock) -> Town:
        """Put the rows into an empty database."""
        if self.sqlite is not None:
            with closing(_sqlite(database)) as opened, closing(sqlite3.connect(self.sqlite)) as kept:
                kept.backup(opened)
        elif self.postgres is not None:
            with database.engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                cursor = _cursor(connection)
                for name, rows in self.postgres.items():
                    with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as copy:
                        copy.write(rows)
                for sequence, last in self.numbers.items():
                    connection.execute(
                        text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
                    )
        return _as_it_was(self.town, database, clock)


def _as_it_was(town: Town, database: Database, clock: ManualClock) -> Town:
    """The town for one test, which may add people to it."""
    return Town(database, clock, town.territory, dict(town.people))


def _sqlite(database: Database) -> sqlite3.Connection:
    assert database.engine.url.database is not None
    return sqlite3.connect(database.engine.url.database)


def _cursor(connection: Any) -> psycopg.Cursor[Any]:
    raw: psycopg.Connection[Any] = connection.connection.driver_connection
    return raw.cursor()
