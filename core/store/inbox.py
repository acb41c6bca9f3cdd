"""The inbox: what a messenger tells us is kept first, confirmed second, worked on third.

The key is (carrier, update key), so a repeated delivery is one row. A lane is one chat: its updates
are worked on in the order in which they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from core.store.model import InboxRow
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


def receive_update(
    uow: UnitOfWork, *, carrier: str, update_key: str, lane: str, payload: dict[str, Any]
) -> bool:
    """Keep an update; False if this very update is here already."""
    return uow.insert_new(
        InboxRow,
        {
            "carrier": carrier,
            "update_key": update_key,
            "lane": lane,
            "payload": payload,
            "received_at": uow.now,
        },
        conflict=("carrier", "update_key"),
    )


def waiting_updates(
    reading: Reading, *, carriers: Sequence[str], above: int = 0, limit: int = 500
) -> list[WaitingUpdate]:
    """Updates still to be worked on, oldest first, rows beyond ``above``.

    ``above`` pages through a backlog; a reader that has reached the end begins again from 0, because
    a row may become visible after a later one.
    """
    rows = reading.session.execute(
        select(InboxRow)
        .where(InboxRow.carrier.in_(carriers), InboxRow.settled_at.is_(None), InboxRow.id > above)
        .order_by(InboxRow.id)
        .limit(limit)
    ).scalars()
    return [
        WaitingUpdate(
            row=row.id,
            carrier=row.carrier,
            update_key=row.update_key,
            lane=row.lane,
            payload=row.payload or {},
            attempts=row.attempts,
            received_at=row.received_at,
        )
        for row in rows
    ]


def settle_update(uow: UnitOfWork, *, row: int) -> None:
    """The update is done with. Its payload is erased: what it caused is kept where it belongs."""
    uow.session.execute(update(InboxRow).where(InboxRow.id == row).values(settled_at=uow.now, payload=None))


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
