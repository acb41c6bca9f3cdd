"""Use cases of long work: adding, taking, ending, and waking what has been forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from core.jobs.events import JobWaiting
from core.jobs.model import JobRow
from core.jobs.queries import as_job
from core.jobs.rules import FAILURE_LIMIT, LEASE, TELL_AGAIN_AFTER, Job, JobState, is_poison, may_take
from core.store import UnitOfWork


def add_job(uow: UnitOfWork, *, key: str, kind: str, arguments: dict[str, Any]) -> bool:
    """Add a job in the commit of its cause; False if this key is there already.

    The fact reaches a queue; should the queue lose it, `wake_jobs` tells of it again.
    """
    values = {
        "key": key,
        "kind": kind,
        "arguments": arguments,
        "state": JobState.WAITING,
        "attempts": 0,
        "added_at": uow.now,
        "due_at": uow.now + TELL_AGAIN_AFTER,
    }
    if not uow.insert_new(JobRow, values, conflict=("key",)):
        return False
    uow.record(JobWaiting(key=key, work=kind))
    return True


def take_job(uow: UnitOfWork, *, key: str, holder: str, lease: timedelta = LEASE) -> Job | None:
    """Take a job for the time of the lease; None if it is unknown, over, held by another, or poison now."""
    row = _locked(uow, key)
    if row is None or not may_take(JobState(row.state), row.due_at, uow.now):
        return None
    if is_poison(row.attempts):
        _end(uow, key, JobState.FAILED, failure=f"ended {row.attempts} workers")
        return None
    row.state = JobState.RUNNING
    row.attempts += 1
    row.holder = holder
    row.due_at = uow.now + lease
    uow.session.flush()
    return as_job(row)


def renew_job(uow: UnitOfWork, *, key: str, holder: str, lease: timedelta = LEASE) -> bool:
    """Prolong the lease; False if somebody else has the job by now: stop working on it."""
    mine = (JobRow.key == key, JobRow.holder == holder, JobRow.state == JobState.RUNNING)
    return uow.changed(update(JobRow).where(*mine).values(due_at=uow.now + lease)) == 1


def finish_job(uow: UnitOfWork, *, key: str) -> None:
    """The work is done, whoever did it; said twice, it changes nothing."""
    _end(uow, key, JobState.DONE, failure=None)


def drop_job(uow: UnitOfWork, *, key: str, holder: str) -> None:
    """The work is wanted no more, says the one who has it; of a job that another has, nothing."""
    row = _locked(uow, key)
    if row is not None and row.holder == holder:
        _end(uow, key, JobState.DONE, failure=None)


def fail_job(uow: UnitOfWork, *, key: str, failure: str) -> bool:
    """The work broke off: it waits for another try, or has failed for good (True) after too many."""
    row = _locked(uow, key)
    if row is None or row.state != JobState.RUNNING:
        return False
    if is_poison(row.attempts):
        _end(uow, key, JobState.FAILED, failure=failure)
        return True
    row.state = JobState.WAITING
    row.failure = failure[:FAILURE_LIMIT]
    row.due_at = uow.now
    uow.session.flush()
    return False


def inherit_jobs(uow: UnitOfWork, *, is_dead: Callable[[str], bool]) -> int:
    """Let jobs whose holder is known to be dead wait again, without the rest of their lease; how many.

    is_dead: whether the worker of this name is surely gone; a doubtful one keeps its lease.
    """
    held = uow.session.execute(
        select(JobRow)
        .where(JobRow.state == JobState.RUNNING)
        .order_by(JobRow.key)
        .with_for_update(skip_locked=True)
    ).scalars()
    return sum(_tell_again(uow, row) for row in list(held) if row.holder and is_dead(row.holder))


def wake_jobs(uow: UnitOfWork) -> int:
    """Tell again of jobs that a queue lost or a worker died with; how many.

    A job that has ended too many workers fails instead.
    """
    overdue = uow.session.execute(
        select(JobRow)
        .where(JobRow.state.in_([JobState.WAITING, JobState.RUNNING]), JobRow.due_at <= uow.now)
        .order_by(JobRow.key)
        .with_for_update(skip_locked=True)
    ).scalars()
    return sum(_tell_again(uow, row) for row in list(overdue))


def _tell_again(uow: UnitOfWork, row: JobRow) -> bool:
    if is_poison(row.attempts):
        _end(uow, row.key, JobState.FAILED, failure=row.failure or f"ended {row.attempts} workers")
        return False
    row.state = JobState.WAITING
    row.due_at = uow.now + TELL_AGAIN_AFTER
    uow.record(JobWaiting(key=row.key, work=row.kind))
    uow.session.flush()
    return True


def _locked(uow: UnitOfWork, key: str) -> JobRow | None:
    return uow.session.execute(select(JobRow).where(JobRow.key == key).with_for_update()).scalar_one_or_none()


def _end(uow: UnitOfWork, key: str, state: JobState, *, failure: str | None) -> None:
    finished: datetime = uow.now
    uow.session.flush()
    uow.session.execute(
        update(JobRow)
        .where(JobRow.key == key, JobRow.state.not_in([JobState.DONE, JobState.FAILED]))
        .values(state=state, finished_at=finished, failure=failure and failure[:FAILURE_LIMIT])
    )
