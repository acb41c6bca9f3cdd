"""One who does not read costs nobody else anything; a hub that stops says so; two hubs are as one."""

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.tour.live_client import LiveClient
from core.store import Database
from realtime import Limits, build_hub
from tests.realtime.history_checker import complaints
from tests.realtime.live_town import ORIGIN, Door, LiveTown, live_town, served, until, view_of
from tests.realtime.test_resume import say, write
from tests.town import ANNA, BORIS, IVANOV, Town

NARROW = Limits(pending_bytes=256 * 1024, close_timeout_s=0.5, messages_per_s=10_000, message_burst=10_000)


async def test_a_reader_that_does_not_read_is_closed_and_the_others_are_not_held_up(
    town: Town, redis_url: str
) -> None:
    async with live_town(town, redis_url, NARROW) as live:
        room = live.room()

        async with live.connect(BORIS) as boris:
            followed = await boris.subscribe(room, seq=0)
            stalled = await stalled_reader(live, room)
            await flood_until(live, room, lambda: len(live.hub.connections.open) == 1)
            written = await write(live, room, count=20)
            await boris.wait_until(room, lambda stream: stream.seq == 20)
            await stalled.close()

        found = complaints(written, live.stored(room), {"boris": view_of(followed, since=0)})
        assert (found, boris.close_codes) == ([], [])


async def test_a_reader_that_wakes_up_in_time_learns_why_it_was_closed_and_resumes_whole(
    town: Town, redis_url: str
) -> None:
    async with live_town(town, redis_url, NARROW) as live:
        room = live.room()
        written = await write(live, room, count=5)
        late = await stalled_reader(live, room)
        await flood_until(live, room, lambda: somebody_is_being_closed(live))
        closed = await read_to_the_end(late)

        async with live.connect(ANNA) as anna:
            followed = await anna.subscribe(room, epoch=1, seq=0)
            written.append(await say(live, room, 5))
            await anna.wait_until(room, lambda stream: stream.seq == 6)

        assert closed == (4008, {"op": "bye", "code": 4008, "retry_ms": 500})
        assert complaints(written, live.stored(room), {"anna": view_of(followed, since=0)}) == []


async def test_a_hub_that_stops_says_goodbye_and_its_readers_resume_at_the_next(
    town: Town, redis_url: str
) -> None:
    async with live_town(town, redis_url) as live, live_town(town, redis_url) as next_hub:
        room = live.room()

        async with live.connect(ANNA) as anna:
            followed = await anna.subscribe(room, seq=0)
            written = await write(live, room, count=5)
            await anna.wait_until(room, lambda stream: stream.seq == 5)
            anna.url = next_hub.url
            live.server.should_exit = True
            written += await write(live, room, count=5)
            await anna.wait_reconnected(2)
            written += await write(live, room, count=5)
            await anna.wait_until(room, lambda stream: stream.seq == 15)

        assert [goodbye["code"] for goodbye in anna.goodbyes] == [4010]
        assert anna.close_codes == [4010]
        assert complaints(written, live.stored(room), {"anna": view_of(followed, since=0)}) == []


async def test_while_the_database_is_away_clients_are_told_to_come_back_soon(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql+psycopg://postgres@/postgres?host={tmp_path}")
    hub = build_hub(database=nowhere, redis_url=None, allowed_origins=[ORIGIN])

    async with served(Door(hub)) as (url, _), LiveClient(url, token="of somebody", reconnect=False) as client:
        await client.wait_closed()

    assert ([goodbye["code"] for goodbye in client.goodbyes], client.close_codes) == ([4010], [4010])


async def test_a_stopped_hub_keeps_nothing(town: Town, redis_url: str) -> None:
    async with live_town(town, redis_url) as live:
        room = live.room()
        async with live.connect(ANNA, reconnect=False) as anna, live.connect(BORIS, reconnect=False) as boris:
            await anna.subscribe(room)
            await boris.subscribe("me")
            await live.hub.stop()
            await anna.wait_closed()
            await boris.wait_closed()
            await until(lambda: not live.hub.connections.open)

        assert live.hub.fanout.channels == {}
        assert live.hub.fanout.watchers == {}
        assert live.hub.seats.taken == {}


async def test_readers_of_two_hubs_see_one_order_though_two_relays_publish(
    town: Town, redis_url: str
) -> None:
    async with live_town(town, redis_url) as one, live_town(town, redis_url) as two:
        room = one.room()

        async with one.connect(ANNA) as anna, two.connect(IVANOV) as ivanov:
            here = await anna.subscribe(room, seq=0)
            there = await ivanov.subscribe(room, seq=0)
            await asyncio.gather(talk(anna, room, count=30), talk(ivanov, room, count=30))
            await anna.wait_until(room, lambda stream: stream.seq == 60)
            await ivanov.wait_until(room, lambda stream: stream.seq == 60)

        assert [event.client_id for event in here.events] == [event.client_id for event in there.events]
        assert (here.faults, there.faults) == ([], [])
        assert (here.repeated, there.repeated) == (0, 0)


async def talk(client: LiveClient, room: str, *, count: int) -> None:
    """One person says that many things, one after the other."""
    for number in range(count):
        await client.send(room, f"Сообщение {number}")


async def stalled_reader(live: LiveTown, room: str) -> ClientConnection:
    """A connection that follows the room and then reads nothing more, over a narrow pipe."""
    address = urlsplit(live.url)
    pipe = socket.socket()
    pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    pipe.setblocking(False)
    await asyncio.get_running_loop().sock_connect(pipe, (address.hostname, address.port))
    headers = {"Authorization": f"Bearer {live.token(ANNA)}"}
    stalled = await connect(
        live.url,
        sock=pipe,
        additional_headers=headers,
        max_queue=1,
        compression=None,
        proxy=None,
        ping_interval=None,
        close_timeout=1,
    )
    await stalled.send(json.dumps({"op": "subscribe", "id": 1, "stream": room}))
    await stalled.recv()
    return stalled


async def flood_until(live: LiveTown, room: str, reached: Callable[[], bool]) -> None:
    """Big frames to all who follow the room, so many that one who does not read must notice."""
    state = {"typing": [{"person": "0" * 32, "name": "я" * 20_000}]}
    async with asyncio.timeout(20):
        while not reached():
            live.hub.fanout.show(room, state)
            await asyncio.sleep(0.005)


def somebody_is_being_closed(live: LiveTown) -> bool:
    """Whether the hub has given up on a connection."""
    return any(connection.outlet.closed for connection in live.hub.connections.open)


async def read_to_the_end(connection: ClientConnection) -> tuple[int | None, dict[str, Any]]:
    """Read what is left; the close code and the last message before it."""
    last: dict[str, Any] = {}
    with suppress(ConnectionClosed):
        while True:
            last = json.loads(await connection.recv())
    return connection.close_code, last
