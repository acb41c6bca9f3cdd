"""One connection: who it is, what it asks for, what it follows. Rules of the field are not here."""

import asyncio
import logging
from typing import Any, assert_never

from channels.generic.websocket import AsyncWebsocketConsumer

from core.identity import ANONYMOUS, Viewer
from core.shared.errors import DomainError
from core.shared.language import N_, Language, as_language, translate
from core.store import StoreUnavailable
from realtime import commands, handshake, measures
from realtime.connections import Connection
from realtime.following import Following
from realtime.frames import ok_frame, refused_frame
from realtime.hub import Hub, now
from realtime.limits import TokenBucket, TooFast
from realtime.outlet import AsgiOutlet, BoundedOutlet, WireOutlet
from realtime.protocol import (
    CloseCode,
    Delete,
    Edit,
    FrameTooLarge,
    Incoming,
    Ping,
    Press,
    React,
    Read,
    Send,
    Subscribe,
    Typing,
    Unreadable,
    Unsubscribe,
    read_message,
)
from realtime.wire import Frame, Wire, wire_of

log = logging.getLogger(__name__)

FAILED = N_("Something broke on our side and was written down. Try again a little later.")


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc] # channels has no types
    """The consumer behind /live; one lives as long as its connection. A ``realtime.wire.Receiver``."""

    hub: Hub
    viewer: Viewer
    outlet: BoundedOutlet
    connection: Connection | None
    following: Following
    admission: asyncio.Event | None

    def __init__(self, *, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.viewer = ANONYMOUS
        self.connection = None
        self.admission = None
        self.language: Language = "ru"
        self.seat: str | None = None
        self.bucket = TokenBucket(rate=hub.limits.messages_per_s, burst=hub.limits.message_burst)
        self.impatience = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection: to its end, or over the wire only until it is admitted.

        Channels' own loop asks Django for a channel layer (we have none, fan-out does not go through
        one) and makes two tasks and a thread hop for each message to close ORM connections (none either).
        """
        self.scope = scope
        self.base_send = send
        await receive()
        await self.accept()
        wire = wire_of(scope)
        if wire is None:
            await self._serve_by_task(receive, send)
        else:
            await self._serve_by_calls(wire)

    async def _serve_by_task(self, receive: Any, send: Any) -> None:
        """The way of plain ASGI: this task lives as long as the connection."""
        limits = self.hub.limits
        self.outlet = AsgiOutlet(
            send, most_pending=limits.pending_bytes, close_timeout_s=limits.close_timeout_s
        )
        try:
            await self.connect()
            while (message := await receive())["type"] != "websocket.disconnect":
                await self.receive(text_data=message.get("text"))
        finally:
            await self._leave()

    async def _serve_by_calls(self, wire: Wire) -> None:
        """No task while the connection says nothing. From here on ``wire`` calls the methods below."""
        limits = self.hub.limits
        self.outlet = WireOutlet(
            wire, most_pending=limits.pending_bytes, close_timeout_s=limits.close_timeout_s
        )
        self.admission = asyncio.Event()
        wire.serve(self)
        try:
            await self.connect()
        except Exception:
            self.outlet.close(CloseCode.DRAINING)
            raise
        finally:
            self.admission.set()
            # Ten thousand idle connections would hold ten thousand heads of requests.
            del self.scope, self.base_send
            self.admission = None

    async def heard(self, data: str | bytes) -> None:
        """Receiver: a message came."""
        await self._admitted()
        await self.receive(text_data=data if isinstance(data, str) else None)

    def lost(self) -> None:
        """Receiver: nothing can be sent any more."""
        self.outlet.ended()

    async def ended(self) -> None:
        """Receiver: the connection is gone."""
        await self._admitted()
        await self._leave()

    def drained(self) -> None:
        """Receiver: the kernel has taken everything."""
        self.outlet.wake_replay()

    def stopping(self) -> None:
        """Receiver: the server stops."""
        self.outlet.close(CloseCode.DRAINING, others=len(self.hub.connections.open) - 1)

    async def _admitted(self) -> None:
        if self.admission is not None:
            await self.admission.wait()

    async def connect(self) -> None:
        """Say who may not stay, on an accepted connection: a refused handshake tells a browser nothing."""
        if not handshake.origin_allowed(self.scope, self.hub.allowed_origins):
            self.outlet.close(CloseCode.ORIGIN)
            return
        token, since = handshake.token(self.scope), now()
        try:
            self.viewer = await self.hub.arrivals.viewer(token)
        except (StoreUnavailable, TooFast):
            # The database is restarting, and so is, for the client, the hub.
            self.outlet.close(CloseCode.DRAINING)
            return
        self.language = self._language()
        if self.outlet.closed:
            return
        if token and self.viewer.person is None:
            self.outlet.close(CloseCode.SIGNED_OUT)
        elif self.hub.connections.changed_since(self.viewer, since=since):
            # Revoked between the reading above and this line: read once more, by coming back.
            self.outlet.close(CloseCode.RESUME)
        elif self.hub.draining:
            self.outlet.close(CloseCode.DRAINING)
        elif not self._take_seat():
            self.outlet.close(CloseCode.LIMITS)
        else:
            self._join()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Do what a frame asks for and answer it."""
        if self.outlet.closed or self.connection is None:
            return
        request_id: int | None = None
        try:
            if text_data is None:
                raise Unreadable(reason="not a text frame")
            message = read_message(text_data)
            request_id = None if isinstance(message, Typing) else message.id
            self._check_pace(message)
            measures.operations.labels(op=type(message).__name__.lower()).inc()
            await self._do(message)
            self.impatience = 0
        except DomainError as refusal:
            self._refuse(refusal, request_id)
        except Exception:
            # A bug, here or in the core: the person is told, the connection and the others go on.
            log.exception("live_operation_failed")
            measures.refusals.labels(code="failed").inc()
            self._say(refused_frame(request_id, code="failed", message=translate(self.language, FAILED)))

    async def _do(self, message: Incoming) -> None:
        match message:
            case Subscribe():
                await self.following.begin(message)
            case Unsubscribe():
                self.following.end(message.stream)
                self._say(ok_frame(message.id, stream=message.stream))
            case Typing():
                self._typing(message)
            case Ping():
                self._say(ok_frame(message.id))
            case _:
                await self._write(message)

    async def _write(self, message: Send | Press | Read | Edit | Delete | React) -> None:
        match message:
            case Send():
                await self._send(message)
            case Press():
                await self._press(message)
            case Read():
                await self._read(message)
            case Edit() | Delete() | React():
                await self._change(message)
            case _:
                assert_never(message)

    async def _send(self, message: Send) -> None:
        said = await self.hub.writer.say(viewer=self.viewer, message=message)
        answer = ok_frame(
            message.id, stream=said.stream, epoch=said.epoch, seq=said.seq, duplicate=said.duplicate
        )
        self._say(answer)
        if said.for_bots:
            self.hub.nudge_bots()

    async def _change(self, message: Edit | Delete | React) -> None:
        await self.hub.database.run_async(commands.change, viewer=self.viewer, message=message)
        self._say(ok_frame(message.id, stream=message.stream))

    async def _press(self, message: Press) -> None:
        await self.hub.database.run_async(commands.press, viewer=self.viewer, message=message)
        self._say(ok_frame(message.id, stream=message.stream))
        self.hub.nudge_bots()

    async def _read(self, message: Read) -> None:
        await self.hub.database.run_async(commands.mark_read, viewer=self.viewer, message=message)
        self._say(ok_frame(message.id, stream=message.stream))
        self.hub.states.counters_moved(self.viewer.person_id)

    def _typing(self, message: Typing) -> None:
        person = self.viewer.person
        # Only in a stream that was entered before: following it is the proof of the right to.
        if person is not None and message.stream in self.following:
            self.hub.presence.types(message.stream, person_id=person.id, name=person.display_name, now=now())

    def _check_pace(self, message: Incoming) -> None:
        if not self.bucket.take(now=now()):
            raise TooFast
        # What a person writes is counted over all their connections; coming back to many streams is not.
        if self.viewer.person_id is None or isinstance(message, Subscribe | Unsubscribe | Ping):
            return
        if self.seat is not None and not self.hub.seats.may_write(
            self.seat, limits=self.hub.limits, now=now()
        ):
            raise TooFast

    def _refuse(self, refusal: DomainError, request_id: int | None) -> None:
        if isinstance(refusal, Unreadable) and refusal.request_id is not None:
            request_id = refusal.request_id
        measures.refusals.labels(code=refusal.code).inc()
        sentence = refusal.sentence(self.language)
        self._say(refused_frame(request_id, code=refusal.code, message=sentence))
        self.impatience += 1
        if isinstance(refusal, FrameTooLarge) or self.impatience > self.hub.limits.patience:
            self.outlet.close(CloseCode.LIMITS)

    def _say(self, text: str) -> None:
        self.outlet.offer(Frame.of(text))

    def _join(self) -> None:
        self.connection = Connection(viewer=self.viewer, outlet=self.outlet)
        self.following = Following(self.hub, self.connection)
        self.hub.connections.add(self.connection)
        measures.connections.inc()

    async def _leave(self) -> None:
        if self.connection is not None:
            self.following.end_all()
            self.hub.connections.remove(self.connection)
            measures.connections.dec()
        if self.seat is not None:
            self.hub.seats.free(self.seat)
        self.outlet.ended()
        await self.outlet.finished()

    def _take_seat(self) -> bool:
        limits = self.hub.limits
        if self.viewer.person_id is not None:
            seat, most = f"person:{self.viewer.person_id}", limits.connections_per_person
        else:
            client = self.scope.get("client") or ("unknown", 0)
            seat, most = f"address:{client[0]}", limits.connections_per_address
        if not self.hub.seats.take(seat, limit=most):
            return False
        self.seat = seat
        return True

    def _language(self) -> Language:
        person = self.viewer.person
        return as_language(handshake.accepted_language(self.scope)) if person is None else person.language
