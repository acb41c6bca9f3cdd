"""When a job may be taken and when it has failed for good: pure decisions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MOST_ATTEMPTS = 3
"""A job that ended three workers is poison: it is failed and shown to a person."""

LEASE = timedelta(seconds=60)
TELL_AGAIN_AFTER = timedelta(seconds=20)
"""A queue that was wiped costs a waiting job this long; told twice, a job is still done once."""

FAILURE_LIMIT = 500


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of long work as its worker sees it."""

    key: str
    kind: str
    arguments: dict[str, Any]
    state: JobState
    attempts: int
    failure: str | None


def may_take(state: JobState, due_at: datetime, now: datetime) -> bool:
    """Whether a worker may start: it waits, or the lease of the one who had it is over."""
    return state is JobState.WAITING or (state is JobState.RUNNING and due_at <= now)


def is_poison(attempts: int) -> bool:
    """Whether so many beginnings without an end are enough.

    >>> is_poison(2), is_poison(3)
    (False, True)
    """
    return attempts >= MOST_ATTEMPTS
