"""Taking deliveries in hand: by lane, one a chat, and never the same one by two senders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, func, select, text, update

from core.delivery.commands import as_delivery, mark_uncertain
from core.delivery.model import DeliveryRow
from core.delivery.rules import Delivery, DeliveryState, Urgency
from core.shared.ids import DeliveryId
from core.store import PreparedQuery, Reading, UnitOfWork

# A chat's flood fills a page with rows of which one is taken; after so many pages the rest waits a moment.
MOST_PAGES = 5
# Why a message waits: a messenger has asked to be patient, or (with more behind it) it is we who wait.
LIMIT, NOT_YET = "limit", "not_yet_"

# Written out, not bound: a partial index is used only where its own words stand in the query.
_UNFINISHED = text("finished_at IS NULL AND state <> 'sending'")
_IN_HAND = text("state = 'sending'")

# Prepared: a sender looks at the heads of its lanes after every few messages, and each second at rest.
_HEADS: PreparedQuery[*tuple[datetime | None, ...]] = PreparedQuery(
    select(
        *(
            select(DeliveryRow.due_at)
            .where(_UNFINISHED, DeliveryRow.carrier == bindparam("carrier"), DeliveryRow.urgency == urgency)
            .order_by(DeliveryRow.due_at)
            .limit(1)
            .scalar_subquery()
            for urgency in Urgency
        )
    )
)


def claim_deliveries(
    uow: UnitOfWork, *, carrier: str, room: Mapping[Urgency, int], sender: str, lease: timedelta
) -> list[Delivery]:
    """Take what is due over a carrier, the most urgent lane first; it is the sender's until the lease ends.

    room: how many of each lane the sender has room for. sender: its name.
    Of each chat one message is in hand at a time, so its messages keep their order and a flood in one chat
    holds up nobody else. Only something more urgent passes it.
    """
    claimed: list[Delivery] = []
    for rank, urgency in enumerate(Urgency):
        if room.get(urgency, 0) > 0:
            _one_at_a_time(uow, carrier, urgency)
            ahead = list(Urgency)[: rank + 1]
            claimed += _claim_lane(uow, carrier, ahead, room[urgency], sender=sender, until=uow.now + lease)
    return claimed


def _claim_lane(
    uow: UnitOfWork, carrier: str, ahead: list[Urgency], room: int, *, sender: str, until: datetime
) -> list[Delivery]:
    claimed: dict[str, Delivery] = {}
    waiting: set[str] = set()
    for _ in range(MOST_PAGES):
        page = _page(uow, carrier, ahead, room, without=waiting)
        behind = _behind(uow, carrier, page) if ahead[-1] is not Urgency.BULK else {}
        picked: list[DeliveryId] = []
        # Ids go up with time: what was put off to the same moment goes out as it was asked for.
        for one in sorted(page, key=lambda one: one.id):
            if one.id > behind.get(one.address, one.id):
                waiting.add(one.address)
            elif one.address not in claimed and len(claimed) < room:
                claimed[one.address] = replace(one, state=DeliveryState.SENDING, attempts=one.attempts + 1)
                picked.append(one.id)
        _take(uow, picked, sender=sender, until=until)
        if len(page) < room or len(claimed) == room:
            break
    return list(claimed.values())


def _take(uow: UnitOfWork, picked: list[DeliveryId], *, sender: str, until: datetime) -> None:
    if picked:
        uow.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_(picked))
            .values(
                state=DeliveryState.SENDING,
                attempts=DeliveryRow.attempts + 1,
                claimed_by=sender,
                leased_until=until,
            )
            .execution_options(synchronize_session=False)
        )


def _page(
    uow: UnitOfWork, carrier: str, ahead: list[Urgency], room: int, *, without: Collection[str]
) -> list[Delivery]:
    busy = (
        select(DeliveryRow.address)
        .where(_IN_HAND, DeliveryRow.carrier == carrier, DeliveryRow.urgency.in_(ahead))
        .scalar_subquery()
    )
    rows = uow.session.execute(
        select(DeliveryRow)
        .where(
            _UNFINISHED,
            DeliveryRow.carrier == carrier,
            DeliveryRow.urgency == ahead[-1],
            DeliveryRow.due_at <= uow.now,
            DeliveryRow.address.not_in(busy),
            DeliveryRow.address.not_in(without),
        )
        .order_by(DeliveryRow.due_at, DeliveryRow.id)
        .limit(room)
        # A row that is being marked or hastened just now is not waited for.
        .with_for_update(skip_locked=True)
    ).scalars()
    return [as_delivery(row) for row in rows]


def _behind(uow: UnitOfWork, carrier: str, page: Sequence[Delivery]) -> dict[str, DeliveryId]:
    """By chat the first message that the messenger has put off and that is not due again.

    Those asked for after it wait behind it. One that waits for the morning of its own accord holds up nobody.
    """
    if not page:
        return {}
    found = uow.session.execute(
        select(DeliveryRow.address, func.min(DeliveryRow.id))
        .where(
            _UNFINISHED,
            DeliveryRow.carrier == carrier,
            DeliveryRow.urgency == page[0].urgency,
            DeliveryRow.due_at > uow.now,
            DeliveryRow.address.in_({one.address for one in page}),
            (DeliveryRow.attempts > 0) | (DeliveryRow.reason == LIMIT),
            DeliveryRow.reason.not_like(f"{NOT_YET}%"),
            DeliveryRow.state == DeliveryState.PENDING,
        )
        .group_by(DeliveryRow.address)
    ).tuples()
    return {address: DeliveryId(first) for address, first in found}


def _one_at_a_time(uow: UnitOfWork, carrier: str, lane: Urgency) -> None:
    """Claims of one lane follow one another, or two of them would each take a message of one chat.

    Claims of different lanes need not: the less urgent one has then come first, which the other may pass.
    So no warning waits for the claim of a mailing. SQLite has one writer anyway.
    """
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"claim {carrier} {lane}"))))


def next_due(reading: Reading, *, carrier: str) -> dict[Urgency, datetime]:
    """When the next delivery of each lane over the carrier is to be sent; empty lanes are left out."""
    moments = reading.rows(_HEADS, carrier=carrier)[0]
    return {urgency: moment for urgency, moment in zip(Urgency, moments, strict=True) if moment is not None}


def release_expired(uow: UnitOfWork) -> int:
    """Deliveries whose sender died in the middle become uncertain; how many."""
    return _release(uow, DeliveryRow.leased_until < uow.now)


def release_claimed(uow: UnitOfWork, *, sender: str) -> int:
    """All deliveries in the hand of the sender of this name become uncertain; how many.

    For one that starts and knows that it is the only one of its name: its predecessor is dead, and a
    warning must not wait for the end of a dead one's lease.
    """
    return _release(uow, DeliveryRow.claimed_by == sender)


def _release(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    rows = uow.session.execute(
        select(DeliveryRow.id, DeliveryRow.attempts).where(_IN_HAND, which).with_for_update(skip_locked=True)
    ).tuples()
    released = list(rows)
    for delivery_id, attempt in released:
        mark_uncertain(uow, delivery_id=DeliveryId(delivery_id), attempt=attempt, reason="sender_died")
    return len(released)
