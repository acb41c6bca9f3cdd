"""People talk in one room over two hubs while processes are killed and wires fail in every way they can.

The judge is tests/realtime/history_checker.py: no acknowledged message lost, none stored twice, one order,
every reader has seen just that. At the end the judge is shown a hub without one of its mechanisms.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.room_world import HUBS, Square, World, square, talking, world

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

WIRE_FAULTS: dict[str, Callable[[Square], None]] = {
    "all links are cut": Square.cut,
    "a frame of a hub is cut in its middle": Square.cut_inside_a_frame_of_a_hub,
    "a frame of a client is cut in its middle": Square.cut_inside_a_frame_of_a_client,
    "clients vanish and the hubs are not told": Square.forget_clients,
}
PROCESS_FAULTS: dict[str, Callable[[World], None]] = {
    "a hub is killed": lambda world: world.kill_and_start(HUBS[0]),
    "the relay is killed": lambda world: world.kill_and_start("relay"),
    "Redis is killed": World.kill_redis,
    "Redis is wiped": World.flush_redis,
}


class UnderFire:
    """The faults that a room must live through, on any database."""

    @pytest.mark.parametrize("fault", PROCESS_FAULTS)
    async def test_a_killed_process_costs_nobody_a_message(self, small_world: World, fault: str) -> None:
        async with square(small_world) as room:
            async with talking(room):
                await room.everybody_gets_on()
                await asyncio.to_thread(PROCESS_FAULTS[fault], small_world)
                await room.everybody_gets_on()
            assert await room.verdict() == []

    @pytest.mark.parametrize("fault", WIRE_FAULTS)
    async def test_a_failing_wire_costs_nobody_a_message(self, small_world: World, fault: str) -> None:
        async with square(small_world) as room:
            async with talking(room):
                for _ in range(3):
                    await room.everybody_gets_on(2)
                    WIRE_FAULTS[fault](room)
                await room.everybody_gets_on()
            assert await room.verdict() == []
            assert all(cutter.harmed >= 3 for cutter in room.cutters)

    async def test_messages_swallowed_by_a_dying_wire_are_sent_again_and_kept_once(
        self, small_world: World
    ) -> None:
        async with square(small_world) as room:
            async with talking(room):
                await room.everybody_gets_on()
                room.swallow()
                await asyncio.sleep(0.3)
                room.cut()
                await room.everybody_gets_on()
            assert await room.verdict() == []

    @pytest.mark.long
    @pytest.mark.timeout(3600)
    async def test_a_hundred_faults_at_random_moments_cost_nobody_a_message(self, small_world: World) -> None:
        processes = [*PROCESS_FAULTS.values(), *self.more_faults]
        async with square(small_world, talkers=8) as room:
            async with talking(room):
                for _ in range(100):
                    await asyncio.sleep(random.uniform(0.0, 1.0))
                    if random.random() < 0.5:
                        await asyncio.to_thread(random.choice(processes), small_world)
                    else:
                        random.choice([*WIRE_FAULTS.values()])(room)
                await room.everybody_gets_on()
            assert await room.verdict() == []

    @pytest.mark.long
    @pytest.mark.timeout(3600)
    async def test_a_thousand_people_come_back_at_once_and_have_seen_everything(
        self, small_world: World
    ) -> None:
        async with square(small_world, talkers=1000) as room:
            speaking = Square(small_world, room.room, room.cutters, room.talkers[:4])
            async with talking(speaking):
                await speaking.everybody_gets_on()
                room.cut()
                await speaking.everybody_gets_on(20)
            assert await room.verdict() == []

    more_faults: tuple[Callable[[World], None], ...] = ()


class TestOnSqlite(UnderFire):
    """One file; two hubs share it, which the product does not do but the promises do not forbid."""

    @pytest.fixture(scope="class")
    def small_world(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
        with world(tmp_path_factory.mktemp("world"), postgresql=False) as opened:
            yield opened

    async def test_a_hub_that_acknowledges_before_it_commits_is_found_out(self, small_world: World) -> None:
        small_world.kill(HUBS[0])
        small_world.start(HUBS[0], plant="acknowledges before it commits")

        async with square(small_world) as room:
            async with talking(room):
                await room.everybody_gets_on()
                small_world.kill_and_start(HUBS[0])
                await room.everybody_gets_on()
            found = await room.verdict()

        assert any("was acknowledged and is lost" in complaint for complaint in found)


class TestOnPostgresql(UnderFire):
    """A server with fsync."""

    @pytest.fixture(scope="class")
    def small_world(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
        with world(tmp_path_factory.mktemp("world"), postgresql=True) as opened:
            yield opened

    async def test_a_killed_database_server_costs_nobody_a_message(self, small_world: World) -> None:
        async with square(small_world) as room:
            async with talking(room):
                await room.everybody_gets_on()
                await asyncio.to_thread(small_world.kill_postgres)
                await room.everybody_gets_on()
            assert await room.verdict() == []

    more_faults = (World.kill_postgres,)
