"""Giving an alert to somebody, with a term; they take it or give it back with a reason. And notes on it."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.alerts.commands import locked_alert, locked_open_alert
from core.alerts.entries import EntryKind, enter
from core.alerts.errors import NotYours, UnknownAssignee, WrongAssignmentTerm
from core.alerts.events import AlertAssigned, AlertNoted, AlertReturned
from core.alerts.groups import open_in_group
from core.alerts.model import AlertRow
from core.alerts.queries import assignees
from core.shared.doors import Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.store import UnitOfWork
from core.territories import territory

NOTE_LIMIT = 500
LONGEST_ASSIGNMENT = timedelta(days=366)


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.API,
    closed={Door.BOT: "a message gives all the alerts that it shows (assign_group)"},
)
def assign_alert(
    uow: UnitOfWork,
    *,
    alert_id: AlertId,
    person_id: PersonId,
    assignee_id: PersonId,
    due: date,
    comment: str = "",
) -> AlertAssigned:
    """Give an alert to somebody till the end of a day; whoever had it has it no more. Again, it moves on.

    Until they take it, it waits for somebody as before. comment: at most 500 characters.
    Raises: UnknownAlert, also for those without the right; AlertOver, UnknownAssignee, WrongAssignmentTerm,
    TooLong.
    """
    row = locked_open_alert(uow, alert_id, person_id)
    if assignee_id not in {one.id for one in assignees(uow, alert_id=alert_id, assigner_id=person_id)}:
        raise UnknownAssignee
    _require_term(uow, row, due)
    comment = checked_text(comment, limit=NOTE_LIMIT) if comment.strip() else ""
    row.assigned_to, row.assigned_by, row.assigned_due = assignee_id, person_id, due
    row.acknowledged_by = row.acknowledged_at = row.snoozed_by = row.snoozed_until = None
    enter(
        uow,
        EntryKind.ASSIGNED,
        alert_id=alert_id,
        person_id=person_id,
        about_id=assignee_id,
        due=due,
        text=comment,
    )
    fact = AlertAssigned(
        alert_id=alert_id, territory_id=row.territory_id, person_id=person_id, assignee_id=assignee_id
    )
    uow.record(fact)
    uow.audit("alert_assigned", actor=person_id, subject=f"alert:{alert_id}")
    return fact


@reached(Actor.PROGRAM, Door.BOT)
def assign_group(
    uow: UnitOfWork,
    *,
    alert_id: AlertId,
    person_id: PersonId,
    assignee_id: PersonId,
    due: date,
    comment: str = "",
) -> AlertAssigned:
    """Give all open alerts of one message to somebody. Raises: as ``assign_alert``."""
    given = [
        assign_alert(
            uow, alert_id=each, person_id=person_id, assignee_id=assignee_id, due=due, comment=comment
        )
        for each in open_in_group(uow, alert_id)
    ]
    return given[0]


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.API,
    closed={Door.BOT: "a message gives back all the alerts that it shows (return_group)"},
)
def return_alert(uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, reason: str) -> AlertReturned:
    """Give an alert back that was given to this person, saying why; it waits for somebody again.

    Raises: UnknownAlert, also for those without the right; AlertOver, NotYours, Empty, TooLong (500).
    """
    row = locked_open_alert(uow, alert_id, person_id)
    if row.assigned_to != person_id:
        raise NotYours
    reason = checked_text(reason, limit=NOTE_LIMIT)
    assigner = PersonId(row.assigned_by or person_id)
    row.assigned_to = row.assigned_by = row.assigned_due = None
    if row.acknowledged_by == person_id:
        row.acknowledged_by = row.acknowledged_at = None
    enter(
        uow,
        EntryKind.RETURNED,
        alert_id=alert_id,
        person_id=person_id,
        about_id=assigner,
        text=reason,
    )
    fact = AlertReturned(
        alert_id=alert_id, territory_id=row.territory_id, person_id=person_id, assigner_id=assigner
    )
    uow.record(fact)
    uow.audit("alert_returned", actor=person_id, subject=f"alert:{alert_id}")
    return fact


@reached(Actor.PROGRAM, Door.BOT)
def return_group(uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, reason: str) -> AlertReturned:
    """Give back all alerts of one message that were given to this person. Raises: as ``return_alert``."""
    group = open_in_group(uow, alert_id)
    mine = [each for each in group if uow.session.get_one(AlertRow, each).assigned_to == person_id]
    back = [
        return_alert(uow, alert_id=each, person_id=person_id, reason=reason) for each in mine or group[:1]
    ]
    return back[0]


@reached(Actor.OFFICIAL, Door.BOT, Door.CONSOLE, Door.API)
def note_alert(uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, text: str) -> AlertNoted:
    """Add a note to an alert, over or not: a reason, a measure. All who handle it read it, citizens never.

    Raises: UnknownAlert, also for those without the right; Empty, TooLong (500 characters).
    """
    row = locked_alert(uow, alert_id, person_id)
    text = checked_text(text, limit=NOTE_LIMIT)
    enter(uow, EntryKind.NOTED, alert_id=alert_id, person_id=person_id, text=text)
    fact = AlertNoted(alert_id=alert_id, territory_id=row.territory_id, person_id=person_id)
    uow.record(fact)
    uow.audit("alert_noted", actor=person_id, subject=f"alert:{alert_id}")
    return fact


def _require_term(uow: UnitOfWork, row: AlertRow, due: date) -> None:
    zone = ZoneInfo(territory(uow, territory_id=TerritoryId(row.territory_id)).time_zone)
    today = uow.now.astimezone(zone).date()
    if not today <= due <= today + LONGEST_ASSIGNMENT:
        raise WrongAssignmentTerm(days=LONGEST_ASSIGNMENT.days)
