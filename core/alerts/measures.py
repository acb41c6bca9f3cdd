"""The one number that each kind of rule watches, from what is known at a vintage. Pure; no clock but a date.

Every kind is judged alike by `rules.judge`: its number goes beyond the threshold or comes back. A kind that
cannot be told (no target, no forecast, one value) has no number, which is a state of its own.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from core.alerts.rules import AlertRule, RuleKind
from core.indicators import Forecast, Period, Point, Revision, Target

# Half the width of the 80 % band of a normal law in its standard deviations.
_SIGMAS_IN_80 = 1.2816
# Page's cumulative sums: the slack and the limit in standard deviations; a shift of one is found after about
# eight facts, and a false alarm comes once in some 170. Source: Montgomery, Statistical Quality Control, 9.1.
CUSUM_SLACK, CUSUM_LIMIT = 0.5, 4.0
# A single fact that far from its forecast is a break by itself.
SURPRISE_LIMIT = 3.0
# An error of units is a factor of a thousand; a third of that in orders of magnitude is no economy either.
JUMP_ORDERS = 2.5
PARTS_PERCENT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of one series at a vintage.

    `points` ends with the last fact. `start` is the fact that the plan begins at. `forecast` was made from
    these very data; `earlier` are the forecasts of earlier vintages, oldest first. `revisions` are those of
    this vintage. `parts` are the last facts of the series that should add up to this one. `accepted`:
    somebody has said that the last fact is right although it looks wrong.
    """

    points: Sequence[Point]
    today: date
    start: Point | None = None
    forecast: Forecast | None = None
    earlier: Sequence[Forecast] = ()
    revisions: Sequence[Revision] = ()
    targets: Sequence[Target] = ()
    parts: Sequence[Point] = ()
    accepted: bool = False


def measure(rule: AlertRule, known: Evidence) -> float | None:
    """The number that the rule judges, None if it cannot be told.

    Raises: ArithmeticError, ValueError for data that no number can be made of; the rule is then in error.
    """
    found = _MEASURES[rule.kind](rule, known)
    if found is not None and not math.isfinite(found):
        raise ValueError(f"{rule.kind} gives no finite number")
    return found


def last_value(_rule: AlertRule, known: Evidence) -> float | None:
    """The last fact, in the unit of the indicator."""
    return known.points[-1].value if known.points else None


def shortfall(_rule: AlertRule, known: Evidence) -> float | None:
    """How far the last fact lags behind the plan, in per cent of the plan; negative if it is ahead."""
    if not known.points:
        return None
    planned = planned_value(known)
    if planned is None or planned[0] == 0:
        return None
    value, op = planned
    lag = value - known.points[-1].value if op == ">=" else known.points[-1].value - value
    return 100.0 * lag / abs(value)


def planned_value(known: Evidence) -> tuple[float, str] | None:
    """What the plan says of the period of the last fact, and which way it is to be reached.

    The plan is a straight line from the fact known when the rule was made through the targets.
    """
    now = Period.parse(known.points[-1].period).ordinal
    ahead = [target for target in known.targets if Period.parse(target.period).ordinal >= now]
    if not ahead:
        return None
    goal = ahead[0]
    stops = [(Period.parse(one.period).ordinal, one.value) for one in (known.start, *known.targets) if one]
    before = [stop for stop in stops if stop[0] < now]
    at = Period.parse(goal.period).ordinal
    if at == now:
        return goal.value, goal.op
    if not before:
        return None
    since, begun = max(before)
    return begun + (goal.value - begun) * (now - since) / (at - since), goal.op


def goal_probability(_rule: AlertRule, known: Evidence) -> float | None:
    """Probability of the next target, in per cent, by the forecast of these data."""
    if known.forecast is None:
        return None
    points = {point.period: point for point in known.forecast.points}
    last = known.forecast.last_period
    goal = next((target for target in known.targets if target.period > last), None)
    if goal is None or goal.period not in points:
        return None
    below = points[goal.period].probability_below(goal.value)
    if below is None:
        return None
    return 100.0 * (below if goal.op == "<=" else 1.0 - below)


def trend_break(_rule: AlertRule, known: Evidence) -> float | None:
    """How near the last facts are to a break of trend: 1 is the limit.

    The larger of the last standardised surprise over its limit and of both cumulative sums over theirs.
    """
    surprises = list(_surprises(known))
    if not surprises:
        return None
    up = down = 0.0
    for surprise in surprises:
        # One wild fact must not fill the sum alone: that is what the surprise is for.
        held = max(-SURPRISE_LIMIT, min(SURPRISE_LIMIT, surprise))
        up = max(0.0, up + held - CUSUM_SLACK)
        down = max(0.0, down - held - CUSUM_SLACK)
    return max(abs(surprises[-1]) / SURPRISE_LIMIT, up / CUSUM_LIMIT, down / CUSUM_LIMIT)


