"""From a new vintage to transitions: every rule of a series judged once, in one transaction."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from core.alerts.events import AlertFired, AlertResolved
from core.alerts.evidence import evidence_at
from core.alerts.flapping import flaps_here
from core.alerts.measures import Evidence, measure
from core.alerts.model import AlertRow, RuleRow, StandingRow, StateChangeRow
from core.alerts.muting import end_mutes, mute_newborn, mute_others
from core.alerts.queries import as_rule
from core.alerts.rules import AlertRule, AlertState, Failed, RuleKind, Standing, Transition, judge
from core.alerts.showing import show
from core.indicators import Point, series, territories_with, vintages_of
from core.jobs import add_job
from core.shared.ids import AlertId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import ancestry, territory

DRAW_ALERT = "draw_alert"
"""Kind of the job that draws the chart of an alert."""

_DATA, _CLOCK, _RULE = "data", "clock", "rule"
NOTE_LIMIT = 300


def evaluate(uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, vintage: int) -> list[AlertId]:
    """Judge the rules of one series by what is known at the vintage; the alerts that fired.

    Vintages in between that nobody has judged (a worker died, jobs overtook each other) come first.
    """
    rules = uow.session.execute(_holding().where(RuleRow.indicator == indicator)).scalars()
    fired: list[AlertId] = []
    for rule in _rules_here(uow, list(rules), territory_id):
        standing = _standing(uow, rule, territory_id)
        missed = vintages_of(
            uow,
            indicator=indicator,
            territory_id=territory_id,
            after=standing.vintage,
            upto=vintage,
            # Only whoever watches over data is told of values that are not published yet.
            with_held=rule.kind == RuleKind.QUALITY,
        )
        for each in missed:
            fired += _judge(uow, rule, standing, each, _DATA)
    return fired


def evaluate_terms(uow: UnitOfWork) -> list[AlertId]:
    """Judge what the days alone may change: rules on late data; the alerts that fired. Run by the clock."""
    rules = uow.session.execute(_holding().where(RuleRow.kind == RuleKind.STALENESS)).scalars()
    fired: list[AlertId] = []
    for rule in list(rules):
        for place in territories_with(uow, indicator=rule.indicator):
            if rule.territory_id in ancestry(uow, territory_id=place):
                fired += _judge_term(uow, rule, place)
    return fired


def _holding() -> Select[RuleRow]:
    """The rules that hold, till the commit: none is changed or deleted while it is judged by."""
    return select(RuleRow).where(RuleRow.deleted_at.is_(None)).order_by(RuleRow.id).with_for_update(read=True)


def withdraw(uow: UnitOfWork, row: RuleRow, standing: StandingRow) -> None:
    """End the open alert of a rule that is deleted; the standing is locked by the caller."""
    rule, place = as_rule(row), TerritoryId(standing.territory_id)
    alert_id, before = standing.alert_id, AlertState(standing.state)
    assert alert_id is not None  # noqa: S101 - the caller has looked for open ones
    last = series(uow, indicator=rule.indicator, territory_id=place, as_of=standing.vintage)[-1]
    standing.state, standing.streak, standing.alert_id = AlertState.OK, 0, None
    _note(uow, standing, before, last, None, _RULE, alert_id)
    _close(uow, rule, AlertId(alert_id), place, None, standing.vintage)


def _judge_term(uow: UnitOfWork, rule: RuleRow, territory_id: TerritoryId) -> list[AlertId]:
    standing = _standing(uow, rule, territory_id)
    if standing.alert_id is not None:
        # Only data end it, and they are judged when they arrive.
        return []
    known = vintages_of(uow, indicator=rule.indicator, territory_id=territory_id, after=0, upto=2**31 - 1)
    if not known or known[-1] < standing.vintage:
        return []
    return _judge(uow, rule, standing, known[-1], _CLOCK)


def _rules_here(uow: UnitOfWork, rules: list[RuleRow], territory_id: TerritoryId) -> list[RuleRow]:
    """Those that hold in the territory; most series have no rule, and then the tree is not asked."""
    above = set(ancestry(uow, territory_id=territory_id)) if rules else set()
    return [rule for rule in rules if rule.territory_id in above]


def _standing(uow: UnitOfWork, rule: RuleRow, territory_id: TerritoryId) -> StandingRow:
    """The row of the rule in the territory, locked: two workers judge one after the other."""
    uow.insert_new(
        StandingRow,
        {
            "rule_id": rule.id,
            "territory_id": territory_id,
            "state": AlertState.OK,
            "vintage": rule.since,
            "streak": 0,
        },
        conflict=("rule_id", "territory_id"),
    )
    return uow.session.execute(
        select(StandingRow)
        .where(StandingRow.rule_id == rule.id, StandingRow.territory_id == territory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _judge(uow: UnitOfWork, row: RuleRow, standing: StandingRow, vintage: int, cause: str) -> list[AlertId]:
    rule, place = as_rule(row), TerritoryId(standing.territory_id)
    known = evidence_at(uow, row, place, vintage=vintage, today=_today(uow, place))
    number = _number(rule, known)
    last = known.points[-1]
    before = Standing(
        state=AlertState(standing.state),
        vintage=standing.vintage if cause == _DATA else vintage - 1,
        streak=standing.streak,
        fired=standing.alert_id is not None,
    )
    after, transition = judge(rule, before, value=number, vintage=vintage)
    if transition in {Transition.REPEATED, Transition.STAYED} and cause == _CLOCK:
        return []
    opened = standing.alert_id
    standing.state, standing.vintage, standing.streak = after.state, after.vintage, after.streak
    if transition is Transition.FIRED:
        assert isinstance(number, float | int)  # noqa: S101 - only a number fires
        standing.alert_id = opened = _fire(uow, row, place, last, float(number), vintage)
    elif transition is Transition.RESOLVED and opened is not None:
        standing.alert_id = None
        _close(uow, rule, AlertId(opened), place, last.value, vintage)
    if before.state is not after.state or transition is Transition.FIRED:
        _note(uow, standing, before.state, last, number, cause, opened)
    uow.session.flush()
    return [AlertId(standing.alert_id)] if transition is Transition.FIRED and standing.alert_id else []


def _number(rule: AlertRule, known: Evidence) -> float | Failed | None:
    """The rule's number; a failure is a state of the rule and must not hold the release up."""
    try:
        return measure(rule, known)
    except (ArithmeticError, ValueError) as error:
        return Failed(f"{type(error).__name__}: {error}"[:NOTE_LIMIT])


