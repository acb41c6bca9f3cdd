"""Digests: what was not shown at once is shown together, once, with nothing left out.

A notice that waits is a row. Closing a digest gives it the rows that no digest has yet, in the transaction
that asks for its delivery: so each is in exactly one, and the digest is what the rows say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from core.delivery.model import WaitingNoticeRow
from core.delivery.preferences import EventKind
from core.shared.ids import FactId, PersonId, new_id
from core.store import Reading, UnitOfWork

# As many as surely fit into one message: 15 lines of at most 250 characters are 3,750 of 4,000.
MOST_IN_ONE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotice:
    """Something that a person will be told with other things. ``details`` holds ids, no words."""

    fact_id: FactId
    person_id: PersonId
    event: EventKind
    kind: str
    topic: str
    details: dict[str, Any]
    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDigest:
    """One message of a digest: its id and the kinds of events in it."""

    id: str
    events: frozenset[EventKind]


def keep_for_digest(uow: UnitOfWork, *, notices: Sequence[WaitingNotice], due_at: datetime) -> int:
    """Let notices wait for the next digest; how many are new: in none yet, and not waiting already."""
    rows = [
        {
            "id": new_id(),
            "fact_id": notice.fact_id,
            "person_id": notice.person_id,
            "event": notice.event,
            "kind": notice.kind,
            "topic": notice.topic,
            "details": notice.details,
            "noticed_at": notice.noticed_at,
            "due_at": due_at,
        }
        for notice in notices
    ]
    return uow.insert_all_new(WaitingNoticeRow, rows, conflict=("fact_id", "person_id", "kind"))


def digests_due(reading: Reading, *, limit: int) -> list[PersonId]:
    """People for whom something has waited until its time."""
    rows = reading.session.execute(
        select(WaitingNoticeRow.person_id)
        .where(_open(), WaitingNoticeRow.due_at <= reading.now)
        .group_by(WaitingNoticeRow.person_id)
        .order_by(func.min(WaitingNoticeRow.due_at))
        .limit(limit)
    ).scalars()
    return [PersonId(row) for row in rows]


def close_digest(uow: UnitOfWork, *, person_id: PersonId) -> list[ClosedDigest]:
    """Give everything that waits for the person to a digest, in messages that fit, the newest first."""
    rows = list(
        uow.session.execute(
            select(WaitingNoticeRow)
            .where(_open(), WaitingNoticeRow.person_id == person_id)
            .order_by(WaitingNoticeRow.noticed_at.desc(), WaitingNoticeRow.id.desc())
            .with_for_update()
        ).scalars()
    )
    closed = []
    for start in range(0, len(rows), MOST_IN_ONE):
        part = rows[start : start + MOST_IN_ONE]
        digest_id = new_id()
        uow.session.execute(
            update(WaitingNoticeRow)
            .where(WaitingNoticeRow.id.in_([row.id for row in part]))
            .values(digest_id=digest_id)
        )
        closed.append(ClosedDigest(id=digest_id, events=frozenset(EventKind(row.event) for row in part)))
    return closed


def notices_in(reading: Reading, *, digest_id: str) -> Sequence[WaitingNotice]:
    """What one message of a digest holds, the newest first."""
    rows = reading.session.execute(
        select(WaitingNoticeRow)
        .where(WaitingNoticeRow.digest_id == digest_id)
        .order_by(WaitingNoticeRow.noticed_at.desc(), WaitingNoticeRow.id.desc())
    ).scalars()
    return [
        WaitingNotice(
            fact_id=FactId(row.fact_id),
            person_id=PersonId(row.person_id),
            event=EventKind(row.event),
            kind=row.kind,
            topic=row.topic,
            details=row.details,
            noticed_at=row.noticed_at,
        )
        for row in rows
    ]


def _open() -> ColumnElement[bool]:
    return WaitingNoticeRow.digest_id.is_(None)
