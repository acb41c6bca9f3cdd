"""A room on websockets over uvloop, with its own broadcast()."""

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

members: set[ServerConnection] = set()


async def enter(connection: ServerConnection) -> None:
    """A member stays and listens; what a speaker says goes to the members."""
    if connection.request is not None and connection.request.path == "/publish":
        async for message in connection:
            broadcast(members, message)
        return
    members.add(connection)
    try:
        await connection.wait_closed()
    finally:
        members.discard(connection)


async def main(port: int) -> None:
    """Serve until killed."""
    async with serve(enter, "127.0.0.1", port, compression=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


uvloop.run(main(int(sys.argv[1])))
