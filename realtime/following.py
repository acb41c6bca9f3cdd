"""What one connection follows, from its wish to the end of the following."""

import asyncio
import logging

from realtime.connections import Connection
from realtime.frames import subscribed_frame
from realtime.hub import Hub
from realtime.limits import TooManyStreams
from realtime.protocol import CloseCode, Subscribe
from realtime.states import topic_of
from realtime.wire import Frame

log = logging.getLogger(__name__)


class Following:
    """The streams that a connection follows, each with the task that reads its history, while it does."""

    __slots__ = ("_hub", "_replays", "outlet", "viewer")

    def __init__(self, hub: Hub, connection: Connection) -> None:
        self._hub = hub
        self.viewer = connection.viewer
        self.outlet = connection.outlet
        self._replays: dict[str, asyncio.Task[None] | None] = {}

    def __contains__(self, stream: str) -> bool:
        return stream in self._replays

    async def begin(self, request: Subscribe) -> None:
        """Follow a stream, anew if it is followed already. Raises: DomainError if the viewer may not."""
        if request.stream not in self and self._enough():
            raise TooManyStreams
        newest = await self._hub.arrivals.enter(self.viewer, request.stream)
        self.end(request.stream)
        if newest is None:
            self._watch(request)
            return
        # Registered before any page of history is read: what is published from here on is kept.
        most_buffered = self._hub.limits.buffered_events
        joining = self._hub.fanout.join(request.stream, self.outlet, most_buffered=most_buffered)
        replay = asyncio.create_task(self._hub.resume.run(request, newest, self.outlet, joining))
        self._replays[request.stream] = replay
        replay.add_done_callback(lambda done: self._replayed(request.stream, done))
        if request.stream.startswith("room:"):
            self._hub.viewers.arrives(request.stream, self._name())

    def end(self, stream: str) -> None:
        """Follow a stream no more; nothing if it is not followed."""
        if stream not in self:
            return
        replay = self._replays.pop(stream)
        if replay is not None:
            replay.cancel()
        self._hub.fanout.leave(topic_of(stream, self.viewer.person_id), self.outlet)
        if stream.startswith("room:"):
            self._hub.viewers.leaves(stream, self._name())
        if stream.startswith("queue:") and self.viewer.person_id is not None:
            self._hub.presence.leaves(stream, person_id=self.viewer.person_id)

    def end_all(self) -> None:
        """The connection ends."""
        for stream in list(self._replays):
            self.end(stream)

    def _watch(self, request: Subscribe) -> None:
        self._replays[request.stream] = None
        self.outlet.offer(Frame.of(subscribed_frame(request.id, request.stream)))
        topic = topic_of(request.stream, self.viewer.person_id)
        self._hub.fanout.watch(topic, self.outlet)
        self._hub.states.greet(topic, self.outlet)
        if request.stream.startswith("queue:") and self.viewer.person_id is not None:
            self._hub.presence.arrives(request.stream, person_id=self.viewer.person_id)

    def _replayed(self, stream: str, done: asyncio.Task[None]) -> None:
        if self._replays.get(stream) is done:
            self._replays[stream] = None
        if not done.cancelled() and done.exception() is not None:
            # Half a history is worse than none: the client comes back and resumes where it stands.
            log.error("replay_failed stream=%s", stream, exc_info=done.exception())
            self.outlet.close(CloseCode.RESUME)
        elif not done.cancelled() and stream.startswith("room:"):
            self._hub.viewers.greet(stream, self.outlet)

    def _enough(self) -> bool:
        return len(self._replays) >= self._hub.limits.subscriptions_per_connection

    def _name(self) -> str:
        """By which a viewer is counted: persons are one each, guests cannot be told apart."""
        return self.viewer.person_id or f"guest {id(self)}"
