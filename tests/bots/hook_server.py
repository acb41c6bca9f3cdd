"""The real door for webhooks (app.hooks) behind a small HTTP server, for fake messengers to knock at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from app.hooks import Hooks
from core.store import Database
from messengers import Carrier, ChannelPolicy


@asynccontextmanager
async def hook_server(
    database: Database,
    secrets: Mapping[Carrier, str],
    *,
    nudge: Callable[[], None],
    vk_confirmation: str = "",
) -> AsyncIterator[str]:
    """Serve the doors; gives the public address."""
    hooks = Hooks(
        database=database,
        policies=dict.fromkeys(secrets, ChannelPolicy.FULL),
        secrets=secrets,
        nudge=nudge,
        vk_confirmation=vk_confirmation,
    )

    async def serve(request: web.Request) -> web.StreamResponse:
        body = await request.read()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        headers = [(name.lower(), value) for name, value in request.raw_headers]
        scope = {"path": request.path, "method": request.method, "headers": headers}
        status, said = await hooks.answer(scope, receive)
        return web.Response(status=status, body=said)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
