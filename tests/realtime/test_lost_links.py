"""Redis may lose anything at any time: what readers see stays whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import redis

from core.identity import revoke_session, sessions_of
from core.store import outbox_backlog
from realtime.hub import REVOCATION_EVERY_S
from tests.realtime.history_checker import complaints
from tests.realtime.live_town import LiveTown, linked, live_town, until, view_of
from tests.realtime.test_resume import say, write
from tests.servers import RedisServer
from tests.town import ANNA, BORIS, IVANOV, Town


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis that the test may kill and start again."""
    with RedisServer() as server:
        yield server


@pytest.fixture
async def fragile(town: Town, own_redis: RedisServer) -> AsyncIterator[LiveTown]:
    """A live town over a Redis of its own."""
    async with live_town(town, own_redis.url) as opened:
        yield opened


async def test_facts_that_redis_lost_are_read_from_the_database_within_seconds(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, seq=0)
        written = [await say(live, room, 0)]
        await anna.wait_for(room)
        live.relay.drops = True
        written += await write(live, room, count=5)
        await anna.wait_until(room, lambda stream: stream.seq == 6)

    assert complaints(written, live.stored(room), {"anna": view_of(followed, since=0)}) == []


@pytest.mark.usefixtures("without_nets")
async def test_a_gap_is_filled_as_soon_as_something_later_arrives(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, seq=0)
        written = [await say(live, room, 0)]
        await anna.wait_for(room)
        live.relay.drops = True
        written.append(await say(live, room, 1))
        await until(lambda: live.database.read(outbox_backlog) == 0)
        live.relay.drops = False
        written.append(await say(live, room, 2))
        await anna.wait_until(room, lambda stream: stream.seq == 3)

    assert complaints(written, live.stored(room), {"anna": view_of(followed, since=0)}) == []


async def test_flushing_redis_in_the_middle_loses_nothing(fragile: LiveTown, own_redis: RedisServer) -> None:
    room = fragile.room()

    async with fragile.connect(IVANOV) as ivanov:
        followed = await ivanov.subscribe(room, seq=0)
        writing = asyncio.create_task(write(fragile, room, count=60))
        await ivanov.wait_until(room, lambda stream: (stream.seq or 0) > 20)
        with redis.Redis.from_url(own_redis.url) as client:
            client.flushall()
        written = await writing
        await ivanov.wait_until(room, lambda stream: stream.seq == 60)

    assert complaints(written, fragile.stored(room), {"ivanov": view_of(followed, since=0)}) == []


async def test_redis_dying_and_coming_back_in_the_middle_loses_nothing(
    fragile: LiveTown, own_redis: RedisServer
) -> None:
    room = fragile.room()

    async with fragile.connect(IVANOV) as ivanov:
        followed = await ivanov.subscribe(room, seq=0)
        writing = asyncio.create_task(write(fragile, room, count=120))
        await ivanov.wait_until(room, lambda stream: (stream.seq or 0) > 20)
        own_redis.kill()
        await asyncio.sleep(0.3)
        own_redis.start()
        written = await writing
        await ivanov.wait_until(room, lambda stream: stream.seq == 120)
        await until(lambda: linked(fragile.hub))

    assert complaints(written, fragile.stored(room), {"ivanov": view_of(followed, since=0)}) == []
    assert followed.faults == []


async def test_without_any_redis_readers_see_everything_a_little_later(town: Town) -> None:
    async with live_town(town, None) as live:
        room = live.room()

        async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
            followed = await boris.subscribe(room, seq=0)
            await anna.send(room, "Слышно?")
            await boris.wait_for(room)

    assert [event.body["text"] for event in followed.events] == ["Слышно?"]


async def test_a_tally_that_moved_unheard_is_shown_after_redis_came_back(
    fragile: LiveTown, own_redis: RedisServer
) -> None:
    poll = fragile.town.open_poll()

    async with fragile.connect(None) as guest:
        await guest.subscribe(f"poll:{poll.id}")
        await guest.wait_for_state(f"poll:{poll.id}")
        own_redis.kill()
        await until(lambda: not linked(fragile.hub))
        fragile.town.vote(ANNA, poll, "Парк")
        own_redis.start()
        await guest.wait_for_state(f"poll:{poll.id}", lambda state: state["total"] == 1)


async def test_consoles_fetch_everything_anew_after_redis_came_back(
    fragile: LiveTown, own_redis: RedisServer
) -> None:
    queue = f"queue:{fragile.town.territory.id}"

    async with fragile.connect(IVANOV) as ivanov:
        await ivanov.subscribe(queue)
        own_redis.kill()
        await until(lambda: not linked(fragile.hub))
        own_redis.start()
        await ivanov.wait_for_state(queue, lambda state: state.get("changed") == "all")


@pytest.mark.usefixtures("without_wide_net")
async def test_a_session_revoked_while_redis_is_away_still_closes(
    fragile: LiveTown, own_redis: RedisServer
) -> None:
    async with fragile.connect(ANNA) as anna:
        await anna.ping()
        # Long enough that the hub has settled into its wide-meshed looks at the database.
        await asyncio.sleep(REVOCATION_EVERY_S + 0.2)
        own_redis.kill()
        await until(lambda: not linked(fragile.hub))
        anna_id = fragile.town.people[ANNA]
        session = fragile.database.read(sessions_of, person_id=anna_id)[0]
        fragile.database.run(revoke_session, session_id=session.id, person_id=anna_id)
        reason = await anna.wait_closed()

    assert (reason, anna.close_codes) == ("signed out", [4001])
    # The net below the two seconds that are promised.
    assert REVOCATION_EVERY_S < 2
