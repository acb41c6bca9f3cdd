"""The sending side of one connection: bounded, ordered, never in anybody else's way."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from realtime import measures
from realtime.frames import bye_frame, retry_after_ms
from realtime.places import PLACES
from realtime.protocol import CloseCode
from realtime.wire import Frame, Wire

log = logging.getLogger(__name__)

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]
# Below this much waiting, a replay reads its next page.
REPLAY_LEVEL_BYTES: Final = 64 * 1024


class BoundedOutlet(ABC):
    """Frames for one connection, of which not more than ``most_pending`` bytes wait.

    More waiting means that the reader does not keep up: it is closed with a code that makes it come back
    and resume, and everybody else is served as if it were not there.
    """

    __slots__ = ("_level", "close_timeout_s", "closed", "most_pending", "place")

    def __init__(self, *, most_pending: int, close_timeout_s: float) -> None:
        self.most_pending = most_pending
        self.close_timeout_s = close_timeout_s
        self.closed = False
        self.place = PLACES.take()
        # Of a replay that waits for the reader.
        self._level: asyncio.Event | None = None

    def __del__(self) -> None:
        # Not before: a crowd may hold a connection that is long closed.
        PLACES.give_back(self.place)

    @abstractmethod
    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        """Send a frame, but for what was ``taken`` of it; the order of offers is the order on the wire."""

    @abstractmethod
    def pending(self) -> int:
        """How many bytes wait for the reader in this process."""

    def close(self, code: CloseCode, *, others: int = 0) -> None:
        """Say goodbye and close, after what is pending. ``others`` are closed in the same moment."""
        if self.closed:
            return
        self.closed = True
        measures.closes.labels(code=str(int(code))).inc()
        self.wake_replay()
        self._say_goodbye(code, bye_frame(code, retry_ms=retry_after_ms(code, others=others)))

    def ended(self) -> None:
        """The connection is gone: nothing more can be sent."""
        self.closed = True
        self.wake_replay()

    async def drained(self) -> None:
        """Wait until little is pending, or the connection is closed."""
        while self.pending() > REPLAY_LEVEL_BYTES and not self.closed:
            self._level = self._level or asyncio.Event()
            self._level.clear()
            await self._level.wait()
        self._level = None

    @abstractmethod
    async def finished(self) -> None:
        """Wait until the goodbye, if there was one, is on its way or given up."""

    def _too_slow(self) -> None:
        measures.slow_readers.inc()
        self.close(CloseCode.TOO_SLOW)

    def wake_replay(self) -> None:
        """Less is pending than before: a replay may go on."""
        if self._level is not None:
            self._level.set()

    @abstractmethod
    def _say_goodbye(self, code: CloseCode, bye: str) -> None: ...


class WireOutlet(BoundedOutlet):
    """Writes straight to the transport; what the kernel does not take waits there."""

    __slots__ = ("wire",)

    def __init__(self, wire: Wire, *, most_pending: int, close_timeout_s: float) -> None:
        super().__init__(most_pending=most_pending, close_timeout_s=close_timeout_s)
        self.wire = wire
        wire.show_socket(self.place)

    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        """Write what was not taken of a frame."""
        if self.closed:
            return
        wire = self.wire
        wire.write(frame.wire[taken:])
        if wire.congested and wire.backlog() > self.most_pending:
            self._too_slow()

    def pending(self) -> int:
        """What waits in the transport."""
        return self.wire.backlog() if self.wire.congested else 0

    async def finished(self) -> None:
        """Nothing to wait for: the transport has the goodbye already, and a timer for its answer."""

    def _say_goodbye(self, code: CloseCode, bye: str) -> None:
        self.wire.write(Frame.of(bye).wire)
        self.wire.close(int(code), code.name.lower(), within_s=self.close_timeout_s)


class AsgiOutlet(BoundedOutlet):
    """For a server that knows only ASGI: a task writes while there is something to write."""

    __slots__ = ("_closer", "_pending", "_pending_bytes", "_send", "_writer")

    def __init__(self, send: AsgiSend, *, most_pending: int, close_timeout_s: float) -> None:
        super().__init__(most_pending=most_pending, close_timeout_s=close_timeout_s)
        self._send = send
        self._pending: deque[Frame] = deque()
        self._pending_bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None

    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        """Queue a frame; none of it was taken, as no socket is shown."""
        if self.closed:
            return
        self._pending.append(frame)
        self._pending_bytes += len(frame.wire)
        if self._pending_bytes > self.most_pending:
            self._pending.clear()
            self._too_slow()
        elif self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def pending(self) -> int:
        """What waits in the queue."""
        return self._pending_bytes

    def ended(self) -> None:
        """The connection is gone: nothing more can be sent."""
        super().ended()
        self._pending.clear()
        if self._writer is not None:
            self._writer.cancel()

    async def finished(self) -> None:
        """Wait until the goodbye has been sent or given up."""
        if self._closer is not None:
            await asyncio.wait({self._closer}, timeout=self.close_timeout_s)

    async def _write(self) -> None:
        try:
            while self._pending:
                frame = self._pending.popleft()
                await self._send({"type": "websocket.send", "text": frame.text})
                self._pending_bytes -= len(frame.wire)
                if self._pending_bytes <= REPLAY_LEVEL_BYTES:
                    self.wake_replay()
        except (OSError, RuntimeError):
            # The peer went away in mid-sentence; the consumer is told so by its own disconnect message.
            log.debug("live_send_failed")
            self.ended()
        finally:
            self._writer = None

    def _say_goodbye(self, code: CloseCode, bye: str) -> None:
        self._closer = asyncio.create_task(self._close(code, bye, self._writer))

    async def _close(self, code: CloseCode, bye: str, writer: asyncio.Task[None] | None) -> None:
        try:
            async with asyncio.timeout(self.close_timeout_s):
                if writer is not None:
                    await asyncio.wait({writer})
                await self._send({"type": "websocket.send", "text": bye})
                await self._send({"type": "websocket.close", "code": int(code), "reason": code.name.lower()})
        except (TimeoutError, OSError, RuntimeError):
            # ASGI has no way to cut a peer that reads nothing; the server's own timeout has to.
            log.info("live_goodbye_unsent code=%s", int(code))
