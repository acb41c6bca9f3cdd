"""Questions about long work."""

from datetime import datetime

from sqlalchemy import select

from core.jobs.model import JobRow
from core.jobs.rules import Job, JobState
from core.store import Reading


def job(reading: Reading, *, key: str) -> Job | None:
    """One job by key, or None."""
    row = reading.session.get(JobRow, key)
    return None if row is None else as_job(row)


def jobs_failed(reading: Reading, *, since: datetime | None = None, limit: int = 100) -> list[Job]:
    """Jobs that failed for good (after the moment `since`), newest first."""
    wanted = select(JobRow).where(JobRow.state == JobState.FAILED)
    if since is not None:
        wanted = wanted.where(JobRow.finished_at >= since)
    rows = reading.session.execute(wanted.order_by(JobRow.finished_at.desc()).limit(limit)).scalars()
    return [as_job(row) for row in rows]


def as_job(row: JobRow) -> Job:
    """The row as a value that may leave the folder."""
    return Job(
        key=row.key,
        kind=row.kind,
        arguments=dict(row.arguments),
        state=JobState(row.state),
        attempts=row.attempts,
        failure=row.failure,
    )
