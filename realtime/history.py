"""Reading a stream's history in pages, in the form in which it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.store import Reading, events_after, head
from realtime.frames import LiveEvent, event_from_history


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Events after a position, with the epoch they belong to."""

    epoch: int
    events: Sequence[LiveEvent]


def history_page(reading: Reading, *, stream: str, seq: int, limit: int) -> HistoryPage:
    """The events above ``seq``, at most ``limit``."""
    events = events_after(reading, stream=stream, seq=seq, limit=limit)
    return HistoryPage(
        epoch=events[0].epoch if events else head(reading, stream=stream).epoch,
        events=[event_from_history(event) for event in events],
    )


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
