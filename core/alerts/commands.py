"""Use cases of alerts: forecasts with evaluation in one commit, taking, putting off, pictures."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from core.alerts.entries import EntryKind, enter
from core.alerts.errors import AlertOver, UnknownAlert
from core.alerts.evaluation import evaluate
from core.alerts.events import AlertAcknowledged, AlertIllustrated, AlertSnoozed, AlertSnoozeEnded
from core.alerts.model import AlertRow, RuleRow
from core.alerts.rules import Acknowledgement, AlertState, SnoozeTerm, snoozed_until
from core.identity import Action, person, require_right
from core.indicators import (
    Forecast,
    readers_of,
    series_changed_by,
    series_held_by,
    store_forecast,
)
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.store import UnitOfWork
from core.territories import territory

REASON_LIMIT = 300


def publish_forecast(
    uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, vintage: int, forecast: Forecast
) -> list[AlertId]:
    """Keep a forecast and judge the alerts of its series in the same commit; the alerts that fired.

    Published again (a job that ran twice), it changes nothing. Raises: UnknownRelease.
    """
    store_forecast(uow, indicator=indicator, territory_id=territory_id, vintage=vintage, forecast=forecast)
    return evaluate(uow, indicator=indicator, territory_id=territory_id, vintage=vintage)


def evaluate_series(
    uow: UnitOfWork, *, indicator: str, territory_id: TerritoryId, vintage: int
) -> list[AlertId]:
    """Judge the alerts of one series without a forecast; the alerts that fired."""
    return evaluate(uow, indicator=indicator, territory_id=territory_id, vintage=vintage)


def evaluate_release(uow: UnitOfWork, *, vintage: int) -> list[AlertId]:
    """Judge the alerts of all series that a release changed, forecast or not; the alerts that fired.

    An alert never waits for a model: this is the way when forecasting has failed.
    """
    fired: list[AlertId] = []
    changed = series_changed_by(uow, vintage=vintage)
    held = [pair for pair in series_held_by(uow, vintage=vintage) if pair not in changed]
    for territory_id, code in [*changed, *held]:
        fired += evaluate(uow, indicator=code, territory_id=territory_id, vintage=vintage)
    return fired


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.API,
    closed={Door.BOT: "a message takes all the alerts that it shows (acknowledge_group)"},
)
def acknowledge_alert(uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId) -> Acknowledgement:
    """Take an alert upon oneself. The first one has it; a later one is told who and when.

    Raises: UnknownAlert, also for those without the right; AlertOver.
    """
    row = locked_open_alert(uow, alert_id, person_id)
    first = row.acknowledged_by is None
    if first:
        row.acknowledged_by, row.acknowledged_at = person_id, uow.now
        row.snoozed_by = row.snoozed_until = None
        if row.assigned_to != person_id:
            # Taken by somebody before the assignee was.
            row.assigned_to = row.assigned_by = row.assigned_due = None
        enter(uow, EntryKind.TAKEN, alert_id=alert_id, person_id=person_id)
        uow.record(AlertAcknowledged(alert_id=alert_id, territory_id=row.territory_id, person_id=person_id))
        uow.audit("alert_acknowledged", actor=person_id, subject=f"alert:{alert_id}")
    holder = person(uow, person_id=PersonId(row.acknowledged_by or person_id))
    return Acknowledgement(
        alert_id=alert_id,
        person_id=holder.id,
        person_name=holder.display_name,
        at=row.acknowledged_at or uow.now,
        first=first,
    )


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.API,
    closed={Door.BOT: "a message takes all the alerts that it shows (snooze_group)"},
)
def snooze_alert(
    uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, term: SnoozeTerm, day: date | None = None
) -> AlertSnoozed:
    """Put an alert off; the fact says until when (UTC). Put off again, the later choice holds.

    Raises: UnknownAlert, also for those without the right; AlertOver, WrongSnooze.
    """
    row = locked_open_alert(uow, alert_id, person_id)
    zone = ZoneInfo(territory(uow, territory_id=TerritoryId(row.territory_id)).time_zone)
    until = snoozed_until(term, now=uow.now, zone=zone, day=day)
    row.snoozed_by, row.snoozed_until = person_id, until
    enter(uow, EntryKind.SNOOZED, alert_id=alert_id, person_id=person_id, until=until)
    fact = AlertSnoozed(alert_id=alert_id, territory_id=row.territory_id, person_id=person_id, until=until)
    uow.record(fact)
    uow.audit("alert_snoozed", actor=person_id, subject=f"alert:{alert_id}")
    return fact


def end_snoozes(uow: UnitOfWork) -> int:
    """Bring back the alerts whose time is over; how many. Run by the clock."""
    rows = uow.session.execute(
        select(AlertRow)
        .where(AlertRow.state == AlertState.FIRING, AlertRow.snoozed_until <= uow.now)
        .order_by(AlertRow.id)
        .with_for_update()
    ).scalars()
    ended = 0
    for row in list(rows):
        row.snoozed_by = row.snoozed_until = None
        enter(uow, EntryKind.SNOOZE_ENDED, alert_id=AlertId(row.id), person_id=None)
        row.told_at = uow.now
        uow.record(AlertSnoozeEnded(alert_id=row.id, territory_id=row.territory_id))
        ended += 1
    return ended


def attach_illustration(uow: UnitOfWork, *, alert_id: AlertId, picture: str | None, reason: str = "") -> bool:
    """Settle whether the alert has a picture (a key of core.files) or none, for the reason given.

    Settled once: a later drawing changes nothing (False), because the message is under way.
    Raises: UnknownAlert.
    """
    row = _locked(uow, alert_id)
    values = {
        "picture": picture,
        "picture_missing": None if picture else reason[:REASON_LIMIT],
        "picture_settled_at": uow.now,
    }
    unsettled = (AlertRow.id == alert_id, AlertRow.picture_settled_at.is_(None))
    if uow.changed(update(AlertRow).where(*unsettled).values(**values)) == 0:
        return False
    uow.record(AlertIllustrated(alert_id=alert_id, territory_id=row.territory_id, picture=picture))
    return True


def settle_late_illustrations(uow: UnitOfWork, *, after: timedelta) -> int:
    """Let alerts go without a picture that nobody has drawn in time; how many. Run by the clock.

    A dead charts worker must not hold an alert back.
    """
    late = uow.session.execute(
        select(AlertRow.id)
        .where(AlertRow.picture_settled_at.is_(None), AlertRow.fired_at <= uow.now - after)
        .order_by(AlertRow.id)
    ).scalars()
    return sum(
        attach_illustration(uow, alert_id=AlertId(alert_id), picture=None, reason="not drawn in time")
        for alert_id in list(late)
    )


def locked_open_alert(uow: UnitOfWork, alert_id: AlertId, person_id: PersonId) -> AlertRow:
    """As ``locked_alert``, of an alert that is not over. Raises: UnknownAlert, AlertOver."""
    row = locked_alert(uow, alert_id, person_id)
    if row.state != AlertState.FIRING:
        raise AlertOver
    return row


def locked_alert(uow: UnitOfWork, alert_id: AlertId, person_id: PersonId) -> AlertRow:
    """The row of an alert, locked, for whoever may handle it. Raises: UnknownAlert."""
    row = _locked(uow, alert_id)
    territory_id = TerritoryId(row.territory_id)
    try:
        require_right(uow, person_id=person_id, action=Action.HANDLE_ALERTS, territory_id=territory_id)
    except Forbidden as hidden:
        # Whoever may not handle alerts must not learn which there are.
        raise UnknownAlert from hidden
    readers = readers_of(uow, indicator=_indicator_of(uow, row))
    if readers is not None and person_id not in readers:
        raise UnknownAlert
    return row


def _indicator_of(uow: UnitOfWork, row: AlertRow) -> str:
    return uow.session.execute(select(RuleRow.indicator).where(RuleRow.id == row.rule_id)).scalar_one()


def _locked(uow: UnitOfWork, alert_id: AlertId) -> AlertRow:
    row = uow.session.execute(
        select(AlertRow).where(AlertRow.id == alert_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownAlert
    return row
