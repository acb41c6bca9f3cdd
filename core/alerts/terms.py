"""The terms of what people took on about an alert: each is told on its last day and once it has passed.

What was told is read from the entries of the alert, under the lock of its row: two clocks at once or a
restart in between tell it once. Another term is another reminder.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.alerts.entries import EntryKind, enter
from core.alerts.events import AssignmentDue
from core.alerts.model import AlertRow, EntryRow
from core.alerts.rules import AlertState
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.store import UnitOfWork
from core.territories import territory

TERMS = (EntryKind.DUE, EntryKind.OVERDUE, EntryKind.PROMISE_DUE)


def remind_of_assignments(uow: UnitOfWork) -> int:
    """Remind of the assignments whose last day has come or passed; how many. Run by the clock."""
    # A day ahead of UTC: the day begins first in the east, and each row is judged by its own clock below.
    tomorrow = uow.now.date() + timedelta(days=1)
    rows = uow.session.execute(
        select(AlertRow)
        .where(AlertRow.state == AlertState.FIRING, AlertRow.assigned_due <= tomorrow)
        .order_by(AlertRow.id)
        .with_for_update()
    ).scalars()
    return sum(_remind(uow, row) for row in list(rows))


def remember_term(uow: UnitOfWork, *, alert_id: AlertId, kind: EntryKind, who: PersonId, due: date) -> bool:
    """Write down that a term was told; False if it was before. The row of the alert is locked."""
    uow.session.execute(select(AlertRow.id).where(AlertRow.id == alert_id).with_for_update())
    same = select(EntryRow.id).where(
        EntryRow.alert_id == alert_id, EntryRow.kind == kind, EntryRow.about_id == who, EntryRow.due == due
    )
    if uow.session.execute(same).first() is not None:
        return False
    enter(uow, kind, alert_id=alert_id, person_id=None, about_id=who, due=due)
    return True


def _remind(uow: UnitOfWork, row: AlertRow) -> bool:
    place = TerritoryId(row.territory_id)
    today = uow.now.astimezone(ZoneInfo(territory(uow, territory_id=place).time_zone)).date()
    if row.assigned_to is None or row.assigned_due is None or row.assigned_due > today:
        return False
    kind = EntryKind.DUE if row.assigned_due == today else EntryKind.OVERDUE
    who = PersonId(row.assigned_to)
    if not remember_term(uow, alert_id=AlertId(row.id), kind=kind, who=who, due=row.assigned_due):
        return False
    uow.record(
        AssignmentDue(
            alert_id=row.id,
            territory_id=row.territory_id,
            assignee_id=who,
            assigner_id=row.assigned_by or who,
            passed=kind is EntryKind.OVERDUE,
        )
    )
    return True
