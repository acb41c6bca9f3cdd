"""What people did about an alert: written beside its state, in the same transaction, and never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from core.alerts.model import EntryRow
from core.identity import people
from core.shared.ids import AlertId, PersonId, new_id
from core.store import Reading, UnitOfWork


class EntryKind(StrEnum):
    """What was done; the values are stored."""

    TAKEN = "taken"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze_ended"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    NOTED = "noted"
    # It was `person_id`'s turn, and `about_id` was called: themselves or who stands in for them.
    ESCALATED = "escalated"
    # As above, but whoever it was may not act there any more.
    SKIPPED = "skipped"
    # The last day of what was assigned to `about_id`, and that it has passed; the last day of their promise.
    DUE = "due"
    OVERDUE = "overdue"
    PROMISE_DUE = "promise_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: who did what, and whom it concerns. Nobody in `person_name` is the clock. Times are UTC.

    `until` is the end of a snooze, `due` the last day of an assignment, `text` a note, a reason or a comment.
    """

    alert_id: AlertId
    kind: EntryKind
    at: datetime
    person_id: PersonId | None
    person_name: str
    about_id: PersonId | None
    about_name: str
    until: datetime | None
    due: date | None
    text: str


def enter(
    uow: UnitOfWork,
    kind: EntryKind,
    *,
    alert_id: AlertId,
    person_id: PersonId | None,
    about_id: PersonId | None = None,
    until: datetime | None = None,
    due: date | None = None,
    text: str = "",
) -> None:
    """Write down what was done."""
    uow.session.add(
        EntryRow(
            id=new_id(),
            alert_id=alert_id,
            kind=kind,
            person_id=person_id,
            about_id=about_id,
            until=until,
            due=due,
            text=text,
            at=uow.now,
        )
    )
    uow.session.flush()


def entries_of(reading: Reading, *, alert_ids: Collection[AlertId]) -> dict[AlertId, tuple[Entry, ...]]:
    """What was done about these alerts, the oldest first; every alert has its list."""
    rows = list(
        reading.session.execute(
            select(EntryRow).where(EntryRow.alert_id.in_(alert_ids)).order_by(EntryRow.at, EntryRow.id)
        ).scalars()
    )
    ids = {PersonId(one) for row in rows for one in (row.person_id, row.about_id) if one is not None}
    names = {one.id: one.display_name for one in people(reading, person_ids=ids).values()} if ids else {}
    found: dict[AlertId, list[Entry]] = {alert_id: [] for alert_id in alert_ids}
    for row in rows:
        found[AlertId(row.alert_id)].append(_as_entry(row, names))
    return {alert_id: tuple(entries) for alert_id, entries in found.items()}


def _as_entry(row: EntryRow, names: dict[PersonId, str]) -> Entry:
    person_id = None if row.person_id is None else PersonId(row.person_id)
    about_id = None if row.about_id is None else PersonId(row.about_id)
    return Entry(
        alert_id=AlertId(row.alert_id),
        kind=EntryKind(row.kind),
        at=row.at,
        person_id=person_id,
        person_name="" if person_id is None else names[person_id],
        about_id=about_id,
        about_name="" if about_id is None else names[about_id],
        until=row.until,
        due=row.due,
        text=row.text,
    )
