"""A room on picows over uvloop, after its broadcast example."""

import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

members: set[WSTransport] = set()


class Member(WSListener):  # type: ignore[misc] # not installed beside the checks
    """Somebody in the room."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Join."""
        members.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Leave."""
        members.discard(transport)


class Speaker(WSListener):  # type: ignore[misc] # not installed beside the checks
    """Whose messages go to the room."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Broadcast a message."""
        if frame.msg_type == WSMsgType.TEXT:
            message = frame.get_payload_as_bytes()
            for member in members:
                member.send(WSMsgType.TEXT, message)


def _enter(request: WSUpgradeRequest) -> WSListener:
    return Speaker() if request.path == b"/publish" else Member()


async def main(port: int) -> None:
    """Serve until killed."""
    server = await ws_create_server(_enter, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


uvloop.run(main(int(sys.argv[1])))
