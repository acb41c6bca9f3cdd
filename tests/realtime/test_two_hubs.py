"""Two hubs over one database: what happens at one is seen at the other, with Redis and without."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from app.tour.live_client import LiveClient, Refused
from core.identity import revoke_session, sessions_of
from realtime import Hub, Limits, build_hub
from tests.realtime.live_town import Door, LiveTown, linked, live_town, served, until
from tests.servers import RedisServer
from tests.town import ANNA, BORIS, IVANOV, Town


@dataclass(slots=True)
class OtherHub:
    """The second hub and where it is."""

    hub: Hub
    url: str


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
async def one(town: Town, own_redis: RedisServer) -> AsyncIterator[LiveTown]:
    async with live_town(town, own_redis.url) as opened:
        yield opened


@pytest.fixture
async def other(one: LiveTown, own_redis: RedisServer) -> AsyncIterator[OtherHub]:
    hub = build_hub(database=one.database, redis_url=own_redis.url, allowed_origins=[])
    async with served(Door(hub)) as (url, _):
        await until(lambda: linked(hub))
        yield OtherHub(hub, url)


async def test_viewers_of_both_hubs_are_counted_together(one: LiveTown, other: OtherHub) -> None:
    room = one.room()

    async with one.connect(ANNA) as anna, LiveClient(other.url, token=one.token(BORIS)) as boris:
        await anna.subscribe(room)
        await boris.subscribe(room)
        await anna.wait_for_state(room, lambda state: state.get("viewers") == 2)
        await boris.wait_for_state(room, lambda state: state.get("viewers") == 2)
        await boris.close()
        before = len(anna.followed[room].states)
        await anna.wait_until(
            room, lambda stream: any(state.get("viewers") == 1 for _, state in stream.states[before:])
        )


@pytest.fixture
def without_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hubs that tell nobody anything by the clock."""
    monkeypatch.setattr("realtime.hub.PRESENCE_EVERY_S", 3600.0)


@pytest.mark.usefixtures("without_ticks")
async def test_whoever_comes_is_told_at_once_how_many_watch(one: LiveTown) -> None:
    room = one.room()

    async with one.connect(ANNA) as anna:
        await anna.subscribe(room)
        _, state = await anna.wait_for_state(room)

    assert state == {"viewers": 1}


@pytest.mark.usefixtures("without_nets")
async def test_a_revoked_session_is_closed_at_the_other_hub_too(one: LiveTown, other: OtherHub) -> None:
    async with LiveClient(other.url, token=one.token(ANNA)) as anna:
        await anna.ping()
        _revoke(one, ANNA)

        assert await anna.wait_closed() == "signed out"


@pytest.mark.usefixtures("without_wide_net")
async def test_without_redis_a_revoked_session_is_closed_at_the_other_hub_all_the_same(
    one: LiveTown, other: OtherHub, own_redis: RedisServer
) -> None:
    async with LiveClient(other.url, token=one.token(ANNA)) as anna:
        await anna.ping()
        own_redis.kill()
        await until(lambda: not linked(other.hub))
        _revoke(one, ANNA)

        assert await anna.wait_closed() == "signed out"


@pytest.mark.usefixtures("without_wide_net")
async def test_when_redis_hangs_a_revoked_session_is_closed_all_the_same(
    one: LiveTown, other: OtherHub, own_redis: RedisServer
) -> None:
    async with LiveClient(other.url, token=one.token(ANNA)) as anna:
        await anna.ping()
        own_redis.hang()
        await until(lambda: not linked(other.hub))
        _revoke(one, ANNA)

        assert await anna.wait_closed() == "signed out"
    own_redis.kill()


async def test_a_person_writes_no_faster_over_two_connections(town: Town) -> None:
    limits = Limits(messages_per_s=0.001, message_burst=3)
    async with live_town(town, None, limits) as live:
        room = live.room()

        async with live.connect(ANNA) as laptop, live.connect(ANNA) as phone, live.connect(BORIS) as boris:
            await laptop.send(room, "раз")
            await laptop.send(room, "два")
            await phone.send(room, "три")
            with pytest.raises(Refused) as refused:
                await phone.send(room, "четыре")
            await boris.send(room, "Я тут ни при чём")

    assert refused.value.code == "too_fast"


async def test_coming_back_gives_nobody_a_new_allowance(town: Town) -> None:
    limits = Limits(messages_per_s=0.001, message_burst=2)
    async with live_town(town, None, limits) as live:
        room = live.room()
        async with live.connect(ANNA) as anna:
            await anna.send(room, "раз")
            await anna.send(room, "два")

        async with live.connect(ANNA) as again:
            with pytest.raises(Refused) as refused:
                await again.send(room, "три")

    assert refused.value.code == "too_fast"


def _revoke(live: LiveTown, who: str) -> None:
    person_id = live.town.people[who]
    (session,) = live.database.read(sessions_of, person_id=person_id)
    live.database.run(revoke_session, session_id=session.id, person_id=person_id)


async def test_those_whom_a_stopping_hub_sends_away_are_asked_back_at_different_moments(
    one: LiveTown,
) -> None:
    clients = [one.connect(who) for who in (ANNA, BORIS, IVANOV) * 3]
    for client in clients:
        await client.__aenter__()

    await one.hub.stop()
    await until(lambda: all(client.goodbyes for client in clients))
    await asyncio.gather(*(client.close() for client in clients))

    goodbyes = [client.goodbyes[0] for client in clients]
    assert {goodbye["code"] for goodbye in goodbyes} == {4010}
    assert len({goodbye["retry_ms"] for goodbye in goodbyes}) > 3
