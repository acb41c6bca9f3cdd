"""What a commitment is and which terms it may have."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.commitments.errors import WrongTerm
from core.shared.ids import AlertId, CommitmentId, PersonId, TerritoryId

LONGEST_TERM = timedelta(days=366)


class CommitmentStatus(StrEnum):
    """Open until it is reported kept or its term has passed."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A measure promised for an indicator that went wrong.

    `due` is the last day of the term by the clock of the territory; `office` is the owner's post, empty if
    they have none; `result` is what was reported as done. Times are UTC.
    """

    id: CommitmentId
    alert_id: AlertId
    indicator: str
    territory_id: TerritoryId
    measure: str
    due: date
    office: str
    status: CommitmentStatus
    made_by: PersonId
    made_at: datetime
    fired_at: datetime
    ended_at: datetime | None
    result: str


def require_term(due: date, *, today: date) -> None:
    """Raises: WrongTerm unless the term lies ahead and within a year.

    >>> require_term(date(2027, 5, 1), today=date(2027, 3, 1))
    """
    if not today < due <= today + LONGEST_TERM:
        raise WrongTerm(days=LONGEST_TERM.days)
