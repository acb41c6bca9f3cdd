"""Use cases of commitments: one is made from an alert, reported kept, or ends with its term."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.alerts import EntryKind, acknowledge_alert, alert_card, remember_term
from core.commitments.errors import CommitmentOver, CommittedAlready, TakenByAnother, UnknownCommitment
from core.commitments.events import CommitmentDue, CommitmentEnded, CommitmentMade
from core.commitments.model import CommitmentRow
from core.commitments.queries import as_commitment
from core.commitments.rules import Commitment, CommitmentStatus, require_term
from core.identity import Action, person, require_right
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden, checked_text
from core.shared.ids import AlertId, CommitmentId, PersonId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import territory

MEASURE_LIMIT = 500


@reached(
    Actor.OFFICIAL,
    Door.BOT,
    Door.CONSOLE,
    closed={Door.API: "it is public and is not taken back: a person writes it on a screen of ours"},
)
def make_commitment(
    uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, measure: str, due: date
) -> Commitment:
    """Promise in public what is done about an alert, and by when; takes the alert if nobody has it.

    The same promise again is the one that stands.
    Raises: UnknownAlert (also without the right), AlertOver, TakenByAnother, CommittedAlready, WrongTerm,
    Empty, TooLong.
    """
    taken = acknowledge_alert(uow, alert_id=alert_id, person_id=person_id)
    if taken.person_id != person_id:
        raise TakenByAnother(name=taken.person_name)
    alert = alert_card(uow, alert_id=alert_id).alert
    measure = checked_text(measure, limit=MEASURE_LIMIT)
    require_term(due, today=_today(uow, alert.territory_id))
    values = {
        "id": new_id(),
        "alert_id": alert_id,
        "indicator": alert.rule.indicator,
        "territory_id": alert.territory_id,
        "measure": measure,
        "due": due,
        "office": person(uow, person_id=person_id).position,
        "status": CommitmentStatus.OPEN,
        "made_by": person_id,
        "made_at": uow.now,
        "fired_at": alert.fired_at,
        "result": "",
    }
    first = uow.insert_new(CommitmentRow, values, conflict=("alert_id",))
    row = uow.session.execute(select(CommitmentRow).where(CommitmentRow.alert_id == alert_id)).scalar_one()
    if first:
        _tell_made(uow, row)
    elif (row.measure, row.due) != (measure, due):
        raise CommittedAlready
    return as_commitment(row)


@reached(
    Actor.OFFICIAL,
    Door.BOT,
    Door.CONSOLE,
    closed={Door.API: "it is public and is not taken back: a person writes it on a screen of ours"},
)
def report_commitment_kept(
    uow: UnitOfWork, *, commitment_id: CommitmentId, person_id: PersonId, result: str
) -> Commitment:
    """Say within the term that the measure was taken and what came of it.

    Raises: UnknownCommitment (also without the right to handle alerts there), CommitmentOver, Empty, TooLong.
    """
    row = uow.session.execute(
        select(CommitmentRow).where(CommitmentRow.id == commitment_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownCommitment
    place = TerritoryId(row.territory_id)
    try:
        require_right(uow, person_id=person_id, action=Action.HANDLE_ALERTS, territory_id=place)
    except Forbidden as hidden:
        raise UnknownCommitment from hidden
    if row.status != CommitmentStatus.OPEN:
        raise CommitmentOver
    row.result = checked_text(result, limit=MEASURE_LIMIT)
    _end(uow, row, CommitmentStatus.KEPT)
    uow.audit("commitment_kept", actor=person_id, subject=f"commitment:{row.id}")
    return as_commitment(row)


def end_overdue_commitments(uow: UnitOfWork) -> int:
    """End those whose term has passed without a report; how many. Run by the clock."""
    # A day ahead of UTC: the day ends first in the east, and each row is judged by its own clock below.
    rows = uow.session.execute(
        select(CommitmentRow)
        .where(CommitmentRow.status == CommitmentStatus.OPEN, CommitmentRow.due <= uow.now.date())
        .order_by(CommitmentRow.id)
        .with_for_update()
    ).scalars()
    overdue = [row for row in rows if row.due < _today(uow, TerritoryId(row.territory_id))]
    for row in overdue:
        _end(uow, row, CommitmentStatus.MISSED)
    return len(overdue)


def remind_of_commitments(uow: UnitOfWork) -> int:
    """Remind those whose promise has its last day, once; how many. Run by the clock."""
    tomorrow = uow.now.date() + timedelta(days=1)
    rows = uow.session.execute(
        select(CommitmentRow)
        .where(CommitmentRow.status == CommitmentStatus.OPEN, CommitmentRow.due <= tomorrow)
        .order_by(CommitmentRow.id)
    ).scalars()
    due = [row for row in rows if row.due == _today(uow, TerritoryId(row.territory_id))]
    return sum(_remind(uow, row) for row in due)


def _remind(uow: UnitOfWork, row: CommitmentRow) -> bool:
    alert_id, who = AlertId(row.alert_id), PersonId(row.made_by)
    new = remember_term(uow, alert_id=alert_id, kind=EntryKind.PROMISE_DUE, who=who, due=row.due)
    if new:
        uow.record(
            CommitmentDue(
                commitment_id=row.id,
                alert_id=row.alert_id,
                territory_id=row.territory_id,
                indicator=row.indicator,
                person_id=row.made_by,
            )
        )
    return new


def _end(uow: UnitOfWork, row: CommitmentRow, status: CommitmentStatus) -> None:
    row.status, row.ended_at = status, uow.now
    uow.session.flush()
    uow.record(
        CommitmentEnded(
            commitment_id=row.id,
            alert_id=row.alert_id,
            territory_id=row.territory_id,
            indicator=row.indicator,
            person_id=row.made_by,
            status=status,
        )
    )


def _tell_made(uow: UnitOfWork, row: CommitmentRow) -> None:
    uow.record(
        CommitmentMade(
            commitment_id=row.id,
            alert_id=row.alert_id,
            territory_id=row.territory_id,
            indicator=row.indicator,
            person_id=row.made_by,
        )
    )
    uow.audit("commitment_made", actor=row.made_by, subject=f"commitment:{row.id}")


def _today(uow: UnitOfWork, territory_id: TerritoryId) -> date:
    zone = ZoneInfo(territory(uow, territory_id=territory_id).time_zone)
    return uow.now.astimezone(zone).date()
