"""The process-local broadcaster: one encoding for all, the same frame to every follower.

A sequenced stream has followers of two sorts. *Live* ones are level with what has been sent and get the
stream's rounds (realtime.pacing). *Joining* ones are being read their history (realtime.resume); what is
published meanwhile is buffered for them and merged, so that no event falls between the two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from realtime.audience import Acceptance, Board, Channel, Joining
from realtime.frames import LiveEvent
from realtime.pacing import Budget, Rounds
from realtime.places import Outlet
from realtime.protocol import CloseCode
from realtime.sending import Sender, send_by_offers


@dataclass(slots=True)
class Fanout:
    """All streams that somebody follows in this process.

    ``on_gap`` is called with a stream whose missing events must be read from the database.
    """

    on_gap: Callable[[str], None]
    send: Sender = send_by_offers
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
        """Whether the event with this number comes right after what the stream's followers were shown.

        Where nothing has been shown yet, everything does: those who are being read history read up to it.
        """
        channel = self.channels.get(stream)
        if channel is None:
            return False
        return channel.position is None or (channel.epoch, channel.position) == (epoch, seq - 1)

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
        channel = self.channels[stream] = Channel(stream, self.send)
        # Half a round sent: the followers stand at different places, and come back from where they do.
        channel.rounds = Rounds(channel.serve, budget=self.budget, failed=lambda: self.restart(stream))
        return channel

    def _board(self, topic: str, name: str) -> Board:
        board = self._boards.get(topic)
        if board is None:
            board = self._boards[topic] = Board(
                name=name,
                send=self.send,
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
