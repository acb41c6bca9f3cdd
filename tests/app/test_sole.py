"""What one process alone may do: one at a time, another after its death, nobody while nobody can know."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.sole import sole
from core.store import Database

_END_HOLDERS = """
    SELECT pg_terminate_backend(pid, 30000) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


def test_only_one_at_a_time_is_in_a_role(database: Database, database_url: str, tmp_path: Path) -> None:
    rival = Database(database_url)

    with (
        sole(database, "relay", folder=tmp_path) as first,
        sole(rival, "relay", folder=tmp_path) as second,
        sole(rival, "bots", folder=tmp_path) as of_another_role,
    ):
        assert first is not None
        assert first()
        assert second is None
        assert of_another_role is not None
    with sole(rival, "relay", folder=tmp_path) as third:
        assert third is not None

    rival.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lock_whose_connection_is_gone_is_lost_and_free(database: Database, tmp_path: Path) -> None:
    with sole(database, "bots", folder=tmp_path) as held:
        assert held is not None
        with database.engine.connect() as other:
            other.execute(text(_END_HOLDERS))
        assert not held()
        with sole(database, "bots", folder=tmp_path) as again:
            assert again is not None


def test_nobody_is_the_one_while_the_database_does_not_answer(tmp_path: Path) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    with sole(away, "bots", folder=tmp_path) as held:
        assert held is None
