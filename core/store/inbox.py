"""The inbox: what a messenger tells us is kept first, confirmed second, worked on third.

The key is (carrier, update key), so a repeated delivery is one row. A lane is one chat: its updates
are worked on in the order in which they came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from core.store.model import InboxRow
from core.store.prepared import PreparedChange, PreparedQuery, insert_new, one_of
from core.store.unit_of_work import Reading, UnitOfWork

PARK_AFTER = 5
KEEP_SETTLED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WaitingUpdate:
    """An update that has not been worked through yet."""

    row: int
    carrier: str
    update_key: str
    lane: str
    payload: dict[str, Any]
    attempts: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update to be kept: which one it is, to whose lane it belongs, what it says."""

    key: str
    lane: str
    payload: Mapping[str, Any]


_RECEIVE = PreparedChange(
    insert_new(
        InboxRow,
        "carrier",
        "update_key",
        "lane",
        "payload",
        "received_at",
        conflict=("carrier", "update_key"),
    )
)
_WAITING = PreparedQuery(
    select(
        InboxRow.id,
        InboxRow.carrier,
        InboxRow.update_key,
        InboxRow.lane,
        InboxRow.payload,
        InboxRow.attempts,
        InboxRow.received_at,
    )
    .where(
        one_of(InboxRow.carrier, "carriers"), InboxRow.settled_at.is_(None), InboxRow.id > bindparam("above")
    )
    .order_by(InboxRow.id)
    .limit(bindparam("most"))
)
_FOLLOWING = PreparedQuery(
    select(InboxRow.payload)
    .where(
        InboxRow.carrier == bindparam("carrier"),
        InboxRow.lane == bindparam("lane"),
        InboxRow.settled_at.is_(None),
        InboxRow.id > bindparam("above"),
    )
    .order_by(InboxRow.id)
    .limit(1)
)
_SETTLE = PreparedChange(
    update(InboxRow)
    .where(InboxRow.id == bindparam("row"))
    .values(settled_at=bindparam("now"), payload=bindparam("payload"))
)


def receive_updates(uow: UnitOfWork, *, carrier: str, updates: Sequence[NewUpdate]) -> int:
    """Keep updates in their order by one statement; how many were not here already."""
    rows = [
        {
            "carrier": carrier,
            "update_key": update.key,
            "lane": update.lane,
            "payload": update.payload,
            "received_at": uow.now,
        }
        for update in updates
    ]
    return uow.apply_all(_RECEIVE, rows)


def receive_update(
    uow: UnitOfWork, *, carrier: str, update_key: str, lane: str, payload: dict[str, Any]
) -> bool:
    """Keep an update; False if this very update is here already."""
    update = NewUpdate(key=update_key, lane=lane, payload=payload)
    return receive_updates(uow, carrier=carrier, updates=[update]) == 1


def waiting_updates(
    reading: Reading, *, carriers: Sequence[str], above: int = 0, limit: int = 500
) -> list[WaitingUpdate]:
    """Updates still to be worked on, oldest first, rows beyond ``above``.

    ``above`` pages through a backlog; a reader that has reached the end begins again from 0, because
    a row may become visible after a later one.
    """
    return [
        WaitingUpdate(row, carrier, key, lane, payload or {}, attempts, received_at)
        for row, carrier, key, lane, payload, attempts, received_at in reading.rows(
            _WAITING, carriers=carriers, above=above, most=limit
        )
    ]


def following_payload(reading: Reading, *, update: WaitingUpdate) -> Mapping[str, Any]:
    """What the update says that comes after this one in its lane; nothing if none is here yet."""
    found = reading.first(_FOLLOWING, carrier=update.carrier, lane=update.lane, above=update.row)
    return (found[0] if found else None) or {}


def settle_update(uow: UnitOfWork, *, row: int) -> None:
    """The update is done with. Its payload is erased: what it caused is kept where it belongs."""
    uow.apply(_SETTLE, row=row, now=uow.now, payload=None)


def fail_update(uow: UnitOfWork, *, row: int, failure: str) -> bool:
    """Work on the update failed once more; True if it is now given up so that its lane may go on.

    ``failure`` names the exception's class, never the text of a message. A given-up update keeps its
    payload for whoever mends the cause.
    """
    attempts = uow.session.execute(
        update(InboxRow)
        .where(InboxRow.id == row)
        .values(attempts=InboxRow.attempts + 1, failure=failure)
        .returning(InboxRow.attempts)
    ).scalar_one()
    if attempts < PARK_AFTER:
        return False
    uow.session.execute(update(InboxRow).where(InboxRow.id == row).values(settled_at=uow.now))
    return True


def prune_inbox(uow: UnitOfWork) -> int:
    """Forget updates settled more than a week ago; how many. No messenger repeats one for so long.

    A given-up update stays until somebody has looked at it.
    """
    old = (InboxRow.settled_at < uow.now - KEEP_SETTLED, InboxRow.attempts < PARK_AFTER)
    return uow.changed(delete(InboxRow).where(*old))


def erase_updates(uow: UnitOfWork, *, carrier: str, lane: str) -> None:
    """Forget what came from a chat: what waits is not worked on, what failed is no longer kept."""
    mine = (InboxRow.carrier == carrier, InboxRow.lane == lane)
    uow.session.execute(update(InboxRow).where(*mine).values(payload=None))
    uow.session.execute(
        update(InboxRow).where(*mine, InboxRow.settled_at.is_(None)).values(settled_at=uow.now)
    )
