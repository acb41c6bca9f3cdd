"""Use cases of delivery: asking, claiming, and saying how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, select, true, update

from core.delivery.events import DeliveryFailed, DeliverySent
from core.delivery.model import DeliveryRow
from core.delivery.rules import (
    MOST_ATTEMPTS,
    Delivery,
    DeliveryState,
    NewDelivery,
    Urgency,
    may_be_sent_again,
    next_attempt_after,
)
from core.shared.ids import DeliveryId, FactId, PersonId, new_id
from core.store import UnitOfWork

_URGENCY_ORDER = case(
    {urgency.value: rank for rank, urgency in enumerate(Urgency)}, value=DeliveryRow.urgency
)
_REPEATED = [urgency.value for urgency in Urgency if may_be_sent_again(urgency)]


def enqueue(uow: UnitOfWork, *, deliveries: Sequence[NewDelivery]) -> int:
    """Ask for messages to be delivered; how many are new. The same ask twice is once."""
    return sum(_insert(uow, delivery) for delivery in deliveries)


def hasten(uow: UnitOfWork, *, topic: str, due_at: datetime) -> int:
    """What was waited for has come: send what waits about this earlier; how many rows."""
    return uow.changed(
        update(DeliveryRow)
        .where(
            DeliveryRow.topic == topic,
            DeliveryRow.state == DeliveryState.PENDING,
            DeliveryRow.attempts == 0,
            DeliveryRow.due_at > due_at,
        )
        .values(due_at=due_at)
    )


def claim_deliveries(
    uow: UnitOfWork, *, carriers: Sequence[str], limit: int, lease: timedelta
) -> list[Delivery]:
    """Take what is due, the most urgent first; it is ours until the lease ends."""
    rows = uow.session.execute(
        select(DeliveryRow)
        .where(claimable(), DeliveryRow.carrier.in_(carriers), DeliveryRow.due_at <= uow.now)
        .order_by(_URGENCY_ORDER, DeliveryRow.due_at, DeliveryRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).scalars()
    claimed = []
    for row in list(rows):
        row.state = DeliveryState.SENDING
        row.attempts += 1
        row.leased_until = uow.now + lease
        claimed.append(as_delivery(row))
    return claimed


def mark_sent(uow: UnitOfWork, *, delivery_id: DeliveryId, native_id: str | None) -> None:
    """The messenger took it, under this id of its own."""
    row = uow.session.get_one(DeliveryRow, delivery_id)
    _finish(uow, row, DeliveryState.SENT)
    row.native_id = native_id
    uow.record(
        DeliverySent(
            delivery_id=row.id, person_id=row.person_id, notice=row.kind, carrier=row.carrier, topic=row.topic
        )
    )


def postpone(
    uow: UnitOfWork,
    *,
    delivery_id: DeliveryId,
    reason: str,
    wait: timedelta = timedelta(0),
    tried: bool = True,
) -> None:
    """It was not sent for a reason that will pass; after too many attempts it is given up.

    tried: False if the messenger only asked for patience; that is not counted as an attempt.
    """
    row = uow.session.get_one(DeliveryRow, delivery_id)
    if not tried:
        row.attempts -= 1
    elif row.attempts >= MOST_ATTEMPTS:
        give_up(uow, delivery_id=delivery_id, reason=reason)
        return
    row.state = DeliveryState.PENDING
    row.reason = reason
    row.leased_until = None
    row.due_at = uow.now + (next_attempt_after(row.attempts, asked_wait=wait) if tried else wait)


def mark_uncertain(uow: UnitOfWork, *, delivery_id: DeliveryId, reason: str) -> None:
    """Nobody knows whether it arrived. Personal and critical messages will be sent once more."""
    row = uow.session.get_one(DeliveryRow, delivery_id)
    row.state = DeliveryState.UNCERTAIN
    row.reason = reason
    row.leased_until = None
    row.due_at = uow.now + next_attempt_after(row.attempts)
    if row.attempts >= MOST_ATTEMPTS or not may_be_sent_again(Urgency(row.urgency)):
        row.finished_at = uow.now


def give_up(
    uow: UnitOfWork, *, delivery_id: DeliveryId, reason: str, instead: Sequence[NewDelivery] = ()
) -> int:
    """It will not arrive over this carrier; ask for it over others. How many of those are new."""
    row = uow.session.get_one(DeliveryRow, delivery_id)
    _finish(uow, row, DeliveryState.FAILED)
    row.reason = reason
    uow.record(
        DeliveryFailed(
            delivery_id=row.id,
            person_id=row.person_id,
            notice=row.kind,
            carrier=row.carrier,
            topic=row.topic,
            reason=reason,
        )
    )
    return enqueue(uow, deliveries=instead)


def release_expired(uow: UnitOfWork) -> int:
    """Deliveries whose sender died in the middle become uncertain; how many."""
    return _release(uow, DeliveryRow.leased_until < uow.now)


def release_claimed(uow: UnitOfWork) -> int:
    """All claimed deliveries become uncertain; how many.

    For a sender that starts and knows it is the only one (it holds the relay's lock): whoever claimed
    them is dead, and a warning must not wait for the end of a dead one's lease.
    """
    return _release(uow, true())


def _release(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    claimed = uow.session.execute(
        select(DeliveryRow.id)
        .where(DeliveryRow.state == DeliveryState.SENDING, which)
        .with_for_update(skip_locked=True)
    ).scalars()
    released = list(claimed)
    for delivery_id in released:
        mark_uncertain(uow, delivery_id=DeliveryId(delivery_id), reason="sender_died")
    return len(released)


def claimable() -> ColumnElement[bool]:
    """What waits to be sent: new rows, and uncertain ones of the kinds that are repeated."""
    uncertain = (DeliveryRow.state == DeliveryState.UNCERTAIN) & DeliveryRow.urgency.in_(_REPEATED)
    return (DeliveryRow.state == DeliveryState.PENDING) | (uncertain & DeliveryRow.finished_at.is_(None))


def as_delivery(row: DeliveryRow) -> Delivery:
    """The row as a value."""
    return Delivery(
        id=DeliveryId(row.id),
        fact_id=FactId(row.fact_id),
        person_id=PersonId(row.person_id),
        kind=row.kind,
        carrier=row.carrier,
        address=row.address,
        topic=row.topic,
        urgency=Urgency(row.urgency),
        details=row.details,
        due_at=row.due_at,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        native_id=row.native_id,
        reason=row.reason,
    )


def _insert(uow: UnitOfWork, delivery: NewDelivery) -> bool:
    values = {
        "id": new_id(),
        "fact_id": delivery.fact_id,
        "person_id": delivery.person_id,
        "kind": delivery.kind,
        "carrier": delivery.carrier,
        "address": delivery.address,
        "topic": delivery.topic,
        "urgency": delivery.urgency,
        "details": delivery.details,
        "due_at": delivery.due_at,
        "created_at": uow.now,
    }
    return uow.insert_new(DeliveryRow, values, conflict=("fact_id", "person_id", "kind", "carrier"))


def _finish(uow: UnitOfWork, row: DeliveryRow, state: DeliveryState) -> None:
    row.state = state
    row.leased_until = None
    row.finished_at = uow.now
