"""The synthetic region for tests of data, and the words that reports are made of."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from analytics.jobs import configure
from analytics.jobs.pictures import close
from analytics.synthetic import seed
from app.catalogue import compile_catalogues
from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from core.territories import TerritoryKind, add_territory
from tests.town import Town


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile the catalogues that refusals and descriptions are read from."""
    compile_catalogues()


@dataclass(slots=True)
class Seeded:
    """The seeded region as rows: seeding takes half a second, a hundred times over."""

    town: Town
    sqlite: Path | None = None
    postgres: dict[str, bytes] | None = None
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, town: Town, folder: Path) -> "Seeded":
        """Keep what the database of a freshly seeded town holds."""
        if town.database.engine.dialect.name == "sqlite":
            file = folder / "seeded.db"
            with closing(_sqlite(town.database)) as opened:
                opened.execute("VACUUM INTO ?", (str(file),))
            return cls(town, sqlite=file)
        rows = {}
        with town.database.engine.begin() as connection:
            cursor = _cursor(connection)
            for table in metadata().sorted_tables:
                with cursor.copy(f'COPY "{table.name}" TO STDOUT (FORMAT BINARY)') as copy:
                    rows[table.name] = b"".join(copy)
            used = connection.execute(
                text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
            )
            return cls(town, postgres=rows, numbers={str(name): int(last) for name, last in used})

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
        return Town(database, clock, self.town.territory, dict(self.town.people))


@pytest.fixture(scope="session")
def seeded() -> dict[str, Seeded]:
    """What `krai` has seeded in this test process, by kind of database."""
    return {}


@pytest.fixture
def krai(
    database: Database,
    clock: ManualClock,
    tmp_path: Path,
    seeded: dict[str, Seeded],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """The town with its neighbours and the synthetic figures, and the jobs of a worker."""
    kind = database.engine.dialect.name
    if kind in seeded:
        town = seeded[kind].settle(database, clock)
    else:
        town = _founded(database, clock)
        seeded[kind] = Seeded.of(town, tmp_path_factory.mktemp("seeded"))
    configure(database=database, files_dir=tmp_path / "files", cache_dir=tmp_path / "charts")
    yield town
    close()


def _founded(database: Database, clock: ManualClock) -> Town:
    town = Town.found(database, clock)
    for oktmo, slug, name in (("99702000", "verkhnee", "Верхнее"), ("99703000", "ozersk", "Озёрск")):
        database.run(
            add_territory,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo=oktmo,
            slug=slug,
            name_ru=name,
            name_en=name,
            parent_oktmo="99000000",
            synthetic=True,
        )
    seed(database)
    return town


def _sqlite(database: Database) -> sqlite3.Connection:
    assert database.engine.url.database is not None
    return sqlite3.connect(database.engine.url.database)


def _cursor(connection: Any) -> psycopg.Cursor[Any]:
    raw: psycopg.Connection[Any] = connection.connection.driver_connection
    return raw.cursor()
