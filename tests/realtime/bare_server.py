"""The protocol class under any ASGI application, over real sockets, inside the test's own loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import connect

from realtime import UVICORN_OPTIONS
from tests.realtime.live_town import until

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

OPENING = (
    b"GET / HTTP/1.1\r\nHost: zarechny.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Server(uvicorn.Server):
    """uvicorn inside the test's own loop: it must leave the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    @property
    def port(self) -> int:
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port


@asynccontextmanager
async def serving(app: App, **options: Any) -> AsyncIterator[Server]:
    settings = {**UVICORN_OPTIONS, **options}
    server = Server(
        uvicorn.Config(
            app, port=0, lifespan="off", log_level="critical", timeout_graceful_shutdown=2, **settings
        )
    )
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server
    finally:
        server.should_exit = True
        await running


def client(server: Server, **options: Any) -> connect:
    return connect(f"ws://127.0.0.1:{server.port}/", **{"compression": None, "proxy": None} | options)


@asynccontextmanager
async def raw(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare TCP connection after the opening."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(OPENING)
    await reader.readuntil(b"\r\n\r\n")
    yield reader, writer
    writer.close()
