"""A room between two hubs: real processes, cuttable wires, people who talk and read, and the judge."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import redis

from app.settings import PROJECT
from app.tour.followed import Followed
from app.tour.live_client import LiveClient
from core.identity import open_session
from core.rooms import create_room
from core.schema import metadata
from core.shared.clock import ManualClock, SystemClock
from core.spaces import SpaceKind, create_space
from core.store import Database, events_after, head
from tests.app.instances import free_port
from tests.faults.wire_cutter import WireCutter
from tests.realtime.history_checker import Seen, View, Written, complaints
from tests.servers import PostgresServer, RedisServer
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town

HUBS = ("hub one", "hub two")
TALKERS = (ANNA, BORIS, IVANOV, OLEG)
PROGRAM = Path(__file__).with_name("hub_process.py")
# Alone on its machine all of this takes a second or two; the limit is for a crowded one.
PATIENCE_S = 60.0
PAUSE_S = 0.03


@dataclass(slots=True)
class World:
    """Two hubs and a relay over one database and one Redis, each of which may be killed and started again."""

    folder: Path
    database: Database
    redis: RedisServer
    postgres: PostgresServer | None
    town: Town
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in HUBS})
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *, plant: str = "") -> None:
        """Start a hub or the relay."""
        settings = {
            "database_url": self.database.url,
            "redis_url": self.redis.url,
            "folder": str(self.folder),
            "port": self.ports.get(name),
            "plant": plant,
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-P", str(PROGRAM), name.split(maxsplit=1)[0]],
                # Held open until this process ends: the children end with it.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env={**os.environ, "PYTHONPATH": str(PROJECT), "HUB_PROCESS": json.dumps(settings)},
            )

    def kill(self, name: str) -> None:
        """SIGKILL."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def kill_and_start(self, name: str) -> None:
        """SIGKILL and a new start."""
        self.kill(name)
        self.start(name)

    def wait_for_hubs(self) -> None:
        """Wait until both hubs take connections."""
        deadline = time.monotonic() + PATIENCE_S
        for port in self.ports.values():
            while not _answers(port):
                if time.monotonic() > deadline:
                    raise AssertionError(f"a hub does not start\n{self.last_words()}")
                time.sleep(0.02)

    def kill_redis(self) -> None:
        """SIGKILL for Redis and a new start; who listened meanwhile heard nothing."""
        self.redis.kill()
        self.redis.start()

    def flush_redis(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.redis.url) as client:
            client.flushall()

    def kill_postgres(self) -> None:
        """SIGKILL for the database server and a new start."""
        assert self.postgres is not None
        self.postgres.kill()
        self.postgres.start()

    def last_words(self) -> str:
        """What the processes printed last, for a failed test."""
        return "\n".join(log.read_text(errors="replace")[-2000:] for log in self.folder.glob("*.log"))


