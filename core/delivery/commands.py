"""Use cases of delivery: asking, and saying how it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update
from sqlalchemy.orm import aliased

from core.delivery.events import DeliveryFailed, DeliverySent
from core.delivery.model import (
    DeliveryRow,
    NoticeBudgetRow,
    NoticeChoiceRow,
    NoticePresetRow,
    WaitingNoticeRow,
)
from core.delivery.preferences import When
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


def enqueue(uow: UnitOfWork, *, deliveries: Sequence[NewDelivery]) -> int:
    """Ask for messages to be delivered; how many are new. The same ask twice is once."""
    rows = [_values(uow, delivery) for delivery in deliveries]
    return uow.insert_all_new(DeliveryRow, rows, conflict=("fact_id", "person_id", "kind", "carrier"))


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


def mark_sent(uow: UnitOfWork, *, delivery_id: DeliveryId, native_id: str | None) -> None:
    """The messenger took it, under this id of its own.

    True whatever has become of the lease meanwhile: it went out.
    """
    row = _row(uow, delivery_id)
    if row.urgency == Urgency.BULK:
        mark_mass_sent(uow, sent=[(delivery_id, native_id)])
        return
    if row.state == DeliveryState.SENT:
        return
    _finish(row, DeliveryState.SENT, uow.now)
    row.native_id = native_id
    uow.record(
        DeliverySent(
            delivery_id=row.id,
            person_id=row.person_id,
            notice=row.kind,
            carrier=row.carrier,
            topic=row.topic,
        )
    )


def mark_mass_sent(uow: UnitOfWork, *, sent: Sequence[tuple[DeliveryId, str | None]]) -> None:
    """The messenger took these messages of mass mailings, each under this id of its own.

    As ``mark_sent``, in one statement; no facts: a mailing has counters of its own, and a fact for each of
    200,000 messages would only fill the outbox.
    """
    uow.session.connection().execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == bindparam("sent_id"), DeliveryRow.state != DeliveryState.SENT)
        .values(
            state=DeliveryState.SENT,
            native_id=bindparam("under"),
            leased_until=None,
            finished_at=uow.now,
        ),
        [{"sent_id": delivery_id, "under": native_id} for delivery_id, native_id in sent],
    )


def postpone(
    uow: UnitOfWork,
    *,
    delivery_id: DeliveryId,
    attempt: int,
    reason: str,
    wait: timedelta = timedelta(0),
    tried: bool = True,
) -> None:
    """It was not sent for a reason that will pass; after too many attempts it is given up.

    attempt: the number of the claim. A sender whose lease has ended meanwhile changes nothing: somebody
    else may have sent it. tried: False if the messenger only asked for patience, which is no attempt.
    """
    row = _row_in_hand(uow, delivery_id, attempt)
    if row is None:
        return
    if tried and attempt >= MOST_ATTEMPTS:
        give_up(uow, delivery_id=delivery_id, attempt=attempt, reason=reason)
        return
    row.state = DeliveryState.PENDING
    row.reason = reason
    row.attempts = attempt if tried else attempt - 1
    row.leased_until = None
    row.due_at = uow.now + (next_attempt_after(attempt, asked_wait=wait) if tried else wait)


def mark_uncertain(uow: UnitOfWork, *, delivery_id: DeliveryId, attempt: int, reason: str) -> None:
    """Nobody knows whether it arrived. All but mass mailings will be sent once more."""
    row = _row_in_hand(uow, delivery_id, attempt)
    if row is None:
        return
    row.state = DeliveryState.UNCERTAIN
    row.reason = reason
    row.leased_until = None
    row.due_at = uow.now + next_attempt_after(attempt)
    if attempt >= MOST_ATTEMPTS or not may_be_sent_again(Urgency(row.urgency)):
        row.finished_at = uow.now


def give_up(
    uow: UnitOfWork,
    *,
    delivery_id: DeliveryId,
    attempt: int,
    reason: str,
    instead: Sequence[NewDelivery] = (),
) -> int:
    """It will not arrive over this carrier; ask for it over others. How many of those are new."""
    row = _row_in_hand(uow, delivery_id, attempt)
    if row is None:
        return 0
    _finish(row, DeliveryState.FAILED, uow.now)
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
        finished_at=row.finished_at,
    )


def _values(uow: UnitOfWork, delivery: NewDelivery) -> dict[str, Any]:
    return {
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


def _row(uow: UnitOfWork, delivery_id: DeliveryId) -> DeliveryRow:
    return uow.session.execute(
        select(DeliveryRow).where(DeliveryRow.id == delivery_id).with_for_update()
    ).scalar_one()


def _row_in_hand(uow: UnitOfWork, delivery_id: DeliveryId, attempt: int) -> DeliveryRow | None:
    row = _row(uow, delivery_id)
    return row if row.state == DeliveryState.SENDING and row.attempts == attempt else None


def _finish(row: DeliveryRow, state: DeliveryState, now: datetime) -> None:
    row.state = state
    row.leased_until = None
    row.finished_at = now


def inherit_deliveries(uow: UnitOfWork, *, from_id: PersonId, to_id: PersonId) -> None:
    """Two accounts turn out to be one person: what waits for the one is told to the other, the same once.

    What either of them wanted no more of does not come again.
    """
    left = select(NoticeChoiceRow.event, NoticeChoiceRow.channel).where(
        NoticeChoiceRow.person_id == from_id, NoticeChoiceRow.choice == When.OFF
    )
    ends = [
        {"person_id": to_id, "event": event, "channel": channel, "choice": When.OFF}
        for event, channel in uow.session.execute(left).tuples()
    ]
    uow.insert_all_new(NoticeChoiceRow, ends, conflict=("person_id", "event", "channel"))
    theirs, notice = aliased(DeliveryRow), aliased(WaitingNoticeRow)
    told = exists().where(
        theirs.person_id == to_id,
        theirs.fact_id == DeliveryRow.fact_id,
        theirs.kind == DeliveryRow.kind,
        theirs.carrier == DeliveryRow.carrier,
    )
    waits = exists().where(
        notice.person_id == to_id,
        notice.fact_id == WaitingNoticeRow.fact_id,
        notice.kind == WaitingNoticeRow.kind,
    )
    for model, mine in (
        (DeliveryRow, (DeliveryRow.finished_at.is_(None), ~told)),
        (WaitingNoticeRow, (WaitingNoticeRow.digest_id.is_(None), ~waits)),
    ):
        uow.session.execute(
            update(model)
            .where(model.person_id == from_id, *mine)
            .values(person_id=to_id)
            .execution_options(synchronize_session=False)
        )


def forget_deliveries(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Send a person nothing more and forget where they were written to; that a message went stays counted."""
    waiting = (DeliveryRow.person_id == person_id, DeliveryRow.finished_at.is_(None))
    ended = {"state": DeliveryState.FAILED, "reason": "forgotten", "finished_at": uow.now}
    uow.session.execute(update(DeliveryRow).where(*waiting).values(**ended))
    nowhere = {"address": "", "native_id": None}
    uow.session.execute(update(DeliveryRow).where(DeliveryRow.person_id == person_id).values(**nowhere))
    for model in (NoticePresetRow, NoticeChoiceRow, NoticeBudgetRow, WaitingNoticeRow):
        uow.session.execute(delete(model).where(model.person_id == person_id))
