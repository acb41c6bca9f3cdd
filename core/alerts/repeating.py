"""Telling again of what nobody has taken."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update

from core.alerts.events import AlertRepeated
from core.alerts.model import AlertRow, MuteRow, RuleRow
from core.alerts.mutes import still_open
from core.alerts.rules import AlertState, Severity
from core.shared.ids import AlertId
from core.store import UnitOfWork

# What is for information is told once.
REPEAT_AFTER: Mapping[Severity, timedelta] = {
    Severity.WARN: timedelta(days=7),
    Severity.CRITICAL: timedelta(days=1),
}


def repeat_alerts(uow: UnitOfWork) -> int:
    """Tell again of the open alerts that nobody has taken for long; how many messages. Run by the clock.

    The moment of the last telling is on the row, which is locked: however often and by however many this is
    run, and however long nothing ran, it is one message.
    """
    muted = select(MuteRow.alert_id).where(still_open())
    rows = uow.session.execute(
        select(AlertRow, RuleRow.severity)
        .join(RuleRow, RuleRow.id == AlertRow.rule_id)
        .where(
            AlertRow.state == AlertState.FIRING,
            AlertRow.lead_id.is_not(None),
            AlertRow.told_at <= uow.now - min(REPEAT_AFTER.values()),
            AlertRow.acknowledged_by.is_(None),
            AlertRow.snoozed_by.is_(None),
            AlertRow.id.not_in(muted),
        )
        .order_by(AlertRow.id)
        .with_for_update(of=AlertRow)
    ).tuples()
    due = {row.lead_id: row for row, severity in list(rows) if _is_due(uow, row, Severity(severity))}
    for lead, row in due.items():
        # One message shows them all, and all of them have been told again.
        uow.session.execute(update(AlertRow).where(AlertRow.lead_id == lead).values(told_at=uow.now))
        uow.record(AlertRepeated(alert_id=AlertId(str(lead)), territory_id=row.territory_id))
    return len(due)


def _is_due(uow: UnitOfWork, row: AlertRow, severity: Severity) -> bool:
    wait = REPEAT_AFTER.get(severity)
    return wait is not None and row.told_at is not None and row.told_at <= uow.now - wait