@contextmanager
def world(folder: Path, *, postgresql: bool) -> Iterator[World]:
    """Start it all; at the end everything is gone."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(fsync=True)) if postgresql else None
        url = f"sqlite:///{folder / 'strategy24.db'}" if postgres is None else postgres.url
        database = Database(url)
        stack.callback(database.close)
        metadata().create_all(database.engine)
        with database.engine.connect() as connection:
            connection.commit()
        own_redis = stack.enter_context(RedisServer())
        town = Town.found(database, ManualClock(SystemClock().now()))
        opened = World(folder, database, own_redis, postgres, town)
        for name in (*HUBS, "relay"):
            opened.start(name)
        try:
            yield opened
        finally:
            for name in tuple(opened.processes):
                opened.kill(name)


@dataclass(slots=True)
class Talker:
    """Somebody who reads a room from its beginning and says one thing after another."""

    live: LiveClient
    followed: Followed
    written: list[Written] = field(default_factory=list)

    async def talk(self, resting: asyncio.Event) -> None:
        """Go on until it is time to rest; what was begun is carried to its acknowledgement."""
        while not resting.is_set():
            client_id, text = uuid4().hex, f"Сообщение {len(self.written)}"
            self.written.append(Written(client_id, text, None))
            receipt = await self.live.send(
                self.followed.stream, text, client_id=client_id, timeout_s=PATIENCE_S
            )
            self.written[-1] = Written(client_id, text, receipt.seq)
            await asyncio.sleep(PAUSE_S)

    @property
    def done(self) -> int:
        """How many messages were acknowledged."""
        return sum(one.seq is not None for one in self.written)


@dataclass(slots=True)
class Square:
    """A room of the world while people are in it. ``cutters`` carry their connections, one a hub."""

    world: World
    room: str
    cutters: list[WireCutter]
    talkers: list[Talker]

    def cut(self) -> None:
        """Cut all wires."""
        for cutter in self.cutters:
            cutter.cut()

    def cut_inside_a_frame_of_a_hub(self) -> None:
        """Let readers have a part of what they are sent next."""
        for cutter in self.cutters:
            cutter.cut_inside_a_frame(toward_hub=False)

    def cut_inside_a_frame_of_a_client(self) -> None:
        """Let the hubs have a part of what is said next."""
        for cutter in self.cutters:
            cutter.cut_inside_a_frame(toward_hub=True)

    def swallow(self) -> None:
        """Let everything under way vanish, both ways, and nobody know."""
        for cutter in self.cutters:
            cutter.swallow()

    def forget_clients(self) -> None:
        """Let the hubs believe in links that are no more."""
        for cutter in self.cutters:
            cutter.forget_clients()

    async def everybody_gets_on(self, messages: int = 3) -> None:
        """Wait until each has said so many things more."""
        wanted = [talker.done + messages for talker in self.talkers]
        await self.until(
            lambda: all(talker.done >= due for talker, due in zip(self.talkers, wanted, strict=True)),
            "everybody gets on",
        )

    async def verdict(self) -> list[str]:
        """Wait until everybody has read everything; then every broken promise as a sentence."""
        end = (await self.world.database.read_async(head, stream=self.room)).seq
        await self.until(
            lambda: all((talker.followed.seq or 0) >= end for talker in self.talkers),
            "everybody has read all",
        )
        return await asyncio.to_thread(self._judge)

    async def until(self, reached: Callable[[], bool], what: str) -> None:
        """Wait until it is so."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not reached():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not so: {what}\n{self.world.last_words()}") from None

    def _judge(self) -> list[str]:
        events = self.world.database.read(events_after, stream=self.room, seq=0, limit=1_000_000)
        stored = [Seen(event.seq, event.client_id, event.body["text"]) for event in events]
        views = {
            f"talker {number}": View(
                0, [Seen(event.seq, event.client_id, event.body["text"]) for event in talker.followed.events]
            )
            for number, talker in enumerate(self.talkers)
        }
        written = [one for talker in self.talkers for one in talker.written]
        faults = [fault for talker in self.talkers for fault in talker.followed.faults]
        return [*complaints(written, stored, views), *faults]


@asynccontextmanager
async def square(world: World, *, talkers: int = len(TALKERS)) -> AsyncIterator[Square]:
    """People in a new room, half of them on each hub; they talk as soon as they are there."""
    await asyncio.to_thread(world.wait_for_hubs)
    room = await asyncio.to_thread(_new_room, world)
    tokens = await asyncio.to_thread(_tokens, world, talkers)
    async with WireCutter(world.ports[HUBS[0]]) as one, WireCutter(world.ports[HUBS[1]]) as two:
        opened = Square(world, room, [one, two], [])
        clients = [LiveClient([one, two][n % 2].address, token=token) for n, token in enumerate(tokens)]
        try:
            for client in clients:
                await client.__aenter__()
                followed = await client.subscribe(room, seq=0, timeout_s=PATIENCE_S)
                opened.talkers.append(Talker(client, followed))
            yield opened
        finally:
            await asyncio.gather(*(client.close() for client in clients))


@asynccontextmanager
async def talking(square: Square) -> AsyncIterator[None]:
    """Everybody talks meanwhile; afterwards everybody's last message has been acknowledged."""
    resting = asyncio.Event()
    async with asyncio.TaskGroup() as conversation:
        for talker in square.talkers:
            conversation.create_task(talker.talk(resting))
        try:
            yield
        finally:
            resting.set()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _new_room(world: World) -> str:
    with world.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.TERRITORY, territory_id=world.town.territory.id)
        return f"room:{create_room(uow, space_id=space_id, title='Площадь')}"


def _tokens(world: World, count: int) -> list[str]:
    people = [world.town.people[who] for who in TALKERS]
    return [
        world.database.run(open_session, person_id=people[number % len(people)]).token
        for number in range(count)
    ]
