"""The WebSocket protocol class that uvicorn runs the hub on (``--ws``, see UVICORN_OPTIONS).

It gives the hub two things that ASGI has no words for: cutting a peer that reads nothing, and a goodbye
of our own when the server stops. Without it (another server, a test communicator) the hub works too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION: Final = "strategy24.wire"

# What the server must be started with for the hub; compression costs memory per connection and has
# leaked secrets next to attacker-chosen text. A frame above 64 KB is refused by the hub in words of the
# protocol; one above this size is cut off by the server (1009) before it takes memory.
UVICORN_OPTIONS: Final[dict[str, Any]] = {
    "ws": "realtime.transport:HubWebSocketProtocol",
    "ws_max_size": 256 * 1024,
    "ws_per_message_deflate": False,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
}


@dataclass(slots=True)
class Wire:
    """What lies under one connection. ``on_shutdown`` is set by the hub."""

    transport: asyncio.Transport
    on_shutdown: Callable[[], None] | None = None

    def abort(self) -> None:
        """Cut the connection without waiting for what is still to be written."""
        self.transport.abort()


class HubWebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol with the ``strategy24.wire`` scope extension."""

    wire: Wire | None = None

    async def run_asgi(self) -> None:
        """Run the application with the wire in its scope."""
        self.wire = Wire(transport=self.transport)
        extensions: dict[str, Any] = dict(self.scope["extensions"] or {})
        extensions[EXTENSION] = self.wire
        self.scope["extensions"] = extensions
        await super().run_asgi()

    def shutdown(self) -> None:
        """Let the hub say goodbye; uvicorn's own 1012 tells a client nothing about coming back."""
        if self.wire is not None and self.wire.on_shutdown is not None and not self.close_sent:
            self.stop_keepalive()
            self.wire.on_shutdown()
        else:
            super().shutdown()
