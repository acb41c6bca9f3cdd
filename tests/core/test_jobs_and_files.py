"""Long work is never lost with its worker or its queue; a file is whole or not there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.files import (
    FileDamaged,
    UnknownFile,
    file_parents,
    keep_content,
    read_content,
    register_file,
    stored_file,
)
from core.jobs import (
    JobState,
    add_job,
    drop_job,
    fail_job,
    finish_job,
    inherit_jobs,
    job,
    jobs_failed,
    renew_job,
    take_job,
    wake_jobs,
)
from core.shared.clock import ManualClock
from core.store import Database

LEASE = timedelta(seconds=60)


def add(database: Database) -> bool:
    return database.run(add_job, key="draw:1", kind="draw_alert", arguments={"alert_id": "1"})


def take(database: Database, holder: str = "a") -> bool:
    return database.run(take_job, key="draw:1", holder=holder, lease=LEASE) is not None


def told(database: Database) -> int:
    with database.reading() as reading:
        rows = reading.session.execute(text("SELECT COUNT(*) FROM outbox WHERE kind = 'JobWaiting'"))
        return int(rows.scalar_one())


def state(database: Database) -> JobState:
    found = database.read(job, key="draw:1")
    assert found is not None
    return found.state


def test_a_job_is_added_once_by_its_key(database: Database) -> None:
    assert add(database)
    assert not add(database)

    assert told(database) == 1


def test_one_worker_has_a_job(database: Database) -> None:
    add(database)

    with ThreadPoolExecutor(4) as workers:
        taken = list(workers.map(lambda holder: take(database, holder), "abcd"))

    assert sorted(taken) == [False, False, False, True]


def test_a_job_of_a_dead_worker_is_told_again_after_its_lease(database: Database, clock: ManualClock) -> None:
    add(database)
    take(database)

    assert database.run(wake_jobs) == 0
    clock.advance(LEASE)
    assert database.run(wake_jobs) == 1

    assert told(database) == 2
    assert take(database, "b")


def test_a_job_that_the_queue_lost_is_told_again(database: Database, clock: ManualClock) -> None:
    add(database)
    clock.advance(timedelta(minutes=2))

    assert database.run(wake_jobs) == 1


def test_a_finished_job_is_neither_taken_nor_told_again(database: Database, clock: ManualClock) -> None:
    add(database)
    take(database)
    database.run(finish_job, key="draw:1")
    clock.advance(timedelta(hours=1))

    assert not take(database, "b")
    assert database.run(wake_jobs) == 0
    assert state(database) is JobState.DONE


def test_the_job_of_a_dead_worker_is_told_again_before_its_lease_is_over(database: Database) -> None:
    add(database)
    take(database, "dead")

    assert database.run(inherit_jobs, is_dead=lambda holder: holder == "another") == 0
    assert not take(database, "b")
    assert database.run(inherit_jobs, is_dead=lambda holder: holder == "dead") == 1
    assert told(database) == 2
    assert take(database, "b")


def test_poison_fails_after_three_workers(database: Database, clock: ManualClock) -> None:
    add(database)
    for holder in "abc":
        assert take(database, holder)
        clock.advance(LEASE)

    assert database.run(wake_jobs) == 0

    assert state(database) is JobState.FAILED
    assert [failed.key for failed in database.read(jobs_failed)] == ["draw:1"]


def test_a_failed_attempt_is_tried_again_and_the_third_is_the_last(database: Database) -> None:
    add(database)

    ended = [take(database) and database.run(fail_job, key="draw:1", failure="boom") for _ in range(3)]

    assert ended == [False, False, True]
    failed = database.read(job, key="draw:1")
    assert failed is not None
    assert failed.failure == "boom"


def test_a_lease_is_prolonged_and_a_job_dropped_by_its_holder_only(database: Database) -> None:
    add(database)
    take(database, "a")

    assert database.run(renew_job, key="draw:1", holder="a")
    assert not database.run(renew_job, key="draw:1", holder="b")
    database.run(drop_job, key="draw:1", holder="b")
    assert state(database) is JobState.RUNNING
    database.run(drop_job, key="draw:1", holder="a")
    assert state(database) is JobState.DONE


def test_content_is_kept_under_its_hash_and_once(tmp_path: Path) -> None:
    first = keep_content(tmp_path, b"picture")
    second = keep_content(tmp_path, b"picture")

    assert first == second
    assert read_content(tmp_path, first) == b"picture"
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1


def test_damaged_content_is_noticed(tmp_path: Path) -> None:
    key = keep_content(tmp_path, b"picture")
    (tmp_path / key[:2] / key).write_bytes(b"other")

    with pytest.raises(FileDamaged):
        read_content(tmp_path, key)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "f" * 64])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(UnknownFile):
        read_content(tmp_path, key)


def test_a_file_belongs_to_the_things_that_show_it(database: Database) -> None:
    for parent in ("alert:1", "alert:1", "alert:2"):
        database.run(register_file, key="a" * 64, media_type="image/png", size_bytes=7, parent=parent)

    assert database.read(file_parents, key="a" * 64) == {"alert:1": "", "alert:2": ""}
    assert database.read(stored_file, key="a" * 64).size_bytes == 7