def _today(uow: UnitOfWork, territory_id: TerritoryId) -> date:
    return uow.now.astimezone(ZoneInfo(territory(uow, territory_id=territory_id).time_zone)).date()


def _fire(
    uow: UnitOfWork, rule: RuleRow, territory_id: TerritoryId, last: Point, number: float, vintage: int
) -> AlertId:
    row = AlertRow(
        id=new_id(),
        rule_id=rule.id,
        territory_id=territory_id,
        state=AlertState.FIRING,
        period=last.period,
        value=last.value,
        measure=number,
        bad=rule.bad,
        threshold=rule.threshold,
        clear_at=rule.clear_at,
        hold=rule.hold,
        flapping=flaps_here(uow, rule, territory_id, fires_at=vintage),
        vintage=vintage,
        fired_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    muted = mute_newborn(uow, row, rule)
    if not muted:
        show(uow, row, rule)
    mute_others(uow, row, rule)
    uow.record(
        AlertFired(
            alert_id=row.id,
            territory_id=territory_id,
            indicator=rule.indicator,
            severity=rule.severity,
            vintage=vintage,
            muted=muted,
        )
    )
    add_job(uow, key=f"draw:{row.id}", kind=DRAW_ALERT, arguments={"alert_id": row.id})
    return AlertId(row.id)


def _close(
    uow: UnitOfWork,
    rule: AlertRule,
    alert_id: AlertId,
    territory_id: TerritoryId,
    back_at: float | None,
    vintage: int,
) -> None:
    """End an alert; back_at is None for one whose indicator has not come back: its rule is gone."""
    uow.session.execute(
        update(AlertRow)
        .where(AlertRow.id == alert_id)
        .values(
            state=AlertState.OK,
            resolved_at=uow.now,
            resolved_value=back_at,
            snoozed_by=None,
            snoozed_until=None,
        )
    )
    end_mutes(uow, alert_id=alert_id)
    uow.record(
        AlertResolved(alert_id=alert_id, territory_id=territory_id, indicator=rule.indicator, vintage=vintage)
    )


def _note(
    uow: UnitOfWork,
    standing: StandingRow,
    before: AlertState,
    last: Point,
    number: float | Failed | None,
    cause: str,
    alert_id: str | None,
) -> None:
    uow.session.add(
        StateChangeRow(
            rule_id=standing.rule_id,
            territory_id=standing.territory_id,
            vintage=standing.vintage,
            cause=cause,
            before=before,
            after=AlertState(standing.state),
            period=last.period,
            value=last.value,
            measure=None if isinstance(number, Failed) else number,
            note=number.reason if isinstance(number, Failed) else "",
            alert_id=alert_id,
            at=uow.now,
        )
    )
