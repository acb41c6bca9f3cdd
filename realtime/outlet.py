"""The sending side of one connection: bounded, ordered, never in anybody else's way."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from realtime import measures
from realtime.fanout import Frame
from realtime.frames import bye_frame, retry_after_ms
from realtime.protocol import CloseCode

log = logging.getLogger(__name__)

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]
# Below this much waiting, a replay reads its next page.
REPLAY_LEVEL_BYTES = 64 * 1024


@dataclass(slots=True, eq=False)
class BoundedOutlet:
    """Frames for one connection, written by a task that exists only while there is something to write.

    More than ``most_pending`` bytes waiting means that the reader does not keep up: it is closed with a
    code that makes it come back and resume, and everybody else is served as if it were not there.
    ``abort`` cuts the transport where the server offers that, for a peer that does not even read the
    closing frame.
    """

    send: AsgiSend
    most_pending: int
    close_timeout_s: float
    abort: Callable[[], None] | None = None
    closed: bool = False
    _pending: deque[Frame] = field(default_factory=deque)
    _pending_bytes: int = 0
    _writer: asyncio.Task[None] | None = None
    _closer: asyncio.Task[None] | None = None
    _drained: asyncio.Event | None = None

    def offer(self, frame: Frame) -> None:
        """Queue a frame; the order of offers is the order on the wire."""
        if self.closed:
            return
        self._pending.append(frame)
        self._pending_bytes += len(frame.wire)
        if self._pending_bytes > self.most_pending:
            measures.slow_readers.inc()
            self.close(CloseCode.TOO_SLOW)
        elif self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def close(self, code: CloseCode) -> None:
        """Say goodbye and close. What is pending is still sent, except to a reader that is too slow."""
        if self.closed:
            return
        self.closed = True
        measures.closes.labels(code=str(int(code))).inc()
        if code is CloseCode.TOO_SLOW:
            self._pending.clear()
        self._wake_replay()
        self._closer = asyncio.create_task(self._close(code, self._writer))

    def ended(self) -> None:
        """The connection is gone: nothing more can be sent."""
        self.closed = True
        self._pending.clear()
        self._wake_replay()
        if self._writer is not None:
            self._writer.cancel()

    async def drained(self) -> None:
        """Wait until little is pending, or the connection is closed."""
        while self._pending_bytes > REPLAY_LEVEL_BYTES and not self.closed:
            self._drained = self._drained or asyncio.Event()
            self._drained.clear()
            await self._drained.wait()

    async def finished(self) -> None:
        """Wait for the closing handshake that ``close`` began, if it did."""
        if self._closer is not None:
            await asyncio.wait({self._closer}, timeout=self.close_timeout_s)

    async def _write(self) -> None:
        try:
            while self._pending:
                frame = self._pending.popleft()
                await self.send({"type": "websocket.send", "text": frame.text})
                self._pending_bytes -= len(frame.wire)
                if self._pending_bytes <= REPLAY_LEVEL_BYTES:
                    self._wake_replay()
        except (OSError, RuntimeError):
            # The peer went away in mid-sentence; the consumer is told so by its own disconnect message.
            log.debug("live_send_failed")
            self.ended()
        finally:
            self._writer = None

    async def _close(self, code: CloseCode, writer: asyncio.Task[None] | None) -> None:
        try:
            async with asyncio.timeout(self.close_timeout_s):
                if writer is not None:
                    await asyncio.wait({writer})
                await self.send(
                    {"type": "websocket.send", "text": bye_frame(code, retry_ms=retry_after_ms(code))}
                )
                await self.send({"type": "websocket.close", "code": int(code), "reason": code.name.lower()})
        except (TimeoutError, OSError, RuntimeError):
            log.info("live_peer_cut code=%s", int(code))
            if self.abort is not None:
                self.abort()

    def _wake_replay(self) -> None:
        if self._drained is not None:
            self._drained.set()
