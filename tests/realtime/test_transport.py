"""The protocol class under any ASGI application, over real sockets; the client is the websockets library."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvloop
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime.rfc6455 import Opcode, encoded_frame
from realtime.transport import HubWebSocketProtocol
from realtime.wire import Wire, wire_of
from tests.realtime.bare_server import OPENING, App, client, raw, serving
from tests.realtime.live_town import until


@pytest.fixture(params=[uvloop.EventLoopPolicy, asyncio.DefaultEventLoopPolicy], ids=["uvloop", "asyncio"])
def event_loop_policy(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoopPolicy:
    """The loop of the product, and the one that is always there: their transports differ."""
    policy: asyncio.AbstractEventLoopPolicy = request.param()
    return policy


async def echo(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({**event, "type": "websocket.send"})


async def closed_by(connection: ClientConnection) -> tuple[int | None, str | None]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv()
    return connection.close_code, connection.close_reason


async def test_what_is_said_comes_back_in_its_order() -> None:
    said: list[str | bytes] = ["один", b"\x00\xff", "", "я" * 60_000, *map(str, range(200))]

    async with serving(echo) as server, client(server) as anna:
        for message in said:
            await anna.send(message)
        heard = [await anna.recv() for _ in said]

    assert heard == said


async def test_a_ping_is_answered_between_the_parts_of_a_message() -> None:
    async def parts() -> AsyncIterator[str]:
        yield "на"
        await (await anna.ping())
        yield "чало"

    async with serving(echo) as server, client(server) as anna:
        await anna.send(parts())

        assert await anna.recv() == "начало"


async def test_frames_past_asgi_and_through_it_keep_their_order_though_the_line_is_full() -> None:
    async def both(scope: dict[str, Any], receive: Any, send: Any) -> None:
        wire = wire_of(scope)
        assert wire is not None
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        sending = []
        for number in range(0, 400, 2):
            sending.append(asyncio.ensure_future(send({"type": "websocket.send", "text": body(number)})))
            await asyncio.sleep(0)
            wire.write(encoded_frame(Opcode.TEXT, body(number + 1).encode()))
        full.append(wire.congested)
        await asyncio.gather(*sending)
        await receive()

    def body(number: int) -> str:
        return f"{number} " + "x" * 20_000

    full: list[bool] = []
    async with serving(both) as server, client(server, max_queue=1) as anna:
        await anna.send("go")
        await until(lambda: bool(full))
        heard = [int(str(await anna.recv()).split()[0]) for _ in range(400)]

    assert full == [True]
    assert heard == [*range(400)]


@pytest.mark.parametrize(
    ("sent", "closing"),
    [
        pytest.param(encoded_frame(Opcode.TEXT, b"Hello"), b"\x88", id="not masked"),
        pytest.param(bytes.fromhex("82ff7fffffffffffffff"), b"\x88", id="endless"),
    ],
)
async def test_who_breaks_the_protocol_is_told_so_and_closed(sent: bytes, closing: bytes) -> None:
    async with serving(echo) as server, raw(server) as (reader, writer):
        writer.write(sent)
        answer = await reader.read()

    assert answer[:1] == closing
    assert int.from_bytes(answer[2:4]) in {1002, 1009}


async def test_a_client_learns_why_it_is_closed() -> None:
    async def busy(_scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "b", "headers": [(b"x-hub", b"1")]})
        await send({"type": "websocket.close", "code": 4009, "reason": "слишком много"})

    async with serving(busy) as server, client(server, subprotocols=["a", "b"]) as anna:
        assert await closed_by(anna) == (4009, "слишком много")
        assert anna.subprotocol == "b"
        assert anna.response is not None
        assert anna.response.headers["x-hub"] == "1"


async def test_an_application_learns_why_its_client_left() -> None:
    left: list[Any] = []

    async def remembers(_scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        left.append(await receive())

    async with serving(remembers) as server:
        async with client(server) as anna:
            await anna.close(4321, "до завтра")
        async with raw(server):
            pass
        await until(lambda: len(left) == 2)

    assert left == [
        {"type": "websocket.disconnect", "code": 4321, "reason": "до завтра"},
        {"type": "websocket.disconnect", "code": 1006, "reason": ""},
    ]


async def refuses(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close"})


async def breaks(_scope: dict[str, Any], receive: Any, _send: Any) -> None:
    await receive()
    raise LookupError


async def does_nothing(_scope: dict[str, Any], _receive: Any, _send: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("app", "status"),
    [
        pytest.param(refuses, 403, id="refused"),
        pytest.param(breaks, 500, id="broken"),
        pytest.param(does_nothing, 500, id="forgotten"),
    ],
)
async def test_a_socket_that_is_not_accepted_is_answered(app: App, status: int) -> None:
    async with serving(app) as server:
        with pytest.raises(InvalidStatus) as refused:
            await client(server)

    assert refused.value.response.status_code == status


async def test_an_application_that_breaks_later_closes_its_socket() -> None:
    async def breaks_later(_scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise LookupError

    async with serving(breaks_later) as server, client(server) as anna:
        await anna.send("что угодно")

        assert (await closed_by(anna))[0] == 1011


async def test_a_peer_that_gives_no_sign_of_life_is_cut_and_one_that_does_is_not() -> None:
    async with (
        serving(echo, ws_ping_interval=0.2) as server,
        client(server) as anna,
        raw(server) as (silent, _),
    ):
        rest = await silent.read()
        await anna.send("я здесь")

        assert rest.startswith(encoded_frame(Opcode.PING, b"") + b"\x88")
        assert await anna.recv() == "я здесь"


async def test_a_peer_that_does_not_agree_to_part_is_cut() -> None:
    async def parts(scope: dict[str, Any], receive: Any, send: Any) -> None:
        wire = wire_of(scope)
        assert wire is not None
        await receive()
        await send({"type": "websocket.accept"})
        wire.close(4000, "", within_s=0.05)
        assert (await receive())["type"] == "websocket.disconnect"
        ended.append(True)

    ended: list[bool] = []
    async with serving(parts) as server, raw(server):
        await until(lambda: bool(ended))


async def test_who_speaks_before_the_connection_is_open_is_cut() -> None:
    async def slow(_scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        assert (await receive())["type"] == "websocket.disconnect"

    async with serving(slow) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(OPENING)
        await until(lambda: bool(server.server_state.tasks))
        writer.write(b"\x81\x80\x00\x00\x00\x00")

        assert await reader.read() == b""
        writer.close()


async def test_a_client_is_read_no_faster_than_it_is_listened_to() -> None:
    async def deaf(scope: dict[str, Any], receive: Any, send: Any) -> None:
        wires.append(wire_of(scope))
        await receive()
        await send({"type": "websocket.accept"})
        await listen.wait()
        heard.append(sum([len((await receive())["bytes"]) for _ in range(500)]))

    wires: list[Wire | None] = []
    heard: list[int] = []
    listen = asyncio.Event()
    async with serving(deaf) as server, client(server) as anna:
        sending = asyncio.create_task(flood(anna, times=500))
        [wire] = wires
        assert isinstance(wire, HubWebSocketProtocol)
        await until(lambda: not wire.transport.is_reading())
        listen.set()
        await sending
        await until(lambda: bool(heard))

    assert heard == [500 * 50_000]


async def flood(connection: ClientConnection, *, times: int) -> None:
    for _ in range(times):
        await connection.send(b"x" * 50_000)


async def test_a_server_that_stops_says_so() -> None:
    async with serving(echo) as server, client(server) as anna:
        server.should_exit = True

        assert (await closed_by(anna))[0] == 1012


async def test_what_a_connection_holds_is_given_back_though_its_receiver_fails() -> None:
    class Failing:
        """Breaks on a message, after the client has left."""

        def __init__(self) -> None:
            self.gone = asyncio.Event()
            self.given_back = False

        async def heard(self, data: str | bytes) -> None:
            await self.gone.wait()
            raise LookupError

        def lost(self) -> None:
            self.gone.set()

        async def ended(self) -> None:
            self.given_back = True

        def drained(self) -> None: ...

        def stopping(self) -> None: ...

    async def hands_over(scope: dict[str, Any], receive: Any, send: Any) -> None:
        wire = wire_of(scope)
        assert wire is not None
        await receive()
        await send({"type": "websocket.accept"})
        wire.serve(receiver)

    receiver = Failing()
    async with serving(hands_over) as server:
        async with client(server) as anna:
            await anna.send("что угодно")
        await until(lambda: receiver.given_back)


async def test_a_client_that_leaves_before_it_is_let_in_leaves_nothing_behind() -> None:
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context))

    async with serving(does_nothing_for_a_while) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(OPENING)
        await until(lambda: bool(server.server_state.tasks))
        writer.transport.abort()
        await until(lambda: not server.server_state.connections and not server.server_state.tasks)
    gc.collect()

    assert failures == []


async def does_nothing_for_a_while(_scope: dict[str, Any], receive: Any, _send: Any) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass
