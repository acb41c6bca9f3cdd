"""The web and the live hub on a real port, as a browser meets them."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn

from app.catalogue import LOCALE_FOLDER
from core.store import Database
from messengers import Carrier, ChannelPolicy
from realtime import UVICORN_OPTIONS, Hub, build_hub
from tests.realtime.relay import SmallRelay
from tests.web.stage import PROVED
from web import WebDependencies, build_web
from web.asgi_types import AsgiApp, Receive, Scope, Send
from web.identity_provider import Journey, Proof


class Gate:
    """A provider who lets everybody through as one and the same person; the strict one is in esia_twin.py."""

    async def departure(self, journey: Journey) -> str:
        """Back at once."""
        return f"{journey.return_to}?{urlencode({'state': journey.state, 'code': 'c'})}"

    async def proof(self, code: str, journey: Journey) -> Proof:
        """The one person."""
        return Proof(subject=PROVED, given_name="Борис")


@contextmanager
def living_web(database: Database, files_dir: Path, redis_url: str | None = None) -> Iterator[str]:
    """Serve in a thread; gives the address without a slash at its end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(_application(database, files_dir, address, redis_url), **_options())
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def _application(database: Database, files_dir: Path, address: str, redis_url: str | None) -> AsgiApp:
    pages = build_web(
        WebDependencies(
            database=database,
            secret_key="a secret of fifty letters at least, for the tests only",
            public_url=address,
            allowed_hosts=("127.0.0.1", "testserver"),
            locale_dir=LOCALE_FOLDER,
            files_dir=files_dir,
            identity_provider=Gate(),
            policies={Carrier.TELEGRAM: ChannelPolicy.FULL},
            policies_before=dict.fromkeys((Carrier.MAX, Carrier.VK, Carrier.TELEGRAM), ChannelPolicy.FULL),
            body_limit_bytes=200_000,
        )
    )
    # Without Redis the hub finds what is new in the database by itself, every two seconds.
    hub = build_hub(database=database, redis_url=redis_url, allowed_origins=[address])
    relay = None if redis_url is None else SmallRelay(database=database, redis_url=redis_url)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(hub, relay, receive, send)
        elif scope["type"] == "websocket":
            await hub.application(dict(scope), receive, send)
        else:
            await pages(scope, receive, send)

    return serve


async def _live(hub: Hub, relay: SmallRelay | None, receive: Receive, send: Send) -> None:
    await receive()
    await hub.start()
    relaying = None if relay is None else asyncio.create_task(relay.run())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    if relay is not None and relaying is not None:
        relay.stopping = True
        await relaying
    await hub.stop()
    await send({"type": "lifespan.shutdown.complete"})


def _options() -> dict[str, Any]:
    return {"log_level": "warning", "lifespan": "on", "timeout_graceful_shutdown": 2, **UVICORN_OPTIONS}