def _surprises(known: Evidence) -> list[float]:
    """Facts against the forecasts of one period before, in standard deviations, oldest first."""
    ahead = {one.points[0].period: one.points[0] for one in known.earlier if one.points}
    found = []
    for point in known.points:
        told = ahead.get(point.period)
        band = told.band(80) if told is not None else None
        if told is None or band is None:
            continue
        width = (band[1] - told.median) if point.value > told.median else (told.median - band[0])
        if width > 0:
            found.append((point.value - told.median) * _SIGMAS_IN_80 / width)
    return found


def days_overdue(_rule: AlertRule, known: Evidence) -> float | None:
    """Days since the next period should have been published; negative while there is time.

    The rule's threshold is the term: days from the end of a period to its publication, with the grace.
    """
    if not known.points:
        return None
    expected = Period.parse(known.points[-1].period).next()
    return float((known.today - expected.last_day).days)


def largest_revision(_rule: AlertRule, known: Evidence) -> float | None:
    """The largest change of a published value at this vintage, in per cent of what it was."""
    if not known.points:
        return None
    changes = [abs(one.after - one.before) / abs(one.before) for one in known.revisions if one.before]
    # What was nothing and is something has changed by more than any per cent.
    news = [1.0 for one in known.revisions if not one.before and one.after]
    return 100.0 * max([*changes, *news], default=0.0)


def trouble(_rule: AlertRule, known: Evidence) -> float | None:
    """How wrong the last fact looks, 1 is the limit: the worst of a jump, a sign, parts beside the whole."""
    if not known.points:
        return None
    odd = 0.0 if known.accepted else max(_jump(known.points), _sign(known.points))
    return max(odd, _parts(known))


def _jump(points: Sequence[Point]) -> float:
    if len(points) < 2 or not points[-1].value or not points[-2].value:
        return 0.0
    return abs(math.log10(abs(points[-1].value / points[-2].value))) / JUMP_ORDERS


def _sign(points: Sequence[Point]) -> float:
    """A series that has never changed its sign does so: 1. One that crosses zero now and then: 0."""
    signs = {point.value > 0 for point in points[:-1] if point.value}
    last = points[-1].value
    return 1.0 if last and len(points) > 2 and len(signs) == 1 and (last > 0) not in signs else 0.0


def _parts(known: Evidence) -> float:
    whole = known.points[-1]
    same = [part for part in known.parts if part.period == whole.period]
    if not same or len(same) != len(known.parts) or not whole.value:
        return 0.0
    off = abs(sum(part.value for part in same) - whole.value) / abs(whole.value)
    return 100.0 * off / PARTS_PERCENT


_MEASURES: dict[RuleKind, Callable[[AlertRule, Evidence], float | None]] = {
    RuleKind.THRESHOLD: last_value,
    RuleKind.PLAN: shortfall,
    RuleKind.GOAL: goal_probability,
    RuleKind.TREND: trend_break,
    RuleKind.STALENESS: days_overdue,
    RuleKind.REVISION: largest_revision,
    RuleKind.QUALITY: trouble,
}


def history(rule: AlertRule, known: Evidence, revisions: Sequence[Revision] = ()) -> list[float | None]:
    """What the rule would have seen at each fact of a history, for its preview.

    Staleness depends on days that the data do not tell: it has no history here.
    """
    if rule.kind is RuleKind.STALENESS:
        return []
    if rule.kind is RuleKind.REVISION:
        vintages = sorted({one.vintage for one in revisions})
        each = [[one for one in revisions if one.vintage == vintage] for vintage in vintages]
        # Between two vintages with a revision there are always some without.
        return [number for group in each for number in (_at(rule, known, len(known.points), group), 0.0)]
    return [_at(rule, known, count) for count in range(1, len(known.points) + 1)]


def _at(rule: AlertRule, known: Evidence, count: int, revisions: Sequence[Revision] = ()) -> float | None:
    points = known.points[:count]
    made = [one for one in known.earlier if one.last_period <= points[-1].period]
    forecast = made[-1] if made and made[-1].last_period == points[-1].period else None
    return measure(
        rule,
        Evidence(
            points=points,
            today=known.today,
            start=known.points[0],
            forecast=forecast,
            earlier=[one for one in made if one.last_period < points[-1].period],
            revisions=revisions,
            targets=known.targets,
        ),
    )
