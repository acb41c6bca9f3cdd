"""The WebSocket protocol class that uvicorn runs the hub on (``--ws``, see UVICORN_OPTIONS).

It serves any ASGI application (realtime.asgi), and one that knows ``realtime.wire`` gets more: frames
written straight to the transport, no task for a connection that says nothing, a goodbye of its own when
the server stops. docs/decisions/0012 has the figures.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.protocols.utils import is_ssl
from uvicorn.server import ServerState

from realtime.asgi import AsgiSide
from realtime.heartbeat import Heartbeat
from realtime.places import NO_SOCKET, PLACES
from realtime.rfc6455 import (
    Fault,
    Message,
    Opcode,
    Reader,
    Status,
    closing_payload,
    closing_status,
    encoded_frame,
)
from realtime.upgrade import Headers, NotAnUpgrade, read_opening, refusal
from realtime.wire import Receiver

log = logging.getLogger(__name__)

# What the server must be started with for the hub. Compression is not offered: it costs memory per
# connection and has leaked secrets next to attacker-chosen text. A frame above 64 KB is refused by the hub
# in words of the protocol; one above this size is cut off here (1009) before it takes memory.
UVICORN_OPTIONS: Final[dict[str, Any]] = {
    "ws": "realtime.transport:HubWebSocketProtocol",
    "ws_max_size": 256 * 1024,
    "ws_per_message_deflate": False,
    "ws_ping_interval": 20.0,
}
CLOSE_TIMEOUT_S: Final = 10.0
# With so many messages waiting for their receiver the socket is read no further.
MOST_UNHEARD: Final = 8
# A peer that asks and does not read gets no more answers.
MOST_PONGS_BYTES: Final = 64 * 1024
PING: Final = encoded_frame(Opcode.PING, b"")

_heartbeats: WeakKeyDictionary[ServerState, Heartbeat] = WeakKeyDictionary()


class HubWebSocketProtocol(asyncio.Protocol):
    """One connection from its opening to its end; it is a ``realtime.wire.Wire``.

    Slots, and None for whatever an idle connection does not need: ten thousand of these are held.
    """

    __slots__ = (
        "_beat",
        "_close_sent",
        "_close_timer",
        "_config",
        "_deaf",
        "_inbox",
        "_place",
        "_reader",
        "_receiver",
        "_server",
        "_worker",
        "app_state",
        "closed_with",
        "congested",
        "heard",
        "lost",
        "transport",
    )

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        self._config = config
        self._server = server_state
        self.app_state = app_state
        self.transport: asyncio.Transport
        self.congested = False
        self._place: int | None = None
        # For the heartbeat: something has come since it last asked.
        self.heard = True
        self.lost = False
        # Code and reason by which the peer closed, or by which we did.
        self.closed_with: tuple[int, str] = (Status.ABNORMAL, "")
        self._reader: Reader | None = None
        self._receiver: Receiver | None = None
        self._inbox: deque[str | bytes] | None = None
        self._worker: asyncio.Task[None] | None = None
        self._beat: dict[Any, None] | None = None
        self._close_sent = False
        self._close_timer: asyncio.TimerHandle | None = None
        # What comes after the peer's closing frame or after its mistake is no message any more.
        self._deaf = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The HTTP protocol hands the connection over; the request's head follows at once."""
        self.transport = cast("asyncio.Transport", transport)
        # Any byte that the kernel does not take is to be known of.
        self.transport.set_write_buffer_limits(high=0)
        self._server.connections.add(cast("Any", self))

    def data_received(self, data: bytes) -> None:
        """Bytes came: first the head of the request, then frames."""
        self.heard = True
        if self._receiver is None:
            self._open(data)
        elif self._reader is None:
            # Nobody may speak before the connection is open.
            self.transport.abort()
        elif not self._deaf:
            try:
                for message in self._reader.feed(data):
                    self._take(message)
            except Fault as fault:
                self._fail(fault)

    def pause_writing(self) -> None:
        """The kernel takes no more for now."""
        self.congested = True
        self._hide_socket()

    def resume_writing(self) -> None:
        """Everything has been taken."""
        self.congested = False
        self._show_socket()
        if self._receiver is not None:
            self._receiver.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, whoever ended it."""
        self.lost = self._deaf = True
        self._nothing_more()
        self._server.connections.discard(cast("Any", self))
        if self._beat is not None:
            self._beat.pop(self, None)
        if self._close_timer is not None:
            self._close_timer.cancel()
        if self._receiver is not None:
            self._receiver.lost()
            self._work()

    # What uvicorn calls.

    def shutdown(self) -> None:
        """The server stops."""
        if self._receiver is not None:
            self._receiver.stopping()
        else:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    # What the heartbeat calls.

    def ask(self) -> None:
        """Ask the peer for a sign of life."""
        self.write(PING)

    def give_up(self) -> None:
        """The peer has given none."""
        self.close(Status.INTERNAL_ERROR, "no answer to a ping")
        self.transport.abort()

    # What the receiver calls; the names are those of realtime.wire.Wire.

    def accept(self, answer: bytes) -> None:
        """Open the connection with this answer to the upgrade."""
        self._reader = Reader(most_bytes=self._config.ws_max_size)
        self.transport.write(answer)
        if self._config.ws_ping_interval:
            self._beat = self._heartbeat(self._config.ws_ping_interval).add(self)

    def refuse(self, status: HTTPStatus, headers: Headers = ()) -> None:
        """Answer the upgrade with an error, unless it has been answered or the client has gone."""
        if self._close_sent:
            return
        self._deaf = True
        self._nothing_more()
        self.transport.write(refusal(status, headers))
        self._end(CLOSE_TIMEOUT_S)

    def serve(self, receiver: Receiver) -> None:
        """Pass all further messages to the receiver."""
        self._receiver = receiver
        if self.lost:
            receiver.lost()
            self._keep(receiver.ended())

    def served_by(self, receiver: Receiver) -> bool:
        """Whether messages go to this receiver."""
        return self._receiver is receiver

    def write(self, frame: bytes) -> None:
        """Write a whole frame, unless the connection is being closed."""
        if not self._close_sent:
            self.transport.write(frame)

    def backlog(self) -> int:
        """How many bytes are waiting in this process."""
        return self.transport.get_write_buffer_size()

    def close(self, code: int, reason: str = "", *, within_s: float = CLOSE_TIMEOUT_S) -> None:
        """Begin the closing handshake, if it has not begun."""
        if self._close_sent:
            return
        self.closed_with = (code, reason)
        self._send_close(closing_payload(code, reason))
        self._cut_after(within_s)
        # The peer's closing frame may stand behind messages that nobody wants any more.
        self._inbox = None
        self.transport.resume_reading()

    # Reading.

    def _open(self, head: bytes) -> None:
        try:
            opening = read_opening(head)
        except NotAnUpgrade as error:
            self.refuse(error.status, error.headers)
            return
        side = AsgiSide(connection=self, opening=opening)
        self._receiver = side
        config = self._config
        self._keep(side.run(config.loaded_app, root_path=config.root_path, asgi_version=config.asgi_version))

    def _take(self, message: Message) -> None:
        match message.opcode:
            case Opcode.TEXT | Opcode.BINARY if not self._close_sent:
                self._deliver(message.data)
            case Opcode.PING if self.backlog() < MOST_PONGS_BYTES:
                self.write(encoded_frame(Opcode.PONG, cast("bytes", message.data)))
            case Opcode.CLOSE:
                self._peer_closes(cast("bytes", message.data))
            case _:
                # A pong has done its work by being heard.
                pass

    def _deliver(self, data: str | bytes) -> None:
        if self._inbox is None:
            self._inbox = deque()
        self._inbox.append(data)
        if len(self._inbox) >= MOST_UNHEARD:
            self.transport.pause_reading()
        self._work()

    def _work(self) -> None:
        if self._worker is None:
            self._worker = self._keep(self._pass_on())

    async def _pass_on(self) -> None:
        """Pass on what has come; a task that ends as soon as there is nothing more."""
        receiver = self._receiver
        assert receiver is not None  # noqa: S101 - nothing is read before there is one
        try:
            while self._inbox:
                data = self._inbox.popleft()
                if len(self._inbox) == MOST_UNHEARD // 2:
                    self.transport.resume_reading()
                await receiver.heard(data)
        except Exception:
            log.exception("live_receiver_failed")
            self.close(Status.INTERNAL_ERROR)
        # Whatever went wrong: what a connection holds is given back when it ends.
        self._inbox = self._worker = None
        if self.lost:
            await receiver.ended()

    # Closing.

    def _peer_closes(self, payload: bytes) -> None:
        code, reason = closing_status(payload)
        self._deaf = True
        if not self._close_sent:
            self.closed_with = (code, reason)
            self._send_close(payload[:2])
        self._end(CLOSE_TIMEOUT_S)

    def _fail(self, fault: Fault) -> None:
        self._deaf = True
        if not self._close_sent:
            self.closed_with = (fault.status, fault.reason)
            self._send_close(closing_payload(fault.status, fault.reason))
        self._end(CLOSE_TIMEOUT_S)

    def _send_close(self, payload: bytes) -> None:
        self.transport.write(encoded_frame(Opcode.CLOSE, payload))
        self._nothing_more()

    def _nothing_more(self) -> None:
        self._close_sent = True
        self._hide_socket()

    # Frames past the transport.

    def show_socket(self, place: int) -> None:
        """Show the socket there while the transport holds nothing back and encrypts nothing."""
        self._place = place
        self._show_socket()

    def _show_socket(self) -> None:
        if not (self._place is None or self._close_sent or self.congested or is_ssl(self.transport)):
            PLACES.sockets[self._place] = self.transport.get_extra_info("socket").fileno()

    def _hide_socket(self) -> None:
        if self._place is not None:
            PLACES.sockets[self._place] = NO_SOCKET

    def _end(self, within_s: float) -> None:
        """Close TCP when everything is written; cut it if the peer does not take it."""
        self.transport.close()
        self._cut_after(within_s)

    def _cut_after(self, seconds: float) -> None:
        if self._close_timer is None and not self.lost:
            loop = asyncio.get_running_loop()
            self._close_timer = loop.call_later(seconds, self.transport.abort)

    # What is shared by the connections of one server.

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run as one of the server's tasks, which it waits for when it stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)
        return task

    def _heartbeat(self, period_s: float) -> Heartbeat:
        return _heartbeats.get(self._server) or _heartbeats.setdefault(self._server, Heartbeat(period_s))
