"""The ASGI face of a connection: scope, ``receive`` and ``send`` for any WebSocket application.

It is the connection's first receiver and is gone when the application asks for another
(realtime.wire.Wire.serve) and returns.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

from uvicorn.protocols.utils import ClientDisconnected, get_local_addr, get_remote_addr, is_ssl

from realtime.rfc6455 import Opcode, Status, encoded_frame
from realtime.upgrade import Opening, switching
from realtime.wire import EXTENSION, Receiver

log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Connection(Protocol):
    """What is under this face: realtime.transport."""

    transport: asyncio.Transport
    app_state: dict[str, Any]
    lost: bool
    congested: bool
    closed_with: tuple[int, str]

    def accept(self, answer: bytes) -> None:
        """Open the connection."""
        ...

    def refuse(self, status: HTTPStatus) -> None:
        """Do not open it."""
        ...

    def write(self, frame: bytes) -> None:
        """Write a whole frame."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Begin the closing handshake."""
        ...

    def served_by(self, receiver: Receiver) -> bool:
        """Whether messages go to this receiver."""
        ...


class AsgiSide:
    """Runs the application for one connection; see the ASGI specification, "WebSocket"."""

    def __init__(self, *, connection: Connection, opening: Opening) -> None:
        self._connection = connection
        self._opening = opening
        self._accepted = False
        self._refused = False
        self._done = False
        self._drained = asyncio.Event()
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=1)

    async def run(self, application: Application, *, root_path: str, asgi_version: str) -> None:
        """Call the application; whatever becomes of it, the connection gets an end or a new receiver."""
        scope = self._scope(root_path=root_path, asgi_version=asgi_version)
        self._events.put_nowait({"type": "websocket.connect"})
        code = Status.NORMAL
        try:
            await application(scope, self.receive, self.send)
        except ClientDisconnected:
            log.debug("live_client_gone")
        except Exception:
            log.exception("live_application_failed")
            code = Status.INTERNAL_ERROR
        finally:
            self._finish(code)

    async def receive(self) -> dict[str, Any]:
        """The next event for the application."""
        return await self._events.get()

    async def send(self, message: dict[str, Any]) -> None:
        """Do what the application says; returns when the kernel has taken it.

        Raises: ClientDisconnected (an OSError), RuntimeError for what ASGI does not allow here.
        """
        if self._connection.lost:
            raise ClientDisconnected
        match message["type"]:
            case "websocket.accept" if not self._accepted and not self._refused:
                self._accept(message)
            case "websocket.close" if not self._accepted and not self._refused:
                self._refused = True
                self._connection.refuse(HTTPStatus.FORBIDDEN)
            case "websocket.send" if self._accepted:
                # Written at once, waited for afterwards: the order of the calls is the order on the
                # wire, also among frames that do not come through here.
                self._connection.write(_frame_of(message))
                await self._until_drained()
            case "websocket.close" if self._accepted:
                self._connection.close(message.get("code") or Status.NORMAL, message.get("reason") or "")
            case unexpected:
                raise RuntimeError(f"unexpected ASGI message: {unexpected}")

    async def heard(self, data: str | bytes) -> None:
        """Give a message to the application; waits until it has taken the one before."""
        kind = "text" if isinstance(data, str) else "bytes"
        await self._put({"type": "websocket.receive", kind: data})

    def lost(self) -> None:
        """Let go of a ``send`` that waits."""
        self._drained.set()

    async def ended(self) -> None:
        """Tell the application that the connection is gone."""
        code, reason = self._connection.closed_with
        await self._put({"type": "websocket.disconnect", "code": code, "reason": reason})

    def drained(self) -> None:
        """Let go of a ``send`` that waits."""
        self._drained.set()

    def stopping(self) -> None:
        """Say what the RFC has for it."""
        if self._accepted:
            self._connection.close(Status.RESTART)
        else:
            self._connection.refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def _accept(self, message: dict[str, Any]) -> None:
        headers = list(message.get("headers") or ())
        if message.get("subprotocol"):
            headers.append((b"Sec-WebSocket-Protocol", message["subprotocol"].encode("latin-1")))
        self._accepted = True
        self._connection.accept(switching(self._opening.accept, headers))

    def _finish(self, code: Status) -> None:
        self._done = True
        if not self._events.empty():
            # Lets go of a message that waits for its place.
            self._events.get_nowait()
        if not self._accepted and not self._refused:
            self._connection.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        elif self._connection.served_by(self):
            self._connection.close(code)

    async def _put(self, event: dict[str, Any]) -> None:
        if not self._done:
            await self._events.put(event)

    async def _until_drained(self) -> None:
        while self._connection.congested and not self._connection.lost:
            self._drained.clear()
            await self._drained.wait()

    def _scope(self, *, root_path: str, asgi_version: str) -> dict[str, Any]:
        transport = self._connection.transport
        path, _, query = self._opening.target.partition(b"?")
        return {
            "type": "websocket",
            "asgi": {"version": asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if is_ssl(transport) else "ws",
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "root_path": root_path,
            "path": root_path + unquote(path.decode("ascii")),
            "raw_path": root_path.encode("ascii") + path,
            "query_string": query,
            "headers": self._opening.headers,
            "subprotocols": self._opening.subprotocols,
            "state": self._connection.app_state.copy(),
            "extensions": {EXTENSION: self._connection},
        }


def _frame_of(message: dict[str, Any]) -> bytes:
    if message.get("text") is not None:
        return encoded_frame(Opcode.TEXT, message["text"].encode())
    return encoded_frame(Opcode.BINARY, message["bytes"])
