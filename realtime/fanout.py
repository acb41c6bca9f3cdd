"""The process-local broadcaster: one encoding a publication, the same frame to every follower.

A sequenced stream has followers of two sorts. *Live* ones are level with the channel and get its
frames as they are. *Joining* ones are being read their history (realtime.resume); what is published
meanwhile is buffered for them and merged, so that no event falls between the two.

Everything here is synchronous and runs on the event loop's thread: between two lines nothing else
happens, which is what the promises of order rest on.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from realtime.frames import LiveEvent, events_frame, state_frame
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
        if events:
            self.outlet.offer(Frame.of(events_frame(self.stream, self.epoch, events)))
            self.position = events[-1].seq

    def published(self, events: Sequence[LiveEvent]) -> None:
        """Keep what is published during the replay; the history is read again if it is too much."""
        if not self.replaying:
            # Level with the history but ahead of the channel: only what is new to this follower.
            self.hand_over([event for event in events if event.seq > self.position])
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
    """One sequenced stream in this process. ``position`` is the last seq published here, None: not known."""

    stream: str
    epoch: int | None = None
    position: int | None = None
    live: set[Outlet] = field(default_factory=set)
    joining: dict[Outlet, Joining] = field(default_factory=dict)

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
            self.position = events[0].seq - 1
        self.epoch = epoch
        known = self.position
        fresh = [event for event in events if event.seq > known]
        if not fresh:
            return Acceptance.DONE
        if fresh[0].seq != known + 1:
            return Acceptance.GAP
        self._publish(fresh)
        return Acceptance.DONE

    def promote(self, joining: Joining) -> bool:
        """Let a follower that has been read everything go live, if it is level with the channel."""
        if self.position is None:
            self.epoch, self.position = joining.epoch, joining.position
        if self.position != joining.position:
            return False
        self.joining.pop(joining.outlet, None)
        self.live.add(joining.outlet)
        return True

    def everybody(self) -> list[Outlet]:
        """All followers, joining ones included."""
        return [*self.live, *self.joining]

    def _publish(self, events: Sequence[LiveEvent]) -> None:
        assert self.epoch is not None  # noqa: S101 - set by accept
        self.position = events[-1].seq
        if self.live:
            frame = Frame.of(events_frame(self.stream, self.epoch, events))
            # A copy: an outlet that is closed for being slow leaves the set meanwhile.
            for outlet in tuple(self.live):
                outlet.offer(frame)
        for follower in tuple(self.joining.values()):
            follower.published(events)
            if not follower.replaying:
                self.promote(follower)


@dataclass(slots=True)
class Fanout:
    """All streams that somebody follows in this process.

    ``on_gap`` is called with a stream whose missing events must be read from the database.
    """

    on_gap: Callable[[str], None]
    channels: dict[str, Channel] = field(default_factory=dict)
    watchers: dict[str, set[Outlet]] = field(default_factory=dict)

    def join(self, stream: str, outlet: Outlet, *, most_buffered: int) -> Joining:
        """Begin to follow a sequenced stream: from now on its events are kept for ``outlet``."""
        channel = self.channels.setdefault(stream, Channel(stream))
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
                del self.channels[stream]
        watching = self.watchers.get(stream)
        if watching is not None:
            watching.discard(outlet)
            if not watching:
                del self.watchers[stream]

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

    def follows(self, stream: str, epoch: int, seq: int) -> bool:
        """Whether the event with this number comes right after what the stream's followers were shown."""
        channel = self.channels.get(stream)
        return channel is not None and (channel.epoch, channel.position) == (epoch, seq - 1)

    def restart(self, stream: str) -> None:
        """The stream's history was replaced: close its followers, who come back and are told to reset."""
        channel = self.channels.pop(stream, None)
        for outlet in [] if channel is None else channel.everybody():
            outlet.close(CloseCode.RESUME)

    def watch(self, topic: str, outlet: Outlet) -> None:
        """Begin to follow a stream of states."""
        self.watchers.setdefault(topic, set()).add(outlet)

    def show(self, topic: str, state: dict[str, Any], *, stream: str | None = None) -> None:
        """Send a state to all who follow the topic, those of a sequenced stream included.

        ``stream`` is its name on the wire where that differs.
        """
        followers = [*self.watchers.get(topic, ())]
        if topic in self.channels:
            followers += self.channels[topic].everybody()
        if followers:
            frame = Frame.of(state_frame(stream or topic, state))
            for outlet in followers:
                outlet.offer(frame)
