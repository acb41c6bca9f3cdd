"""From a new vintage to transitions: every rule of a series judged once, in one transaction."""

from sqlalchemy import select, update

from core.alerts.events import AlertFired, AlertResolved
from core.alerts.model import AlertRow, RuleRow, StandingRow, TransitionRow
from core.alerts.queries import as_rule
from core.alerts.rules import AlertRule, AlertState, Standing, Transition, judge
from core.indicators import Point, series, vintages_of
from core.jobs import add_job
from core.shared.ids import AlertId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import ancestry

DRAW_ALERT = "draw_alert"
"""Kind of the job that draws the chart of an alert."""


def evaluate(uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, vintage: int) -> list[AlertId]:
    """Judge the rules of one series by its last fact as known at the vintage; the alerts that fired.

    Vintages in between that nobody has judged (a worker died, jobs overtook each other) come first.
    """
    rules = uow.session.execute(
        select(RuleRow).where(RuleRow.indicator == indicator).order_by(RuleRow.id)
    ).scalars()
    fired: list[AlertId] = []
    for rule in _rules_here(uow, list(rules), territory_id):
        standing = _standing(uow, rule, territory_id)
        missed = vintages_of(
            uow, indicator=indicator, territory_id=territory_id, after=standing.vintage, upto=vintage
        )
        for each in missed:
            points = series(uow, indicator=indicator, territory_id=territory_id, as_of=each)
            fired += _judge(uow, as_rule(rule), standing, points[-1], each)
    return fired


def _rules_here(uow: UnitOfWork, rules: list[RuleRow], territory_id: TerritoryId) -> list[RuleRow]:
    """Those that hold in the territory; most series have no rule, and then the tree is not asked."""
    above = set(ancestry(uow, territory_id=territory_id)) if rules else set()
    return [rule for rule in rules if rule.territory_id in above]


def _standing(uow: UnitOfWork, rule: RuleRow, territory_id: TerritoryId) -> StandingRow:
    """The row of the rule in the territory, locked: two workers judge one after the other."""
    uow.insert_new(
        StandingRow,
        {"rule_id": rule.id, "territory_id": territory_id, "state": AlertState.OK, "vintage": rule.since},
        conflict=("rule_id", "territory_id"),
    )
    return uow.session.execute(
        select(StandingRow)
        .where(StandingRow.rule_id == rule.id, StandingRow.territory_id == territory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _judge(uow: UnitOfWork, rule: AlertRule, row: StandingRow, last: Point, vintage: int) -> list[AlertId]:
    territory_id = TerritoryId(row.territory_id)
    before = Standing(state=AlertState(row.state), vintage=row.vintage)
    after, transition = judge(rule, before, value=last.value, vintage=vintage)
    row.state, row.vintage = after.state, after.vintage
    if transition is Transition.FIRED:
        row.alert_id = _fire(uow, rule, territory_id, last, vintage)
        return [AlertId(row.alert_id)]
    if transition is Transition.RESOLVED and row.alert_id is not None:
        _resolve(uow, rule, AlertId(row.alert_id), territory_id, last, vintage)
    uow.session.flush()
    return []


def _fire(uow: UnitOfWork, rule: AlertRule, territory_id: TerritoryId, last: Point, vintage: int) -> AlertId:
    alert_id = AlertId(new_id())
    uow.session.add(
        AlertRow(
            id=alert_id,
            rule_id=rule.id,
            territory_id=territory_id,
            state=AlertState.FIRING,
            period=last.period,
            value=last.value,
            vintage=vintage,
            fired_at=uow.now,
        )
    )
    uow.session.flush()
    _note(uow, alert_id, Transition.FIRED, last, vintage)
    uow.record(
        AlertFired(
            alert_id=alert_id,
            territory_id=territory_id,
            indicator=rule.indicator,
            severity=rule.severity,
            vintage=vintage,
        )
    )
    add_job(uow, key=f"draw:{alert_id}", kind=DRAW_ALERT, arguments={"alert_id": alert_id})
    return alert_id


def _resolve(
    uow: UnitOfWork, rule: AlertRule, alert_id: AlertId, territory_id: TerritoryId, last: Point, vintage: int
) -> None:
    uow.session.execute(
        update(AlertRow)
        .where(AlertRow.id == alert_id)
        .values(
            state=AlertState.OK,
            resolved_at=uow.now,
            resolved_value=last.value,
            snoozed_by=None,
            snoozed_until=None,
        )
    )
    _note(uow, alert_id, Transition.RESOLVED, last, vintage)
    uow.record(
        AlertResolved(alert_id=alert_id, territory_id=territory_id, indicator=rule.indicator, vintage=vintage)
    )


def _note(uow: UnitOfWork, alert_id: AlertId, transition: Transition, last: Point, vintage: int) -> None:
    uow.session.add(
        TransitionRow(
            alert_id=alert_id,
            vintage=vintage,
            transition=transition,
            period=last.period,
            value=last.value,
            at=uow.now,
        )
    )
    uow.session.flush()
