"""What every test may ask for: real databases, a real Redis, a small town to live in."""

import shutil
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url

from app.catalogue import compile_catalogues
from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database, unchained
from tests.kept import KeptEngines, KeptTown
from tests.servers import postgres_server, redis_server
from tests.town import Town

# A busy machine is no mistake of a test: the speed of examples is not judged, what they find is.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

KINDS = ("sqlite", "postgresql")
DOORS = frozenset({"analytics", "bots", "messengers", "notifications", "realtime", "web"})

# A Tuesday, 12:00 in Moscow: working hours.
NOON = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)


def pytest_configure() -> None:
    """Compile the words before any is asked for: a catalogue that was not there is not looked for again."""
    compile_catalogues()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, lest one of the processes of ./test be left with it at the end."""
    leave_one_database(items)
    items.sort(
        key=lambda item: (
            item.get_closest_marker("faults") is None,
            item.get_closest_marker("browser") is None,
        )
    )


def leave_one_database(items: list[pytest.Item]) -> None:
    """Let a test of a door meet one of the two databases in ./test, by its name, and both under --all.

    Doors say nothing to a database themselves: SQLAlchemy lives in core and app, a contract of
    tools/check, and the tests of those meet both. So do all that kill something.
    """
    twins: dict[str, list[pytest.Item]] = {}
    for item in items:
        kind = kind_of_database(item)
        if kind is not None and folder_of(item) in DOORS and item.get_closest_marker("faults") is None:
            twins.setdefault(item.nodeid.replace(kind, ""), []).append(item)
    for name, pair in twins.items():
        if len(pair) == len(KINDS):
            spared = sorted(pair, key=lambda item: item.nodeid)[zlib.crc32(name.encode()) % len(KINDS)]
            spared.add_marker(pytest.mark.long)


def kind_of_database(item: pytest.Item) -> str | None:
    """The database that a test meets; None if it does not ask for one."""
    called = getattr(item, "callspec", None)
    return None if called is None else called.params.get("database_url")


def folder_of(item: pytest.Item) -> str:
    """The folder below ``tests`` in which a test is."""
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of one PostgreSQL for this test process, with the tables in place."""
    with postgres_server() as url:
        database = Database(url)
        metadata().create_all(database.engine)
        database.close()
        yield url


@pytest.fixture(scope="session")
def postgres_broom(postgres_url: str) -> Iterator[Callable[[], object]]:
    """Empties all tables of this test process's PostgreSQL."""
    # One round trip and one transaction; TRUNCATE of every table took twice the time of DELETE.
    steps = [
        # Without foreign keys the order of the tables does not matter.
        "SET LOCAL session_replication_role = replica",
        *(str(table.delete()) for table in metadata().sorted_tables),
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'",
        # Some tests migrate or restore: the mark of that is no table of ours, and would stay.
        "DROP TABLE IF EXISTS alembic_version",
    ]
    sweep = "; ".join(steps).encode()
    folder = str(make_url(postgres_url).query["host"])
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        yield lambda: connection.execute(sweep)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables in place, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    metadata().create_all(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def kept_engines() -> KeptEngines:
    """The engines of this test process."""
    return KeptEngines()


@pytest.fixture(scope="session")
def current_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A link to the folder of the test that runs."""
    return tmp_path_factory.mktemp("current") / "test"


@pytest.fixture
def copied_sqlite(tmp_path: Path, current_folder: Path) -> Callable[[Path], str]:
    """Copies a SQLite file for the test and gives its address, which is the same for every test."""

    def copy(file: Path) -> str:
        shutil.copyfile(file, tmp_path / "strategy24.db")
        current_folder.unlink(missing_ok=True)
        current_folder.symlink_to(tmp_path)
        return f"sqlite:///{current_folder / 'strategy24.db'}"

    return copy


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, copied_sqlite: Callable[[Path], str]) -> str:
    """The address of an empty database with tables, once of each kind."""
    if request.param == "sqlite":
        return copied_sqlite(request.getfixturevalue("sqlite_template"))
    url: str = request.getfixturevalue("postgres_url")
    request.getfixturevalue("postgres_broom")()
    return url


@pytest.fixture
def database(database_url: str, clock: ManualClock, kept_engines: KeptEngines) -> Iterator[Database]:
    """An empty database with tables, once of each kind, whose clock the test turns."""
    with kept_engines.open(database_url, clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def kept_towns() -> dict[str, KeptTown]:
    """What `town` has founded in this test process, by kind of database."""
    return {}


@pytest.fixture
def town(
    database: Database,
    clock: ManualClock,
    kept_towns: dict[str, KeptTown],
    tmp_path_factory: pytest.TempPathFactory,
) -> Town:
    """A small town: Заречный, its people and its authority."""
    kind = database.engine.dialect.name
    if clock.now() != NOON or database.read(unchained):
        return Town.found(database, clock)
    if kind in kept_towns:
        return kept_towns[kind].settle(database, clock)
    founded = Town.found(database, clock)
    kept_towns[kind] = KeptTown.of(founded, tmp_path_factory.mktemp("town"))
    return founded


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of one Redis for this test process; tests keep apart by key or flush it."""
    with redis_server() as url:
        yield url
