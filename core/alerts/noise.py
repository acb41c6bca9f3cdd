"""Which rules disturb in vain: how they fired, who cared, and a threshold that would have been calmer."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select

from core.alerts.events import AlertWeekEnded
from core.alerts.model import AlertRow, AlertWeekRow, RuleRow
from core.alerts.queries import as_rule, rule_history
from core.alerts.rules import AlertRule, RuleKind, times_fired
from core.identity import Action, Viewer, people_who_may
from core.indicators import Indicator, hidden_from, indicator
from core.shared.ids import PersonId, TerritoryId
from core.spaces import territories_where
from core.store import Reading, UnitOfWork
from core.territories import Territory, territory

WEEK = timedelta(days=7)
# The week of an instance ends by one clock: its rules may be of several zones.
WEEK_ZONE = ZoneInfo("Europe/Moscow")
REPORT_AT = time(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNoise:
    """What a rule did in a span. `ignored`: told, and nobody took it. `calmer` is a threshold, see below.

    `times` and `calmer_times` are how often it would have fired on its history with either.
    """

    rule: AlertRule
    indicator: Indicator
    territory: Territory
    fired: int
    acknowledged: int
    ignored: int
    flapped: int
    calmer: float | None
    times: int
    calmer_times: int


def end_alert_week(uow: UnitOfWork) -> bool:
    """Tell that a week of alerts is over, from Monday nine in the morning on, once. Run by the clock."""
    local = uow.now.astimezone(WEEK_ZONE)
    monday = local.date() - timedelta(days=local.weekday())
    if local < datetime.combine(monday, REPORT_AT, tzinfo=WEEK_ZONE):
        return False
    week = (monday - WEEK).isoformat()
    if not uow.insert_new(AlertWeekRow, {"week": week, "ended_at": uow.now}, conflict=("week",)):
        return False
    fired = select(AlertRow.id).where(_within(*week_of(week))).limit(1)
    if uow.session.execute(fired).first() is not None:
        uow.record(AlertWeekEnded(week=week))
    return True


def week_of(week: str) -> tuple[datetime, datetime]:
    """The beginning and the end (UTC) of the week that begins with this Monday.

    >>> [moment.isoformat() for moment in week_of("2027-03-01")]
    ['2027-02-28T21:00:00+00:00', '2027-03-07T21:00:00+00:00']
    """
    begin = datetime.combine(date.fromisoformat(week), time(), tzinfo=WEEK_ZONE)
    end = datetime.combine(date.fromisoformat(week) + WEEK, time(), tzinfo=WEEK_ZONE)
    return begin.astimezone(UTC), end.astimezone(UTC)


def readers_of_week(reading: Reading, *, week: str) -> list[PersonId]:
    """Who answers for the rules that fired in a week: analysts and administrators of their territories."""
    rows = reading.session.execute(
        select(RuleRow.territory_id)
        .join(AlertRow, AlertRow.rule_id == RuleRow.id)
        .where(_within(*week_of(week)), RuleRow.deleted_at.is_(None))
        .distinct()
    ).scalars()
    found = {
        one.id
        for place in rows
        for one in people_who_may(reading, action=Action.LOAD_DATA, territory_id=TerritoryId(place))
    }
    return sorted(found)


def noisy_rules(
    reading: Reading,
    *,
    viewer: Viewer,
    since: datetime,
    until: datetime,
    only: Collection[str] | None = None,
) -> list[RuleNoise]:
    """The rules that fired in a span and that the viewer may change, the most disturbing first.

    only: ids of rules, all if None.
    """
    places = territories_where(reading, viewer, Action.LOAD_DATA)
    ignored = and_(AlertRow.lead_id.is_not(None), AlertRow.acknowledged_by.is_(None))
    wanted = (
        select(
            RuleRow.id,
            func.count(),
            _how_many(AlertRow.acknowledged_by.is_not(None)),
            _how_many(ignored),
            _how_many(AlertRow.flapping.is_(True)),
        )
        .join(AlertRow, AlertRow.rule_id == RuleRow.id)
        .where(
            _within(since, until),
            RuleRow.deleted_at.is_(None),
            RuleRow.territory_id.in_(places),
            RuleRow.indicator.not_in(hidden_from(reading, viewer=viewer)),
        )
        .group_by(RuleRow.id)
    )
    if only is not None:
        wanted = wanted.where(RuleRow.id.in_(only))
    found = [
        _noise(reading, rule_id, fired=fired, acknowledged=taken, ignored=left, flapped=flapped)
        for rule_id, fired, taken, left, flapped in list(reading.session.execute(wanted).tuples())
    ]
    return sorted(found, key=lambda one: (-one.ignored - one.flapped, -one.fired, one.rule.id))


def calmer_threshold(rule: AlertRule, seen: Sequence[float | None], *, decimals: int) -> float | None:
    """The nearest threshold with which the rule would have fired at most half as often, but at least once.

    None where it fires once at most, or where no threshold does that. The value that ends moves with it.
    """
    now = times_fired(rule, seen)
    bad = sorted({value for value in seen if value is not None and rule.is_bad(value)})
    for value in bad if rule.bad == "above" else reversed(bad):
        calmer = _rounded_away(value, rule, decimals)
        if 1 <= times_fired(moved_to(rule, calmer), seen) <= now // 2:
            return calmer
    return None


def moved_to(rule: AlertRule, threshold: float) -> AlertRule:
    """The rule with another threshold, and the value that ends as far from it as before."""
    return replace(rule, threshold=threshold, clear_at=rule.clear_at + threshold - rule.threshold)


def _noise(
    reading: Reading, rule_id: str, *, fired: int, acknowledged: int, ignored: int, flapped: int
) -> RuleNoise:
    rule = as_rule(reading.session.get_one(RuleRow, rule_id))
    shown = indicator(reading, code=rule.indicator)
    seen = rule_history(reading, rule=rule)
    decimals = shown.decimals if rule.kind is RuleKind.THRESHOLD else 1
    calmer = calmer_threshold(rule, seen, decimals=decimals)
    return RuleNoise(
        rule=rule,
        indicator=shown,
        territory=territory(reading, territory_id=rule.territory_id),
        fired=fired,
        acknowledged=acknowledged,
        ignored=ignored,
        flapped=flapped,
        calmer=calmer,
        times=times_fired(rule, seen),
        calmer_times=0 if calmer is None else times_fired(moved_to(rule, calmer), seen),
    )


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _rounded_away(value: float, rule: AlertRule, decimals: int) -> float:
    """The value, rounded so that it does not fire by itself."""
    scale = 10.0**decimals
    step = round(value * scale, 6)
    return (math.ceil(step) if rule.bad == "above" else math.floor(step)) / scale


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(AlertRow.fired_at >= since, AlertRow.fired_at < until)
