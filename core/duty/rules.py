"""What a chain of duty and a deputy are: values and what makes them acceptable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.duty.errors import WrongChain, WrongDeputyTerm
from core.shared.ids import PersonId, TerritoryId

MOST_STEPS, MOST_REPEATS = 5, 5
# Two working days of nine hours, in minutes.
LONGEST_WAIT = 1080
LONGEST_DEPUTY_TERM = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Somebody who is called when so many working minutes have passed since the step before."""

    person_id: PersonId
    after_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Whom to call in turn in a territory and below it; `repeats` is how often it begins anew."""

    territory_id: TerritoryId
    steps: tuple[Step, ...]
    repeats: int

    @property
    def calls(self) -> int:
        """How many calls there are before it gives up."""
        return len(self.steps) * (1 + self.repeats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """Somebody stands in for a person from one day to another, both included."""

    id: str
    person_id: PersonId
    deputy_id: PersonId
    since: date
    until: date


def require_chain(steps: Sequence[Step], repeats: int) -> None:
    """Raises: WrongChain for too many steps or repeats, or waits out of bounds."""
    waits = all(0 <= step.after_minutes <= LONGEST_WAIT for step in steps)
    if len(steps) > MOST_STEPS or not 0 <= repeats <= MOST_REPEATS or not waits:
        raise WrongChain(steps=MOST_STEPS, repeats=MOST_REPEATS, minutes=LONGEST_WAIT)


def require_deputy_term(since: date, until: date, *, today: date) -> None:
    """Raises: WrongDeputyTerm for a term that is over, ends before it begins or is longer than a year."""
    if until < max(since, today) or until - since > LONGEST_DEPUTY_TERM:
        raise WrongDeputyTerm
