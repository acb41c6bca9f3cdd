"""The relay: every fact reaches the hubs and its consumers, whatever dies and comes back."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import redis.asyncio

from app.nudges import Alarm
from app.relay import WIDTH, Relay, Routes, run_relay
from app.wiring import FACTS_CHANNEL, RELAY_NUDGE, Nudge
from core.shared.facts import Fact, RecordedFact
from core.store import Database, UnitOfWork, outbox_backlog, verify_chain, waiting_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Fact):
    number: int


def light(uow: UnitOfWork, *, number: int) -> None:
    uow.record(LampLit(number=number))
    uow.audit("lamp_lit", actor=None, subject=f"lamp:{number}")


@asynccontextmanager
async def listening(redis_url: str) -> AsyncIterator[list[int]]:
    heard: list[int] = []
    async with redis.asyncio.Redis.from_url(redis_url) as client, client.pubsub() as channel:
        await channel.subscribe(FACTS_CHANNEL)
        await channel.get_message(timeout=1)

        async def listen() -> None:
            async for message in channel.listen():
                heard.extend(wire["payload"]["number"] for wire in json.loads(message["data"]))

        task = asyncio.create_task(listen())
        yield heard
        task.cancel()


async def until(done: Callable[[], bool], limit_s: float = 5.0) -> None:
    async with asyncio.timeout(limit_s):
        while not done():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def working(database: Database, redis_url: str, routes: Routes) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(
        run_relay(
            database,
            redis_url=redis_url,
            nudge_channel=RELAY_NUDGE,
            routes=routes,
            stop=stop,
            held=lambda: True,
        )
    )
    yield
    stop.set()
    await task


async def test_facts_reach_the_hubs_in_order_and_the_audit_is_chained(
    database: Database, redis_url: str
) -> None:
    async with listening(redis_url) as heard, working(database, redis_url, {}):
        for number in range(30):
            await database.run_async(light, number=number)
        await until(lambda: len(heard) >= 30)
        await until(lambda: database.read(verify_chain).rows == 30)

    assert heard == list(range(30))
    assert database.read(outbox_backlog) == 0


async def test_a_long_queue_of_facts_is_published_in_parts_and_in_order(
    database: Database, redis_url: str
) -> None:
    with database.transaction() as uow:
        for number in range(2 * WIDTH + 1):
            light(uow, number=number)

    async with listening(redis_url) as heard, redis.asyncio.Redis.from_url(redis_url) as hubs:
        await Relay(database, hubs, {}).publish_waiting()
        await until(lambda: len(heard) > 2 * WIDTH)

    assert heard == list(range(2 * WIDTH + 1))
    assert database.read(outbox_backlog) == 0


async def test_a_commit_wakes_the_relay_long_before_its_poll(database: Database, redis_url: str) -> None:
    database.on_commit = Nudge(redis_url).after_commit
    async with Alarm(redis_url, RELAY_NUDGE) as alarm:
        await asyncio.sleep(0.2)

        await database.run_async(light, number=1)

        async with asyncio.timeout(0.5):
            await alarm.wait(timeout_s=30)


async def test_a_consumer_that_fails_gets_the_fact_again_and_holds_up_no_other(
    database: Database, redis_url: str
) -> None:
    taken: list[int] = []

    async def stumble_once(recorded: RecordedFact) -> None:
        assert isinstance(recorded.fact, LampLit)
        if recorded.fact.number == 1 and taken.count(1) == 0:
            taken.append(1)
            raise ValueError
        taken.append(recorded.fact.number)

    for number in (1, 2):
        database.run(light, number=number)
    async with redis.asyncio.Redis.from_url(redis_url) as hubs:
        relay = Relay(database, hubs, {"LampLit": [stumble_once]})
        await relay.publish_waiting()
        after_first = [waiting.attempts for waiting in database.read(waiting_facts)]
        await relay.publish_waiting()

    assert after_first == [1]
    assert taken == [1, 2, 1]
    assert database.read(outbox_backlog) == 0


async def test_without_redis_facts_wait_and_nothing_is_marked_sent(database: Database) -> None:
    database.run(light, number=1)

    async with redis.asyncio.Redis.from_url("unix:///nowhere/redis.sock") as hubs:
        with pytest.raises(redis.ConnectionError):
            await Relay(database, hubs, {}).publish_waiting()

    assert database.read(outbox_backlog) == 1
