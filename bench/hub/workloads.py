"""What else a live hub must bear: quiet, crowds, readers that stall, a mass return, people who write."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from bench.hub.client import Audience, Group
from bench.hub.halls import LIVE, Hall, Place
from bench.hub.instance import Instance, Speaker
from bench.hub.loads import Load, saturate
from bench.hub.machine import Child, Trouble, until
from bench.hub.speaking import Acknowledged, enter, write
from bench.hub.wire import Step, hub_subscription, stamp
from core.rooms import Post, Sender, post_messages, room_of
from core.shared.ids import new_id
from core.store import heads
from tests.servers import PostgresServer

SETTLE_S: Final = 2.0
STALLED: Final = 10
MISSED: Final = 100
RETURN_LIMIT_S: Final = 120.0
WRITERS: Final = 200


@dataclass(frozen=True, slots=True)
class Idle:
    """What a connection costs that only listens."""

    rss_kb: float
    pss_kb: float
    connect_cpu_ms: float


def idle(hall: Hall) -> Idle:
    """What each of those in the hall costs, when they have settled."""
    time.sleep(SETTLE_S)
    settled, empty, size = hall.server.usage(), hall.empty, hall.audience.size
    return Idle(
        rss_kb=(settled.rss_kb - empty.rss_kb) / size,
        pss_kb=(settled.pss_kb - empty.pss_kb) / size,
        connect_cpu_ms=(hall.full.cpu_s - empty.cpu_s) * 1000 / size,
    )


def with_stalled_readers(hall: Hall, *, seconds: float) -> Load:
    """A full room in which ten more have stopped reading."""
    with ExitStack() as readers:
        for _ in range(STALLED):
            readers.enter_context(_stalled_reader(hall.port, hall.follow))
        return saturate(hall, seconds=seconds)


@contextmanager
def _stalled_reader(port: int, steps: Sequence[Step]) -> Iterator[None]:
    """A connection with a narrow pipe that follows and then reads nothing more."""
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # An address of its own: the hub lets only so many in from one.
        opened.bind(("127.0.1.1", 0))
        opened.settimeout(10)
        opened.connect(("127.0.0.1", port))
        for send, expected in steps:
            opened.sendall(send)
            got = b""
            while expected not in got:
                got += opened.recv(4096)
        yield


@dataclass(frozen=True, slots=True)
class Return:
    """How long until all have everything, and what it cost the server."""

    seconds: float
    server_cpu_s: float


def mass_return(place: Place, *, returning: int) -> Return:
    """So many clients are cut, 100 messages go by, and all come back at once, resuming."""
    clients, missed = place.scaled(returning), place.scaled(MISSED)
    with Instance.founded(place.fresh("resume"), place.cores) as instance:
        (stream,) = instance.rooms(1)
        server = instance.serve()
        with _followers(place, instance, hub_subscription(stream), clients) as audience:
            audience.opened()
            audience.child.kill()
        # Those who are still counted would fill the seats of their addresses.
        until(lambda: instance.connections() == 0, server)
        instance.database.run(post_messages, _said_meanwhile(instance, stream, missed))
        cpu_s, began = server.cpu_s(), time.monotonic()
        resuming = hub_subscription(stream, seq=0)
        with _followers(place, instance, resuming, clients, at_once=True) as audience:
            audience.opened()
            _await_all(audience, missed)
            took = time.monotonic() - began
            arrived = audience.arrived()
        assert arrived.least == missed, f"somebody has {arrived.least} of {missed} messages"
        return Return(took, server.cpu_s() - cpu_s)


def _followers(
    place: Place, instance: Instance, subscription: Step, count: int, *, at_once: bool = False
) -> Audience:
    groups = [Group([LIVE, subscription], count)]
    core, folder = place.cores.others, place.folder
    return Audience(groups, port=instance.port, core=core, folder=folder, at_once=at_once)


def _said_meanwhile(instance: Instance, stream: str, count: int) -> list[Post]:
    room_id = room_of(stream)
    assert room_id is not None
    sender = Sender(id=instance.speakers(1)[0].id, name="Анна Петрова", side="citizen")
    text = stamp().decode()
    return [Post(room_id=room_id, sender=sender, client_id=new_id(), text=text) for _ in range(count)]


def _await_all(audience: Audience, publications: int) -> None:
    missing = publications
    while missing > 0:
        got = audience.completed(timeout_s=RETURN_LIMIT_S)
        if not got:
            raise Trouble(f"{missing} of {publications} messages have not reached everybody")
        missing -= got


@dataclass(frozen=True, slots=True)
class Written:
    """Messages that were acknowledged, and what each cost the web process."""

    acknowledged: Acknowledged
    seconds: float
    server_cpu_s: float
    per_frame: float
    """Publications in a frame, on average."""

    @property
    def per_s(self) -> float:
        """Acknowledged messages a second."""
        return self.acknowledged.count / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU-milliseconds of the web process for one, its fan-out included."""
        return self.server_cpu_s * 1000 / max(1, self.acknowledged.count)


def written(place: Place, *, postgres: bool, rooms: int, listeners: int) -> Written:
    """200 people write as fast as they are let while `listeners` in all follow the rooms."""
    with ExitStack() as running:
        url = running.enter_context(_postgres()) if postgres else ""
        founding = Instance.founded(place.fresh("written"), place.cores, database_url=url)
        instance = running.enter_context(founding)
        streams = instance.rooms(rooms)
        speakers = instance.speakers(place.scaled(WRITERS))
        server = instance.serve()
        instance.relay()
        each = max(1, place.scaled(listeners) // rooms)
        audience = Audience(
            [Group([LIVE, hub_subscription(stream)], each) for stream in streams],
            port=instance.port,
            core=place.cores.others,
            folder=place.folder,
            per_publication=each,
        )
        running.enter_context(audience)
        audience.opened()
        return asyncio.run(_write(instance, server, audience, streams, speakers, place.seconds))


async def _write(
    instance: Instance,
    server: Child,
    audience: Audience,
    streams: Sequence[str],
    speakers: Sequence[Speaker],
    seconds: float,
) -> Written:
    voices = await enter(instance.port, speakers)
    try:
        warm_up = await write(voices, streams, seconds=1.0)
        server.assert_ours()
        audience.reset()
        cpu_s, began = server.cpu_s(), time.monotonic()
        acknowledged = await write(voices, streams, seconds=seconds)
        took, cost = time.monotonic() - began, server.cpu_s() - cpu_s
        per_frame = audience.arrived().per_frame
    finally:
        for voice in voices:
            voice.close()
    stored = sum(head.seq for head in instance.database.read(heads, streams=streams).values())
    assert stored == warm_up.count + acknowledged.count, "acknowledged is not what is stored"
    return Written(acknowledged, took, cost, per_frame)


@contextmanager
def _postgres() -> Iterator[str]:
    """A PostgreSQL that waits for the disk; its URL."""
    server = PostgresServer(fsync=True)
    try:
        server.__enter__()
    except (RuntimeError, OSError) as error:
        raise Trouble(f"PostgreSQL is not here: {error}") from error
    try:
        yield server.url
    finally:
        server.__exit__()
