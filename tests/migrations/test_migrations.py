"""Migrations: empty → newest equals the tables in the code, and back to nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.schema import at_newest_step, downgrade, migrate
from app.settings import PROJECT
from core.contact import send_message
from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from tests.town import ANNA, Town


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'empty.db'}")
    server = Database(request.getfixturevalue("postgres_url"))
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS migrations WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE migrations"))
    url = server.engine.url.set(database="migrations")
    server.close()
    return Database(url.render_as_string())


def test_an_empty_database_becomes_what_the_code_expects(empty: Database) -> None:
    migrate(empty)

    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata())
    assert differences == []
    assert at_newest_step(empty)
    empty.close()


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    migrate(empty)
    migrate(empty)

    assert at_newest_step(empty)
    empty.close()


def test_going_back_leaves_no_table_behind(empty: Database) -> None:
    migrate(empty)

    downgrade(empty, to="base")

    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    empty.close()


def test_steps_follow_one_another_by_the_number_in_their_file_names() -> None:
    steps = [*ScriptDirectory(str(PROJECT / "migrations")).walk_revisions()][::-1]

    numbers = [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert [step.revision for step in steps] == numbers
    assert [Path(step.path).name[:4] for step in steps] == numbers


def test_an_instance_of_the_first_step_keeps_its_rows_on_the_way_to_the_newest(empty: Database) -> None:
    migrate(empty)
    town = Town.found(empty, ManualClock(datetime(2027, 3, 1, tzinfo=UTC)))
    empty.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id="a" * 8,
    )
    downgrade(empty, to="0001")
    before = _rows(empty)

    migrate(empty)

    after = _rows(empty)
    assert before["person"] == 6
    assert before["stream_event"] == 1
    # Changes of state moved into a table of their own.
    moved = before.pop("alert_transition")
    assert (moved, after["alert_state_change"]) == (0, 0)
    assert {table: after[table] for table in before} == before
    empty.close()


def _rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    tables = [name for name in inspect(database.engine).get_table_names() if name != "alembic_version"]
    with database.engine.connect() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in tables
        }
