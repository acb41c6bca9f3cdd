"""What the clock does: each chore at its interval, and one that fails keeps no other from being done."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from app.processes.cron import keep_doing
from app.schedule import Chore, schedule
from core.polls import poll
from core.shared.clock import ManualClock
from core.store import Database
from tests.town import Town


def test_a_failing_chore_keeps_no_other_from_being_done(database: Database) -> None:
    stop = threading.Event()
    done: list[str] = []

    def fail(_database: Database) -> int:
        done.append("failing")
        raise RuntimeError("the archive is closed")

    def count(_database: Database) -> int:
        done.append("counting")
        if done.count("counting") == 3:
            stop.set()
        return 0

    chores = [
        Chore(name="failing", every_s=0.01, run=fail),
        Chore(name="counting", every_s=0.01, run=count),
    ]
    keep_doing(chores, database, stop)

    assert done.count("failing") >= 3


def test_every_chore_of_an_instance_can_be_done_on_an_empty_database(
    database: Database, tmp_path: Path
) -> None:
    changed = {chore.name: chore.run(database) for chore in schedule(tmp_path)}

    # On a Tuesday the week before is over, whether anything happened in it or not.
    assert {name for name, count in changed.items() if count} == {"end_alert_week"}


def test_the_clock_closes_a_poll_whose_time_has_come(town: Town, clock: ManualClock, tmp_path: Path) -> None:
    opened = town.open_poll(closes_in=timedelta(hours=1))
    clock.advance(timedelta(hours=2))

    changed = {chore.name: chore.run(town.database) for chore in schedule(tmp_path)}

    assert changed["close_due_polls"] == 1
    assert not town.database.read(poll, poll_id=opened.id).takes_votes
