"""A room on aiohttp over uvloop, after the broadcast of its chat example."""

import sys

import uvloop
from aiohttp import WSMsgType, web

members: set[web.WebSocketResponse] = set()


async def member(request: web.Request) -> web.WebSocketResponse:
    """Somebody in the room."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    members.add(socket)
    try:
        async for _ in socket:
            pass
    finally:
        members.discard(socket)
    return socket


async def speaker(request: web.Request) -> web.WebSocketResponse:
    """Whose messages go to the room."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            for other in tuple(members):
                await other.send_str(message.data)
    return socket


application = web.Application()
application.add_routes([web.get("/", member), web.get("/publish", speaker)])
uvloop.install()
web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), backlog=4096, print=None)
