"""When an alert begins and ends: pure decisions over values and vintages, no clock but the data's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from core.alerts.errors import WrongSnooze
from core.indicators import Forecast
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId

Side = Literal["above", "below"]
"""The bad side of a threshold."""

MORNING = time(8, 30)
LONGEST_SNOOZE = timedelta(days=31)


class Severity(StrEnum):
    """How urgent an alert is; critical ones also come in quiet hours."""

    WARN = "warn"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """Where a rule stands in a territory."""

    OK = "ok"
    FIRING = "firing"


class Transition(StrEnum):
    """What a value did to the state."""

    FIRED = "fired"
    RESOLVED = "resolved"
    STAYED = "stayed"
    # The value belongs to a vintage that has been judged already: a repeated or late delivery.
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A threshold with hysteresis: fires beyond `threshold`, ends at `clear_at` or better.

    It holds in its territory and in those below it.
    """

    id: RuleId
    indicator: str
    territory_id: TerritoryId
    bad: Side
    threshold: float
    clear_at: float
    severity: Severity

    def is_bad(self, value: float) -> bool:
        """Whether a value lies beyond the threshold; the threshold itself is still allowed."""
        return value > self.threshold if self.bad == "above" else value < self.threshold

    def is_clear(self, value: float) -> bool:
        """Whether a value is good enough to end an alert."""
        return value <= self.clear_at if self.bad == "above" else value >= self.clear_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of a rule in a territory and the vintage it was judged at (0: never)."""

    state: AlertState = AlertState.OK
    vintage: int = 0


def judge(rule: AlertRule, before: Standing, *, value: float, vintage: int) -> tuple[Standing, Transition]:
    """Judge the last fact as known at a vintage.

    Between `clear_at` and `threshold` nothing changes, so a value that trembles at the threshold
    fires once. A vintage is judged once: repeated and late deliveries change nothing.
    """
    if vintage <= before.vintage:
        return before, Transition.REPEATED
    if before.state is AlertState.OK and rule.is_bad(value):
        return Standing(state=AlertState.FIRING, vintage=vintage), Transition.FIRED
    if before.state is AlertState.FIRING and rule.is_clear(value):
        return Standing(state=AlertState.OK, vintage=vintage), Transition.RESOLVED
    return Standing(state=before.state, vintage=vintage), Transition.STAYED


def times_fired(rule: AlertRule, values: Iterable[float]) -> int:
    """How many times the rule would have fired on a history, for whoever sets the threshold."""
    standing = Standing()
    fired = 0
    for vintage, value in enumerate(values, start=1):
        standing, transition = judge(rule, standing, value=value, vintage=vintage)
        fired += transition is Transition.FIRED
    return fired


def probability_cleared(rule: AlertRule, forecast: Forecast) -> float | None:
    """Probability (0..1) that the end of the forecast is back on the good side of the threshold."""
    below = forecast.points[-1].probability_below(rule.threshold)
    if below is None:
        return None
    return below if rule.bad == "above" else 1.0 - below


class SnoozeTerm(StrEnum):
    """The buttons under «Отложить»; a date is given beside `DATE`."""

    HOUR = "hour"
    MORNING = "morning"
    DATE = "date"


def snoozed_until(term: SnoozeTerm, *, now: datetime, zone: ZoneInfo, day: date | None = None) -> datetime:
    """The moment (UTC) at which a snoozed alert comes back.

    Morning is 8:30 by the clock of the territory, the next one to come.
    Raises: WrongSnooze for a date that is missing, past, or more than a month ahead.
    """
    match term:
        case SnoozeTerm.HOUR:
            return now + timedelta(hours=1)
        case SnoozeTerm.MORNING:
            local = now.astimezone(zone)
            today = datetime.combine(local.date(), MORNING, tzinfo=zone)
            return (today if local < today else _morning(local.date() + timedelta(days=1), zone)).astimezone(
                UTC
            )
        case SnoozeTerm.DATE:
            until = None if day is None else _morning(day, zone).astimezone(UTC)
            if until is None or not now < until <= now + LONGEST_SNOOZE:
                raise WrongSnooze(days=LONGEST_SNOOZE.days)
            return until
        case _:
            assert_never(term)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert: the numbers it fired with, and who has taken it. Times are UTC.

    `picture` is a key of core.files; `picture_settled` is true once it is known whether there will be one.
    """

    id: AlertId
    rule: AlertRule
    territory_id: TerritoryId
    state: AlertState
    period: str
    value: float
    vintage: int
    fired_at: datetime
    resolved_at: datetime | None
    resolved_value: float | None
    acknowledged_by: PersonId | None
    acknowledged_at: datetime | None
    snoozed_by: PersonId | None
    snoozed_until: datetime | None
    picture: str | None
    picture_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Answer of acknowledging: who has the alert and since when.

    `first` is true for the one who took it; a later person learns from `person_name` who it was.
    """

    alert_id: AlertId
    person_id: PersonId
    person_name: str
    at: datetime
    first: bool
