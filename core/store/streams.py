"""Ordered streams: one gapless order of events for a room or a chat, resumable from any point.

A stream has an epoch and a head. The head is raised by one in the transaction that writes the
event, so its row is the lock that orders writers: no gaps, no two events under one number. The epoch
changes when history may have gone back (a restore); a reader of another epoch starts afresh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from core.shared.facts import Fact
from core.store.database import Reading, UnitOfWork
from core.store.model import StreamEventRow, StreamRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One event. ``author`` and ``client_id`` are the writer and the name the writer gave it."""

    stream: str
    epoch: int
    seq: int
    kind: str
    author: str | None
    client_id: str | None
    body: dict[str, Any]
    at: datetime
    duplicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAdvanced(Fact):
    """An event was appended; it carries the event so that a hub need not ask for it."""

    stream: str
    epoch: int
    seq: int
    event_kind: str
    author: str | None
    client_id: str | None
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream has got."""

    epoch: int
    seq: int


def append(
    uow: UnitOfWork,
    *,
    stream: str,
    kind: str,
    body: dict[str, Any],
    author: str | None = None,
    client_id: str | None = None,
) -> StreamEvent:
    """Add an event at the end, or return the one that this author sent under this client id before.

    The stream's row is locked first, so the look for the earlier event cannot be overtaken.
    """
    epoch, seq = _next_number(uow, stream)
    if client_id is not None:
        earlier = _sent_before(uow, stream, author, client_id)
        if earlier is not None:
            _give_number_back(uow, stream)
            return _event(earlier, epoch, duplicate=True)
    event = StreamEvent(
        stream=stream,
        epoch=epoch,
        seq=seq,
        kind=kind,
        author=author,
        client_id=client_id,
        body=body,
        at=uow.now,
    )
    uow.session.execute(
        uow.insert(StreamEventRow).values(
            stream=stream, seq=seq, kind=kind, author=author, client_id=client_id, body=body, at=uow.now
        )
    )
    uow.record(
        StreamAdvanced(
            stream=stream,
            epoch=epoch,
            seq=seq,
            event_kind=kind,
            author=author,
            client_id=client_id,
            body=body,
            at=uow.now,
        )
    )
    return event


def rewrite(uow: UnitOfWork, *, stream: str, seq: int, body: dict[str, Any]) -> None:
    """Replace what an event says, so that no later replay shows the former text.

    Readers who have seen it are told by an event of their own (kind ``edit``), which the caller appends.
    """
    uow.session.execute(
        update(StreamEventRow)
        .where(StreamEventRow.stream == stream, StreamEventRow.seq == seq)
        .values(body=body)
    )


def events_after(reading: Reading, *, stream: str, seq: int, limit: int = 200) -> list[StreamEvent]:
    """Events with a number above ``seq``, in order, at most ``limit``."""
    epoch = _head(reading, stream).epoch
    rows = reading.session.execute(
        select(StreamEventRow)
        .where(StreamEventRow.stream == stream, StreamEventRow.seq > seq)
        .order_by(StreamEventRow.seq)
        .limit(limit)
    ).scalars()
    return [_event(row, epoch) for row in rows]


def last_events(reading: Reading, *, stream: str, limit: int = 50) -> list[StreamEvent]:
    """The newest events, oldest of them first."""
    head = _head(reading, stream)
    return events_after(reading, stream=stream, seq=max(0, head.seq - limit), limit=limit)


def event_at(reading: Reading, *, stream: str, seq: int) -> StreamEvent | None:
    """The event under this number, if there is one."""
    row = reading.session.get(StreamEventRow, (stream, seq))
    return None if row is None else _event(row, _head(reading, stream).epoch)


def head(reading: Reading, *, stream: str) -> Head:
    """How far one stream has got; (1, 0) for a stream in which nothing was said yet."""
    return _head(reading, stream)


def heads(reading: Reading, *, streams: Sequence[str]) -> dict[str, Head]:
    """How far each of the streams has got, in one query; streams without events are left out."""
    rows = reading.session.execute(select(StreamRow).where(StreamRow.name.in_(streams))).scalars()
    return {row.name: Head(epoch=row.epoch, seq=row.head) for row in rows}


def bump_epochs(uow: UnitOfWork) -> int:
    """Tell every reader to start afresh; how many streams. Called by a restore."""
    return uow.changed(update(StreamRow).values(epoch=StreamRow.epoch + 1))


def sent_before(reading: Reading, *, stream: str, author: str, client_id: str) -> StreamEvent | None:
    """The event that this author sent under this client id, if it came here before."""
    row = _sent_before(reading, stream, author, client_id)
    return None if row is None else _event(row, _head(reading, stream).epoch, duplicate=True)


def _next_number(uow: UnitOfWork, stream: str) -> tuple[int, int]:
    statement = (
        uow.insert(StreamRow)
        .values(name=stream, epoch=1, head=1)
        .on_conflict_do_update(index_elements=["name"], set_={"head": StreamRow.head + 1})
        .returning(StreamRow.epoch, StreamRow.head)
    )
    epoch, seq = uow.session.execute(statement).one()
    return int(epoch), int(seq)


def _give_number_back(uow: UnitOfWork, stream: str) -> None:
    uow.session.execute(update(StreamRow).where(StreamRow.name == stream).values(head=StreamRow.head - 1))


def _sent_before(reading: Reading, stream: str, author: str | None, client_id: str) -> StreamEventRow | None:
    return reading.session.execute(
        select(StreamEventRow).where(
            StreamEventRow.stream == stream,
            StreamEventRow.author.is_(None) if author is None else StreamEventRow.author == author,
            StreamEventRow.client_id == client_id,
        )
    ).scalar_one_or_none()


def _head(reading: Reading, stream: str) -> Head:
    row = reading.session.execute(
        select(StreamRow.epoch, StreamRow.head).where(StreamRow.name == stream)
    ).first()
    return Head(epoch=1, seq=0) if row is None else Head(epoch=row.epoch, seq=row.head)


def _event(row: StreamEventRow, epoch: int, *, duplicate: bool = False) -> StreamEvent:
    return StreamEvent(
        stream=row.stream,
        epoch=epoch,
        seq=row.seq,
        kind=row.kind,
        author=row.author,
        client_id=row.client_id,
        body=row.body,
        at=row.at,
        duplicate=duplicate,
    )
