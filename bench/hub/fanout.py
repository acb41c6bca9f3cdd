"""Fan-out: one publication to all of a room, of our hub and of each peer, in the same way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.hub.client import Audience, Group
from bench.hub.instance import Instance
from bench.hub.loads import Load, one_by_one, saturate
from bench.hub.machine import Child, Cores, Usage
from bench.hub.peers import Peer, publishing, serving
from bench.hub.publishing import HubPublisher, Publisher
from bench.hub.wire import SAMPLE, hub_subscription, upgrade

LONE_MESSAGES: Final = 150
LIVE_PATH: Final = "/live"
LIVE: Final = upgrade(LIVE_PATH)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how long it is measured. `scale` shrinks every count, for a smoke test."""

    folder: Path
    cores: Cores
    seconds: float
    scale: float = 1.0

    def fresh(self, name: str) -> Path:
        """An empty folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def scaled(self, count: int) -> int:
        """A count of clients or messages at this scale."""
        return max(2, round(count * self.scale))


@dataclass(frozen=True, slots=True)
class Hall:
    """Our hub with rooms full of followers. `empty`, `full`: its server before and after they came."""

    instance: Instance
    server: Child
    audience: Audience
    publisher: HubPublisher
    streams: Sequence[str]
    empty: Usage
    full: Usage


@contextmanager
def hall(place: Place, *, rooms: int, clients: int) -> Iterator[Hall]:
    """Our hub on SQLite, with `clients` followers in each of its rooms."""
    with Instance.founded(place.fresh("hub"), place.cores) as instance:
        streams = instance.rooms(rooms)
        publisher = HubPublisher(instance, streams)
        server = instance.serve()
        empty = server.usage()
        groups = [Group([LIVE, hub_subscription(stream)], clients) for stream in streams]
        with Audience(
            groups,
            port=instance.port,
            core=place.cores.others,
            folder=place.folder,
            per_publication=clients,
        ) as audience:
            audience.opened()
            yield Hall(instance, server, audience, publisher, streams, empty, server.usage())
        publisher.close()


def hub_fan_out(place: Place, *, rooms: int, clients: int) -> Load:
    """Our hub, as fast as it goes."""
    with hall(place, rooms=rooms, clients=place.scaled(clients)) as full:
        return saturate(full.publisher, full.audience, full.server, seconds=place.seconds)


def peer_fan_out(place: Place, peer: Peer, *, clients: int) -> Load:
    """A peer with one room, as fast as it goes."""
    with _peer_hall(place, peer, clients=place.scaled(clients)) as (publisher, audience, server):
        return saturate(publisher, audience, server, seconds=place.seconds)


def peer_lone(place: Place, peer: Peer) -> Load:
    """Single messages into a quiet room of 1,000 at a peer."""
    with _peer_hall(place, peer, clients=place.scaled(1_000)) as (publisher, audience, server):
        return one_by_one(publisher, audience, server, count=place.scaled(LONE_MESSAGES))


@contextmanager
def _peer_hall(place: Place, peer: Peer, *, clients: int) -> Iterator[tuple[Publisher, Audience, Child]]:
    with (
        serving(peer, place.fresh(peer.name), place.cores) as (server, port),
        Audience(
            [Group(peer.follow, clients)],
            port=port,
            core=place.cores.others,
            folder=place.folder,
            websocket=peer.websocket,
        ) as audience,
    ):
        audience.opened()
        with publishing(peer, port, SAMPLE) as publisher:
            yield publisher, audience, server
