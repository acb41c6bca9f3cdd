"""Steps, their terms and their states: values and pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.indicators import Frequency, Period
from core.shared.ids import PersonId, TerritoryId

REMIND_BEFORE = timedelta(days=3)
STEP_DAYS = 5
"""What each step after the first is given, unless somebody plans otherwise."""

USUAL_LAG_DAYS: Mapping[Frequency, int] = {"A": 60, "Q": 45, "M": 20}
"""From the end of a period to its figures, where no passport says."""


class Step(StrEnum):
    """What preparing the data consists of; the values are stored."""

    FILL = "fill"
    FACTORS = "factors"
    EQUATIONS = "equations"
    CONSEQUENCES = "consequences"
    REFRESH = "refresh"
    PAGES = "pages"
    ACCESS = "access"


STEPS = tuple(Step)
"""In the order in which they are done."""

BY_FACTS_ONLY = frozenset({Step.FILL, Step.REFRESH})
"""Whether these are done the figures say, never a person."""


class StepState(StrEnum):
    """Where a step stands today."""

    OPEN = "open"
    # Within three days of its term.
    SOON = "soon"
    OVERDUE = "overdue"
    DONE = "done"


class Occasion(StrEnum):
    """When an owner is reminded."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A round of preparing the data of one period of one territory."""

    id: str
    territory_id: TerritoryId
    period: Period
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStep:
    """A step as people have planned and confirmed it. ``note`` is what the confirmation says."""

    step: Step
    owner: PersonId | None
    due: date
    confirmed_at: datetime | None
    confirmed_by: PersonId | None
    note: str


DASHBOARD = "dashboard:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the facts say of a step: how many of how many things are there, and since when it is done.

    ``of`` is 0 where nothing is counted. ``thing`` is the id of what did it: a run, a model, a vintage, or
    ``DASHBOARD`` and an address.
    ``missing`` are codes of indicators.
    """

    done: bool = False
    have: int = 0
    of: int = 0
    thing: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStep:
    """A step with its state today."""

    plan: CycleStep
    found: Found
    state: StepState

    @property
    def by_facts(self) -> bool:
        """Whether facts have done it, not somebody's word."""
        return self.found.done


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A cycle with all its steps."""

    cycle: Cycle
    steps: tuple[BoardStep, ...]


def state_of(plan: CycleStep, found: Found, today: date) -> StepState:
    """Done by facts or by somebody's word; else by how near the term is."""
    if found.done or plan.confirmed_at is not None:
        return StepState.DONE
    if today > plan.due:
        return StepState.OVERDUE
    return StepState.SOON if plan.due - today <= REMIND_BEFORE else StepState.OPEN


def occasion_of(state: StepState) -> Occasion | None:
    """What an owner is to be reminded of, None if of nothing."""
    return {StepState.SOON: Occasion.BEFORE, StepState.OVERDUE: Occasion.AFTER}.get(state)


def usual_terms(period: Period, lag_days: int, today: date) -> dict[Step, date]:
    """The figures are there when the slowest of them is published; each further step takes five days.

    A cycle that begins later than that has five days for its first step: no term is over when it is set.

    >>> terms = usual_terms(Period.parse("2026"), 60, date(2027, 1, 11))
    >>> terms[Step.FILL].isoformat(), terms[Step.ACCESS].isoformat()
    ('2027-03-01', '2027-03-31')
    """
    first = max(period.last_day + timedelta(days=lag_days), today + timedelta(days=STEP_DAYS))
    return {step: first + timedelta(days=STEP_DAYS * place) for place, step in enumerate(STEPS)}


def reported_periods(period: Period) -> dict[Frequency, str]:
    """Which figures belong to a cycle: those of a year are annual; a quarter also ends with its last month.

    >>> reported_periods(Period.parse("2026-Q3"))
    {'Q': '2026-Q3', 'M': '2026-09'}
    """
    if period.frequency == "A":
        return {"A": str(period)}
    return {"Q": str(period), "M": f"{period.last_day:%Y-%m}"}
