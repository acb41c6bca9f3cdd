"""What jobs tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWaiting(Fact):
    """A job waits for a worker; told again when a worker died with it or a queue lost it.

    `work` is the kind of the job.
    """

    key: str
    work: str
