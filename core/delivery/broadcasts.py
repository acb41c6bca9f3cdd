"""Broadcasts: words to a territory, approved by a second person, to each at most once, stopped at once.

People are asked for in the order of their ids, a group a transaction, together with the cursor: a kill at any
moment goes on where the last commit ended.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from core.delivery.broadcast_rules import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    AlreadyDecided,
    Broadcast,
    BroadcastState,
    NobodyToTell,
    SecondPersonNeeded,
    UnknownBroadcast,
)
from core.delivery.model import BroadcastRow, DeliveryRow, WaitingNoticeRow
from core.delivery.preferences import EventKind
from core.delivery.rules import DeliveryState
from core.identity import Action, count_residents, require_right, residents
from core.shared.doors import OVER_A_PREVIEW, Actor, Door, reached
from core.shared.errors import Invalid, checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import PART, Part, Reading, UnitOfWork, part_of
from core.territories import descendants

# People asked for ahead of the sender: a minute's worth of any messenger, so that a stop leaves little.
MOST_AHEAD = 2000
STOPPED = "stopped"


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_A_PREVIEW, Door.API: OVER_A_PREVIEW})
def propose_broadcast(
    uow: UnitOfWork,
    *,
    territory_id: TerritoryId,
    created_by: PersonId,
    event: EventKind,
    title: str,
    text: str,
) -> str:
    """Write a broadcast; it waits for a second person. Returns its id.

    event: WARNINGS or NEWS. Raises: Forbidden, Empty, TooLong (title 120 characters, text 3000),
    Invalid, NobodyToTell.
    """
    require_right(uow, person_id=created_by, action=Action.BROADCAST, territory_id=territory_id)
    if event not in {EventKind.WARNINGS, EventKind.NEWS}:
        raise Invalid
    audience = audience_of(uow, territory_id=territory_id)
    if not audience:
        raise NobodyToTell
    broadcast_id = new_id()
    uow.session.add(
        BroadcastRow(
            id=broadcast_id,
            territory_id=territory_id,
            event=event,
            title=checked_text(title, limit=TITLE_LIMIT),
            text=checked_text(text, limit=TEXT_LIMIT),
            state=BroadcastState.WAITING,
            created_by=created_by,
            created_at=uow.now,
            audience=audience,
        )
    )
    uow.audit("broadcast_proposed", actor=created_by, subject=f"broadcast:{broadcast_id}")
    return broadcast_id


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_A_PREVIEW, Door.API: OVER_A_PREVIEW})
def approve_broadcast(uow: UnitOfWork, *, broadcast_id: str, approved_by: PersonId) -> None:
    """Let it out. Raises: UnknownBroadcast, Forbidden, SecondPersonNeeded, AlreadyDecided."""
    row = _waiting(uow, broadcast_id, approved_by)
    if row.created_by == approved_by:
        raise SecondPersonNeeded
    row.state = BroadcastState.SENDING
    row.audience = audience_of(uow, territory_id=TerritoryId(row.territory_id))
    _decide(uow, row, approved_by, "broadcast_approved")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_A_PREVIEW, Door.API: OVER_A_PREVIEW})
def reject_broadcast(uow: UnitOfWork, *, broadcast_id: str, rejected_by: PersonId) -> None:
    """Do not let it out; its author may withdraw it so. Raises: as ``approve_broadcast``."""
    row = _waiting(uow, broadcast_id, rejected_by)
    row.state = BroadcastState.REJECTED
    row.finished_at = uow.now
    _decide(uow, row, rejected_by, "broadcast_rejected")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_A_PREVIEW, Door.API: OVER_A_PREVIEW})
def stop_broadcast(uow: UnitOfWork, *, broadcast_id: str, stopped_by: PersonId) -> int:
    """Send nothing more of it; how many messages were held back. One may stop it, approval takes two.

    Raises: UnknownBroadcast, Forbidden.
    """
    row = _locked(uow, broadcast_id)
    _require(uow, row, stopped_by)
    if row.state != BroadcastState.SENDING:
        return 0
    row.state = BroadcastState.STOPPED
    row.stopped_by, row.finished_at = stopped_by, uow.now
    uow.audit("broadcast_stopped", actor=stopped_by, subject=f"broadcast:{broadcast_id}")
    topic = broadcast_topic(broadcast_id)
    in_digests = uow.changed(
        delete(WaitingNoticeRow).where(WaitingNoticeRow.topic == topic, WaitingNoticeRow.digest_id.is_(None))
    )
    return in_digests + uow.changed(
        update(DeliveryRow)
        .where(DeliveryRow.topic == topic, _waits())
        .values(state=DeliveryState.FAILED, reason=STOPPED, finished_at=uow.now)
    )


def next_people(uow: UnitOfWork, *, broadcast_id: str, limit: int) -> Sequence[PersonId]:
    """The people to be asked for next, with the broadcast locked; none while enough messages wait.

    Call ``note_asked`` in the same transaction.
    """
    row = _locked(uow, broadcast_id)
    if row.state != BroadcastState.SENDING or row.expanded_at is not None:
        return []
    waiting = uow.session.execute(
        select(func.count()).where(DeliveryRow.topic == broadcast_topic(broadcast_id), _waits())
    ).scalar_one()
    room = min(limit, MOST_AHEAD - waiting)
    if room <= 0:
        return []
    places = descendants(uow, territory_ids=[TerritoryId(row.territory_id)])
    found = residents(uow, territory_ids=places, after=row.cursor, limit=room)
    if len(found) < room:
        row.expanded_at = uow.now
    return found


def note_asked(uow: UnitOfWork, *, broadcast_id: str, people: Sequence[PersonId]) -> None:
    """Messages to these people have been asked for, in this transaction."""
    if people:
        uow.session.execute(
            update(BroadcastRow)
            .where(BroadcastRow.id == broadcast_id)
            .values(cursor=people[-1], asked=BroadcastRow.asked + len(people))
        )


def finish_broadcasts(uow: UnitOfWork) -> int:
    """Note which broadcasts have nothing left to send, now or in a digest; how many."""
    open_ones = uow.session.execute(
        select(BroadcastRow)
        .where(BroadcastRow.state == BroadcastState.SENDING, BroadcastRow.expanded_at.is_not(None))
        .with_for_update()
    ).scalars()
    done = 0
    for row in list(open_ones):
        topic = broadcast_topic(row.id)
        left = (
            select(DeliveryRow.id).where(DeliveryRow.topic == topic, DeliveryRow.finished_at.is_(None)),
            select(WaitingNoticeRow.id).where(
                WaitingNoticeRow.topic == topic, WaitingNoticeRow.digest_id.is_(None)
            ),
        )
        if all(uow.session.execute(rows.limit(1)).first() is None for rows in left):
            row.state, row.finished_at = BroadcastState.DONE, uow.now
            done += 1
    return done


def audience_of(reading: Reading, *, territory_id: TerritoryId) -> int:
    """How many people live there and have let us write to them."""
    return count_residents(reading, territory_ids=descendants(reading, territory_ids=[territory_id]))


def broadcast(reading: Reading, *, broadcast_id: str) -> Broadcast:
    """One broadcast. Raises: UnknownBroadcast."""
    row = reading.session.get(BroadcastRow, broadcast_id)
    if row is None:
        raise UnknownBroadcast
    return _as_broadcast(row)


def broadcasts_in(
    reading: Reading, *, territory_ids: Sequence[TerritoryId], first: int = 0, limit: int = PART
) -> Part[Broadcast]:
    """Broadcasts to these territories, the newest first."""
    wanted = (
        select(BroadcastRow)
        .where(BroadcastRow.territory_id.in_(territory_ids))
        .order_by(BroadcastRow.created_at.desc(), BroadcastRow.id.desc())
    )
    return part_of(reading, wanted, first=first, limit=limit).map(lambda row: _as_broadcast(row[0]))


def count_undecided(reading: Reading, *, territory_ids: Sequence[TerritoryId]) -> int:
    """How many broadcasts to these territories wait for a second person."""
    return reading.session.execute(
        select(func.count()).where(
            BroadcastRow.territory_id.in_(territory_ids), BroadcastRow.state == BroadcastState.WAITING
        )
    ).scalar_one()


def broadcasts_under_way(reading: Reading) -> list[str]:
    """Ids of broadcasts whose people have not all been asked for."""
    rows = reading.session.execute(
        select(BroadcastRow.id).where(
            BroadcastRow.state == BroadcastState.SENDING, BroadcastRow.expanded_at.is_(None)
        )
    ).scalars()
    return list(rows)


def broadcast_counts(reading: Reading, *, broadcast_id: str) -> dict[tuple[str, DeliveryState], int]:
    """How many messages of a broadcast stand in each state, by (carrier, state)."""
    rows = reading.session.execute(
        select(DeliveryRow.carrier, DeliveryRow.state, func.count())
        .where(DeliveryRow.topic == broadcast_topic(broadcast_id))
        .group_by(DeliveryRow.carrier, DeliveryRow.state)
    ).tuples()
    return {(carrier, DeliveryState(state)): count for carrier, state, count in rows}


def broadcast_topic(broadcast_id: str) -> str:
    """The topic of its messages."""
    return f"broadcast:{broadcast_id}"


def time_left(waiting: int, *, per_second: float) -> timedelta:
    """How long so many messages take at a messenger's limit, rounded up to a second.

    >>> time_left(200_000, per_second=29.1)
    datetime.timedelta(seconds=6873)
    """
    return timedelta(seconds=-int(-waiting // per_second))


def _waits() -> ColumnElement[bool]:
    return DeliveryRow.finished_at.is_(None) & (DeliveryRow.state == DeliveryState.PENDING)


def _locked(uow: UnitOfWork, broadcast_id: str) -> BroadcastRow:
    row = uow.session.execute(
        select(BroadcastRow).where(BroadcastRow.id == broadcast_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownBroadcast
    return row


def _require(uow: UnitOfWork, row: BroadcastRow, person_id: PersonId) -> None:
    require_right(
        uow,
        person_id=person_id,
        action=Action.BROADCAST,
        territory_id=TerritoryId(row.territory_id),
    )


def _waiting(uow: UnitOfWork, broadcast_id: str, person_id: PersonId) -> BroadcastRow:
    row = _locked(uow, broadcast_id)
    _require(uow, row, person_id)
    if row.state != BroadcastState.WAITING:
        raise AlreadyDecided(state=row.state)
    return row


def _decide(uow: UnitOfWork, row: BroadcastRow, person_id: PersonId, action: str) -> None:
    row.decided_by, row.decided_at = person_id, uow.now
    uow.audit(action, actor=person_id, subject=f"broadcast:{row.id}")


def _as_broadcast(row: BroadcastRow) -> Broadcast:
    return Broadcast(
        id=row.id,
        territory_id=TerritoryId(row.territory_id),
        event=EventKind(row.event),
        title=row.title,
        text=row.text,
        state=BroadcastState(row.state),
        created_by=PersonId(row.created_by),
        created_at=row.created_at,
        decided_by=None if row.decided_by is None else PersonId(row.decided_by),
        decided_at=row.decided_at,
        stopped_by=None if row.stopped_by is None else PersonId(row.stopped_by),
        audience=row.audience,
        asked=row.asked,
        cursor=row.cursor,
        expanded_at=row.expanded_at,
        finished_at=row.finished_at,
    )
