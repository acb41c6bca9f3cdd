"""The peers: other people's servers that broadcast the same bytes, each as its own documentation shows."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.embedded_redis import socket_url
from bench.hub.client import compiled
from bench.hub.installing import node_program, peer_python, system_program
from bench.hub.instance import redis_server
from bench.hub.machine import Child, Cores, Trouble, free_port, until
from bench.hub.publishing import SocketPublisher
from bench.hub.wire import (
    STAMP,
    Step,
    client_frame,
    mqtt_connect,
    mqtt_packet,
    mqtt_subscribe,
    mqtt_text,
    upgrade,
)

_SERVERS: Final = Path(__file__).parent / "servers"

# The command line of a server, for (folder, port); raises Trouble where it cannot run.
Command = Callable[[Path, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A server to compare with. `message` wraps a text for the publisher's connection."""

    name: str
    command: Command
    follow: Sequence[Step] = (upgrade("/"),)
    speak: Sequence[Step] = (upgrade("/publish"),)
    message: Callable[[bytes], bytes] = client_frame
    websocket: bool = True
    needs_redis: bool = False


@contextmanager
def serving(peer: Peer, folder: Path, cores: Cores) -> Iterator[tuple[Child, int]]:
    """Run a peer on the server's core; yields it and its port."""
    port = free_port()
    with ExitStack() as running:
        if peer.needs_redis:
            running.enter_context(redis_server(folder, cores))
        command, log = peer.command(folder, port), folder / f"{peer.name}.log"
        server = running.enter_context(Child(command, core=cores.server, log=log))
        until(lambda: _listens(port), server)
        server.assert_ours()
        yield server, port


@contextmanager
def publishing(peer: Peer, port: int, text: str) -> Iterator[SocketPublisher]:
    """A connection to the peer over which `text` is broadcast."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        for send, expected in peer.speak:
            opened.sendall(send)
            _await(opened, expected)
        before, _, after = peer.message(text.encode()).partition(STAMP.encode())
        yield SocketPublisher(opened, before=before, after=after)


def _await(opened: socket.socket, expected: bytes) -> None:
    got = b""
    while expected not in got:
        more = opened.recv(65536)
        if not more:
            raise Trouble(f"the server closed the publisher's connection after {got[:200]!r}")
        got += more


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _python(script: str, *more: str) -> Command:
    return lambda _folder, port: [str(peer_python()), str(_SERVERS / script), str(port), *more]


def _node(script: str) -> Command:
    return lambda _folder, port: [*node_program(_SERVERS / script), str(port)]


def _channels(server: str, layer: str) -> Command:
    def command(folder: Path, port: int) -> Sequence[str]:
        redis_url = socket_url(folder / "redis")
        return [*_python("channels_server.py")(folder, port), server, layer, redis_url]

    return command


def _plain_loop(folder: Path, port: int) -> Sequence[str]:
    program = compiled(_SERVERS / "plain_loop.c", folder)
    if program is None:
        return [sys.executable, "-P", str(_SERVERS / "plain_loop.py"), str(port)]
    return [str(program), str(port)]


def _nats(_folder: Path, port: int) -> Sequence[str]:
    return [system_program("nats-server"), "-a", "127.0.0.1", "-p", str(port)]


def _mosquitto(folder: Path, port: int) -> Sequence[str]:
    settings = folder / "mosquitto.conf"
    # Its own limits would drop or refuse: connections, and messages that wait for a reader.
    limits = "max_queued_messages 0\nmax_connections -1\n"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n{limits}")
    return [system_program("mosquitto"), "-c", str(settings)]


_SOCKETIO = "/socket.io/?EIO=4&transport=websocket"
_JOINED = (client_frame(b"40"), b'40{"sid"')
_NATS_HELLO = (b"", b"INFO ")

PLAIN_LOOP: Final = Peer(name="plain_loop", command=_plain_loop)
WS: Final = Peer(name="ws", command=_node("ws_server.mjs"))
UWS: Final = Peer(name="uws", command=_python("socketify_server.py"))
AIOHTTP: Final = Peer(name="aiohttp", command=_python("aiohttp_server.py"))
NATS: Final = Peer(
    name="nats",
    command=_nats,
    follow=(_NATS_HELLO, (b'CONNECT {"verbose":false}\r\nSUB room 1\r\nPING\r\n', b"PONG\r\n")),
    speak=(_NATS_HELLO, (b'CONNECT {"verbose":false}\r\nPING\r\n', b"PONG\r\n")),
    message=lambda text: b"PUB room %d\r\n%s\r\n" % (len(text), text),
    websocket=False,
)

PEERS: Final = (
    PLAIN_LOOP,
    Peer(
        name="stock_channels",
        command=_channels("uvicorn", "pubsub.RedisPubSubChannelLayer"),
        needs_redis=True,
    ),
    Peer(
        name="stock_channels_daphne",
        command=_channels("daphne", "core.RedisChannelLayer"),
        needs_redis=True,
    ),
    Peer(
        name="socketio",
        command=_node("socketio_server.mjs"),
        follow=(upgrade(_SOCKETIO), _JOINED),
        speak=(upgrade(f"{_SOCKETIO}&publisher=1"), _JOINED),
        message=lambda text: client_frame(b'42["message",' + text + b"]"),
    ),
    WS,
    NATS,
    Peer(
        name="mosquitto",
        command=_mosquitto,
        follow=(mqtt_connect(), mqtt_subscribe("room")),
        speak=(mqtt_connect(),),
        message=lambda text: mqtt_packet(0x30, mqtt_text("room") + text),
        websocket=False,
    ),
    Peer(name="picows", command=_python("picows_server.py")),
    UWS,
    AIOHTTP,
    Peer(name="websockets", command=_python("websockets_server.py")),
)
