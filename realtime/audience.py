"""Who follows what in this process, and what waits for them: events in their order, states by their keys.

Everything here is synchronous and runs on the event loop's thread: between two lines nothing else
happens, which is what the promises of order rest on. A round alone lets go of the thread, between slices.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from realtime import measures
from realtime.frames import LiveEvent, events_frames, state_frame
from realtime.pacing import Rounds
from realtime.places import Crowd, Outlet
from realtime.sending import Sender, in_slices
from realtime.wire import Frame


class Acceptance(Enum):
    """What a channel made of a publication."""

    DONE = "done"
    # Something before it is missing: the database has it.
    GAP = "gap"
    # The history itself has been replaced; followers must start afresh.
    OTHER_EPOCH = "other_epoch"


@dataclass(slots=True, eq=False)
class Joining:
    """A follower that is being read history. ``position`` is the last seq handed to its outlet."""

    outlet: Outlet
    stream: str
    most_buffered: int
    epoch: int = 0
    position: int = 0
    replaying: bool = True
    overflowed: bool = False
    buffer: deque[LiveEvent] = field(default_factory=deque)

    def hand_over(self, events: Sequence[LiveEvent]) -> None:
        """Send events that follow ``position`` directly."""
        for text in events_frames(self.stream, self.epoch, events):
            self.outlet.offer(Frame.of(text))
        if events:
            self.position = events[-1].seq

    def hand_over_new(self, events: Sequence[LiveEvent]) -> None:
        """Send those of the events that come after ``position``."""
        self.hand_over([event for event in events if event.seq > self.position])

    def published(self, events: Sequence[LiveEvent]) -> None:
        """Keep what is published during the replay; the history is read again if it is too much."""
        if not self.replaying:
            # Ahead of the live ones, it waits for their round to go live with them.
            return
        if len(self.buffer) + len(events) > self.most_buffered:
            self.buffer.clear()
            self.overflowed = True
            return
        self.buffer.extend(events)

    def merge(self) -> bool:
        """Send the buffered events that follow on; False if some before them are still to be read."""
        if self.overflowed:
            self.overflowed = False
            return False
        fresh = [event for event in self.buffer if event.seq > self.position]
        if fresh and fresh[0].seq != self.position + 1:
            return False
        self.buffer.clear()
        self.hand_over(fresh)
        return True


@dataclass(slots=True, eq=False)
class Channel:
    """One sequenced stream in this process.

    ``position`` is the last seq published here, None: not known. ``sent`` is the last one that the live
    followers have been sent; between the two is what waits for its round.
    """

    stream: str
    send: Sender
    rounds: Rounds = field(init=False)
    epoch: int | None = None
    position: int | None = None
    sent: int | None = None
    live: Crowd = field(default_factory=Crowd)
    joining: dict[Outlet, Joining] = field(default_factory=dict)
    _waiting: list[LiveEvent] = field(default_factory=list)

    @property
    def deserted(self) -> bool:
        """Nobody follows it any more."""
        return not self.live and not self.joining

    def accept(self, epoch: int, events: Sequence[LiveEvent]) -> Acceptance:
        """Publish events (in order, without holes among themselves) that are new here.

        What was published before is passed over: the relay delivers at least once, and what fills a gap
        may meet the late original.
        """
        if self.epoch is not None and epoch != self.epoch:
            return Acceptance.OTHER_EPOCH if epoch > self.epoch else Acceptance.DONE
        if self.position is None:
            self.position = self.sent = events[0].seq - 1
        self.epoch = epoch
        known = self.position
        fresh = [event for event in events if event.seq > known]
        if not fresh:
            return Acceptance.DONE
        if fresh[0].seq != known + 1:
            return Acceptance.GAP
        self._publish(fresh)
        return Acceptance.DONE

    def promote(self, joining: Joining) -> None:
        """Let a follower that has been read everything go live, if it is level with the live ones."""
        if self.position is None:
            self.epoch, self.position, self.sent = joining.epoch, joining.position, joining.position
        if not joining.replaying and joining.position == self.sent:
            self.joining.pop(joining.outlet, None)
            self.live.add(joining.outlet)

    def everybody(self) -> list[Outlet]:
        """All followers, joining ones included."""
        return [*self.live, *self.joining]

    def follows(self, outlet: Outlet) -> bool:
        """Whether this outlet follows the stream, live or joining."""
        return outlet in self.live or outlet in self.joining

    def serve(self) -> Iterator[None]:
        """One round: all that waits, to all who are live, in as few frames as can be."""
        assert self.epoch is not None  # noqa: S101 - set by accept
        events, self._waiting = self._waiting, []
        frames = [Frame.of(text) for text in events_frames(self.stream, self.epoch, events)]
        for follower in tuple(self.joining.values()):
            if not follower.replaying:
                follower.hand_over_new(events)
        measures.deliveries.inc(len(events) * len(self.live))
        yield from in_slices(self.send, frames, self.live)
        self.sent = events[-1].seq
        for follower in tuple(self.joining.values()):
            self.promote(follower)

    def _publish(self, events: Sequence[LiveEvent]) -> None:
        self.position = events[-1].seq
        self._waiting += events
        for follower in self.joining.values():
            follower.published(events)
        self.rounds.gather(len(events))


@dataclass(slots=True, eq=False)
class Board:
    """The state that waits to be shown under one topic: the newest under each key, and hints one by one.

    ``name`` is the topic's on the wire.
    """

    name: str
    send: Sender
    everybody: Callable[[], list[Outlet]]
    follows: Callable[[Outlet], bool]
    rounds: Rounds = field(init=False)
    _state: dict[str, Any] = field(default_factory=dict)
    _hints: list[dict[str, Any]] = field(default_factory=list)

    def show(self, state: dict[str, Any]) -> None:
        """Let the state replace what waits under the same keys."""
        self._state |= state
        self.rounds.gather()

    def hint(self, state: dict[str, Any]) -> None:
        """Let the state be shown whatever comes after it."""
        self._hints.append(state)
        self.rounds.gather()

    def serve(self) -> Iterator[None]:
        """One round: what waits, to all who follow."""
        states = [*self._hints, *([self._state] if self._state else [])]
        self._state, self._hints = {}, []
        frames = [Frame.of(state_frame(self.name, state)) for state in states]
        crowd = Crowd()
        for outlet in self.everybody():
            crowd.add(outlet)
        for _ in in_slices(self.send, frames, crowd):
            yield
            crowd.keep(self.follows)
