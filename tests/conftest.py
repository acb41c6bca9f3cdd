"""What every test may ask for: real databases, a real Redis, a small town to live in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import text

from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from tests.servers import postgres_server, redis_server
from tests.town import Town

# A busy machine is no mistake of a test: the speed of examples is not judged, what they find is.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# A Tuesday, 12:00 in Moscow: working hours.
NOON = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, lest one of the two processes of ./test be left with it at the end."""
    items.sort(
        key=lambda item: (
            item.get_closest_marker("faults") is None,
            item.get_closest_marker("browser") is None,
        )
    )


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with tables, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "strategy24.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_url")
    database = Database(url)
    # 18 ms; TRUNCATE of every table took 46, several hundred times over.
    with database.engine.begin() as connection:
        # Without foreign keys the order of the tables does not matter.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in metadata().sorted_tables:
            connection.execute(table.delete())
        connection.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
        # Some tests migrate or restore: the mark of that is no table of ours, and would stay.
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    database.close()
    return url


@pytest.fixture
def database(database_url: str, clock: ManualClock) -> Iterator[Database]:
    """An empty database with tables, once of each kind, whose clock the test turns."""
    opened = Database(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def town(database: Database, clock: ManualClock) -> Town:
    """A small town: Заречный, its people and its authority."""
    return Town.found(database, clock)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of one Redis for this test process; tests keep apart by key or flush it."""
    with redis_server() as url:
        yield url
