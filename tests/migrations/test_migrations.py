"""Migrations: empty → newest equals the tables in the code, and back to nothing."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from app.schema import at_newest_step, downgrade, migrate
from core.schema import metadata
from core.store import Database


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
