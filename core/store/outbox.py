"""The outbox: facts leave in the order they were recorded, each at least once.

There is one relay. It publishes, then marks the exact rows it has published; it never remembers
"the last id", because ids become visible out of order when transactions overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from core.shared.facts import RecordedFact, fact_from_json
from core.shared.ids import FactId
from core.store.model import OutboxRow
from core.store.unit_of_work import Reading, UnitOfWork

PARK_AFTER = 20
KEEP_SENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WaitingFact:
    """A fact that has not been published yet; ``row`` is what ``mark_sent`` wants back."""

    row: int
    attempts: int
    recorded: RecordedFact


def waiting_facts(reading: Reading, *, limit: int = 500) -> list[WaitingFact]:
    """The oldest facts still to be published."""
    rows = reading.session.execute(
        select(OutboxRow)
        .where(OutboxRow.sent_at.is_(None), OutboxRow.parked == 0)
        .order_by(OutboxRow.id)
        .limit(limit)
    ).scalars()
    return [
        WaitingFact(
            row=row.id,
            attempts=row.attempts,
            recorded=RecordedFact(
                id=FactId(row.fact_id), at=row.recorded_at, fact=fact_from_json(row.kind, row.payload)
            ),
        )
        for row in rows
    ]


def mark_sent(uow: UnitOfWork, *, rows: Sequence[int]) -> None:
    """These exact facts have been published."""
    uow.session.execute(update(OutboxRow).where(OutboxRow.id.in_(rows)).values(sent_at=uow.now))


def mark_failed(uow: UnitOfWork, *, row: int) -> bool:
    """Publishing this fact failed once more; True if it is now parked so that others may pass."""
    attempts = uow.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row)
        .values(attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow.attempts)
    ).scalar_one()
    if attempts < PARK_AFTER:
        return False
    uow.session.execute(update(OutboxRow).where(OutboxRow.id == row).values(parked=1))
    return True


def outbox_backlog(reading: Reading) -> int:
    """How many facts wait to be published."""
    return reading.session.execute(
        select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None), OutboxRow.parked == 0)
    ).scalar_one()


def prune_outbox(uow: UnitOfWork) -> int:
    """Forget facts published more than a week ago; how many."""
    return uow.changed(delete(OutboxRow).where(OutboxRow.sent_at < uow.now - KEEP_SENT))


def erase_facts(uow: UnitOfWork, *, kind: str, field: str, value: str) -> None:
    """Take facts of a kind about something that is forgotten out of the outbox, sent or not."""
    about = OutboxRow.payload[field].as_string() == value
    uow.session.execute(delete(OutboxRow).where(OutboxRow.kind == kind, about))
