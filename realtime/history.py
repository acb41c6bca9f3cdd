"""Reading streams' history in pages, in the form in which it goes out, for all who ask at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.store import Database, Gathering, Reading, StreamEvent, events_after, head
from realtime.frames import LiveEvent, event_from_history, events_frames
from realtime.limits import TooFast
from realtime.wire import Frame

# Followers served by one reading; a mass reconnect is a few of these.
MOST_AT_ONCE = 2_000
MOST_WAITING = 50_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody stands in a stream."""

    stream: str
    seq: int


@dataclass(slots=True, eq=False)
class HistoryPage:
    """Events after a position, with the epoch they belong to; ``more``: there are others after them."""

    stream: str
    epoch: int
    events: Sequence[LiveEvent]
    more: bool
    _frames: Sequence[Frame] | None = None

    def frames(self) -> Sequence[Frame]:
        """The page as it goes out, encoded once for all who stand at the same position."""
        if self._frames is None:
            texts = events_frames(self.stream, self.epoch, self.events)
            self._frames = [Frame.of(text) for text in texts]
        return self._frames


@dataclass(slots=True, eq=False)
class History:
    """The pages that the followers of this process read. ``limit`` is the events of a page.

    Those who ask while a reading is under way are served by the next one together: a thousand clients
    that come back into one room at once cost a few readings, not a thousand.
    """

    database: Database
    limit: int
    _pages: Gathering[Position, HistoryPage] = field(init=False)

    def __post_init__(self) -> None:
        self._pages = Gathering(self._read, MOST_AT_ONCE, MOST_WAITING, TooFast)

    async def page(self, stream: str, *, seq: int) -> HistoryPage:
        """The events above ``seq``. The reading begins after this call, which joining rests on."""
        return await self._pages.ask(Position(stream, seq))

    async def _read(self, wanted: Sequence[Position]) -> Sequence[HistoryPage]:
        return await self.database.read_async(history_pages, wanted=wanted, limit=self.limit)


def history_pages(reading: Reading, *, wanted: Sequence[Position], limit: int) -> list[HistoryPage]:
    """The page after each of the positions, the same one where they are equal."""
    standing: dict[str, set[int]] = {}
    for position in wanted:
        standing.setdefault(position.stream, set()).add(position.seq)
    pages = {
        Position(stream, seq): page
        for stream, numbers in standing.items()
        for seq, page in _pages(reading, stream, sorted(numbers), limit)
    }
    return [pages[position] for position in wanted]


def _pages(
    reading: Reading, stream: str, numbers: Sequence[int], limit: int
) -> Iterator[tuple[int, HistoryPage]]:
    """Pages of one stream, for rising numbers; those who stand near each other share one query."""
    found: Sequence[StreamEvent] = ()
    events: Sequence[LiveEvent] = ()
    epoch, full = 0, True
    for seq in numbers:
        if full and (not found or seq >= found[-1].seq):
            found = events_after(reading, stream=stream, seq=seq, limit=limit)
            events = [event_from_history(event) for event in found]
            epoch = found[0].epoch if found else head(reading, stream=stream).epoch
            full = len(found) == limit
        yield seq, HistoryPage(stream, epoch, [event for event in events if event.seq > seq], more=full)


def follows(position: int, events: Sequence[LiveEvent]) -> bool:
    """Whether the events continue from ``position`` without a hole.

    >>> follows(3, [LiveEvent(4, {}), LiveEvent(5, {})]), follows(3, [LiveEvent(5, {})]), follows(3, [])
    (True, False, True)
    """
    return not events or (events[0].seq == position + 1 and events[-1].seq == position + len(events))


def whole_part(position: int, events: Sequence[LiveEvent]) -> Sequence[LiveEvent]:
    """The events without those before their last hole, if there is one.

    >>> whole_part(3, [LiveEvent(4, {}), LiveEvent(7, {}), LiveEvent(8, {})])
    [LiveEvent(seq=7, wire={}), LiveEvent(seq=8, wire={})]
    """
    if follows(position, events):
        return events
    begin = len(events) - 1
    while begin > 0 and events[begin].seq == events[begin - 1].seq + 1:
        begin -= 1
    return events[begin:]
