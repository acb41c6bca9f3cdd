"""Muting and being heard again: silences, inhibition, the flap guard. All of it is one row a cause.

An alert that fires is muted by what holds then; what begins later mutes the alerts that are open. Mutes end
by the clock only, a while after their cause: a release that ends the cause is judged whole by then, and an
alert that ends with it is told to nobody.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from core.alerts.events import AlertMuted, AlertUnmuted
from core.alerts.flapping import flaps_here, told_as_flapping
from core.alerts.model import AlertRow, MuteRow, RuleRow, SilenceRow
from core.alerts.mutes import MuteCause, Silence, as_silence, not_more_urgent, silences_that_hold, still_open
from core.alerts.rules import AlertState, RuleKind, Severity
from core.alerts.showing import show_together
from core.indicators import dependants_of, indicator, inputs_of
from core.shared.ids import AlertId, RuleId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import ancestry, descendants

# Longer than a worker takes for all series of a release, and than two transactions can overlook each other.
SETTLING = timedelta(minutes=2)

Cause = tuple[MuteCause, str]
"""Why, and the id of what mutes: a silence, an alert, for flapping the rule."""


def mute_newborn(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> bool:
    """Mute an alert by all that holds now; whether anything does."""
    causes = [*_silencing(uow, row, rule), *_above(uow, row, rule), *_late_inputs(uow, row, rule)]
    if row.flapping and told_as_flapping(uow, row):
        causes.append((MuteCause.FLAPPING, rule.id))
    # All of them are noted: the alert is heard when the last one is over.
    return sum(_mute(uow, row, cause) for cause in causes) > 0


def mute_others(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> None:
    """Mute the open alerts that a new one speaks for: the same below it, risks reckoned from what is late."""
    below = set(descendants(uow, territory_ids=[TerritoryId(row.territory_id)])) - {row.territory_id}
    same = _firing().where(
        RuleRow.indicator == rule.indicator,
        RuleRow.kind == rule.kind,
        AlertRow.bad == row.bad,
        AlertRow.territory_id.in_(below),
        RuleRow.severity.in_(not_more_urgent(Severity(rule.severity))),
    )
    for muted, _ in list(uow.session.execute(same).tuples()):
        _mute(uow, muted, (MuteCause.ABOVE, row.id))
    if rule.kind != RuleKind.STALENESS:
        return
    place = TerritoryId(row.territory_id)
    fed = {rule.indicator, *dependants_of(uow, indicator=rule.indicator, territory_id=place)}
    risks = _firing().where(
        RuleRow.kind == RuleKind.GOAL, RuleRow.indicator.in_(fed), AlertRow.territory_id == place
    )
    for muted, _ in list(uow.session.execute(risks).tuples()):
        _mute(uow, muted, (MuteCause.STALE, row.id))


def mute_silenced(uow: UnitOfWork, silence: Silence) -> int:
    """Mute the open alerts that a silence is about; how many are new to it."""
    inside = descendants(uow, territory_ids=silence.places)
    firing = list(uow.session.execute(_firing().where(AlertRow.territory_id.in_(inside))).tuples())
    return sum(
        _mute(uow, row, (MuteCause.SILENCE, silence.id))
        for row, rule in firing
        if _fits(uow, silence, row, rule)
    )


def end_mutes(uow: UnitOfWork, *, alert_id: AlertId) -> None:
    """An alert that is over is muted by nothing."""
    uow.session.execute(
        update(MuteRow).where(MuteRow.alert_id == alert_id, still_open()).values(ended_at=uow.now)
    )


def settle_mutes(uow: UnitOfWork) -> int:
    """End the mutes whose cause is over and let their alerts be heard; how many alerts. Run by the clock.

    An alert of which nobody was told is told now, once; alerts of one message are told in one message.
    """
    _mute_overlooked(uow)
    muted = select(MuteRow.alert_id).where(still_open())
    found = _firing().where(AlertRow.id.in_(muted)).with_for_update(of=AlertRow)
    heard = [
        (row, rule)
        for row, rule in list(uow.session.execute(found).tuples())
        if not _still_muted(uow, row, rule)
    ]
    # Whoever has taken it or put it off knows of it, and the others need not: such a one leads no message.
    untold = sorted((one for one in heard if one[0].lead_id is None), key=lambda one: _is_known(one[0]))
    show_together(uow, untold)
    new = {row.id for row, _ in untold if not _is_known(row)}
    for row, _ in heard:
        uow.record(AlertUnmuted(alert_id=row.id, territory_id=row.territory_id, first=row.id in new))
    return len(heard)


def _is_known(row: AlertRow) -> bool:
    return row.acknowledged_by is not None or row.snoozed_by is not None


def _mute_overlooked(uow: UnitOfWork) -> None:
    """What began at the same moment in two transactions has not seen each other."""
    lately = uow.now - SETTLING
    newborn = uow.session.execute(_firing().where(AlertRow.fired_at > lately)).tuples()
    for row, rule in list(newborn):
        mute_newborn(uow, row, rule)
    for silence in silences_that_hold(uow):
        if silence.created_at > lately:
            mute_silenced(uow, silence)


def _still_muted(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> bool:
    """End those of its mutes whose cause is over; whether another one holds."""
    mutes = uow.session.execute(select(MuteRow).where(MuteRow.alert_id == row.id, still_open())).scalars()
    left = 0
    for mute in list(mutes):
        if _is_over(uow, mute, row, rule):
            mute.ended_at = uow.now
        else:
            left += 1
    uow.session.flush()
    return left > 0


def _is_over(uow: UnitOfWork, mute: MuteRow, row: AlertRow, rule: RuleRow) -> bool:
    match MuteCause(mute.cause):
        case MuteCause.SILENCE:
            return not as_silence(uow.session.get_one(SilenceRow, mute.muted_by)).holds_at(uow.now)
        case MuteCause.ABOVE | MuteCause.STALE:
            ended: datetime | None = uow.session.execute(
                select(AlertRow.resolved_at).where(AlertRow.id == mute.muted_by)
            ).scalar_one()
            return ended is not None and ended + SETTLING <= uow.now
        case MuteCause.FLAPPING:
            return not flaps_here(uow, rule, TerritoryId(row.territory_id))


def _silencing(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> list[Cause]:
    return [
        (MuteCause.SILENCE, silence.id)
        for silence in silences_that_hold(uow)
        if _fits(uow, silence, row, rule)
    ]


def _fits(uow: UnitOfWork, silence: Silence, row: AlertRow, rule: RuleRow) -> bool:
    return silence.fits(
        within=ancestry(uow, territory_id=TerritoryId(row.territory_id)),
        rubric=indicator(uow, code=rule.indicator).rubric,
        indicator=rule.indicator,
        rule_id=RuleId(rule.id),
    )


def _above(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> list[Cause]:
    """The same, to the same side and at least as urgent, open in a territory above."""
    above = ancestry(uow, territory_id=TerritoryId(row.territory_id))[1:]
    same = _firing().where(
        RuleRow.indicator == rule.indicator,
        RuleRow.kind == rule.kind,
        AlertRow.bad == row.bad,
        AlertRow.territory_id.in_(above),
    )
    return [
        (MuteCause.ABOVE, one.id)
        for one, its_rule in list(uow.session.execute(same).tuples())
        if rule.severity in not_more_urgent(Severity(its_rule.severity))
    ]


def _late_inputs(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> list[Cause]:
    """What a risk of a target is reckoned from, where the data are late."""
    if rule.kind != RuleKind.GOAL:
        return []
    place = TerritoryId(row.territory_id)
    inputs = {rule.indicator, *inputs_of(uow, indicator=rule.indicator, territory_id=place)}
    late = _firing().where(
        RuleRow.kind == RuleKind.STALENESS, RuleRow.indicator.in_(inputs), AlertRow.territory_id == place
    )
    return [(MuteCause.STALE, one.id) for one, _ in list(uow.session.execute(late).tuples())]


def _mute(uow: UnitOfWork, row: AlertRow, cause: Cause) -> bool:
    """Mute an alert by a cause; False if it did so before. Whoever has the message sees it change."""
    values = {
        "id": new_id(),
        "alert_id": row.id,
        "cause": cause[0],
        "muted_by": cause[1],
        "since": uow.now,
    }
    new = uow.insert_new(MuteRow, values, conflict=("alert_id", "cause", "muted_by"))
    if new and row.lead_id is not None:
        uow.record(AlertMuted(alert_id=row.id, territory_id=row.territory_id))
    return new


def _firing() -> Select[AlertRow, RuleRow]:
    return (
        select(AlertRow, RuleRow)
        .join(RuleRow, RuleRow.id == AlertRow.rule_id)
        .where(AlertRow.state == AlertState.FIRING)
        .order_by(AlertRow.fired_at, AlertRow.id)
    )
