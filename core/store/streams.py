"""Ordered streams: one gapless order of events for a room or a chat, resumable from any point.

A stream has an epoch and a head. The head is raised by one in the transaction that writes the
event, so its row is the lock that orders writers: no gaps, no two events under one number. The epoch
changes when history may have gone back (a restore); a reader of another epoch starts afresh.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, tuple_, update

from core.shared.facts import Fact, fact_to_json
from core.store.model import OutboxRow, StreamEventRow, StreamRow
from core.store.outbox import erase_facts
from core.store.unit_of_work import Reading, UnitOfWork


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be appended. The same ``client_id`` of the same ``author`` is the same event."""

    stream: str
    kind: str
    body: dict[str, Any]
    author: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream has got."""

    epoch: int
    seq: int


NOTHING_YET = Head(epoch=1, seq=0)
"""Where a stream stands in which nothing was said yet."""


class EventName(NamedTuple):
    """What its writer called an event; kept by a unique index where there is an author."""

    stream: str
    author: str | None
    client_id: str


def append(
    uow: UnitOfWork,
    *,
    stream: str,
    kind: str,
    body: dict[str, Any],
    author: str | None = None,
    client_id: str | None = None,
) -> StreamEvent:
    """Add an event at the end, or return the one that this author sent under this client id before."""
    event = NewEvent(stream=stream, kind=kind, body=body, author=author, client_id=client_id)
    return append_all(uow, [event])[0]


def append_all(uow: UnitOfWork, events: Sequence[NewEvent]) -> list[StreamEvent]:
    """Add events at the ends of their streams, in the order given; one answer for each, as ``append``.

    The rows of the streams are locked first, in the order of their names, so two batches cannot wait for
    each other and the look for earlier events cannot be overtaken. One statement a table, however many.
    """
    if not events:
        return []
    raised = _raise_heads(uow, Counter(event.stream for event in events))
    known = _sent_before(uow, {key for event in events if (key := _name_of(event)) is not None}, raised)
    numbers = {stream: end.seq - count for stream, (end, count) in raised.items()}
    answers, fresh = [], []
    for event in events:
        name = _name_of(event)
        earlier = None if name is None else known.get(name)
        if earlier is not None:
            answers.append(replace(earlier, duplicate=True))
            continue
        numbers[event.stream] += 1
        epoch = raised[event.stream][0].epoch
        appended = _appended(event, epoch=epoch, seq=numbers[event.stream], at=uow.now)
        answers.append(appended)
        fresh.append(appended)
        if name is not None:
            known[name] = appended
    _give_numbers_back(uow, {name: end.seq - numbers[name] for name, (end, _) in raised.items()})
    _insert(uow, fresh)
    return answers


def rewrite(uow: UnitOfWork, *, stream: str, seq: int, body: dict[str, Any]) -> None:
    """Replace what an event says, so that nothing shows the former text: no replay, no waiting fact.

    Readers who have seen it are told by an event of their own (kind ``edit``), which the caller appends.
    """
    row = uow.session.get(StreamEventRow, (stream, seq), populate_existing=True)
    if row is None:
        return
    row.body = body
    uow.session.flush()
    fact = StreamAdvanced(
        stream=stream,
        epoch=_head(uow, stream).epoch,
        seq=seq,
        event_kind=row.kind,
        author=row.author,
        client_id=row.client_id,
        body=body,
        at=row.at,
    )
    published = (
        OutboxRow.recorded_at == row.at,
        OutboxRow.kind == fact.kind,
        OutboxRow.payload["stream"].as_string() == stream,
        OutboxRow.payload["seq"].as_integer() == seq,
    )
    uow.session.execute(update(OutboxRow).where(*published).values(payload=fact_to_json(fact)))


def erase_stream(uow: UnitOfWork, *, stream: str) -> None:
    """Take away all that a stream holds, what waits in the outbox included. Its readers start afresh."""
    uow.session.execute(delete(StreamEventRow).where(StreamEventRow.stream == stream))
    erase_facts(uow, kind=StreamAdvanced.__name__, field="stream", value=stream)
    uow.session.execute(update(StreamRow).where(StreamRow.name == stream).values(epoch=StreamRow.epoch + 1))


def said_by(reading: Reading, *, author: str, streams: Collection[str]) -> list[StreamEvent]:
    """All that somebody has said in these streams."""
    rows = reading.session.execute(
        select(StreamEventRow)
        .where(StreamEventRow.author == author, StreamEventRow.stream.in_(streams))
        .order_by(StreamEventRow.stream, StreamEventRow.seq)
    ).scalars()
    return [_event(row, 0) for row in rows]


def lock_event(uow: UnitOfWork, *, stream: str, seq: int) -> StreamEvent | None:
    """The event under this number, kept from other writers until the end of the transaction."""
    row = uow.session.execute(
        select(StreamEventRow)
        .where(StreamEventRow.stream == stream, StreamEventRow.seq == seq)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    return None if row is None else _event(row, _head(uow, stream).epoch)


def events_of_kinds(
    reading: Reading,
    *,
    stream: str,
    kinds: Collection[str],
    since: int = 1,
    before: int | None = None,
    limit: int = 50,
) -> list[StreamEvent]:
    """Events of these kinds in order, at most ``limit``: the last ones below ``before`` if it is given,
    else the first ones from ``since`` on."""
    rows = select(StreamEventRow).where(
        StreamEventRow.stream == stream, StreamEventRow.kind.in_(kinds), StreamEventRow.seq >= since
    )
    if before is None:
        rows = rows.order_by(StreamEventRow.seq)
    else:
        rows = rows.where(StreamEventRow.seq < before).order_by(StreamEventRow.seq.desc())
    epoch = _head(reading, stream).epoch
    found = [_event(row, epoch) for row in reading.session.execute(rows.limit(limit)).scalars()]
    return found if before is None else found[::-1]


def count_events(reading: Reading, *, stream: str, kinds: Collection[str], after: int, most: int) -> int:
    """How many events of these kinds there are above a number; counting stops at ``most``."""
    rows = (
        select(StreamEventRow.seq)
        .where(StreamEventRow.stream == stream, StreamEventRow.kind.in_(kinds), StreamEventRow.seq > after)
        .limit(most)
        .subquery()
    )
    return reading.session.execute(select(func.count()).select_from(rows)).scalar_one()


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


def events_at(reading: Reading, *, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], StreamEvent]:
    """The events at these places (stream, seq), those that there are."""
    if not places:
        return {}
    place = tuple_(StreamEventRow.stream, StreamEventRow.seq)
    rows = reading.session.execute(select(StreamEventRow).where(place.in_(list(places)))).scalars()
    stand = heads(reading, streams=list({stream for stream, _ in places}))
    return {(row.stream, row.seq): _event(row, stand[row.stream].epoch) for row in rows}


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
    name = EventName(stream, author, client_id)
    earlier = _sent_before(reading, {name}, {stream: (_head(reading, stream), 0)}).get(name)
    return None if earlier is None else replace(earlier, duplicate=True)


def _name_of(event: NewEvent | StreamEventRow) -> EventName | None:
    """The name that the writer gave the event."""
    return None if event.client_id is None else EventName(event.stream, event.author, event.client_id)


def _raise_heads(uow: UnitOfWork, counts: Mapping[str, int]) -> dict[str, tuple[Head, int]]:
    """Lock the streams and raise their heads; where each stands now and by how much it was raised."""
    statement = uow.insert(StreamRow)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"head": StreamRow.head + statement.excluded.head}
    ).returning(StreamRow.name, StreamRow.epoch, StreamRow.head)
    rows = [{"name": name, "epoch": 1, "head": counts[name]} for name in sorted(counts)]
    raised = uow.session.connection().execute(statement, rows)
    return {row.name: (Head(epoch=row.epoch, seq=row.head), counts[row.name]) for row in raised}


def _give_numbers_back(uow: UnitOfWork, unused: Mapping[str, int]) -> None:
    for stream, count in unused.items():
        if count:
            uow.session.execute(
                update(StreamRow).where(StreamRow.name == stream).values(head=StreamRow.head - count)
            )


def _sent_before(
    reading: Reading, names: Collection[EventName], ends: Mapping[str, tuple[Head, int]]
) -> dict[EventName, StreamEvent]:
    """The events that stand under these names of their writers."""
    rows = [*_rows_of_authors(reading, names), *_rows_of_nobody(reading, names)]
    found = {_name_of(row): _event(row, ends[row.stream][0].epoch) for row in rows}
    return {name: event for name, event in found.items() if name is not None}


def _rows_of_authors(reading: Reading, names: Collection[EventName]) -> Iterable[StreamEventRow]:
    wanted = [tuple(name) for name in names if name.author is not None]
    if not wanted:
        return []
    name = tuple_(StreamEventRow.stream, StreamEventRow.author, StreamEventRow.client_id)
    return reading.session.execute(select(StreamEventRow).where(name.in_(wanted))).scalars()


def _rows_of_nobody(reading: Reading, names: Collection[EventName]) -> Iterable[StreamEventRow]:
    """NULL equals nothing, so what the bots have said is looked for by a query of its own."""
    wanted = [(name.stream, name.client_id) for name in names if name.author is None]
    if not wanted:
        return []
    name = tuple_(StreamEventRow.stream, StreamEventRow.client_id)
    return reading.session.execute(
        select(StreamEventRow).where(StreamEventRow.author.is_(None), name.in_(wanted))
    ).scalars()


def _appended(event: NewEvent, *, epoch: int, seq: int, at: datetime) -> StreamEvent:
    return StreamEvent(
        stream=event.stream,
        epoch=epoch,
        seq=seq,
        kind=event.kind,
        author=event.author,
        client_id=event.client_id,
        body=event.body,
        at=at,
    )


def _insert(uow: UnitOfWork, events: Sequence[StreamEvent]) -> None:
    """Write the rows of new events and the facts that tell of them."""
    if not events:
        return
    rows = [
        {
            "stream": event.stream,
            "seq": event.seq,
            "kind": event.kind,
            "author": event.author,
            "client_id": event.client_id,
            "body": event.body,
            "at": event.at,
        }
        for event in events
    ]
    uow.session.connection().execute(insert(StreamEventRow), rows)
    uow.record_all([_advanced(event) for event in events])


def _advanced(event: StreamEvent) -> StreamAdvanced:
    return StreamAdvanced(
        stream=event.stream,
        epoch=event.epoch,
        seq=event.seq,
        event_kind=event.kind,
        author=event.author,
        client_id=event.client_id,
        body=event.body,
        at=event.at,
    )


def _head(reading: Reading, stream: str) -> Head:
    row = reading.session.execute(
        select(StreamRow.epoch, StreamRow.head).where(StreamRow.name == stream)
    ).first()
    return NOTHING_YET if row is None else Head(epoch=row.epoch, seq=row.head)


def _event(row: StreamEventRow, epoch: int) -> StreamEvent:
    return StreamEvent(
        stream=row.stream,
        epoch=epoch,
        seq=row.seq,
        kind=row.kind,
        author=row.author,
        client_id=row.client_id,
        body=row.body,
        at=row.at,
    )
