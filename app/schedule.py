"""What is done by the clock, how often, and by which function."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from analytics.jobs import keep_up
from core.alerts import (
    due_escalations,
    end_alert_week,
    escalate,
    evaluate_terms,
    remind_of_assignments,
    repeat_alerts,
)
from core.briefs import send_due_briefs
from core.chats import prune_carrier_files
from core.commitments import end_overdue_commitments, remind_of_commitments
from core.cycles import remind_owners
from core.files import sweep_files
from core.identity import prune_tokens
from core.polls import close_due_polls
from core.shared.clock import SystemClock
from core.store import Database, prune_answers, prune_inbox, prune_outbox
from core.uploads import drop_stale_uploads

_HOUR_S = 3600.0
# How long bytes wait for the row that points to them: for a letter that is written over a day.
_UNCLAIMED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to do every `every_s` seconds; `run` says how many things it changed."""

    name: str
    every_s: float
    run: Callable[[Database], int]


def schedule(files: Path) -> Iterator[Chore]:
    """Yield the chores of an instance. `files` is its folder of stored files."""
    yield Chore(name="close_due_polls", every_s=5, run=lambda database: database.run(close_due_polls))
    yield Chore(
        name="end_overdue_commitments",
        every_s=_HOUR_S / 60,
        run=lambda database: database.run(end_overdue_commitments),
    )
    yield Chore(name="remind_of_terms", every_s=_HOUR_S / 6, run=_remind_of_terms)
    yield Chore(
        name="evaluate_terms", every_s=_HOUR_S, run=lambda database: len(database.run(evaluate_terms))
    )
    yield Chore(name="send_due_briefs", every_s=60, run=lambda database: database.run(send_due_briefs))
    yield Chore(name="escalate", every_s=15, run=_escalate)
    yield Chore(name="repeat_alerts", every_s=_HOUR_S / 6, run=lambda database: database.run(repeat_alerts))
    yield Chore(name="end_alert_week", every_s=_HOUR_S / 6, run=lambda database: database.run(end_alert_week))
    yield Chore(name="keep_up", every_s=10, run=_keep_up)
    yield Chore(name="prune_outbox", every_s=_HOUR_S / 6, run=lambda database: database.run(prune_outbox))
    yield Chore(name="remind_owners", every_s=_HOUR_S / 6, run=lambda database: database.run(remind_owners))
    yield Chore(
        name="drop_stale_uploads", every_s=_HOUR_S, run=lambda database: database.run(drop_stale_uploads)
    )
    yield Chore(name="prune_inbox", every_s=_HOUR_S, run=lambda database: database.run(prune_inbox))
    yield Chore(name="prune_answers", every_s=_HOUR_S, run=lambda database: database.run(prune_answers))
    yield Chore(
        name="prune_carrier_files",
        every_s=_HOUR_S * 6,
        run=lambda database: database.run(prune_carrier_files),
    )
    yield Chore(name="prune_tokens", every_s=_HOUR_S, run=lambda database: database.run(prune_tokens))
    # More than once a day, so that an instance restarted every day is swept as well.
    yield Chore(name="sweep_files", every_s=_HOUR_S * 6, run=partial(_sweep_files, files=files))


def _keep_up(database: Database) -> int:
    done = keep_up(database)
    return sum(dataclasses.astuple(done))


def _remind_of_terms(database: Database) -> int:
    return database.run(remind_of_assignments) + database.run(remind_of_commitments)


def _escalate(database: Database) -> int:
    # A transaction an alert, so that the locks are short.
    return sum(database.run(escalate, alert_id=each) for each in database.read(due_escalations))


def _sweep_files(database: Database, *, files: Path) -> int:
    # The clock of the disk, which knows nothing of an instance's offset.
    return sweep_files(database, files, before=SystemClock().now() - _UNCLAIMED)
