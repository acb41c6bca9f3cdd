"""The process-local broadcaster: one encoding for all, the same frame to every follower.

A sequenced stream has followers of two sorts. *Live* ones are level with what has been sent and get the
stream's rounds (realtime.pacing). *Joining* ones are being read their history (realtime.resume); what is
published meanwhile is buffered for them and merged, so that no event falls between the two.

Everything here is synchronous and runs on the event loop's thread: between two lines nothing else
happens, which is what the promises of order rest on. A round alone lets go of the thread, between slices.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from realtime import measures
from realtime.frames import LiveEvent, events_frames, state_frame
from realtime.pacing import SLICE, Budget, Rounds
from realtime.protocol import CloseCode
from realtime.wire import Frame


class Outlet(Protocol):
    """The sending side of one connection. Neither call waits: a slow reader is the outlet's own trouble."""

    def offer(self, frame: Frame) -> None:
        """Send the frame after all those offered before, or close if too much is waiting already."""
        ...

    def close(self, code: CloseCode) -> None:
        """Say goodbye and close; further offers are dropped."""
        ...


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
    rounds: Rounds = field(init=False)
    epoch: int | None = None
    position: int | None = None
    sent: int | None = None
    live: set[Outlet] = field(default_factory=set)
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
        yield from in_slices(frames, tuple(self.live), self.live.__contains__)
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
        yield from in_slices(frames, self.everybody(), self.follows)


def in_slices(
    frames: Sequence[Frame], outlets: Sequence[Outlet], follows: Callable[[Outlet], bool]
) -> Iterator[None]:
    """Offer the frames to all outlets, a slice at a time; who has left meanwhile gets nothing more."""
    for begin in range(0, len(outlets), SLICE):
        some = outlets[begin : begin + SLICE]
        if begin > 0:
            yield
            some = [outlet for outlet in some if follows(outlet)]
        for outlet in some:
            for frame in frames:
                outlet.offer(frame)


@dataclass(slots=True)
class Fanout:
    """All streams that somebody follows in this process.

    ``on_gap`` is called with a stream whose missing events must be read from the database.
    """

    on_gap: Callable[[str], None]
    channels: dict[str, Channel] = field(default_factory=dict)
    watchers: dict[str, set[Outlet]] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    _boards: dict[str, Board] = field(default_factory=dict)

    def join(self, stream: str, outlet: Outlet, *, most_buffered: int) -> Joining:
        """Begin to follow a sequenced stream: from now on its events are kept for ``outlet``."""
        channel = self.channels.get(stream) or self._open(stream)
        channel.live.discard(outlet)
        joining = Joining(outlet=outlet, stream=stream, most_buffered=most_buffered)
        channel.joining[outlet] = joining
        return joining

    def settle(self, joining: Joining) -> bool:
        """End of a replay: merge and go live. False if more history has to be read first."""
        channel = self.channels.get(joining.stream)
        if channel is None or channel.joining.get(joining.outlet) is not joining:
            return True
        if channel.epoch not in (None, joining.epoch) or not joining.merge():
            return False
        if channel.position is not None and joining.position < channel.position:
            return False
        joining.replaying = False
        channel.promote(joining)
        return True

    def leave(self, stream: str, outlet: Outlet) -> None:
        """Stop following a sequenced stream or a topic of states."""
        channel = self.channels.get(stream)
        if channel is not None:
            channel.live.discard(outlet)
            channel.joining.pop(outlet, None)
            if channel.deserted:
                channel.rounds.cancel()
                del self.channels[stream]
        watching = self.watchers.get(stream)
        if watching is not None:
            watching.discard(outlet)
            if not watching:
                del self.watchers[stream]
        if stream in self._boards and stream not in self.channels and stream not in self.watchers:
            self._boards.pop(stream).rounds.cancel()

    def publish(self, stream: str, epoch: int, events: Sequence[LiveEvent]) -> None:
        """Give events to all who follow the stream; a gap or a new epoch is dealt with, never waited for."""
        channel = self.channels.get(stream)
        if channel is None or not events:
            return
        match channel.accept(epoch, events):
            case Acceptance.DONE:
                pass
            case Acceptance.GAP:
                self.on_gap(stream)
            case Acceptance.OTHER_EPOCH:
                self.restart(stream)

    def continues(self, stream: str, epoch: int, seq: int) -> bool:
        """Whether the event with this number comes right after what the stream's followers were shown."""
        channel = self.channels.get(stream)
        return channel is not None and (channel.epoch, channel.position) == (epoch, seq - 1)

    def restart(self, stream: str) -> None:
        """The stream's history was replaced: close its followers, who come back and are told to reset."""
        channel = self.channels.pop(stream, None)
        if channel is not None:
            channel.rounds.cancel()
            for outlet in channel.everybody():
                outlet.close(CloseCode.RESUME)

    def watch(self, topic: str, outlet: Outlet) -> None:
        """Begin to follow a stream of states."""
        self.watchers.setdefault(topic, set()).add(outlet)

    def show(self, topic: str, state: dict[str, Any], *, stream: str | None = None) -> None:
        """Send a state to all who follow the topic, those of a sequenced stream included.

        Of several that come together the newest is sent, key by key. ``stream`` is the topic's name on
        the wire where that differs.
        """
        if topic in self.watchers or topic in self.channels:
            self._board(topic, stream or topic).show(state)

    def hint(self, topic: str, state: dict[str, Any]) -> None:
        """Send a state that none after it makes void, such as which thing has changed."""
        if topic in self.watchers or topic in self.channels:
            self._board(topic, topic).hint(state)

    def _open(self, stream: str) -> Channel:
        channel = self.channels[stream] = Channel(stream)
        # Half a round sent: the followers stand at different places, and come back from where they do.
        channel.rounds = Rounds(channel.serve, budget=self.budget, failed=lambda: self.restart(stream))
        return channel

    def _board(self, topic: str, name: str) -> Board:
        board = self._boards.get(topic)
        if board is None:
            board = self._boards[topic] = Board(
                name=name,
                everybody=lambda: self._everybody(topic),
                follows=lambda outlet: self._follows(topic, outlet),
            )
            board.rounds = Rounds(board.serve, budget=self.budget, failed=lambda: self._end(topic))
        return board

    def _everybody(self, topic: str) -> list[Outlet]:
        channel = self.channels.get(topic)
        return [*self.watchers.get(topic, ()), *(channel.everybody() if channel is not None else ())]

    def _follows(self, topic: str, outlet: Outlet) -> bool:
        channel = self.channels.get(topic)
        return outlet in self.watchers.get(topic, ()) or (channel is not None and channel.follows(outlet))

    def _end(self, topic: str) -> None:
        for outlet in self._everybody(topic):
            outlet.close(CloseCode.RESUME)
