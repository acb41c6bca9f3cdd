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

MORNING = time(9)
LONGEST_SNOOZE = timedelta(days=31)


class Severity(StrEnum):
    """How urgent an alert is; critical ones also come in quiet hours."""

    INFO = "info"
    WARN = "warn"
    CRITICAL = "critical"


class RuleKind(StrEnum):
    """What a rule watches; `measures` says which number that is."""

    THRESHOLD = "threshold"
    PLAN = "plan"
    GOAL = "goal"
    TREND = "trend"
    STALENESS = "staleness"
    REVISION = "revision"
    QUALITY = "quality"


class AlertState(StrEnum):
    """Where a rule stands in a territory; an alert itself is `FIRING` or, when it is over, `OK`."""

    OK = "ok"
    # Beyond the threshold, but not yet for as many vintages as the rule asks for.
    PENDING = "pending"
    FIRING = "firing"
    # Clear, but not yet for as many vintages as the rule asks for.
    RECOVERING = "recovering"
    # Came back at the last vintage.
    RESOLVED = "resolved"
    # What the rule watches cannot be told, or telling it has failed.
    NO_DATA = "no_data"
    ERROR = "error"


class Transition(StrEnum):
    """What a number did to the state."""

    FIRED = "fired"
    RESOLVED = "resolved"
    # Another state, of which nobody is told.
    MOVED = "moved"
    STAYED = "stayed"
    # The number belongs to a vintage that has been judged already: a repeated or late delivery.
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A rule with hysteresis: fires when its number is beyond `threshold`, ends at `clear_at` or better.

    The number is a value of the indicator or what `measures` makes of it: per cent, days, an index. `hold`
    and `settle` are the vintages in a row that it takes to fire and to end. It holds in its territory and
    in those below it.
    """

    id: RuleId
    indicator: str
    territory_id: TerritoryId
    bad: Side
    threshold: float
    clear_at: float
    severity: Severity
    kind: RuleKind = RuleKind.THRESHOLD
    hold: int = 1
    settle: int = 1

    def is_bad(self, value: float) -> bool:
        """Whether a number lies beyond the threshold; the threshold itself is still allowed."""
        return value > self.threshold if self.bad == "above" else value < self.threshold

    def is_clear(self, value: float) -> bool:
        """Whether a number is good enough to end an alert."""
        return value <= self.clear_at if self.bad == "above" else value >= self.clear_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of a rule in a territory and the vintage it was judged at (0: never).

    `streak` counts the vintages in a row that speak for leaving the state; `fired` is true while an alert is
    open, which it stays when data are missing.
    """

    state: AlertState = AlertState.OK
    vintage: int = 0
    streak: int = 0
    fired: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The number could not be made, for this reason."""

    reason: str


def judge(
    rule: AlertRule, before: Standing, *, value: float | Failed | None, vintage: int
) -> tuple[Standing, Transition]:
    """Judge the rule's number as known at a vintage; None: it cannot be told.

    Between `clear_at` and `threshold` nothing changes, so a value that trembles at the threshold
    fires once. A vintage is judged once: repeated and late deliveries change nothing.
    """
    if vintage <= before.vintage:
        return before, Transition.REPEATED
    if value is None or isinstance(value, Failed):
        state = AlertState.NO_DATA if value is None else AlertState.ERROR
        after = Standing(state=state, vintage=vintage, fired=before.fired)
        return after, _moved(before, after)
    return (_while_open if before.fired else _while_closed)(rule, before, value, vintage)


def _while_closed(
    rule: AlertRule, before: Standing, value: float, vintage: int
) -> tuple[Standing, Transition]:
    if not rule.is_bad(value):
        after = Standing(state=AlertState.OK, vintage=vintage)
        return after, _moved(before, after)
    streak = before.streak + 1 if before.state is AlertState.PENDING else 1
    if streak >= rule.hold:
        return Standing(state=AlertState.FIRING, vintage=vintage, fired=True), Transition.FIRED
    after = Standing(state=AlertState.PENDING, vintage=vintage, streak=streak)
    return after, _moved(before, after)


def _while_open(rule: AlertRule, before: Standing, value: float, vintage: int) -> tuple[Standing, Transition]:
    if not rule.is_clear(value):
        after = Standing(state=AlertState.FIRING, vintage=vintage, fired=True)
        return after, _moved(before, after)
    streak = before.streak + 1 if before.state is AlertState.RECOVERING else 1
    if streak >= rule.settle:
        return Standing(state=AlertState.RESOLVED, vintage=vintage), Transition.RESOLVED
    after = Standing(state=AlertState.RECOVERING, vintage=vintage, streak=streak, fired=True)
    return after, _moved(before, after)


def _moved(before: Standing, after: Standing) -> Transition:
    return Transition.STAYED if before.state is after.state else Transition.MOVED


def times_fired(rule: AlertRule, values: Iterable[float | None]) -> int:
    """How many times the rule would have fired on a history, for whoever sets the threshold."""
    standing = Standing()
    fired = 0
    for vintage, value in enumerate(values, start=1):
        standing, transition = judge(rule, standing, value=value, vintage=vintage)
        fired += transition is Transition.FIRED
    return fired


def probability_cleared(rule: AlertRule, forecast: Forecast) -> float | None:
    """Probability (0..1) that the end of the forecast is back on the good side of the threshold.

    Of a threshold on the values only: other numbers have no forecast.
    """
    if rule.kind is not RuleKind.THRESHOLD:
        return None
    below = forecast.points[-1].probability_below(rule.threshold)
    if below is None:
        return None
    return below if rule.bad == "above" else 1.0 - below


class SnoozeTerm(StrEnum):
    """The buttons under «Отложить»; a date is given beside `DATE`."""

    HOUR = "hour"
    MORNING = "morning"
    MONDAY = "monday"
    DATE = "date"


def snoozed_until(term: SnoozeTerm, *, now: datetime, zone: ZoneInfo, day: date | None = None) -> datetime:
    """The moment (UTC) at which a snoozed alert comes back.

    Morning is nine by the clock of the territory, the next one to come; Monday is the next one after today.
    Raises: WrongSnooze for a date that is missing, past, or more than a month ahead.
    """
    match term:
        case SnoozeTerm.HOUR:
            return now + timedelta(hours=1)
        case SnoozeTerm.MORNING:
            local = now.astimezone(zone)
            day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
            return _morning(day, zone).astimezone(UTC)
        case SnoozeTerm.MONDAY:
            today = now.astimezone(zone).date()
            return _morning(today + timedelta(days=7 - today.weekday()), zone).astimezone(UTC)
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

    `value` is the fact and `measure` the number that the rule judged, the same for a threshold. `rule` is as
    it was then. `flapping`: it had gone to and fro by then.
    `picture` is a key of core.files; `picture_settled` is true once it is known whether there will be one.
    """

    id: AlertId
    rule: AlertRule
    territory_id: TerritoryId
    state: AlertState
    period: str
    value: float
    measure: float
    flapping: bool
    vintage: int
    fired_at: datetime
    resolved_at: datetime | None
    resolved_value: float | None
    acknowledged_by: PersonId | None
    acknowledged_at: datetime | None
    assigned_to: PersonId | None
    assigned_by: PersonId | None
    assigned_due: date | None
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
