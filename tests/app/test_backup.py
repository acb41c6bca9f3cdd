"""A backup holds everything of one moment; a restore gives it back on either database, or changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.schema import migrate, newest_step
from app.settings import PROJECT
from app.snapshot import DamagedSnapshotError, NotEmptyError, back_up, restore
from app.supervisor.instance import exclusive
from core.files import keep_content, read_content
from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database, append, heads, verify_chain
from tests.town import ANNA, BORIS, Town


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Database]:
    """A second database, empty and without tables, once of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    else:
        server: str = request.getfixturevalue("postgres_url")
        admin = Database(server)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS elsewhere"))
            connection.execute(text("CREATE DATABASE elsewhere"))
        admin.close()
        url = server.replace("/postgres?", "/elsewhere?")
    opened = Database(url, clock=clock)
    yield opened
    opened.close()


def _contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as reading:
        return {
            table.name: [
                tuple(row) for row in reading.session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata().sorted_tables
            if table.name not in {"audit", "stream"}
        }


def _live_a_little(town: Town) -> None:
    poll = town.open_poll()
    town.vote(ANNA, poll, "Парк")
    town.vote(BORIS, poll, "Парковка")
    body = {"text": "Яма на Ленина, 12", "at": "2027-03-09T09:00:00+00:00"}
    town.database.run(
        append, stream="room:1", kind="message", author=town.people[ANNA], client_id="c1", body=body
    )


def test_everything_comes_back_on_either_database(town: Town, elsewhere: Database, tmp_path: Path) -> None:
    _live_a_little(town)
    key = keep_content(tmp_path / "files", b"photo of the pit")
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")

    restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "backup.tar.gz", replace=False)

    assert _contents(elsewhere) == _contents(town.database)
    assert read_content(tmp_path / "restored", key) == b"photo of the pit"


def test_readers_of_a_restored_stream_are_told_to_start_afresh(
    town: Town, elsewhere: Database, tmp_path: Path
) -> None:
    _live_a_little(town)
    before = town.database.read(heads, streams=["room:1"])["room:1"]
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")

    restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "backup.tar.gz", replace=False)

    after = elsewhere.read(heads, streams=["room:1"])["room:1"]
    assert (after.epoch, after.seq) == (before.epoch + 1, before.seq)


def test_a_restored_instance_goes_on_writing(town: Town, elsewhere: Database, tmp_path: Path) -> None:
    _live_a_little(town)
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")
    restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "backup.tar.gz", replace=False)

    _live_a_little(Town(elsewhere, town.clock, town.territory, town.people))

    assert elsewhere.read(verify_chain).broken_at is None


def test_rows_lie_in_the_order_of_their_keys_which_tells_nothing_of_when_they_came(
    town: Town, tmp_path: Path
) -> None:
    _live_a_little(town)

    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")

    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        content = archive.extractfile("tables/person.jsonl")
        assert content is not None
        lines = content.read().decode().splitlines()
    assert lines == sorted(lines)


def test_a_database_that_is_not_empty_is_replaced_only_when_told_so(town: Town, tmp_path: Path) -> None:
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")
    before = _contents(town.database)
    with town.database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    try:
        _stamp(town.database)
        _live_a_little(town)

        with pytest.raises(NotEmptyError, match="--force"):
            restore(town.database, files=tmp_path / "f", source=tmp_path / "backup.tar.gz", replace=False)
        restore(town.database, files=tmp_path / "f", source=tmp_path / "backup.tar.gz", replace=True)

        assert _contents(town.database) == before
    finally:
        with town.database.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))


def _stamp(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES (:step)"), {"step": newest_step()})


def test_a_damaged_backup_changes_nothing(town: Town, elsewhere: Database, tmp_path: Path) -> None:
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")
    whole = (tmp_path / "backup.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    migrate(elsewhere)

    with pytest.raises(DamagedSnapshotError):
        restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "cut.tar.gz", replace=False)

    assert not any(_contents(elsewhere).values())
    assert not (tmp_path / "restored").exists()


def test_a_changed_row_is_noticed(town: Town, elsewhere: Database, tmp_path: Path) -> None:
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")
    folder = tmp_path / "opened"
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        names = archive.getnames()
        archive.extractall(folder)  # noqa: S202  # made by this test
    person = folder / "tables" / "person.jsonl"
    person.write_text(person.read_text().replace("Анна", "Инна"))
    with tarfile.open(tmp_path / "changed.tar.gz", "w:gz") as archive:
        for name in names:
            archive.add(folder / name, arcname=name)

    with pytest.raises(DamagedSnapshotError, match="hash differs"):
        restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "changed.tar.gz", replace=False)


@pytest.mark.parametrize("name", ["../outside", "files/../../outside", "/tmp/outside"])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    name: str, town: Town, elsewhere: Database, tmp_path: Path
) -> None:
    back_up(town.database, files=tmp_path / "files", target=tmp_path / "backup.tar.gz")
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        archive.extract("manifest.json", tmp_path)
    with tarfile.open(tmp_path / "crafted.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "manifest.json", arcname="manifest.json")
        archive.add(tmp_path / "evil", arcname=name)

    with pytest.raises(DamagedSnapshotError):
        restore(elsewhere, files=tmp_path / "restored", source=tmp_path / "crafted.tar.gz", replace=False)


def test_the_commands_refuse_a_running_instance_and_then_work(tmp_path: Path) -> None:
    _tool(tmp_path / "one", "migrate")
    written = _tool(tmp_path / "one", "backup", str(tmp_path / "backup.tar.gz"))
    (tmp_path / "two").mkdir()

    with exclusive(tmp_path / "two"):
        refused = _tool(tmp_path / "two", "restore", str(tmp_path / "backup.tar.gz"))
    done = _tool(tmp_path / "two", "restore", str(tmp_path / "backup.tar.gz"))
    again = _tool(tmp_path / "two", "restore", str(tmp_path / "backup.tar.gz"))

    assert "rows" in written.stdout
    assert (refused.returncode, done.returncode, again.returncode) == (1, 0, 1)
    assert "already runs" in refused.stderr
    assert "--force" in again.stderr


def _tool(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The demo's thousands of rows would cost time and show nothing more.
    environment = {
        **os.environ,
        "STRATEGY24_VAR": str(var),
        "STRATEGY24_DEMO": "no",
        "PYTHONPATH": str(PROJECT),
    }
    command = [sys.executable, "-P", "-m", "app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)
