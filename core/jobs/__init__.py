"""Long work as rows: the row is the truth, a queue only carries its key."""

from core.jobs.commands import (
    add_job,
    drop_job,
    fail_job,
    finish_job,
    inherit_jobs,
    renew_job,
    take_job,
    wake_jobs,
)
from core.jobs.events import JobWaiting
from core.jobs.queries import job, jobs_failed
from core.jobs.rules import MOST_ATTEMPTS, Job, JobState

__all__ = [
    "MOST_ATTEMPTS",
    "Job",
    "JobState",
    "JobWaiting",
    "add_job",
    "drop_job",
    "fail_job",
    "finish_job",
    "inherit_jobs",
    "job",
    "jobs_failed",
    "renew_job",
    "take_job",
    "wake_jobs",
]
