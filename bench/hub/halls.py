"""A server and its followers, of our hub and of each peer alike, ready to be loaded."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.hub.client import Audience, Group
from bench.hub.instance import Instance
from bench.hub.machine import Child, Cores, Usage
from bench.hub.peers import Peer, publishing, serving
from bench.hub.publishing import HubPublisher, Publisher
from bench.hub.wire import SAMPLE, Step, hub_subscription, upgrade

LIVE_PATH: Final = "/live"
LIVE: Final = upgrade(LIVE_PATH)
# What a server needs besides its clients' sockets.
SPARE_DESCRIPTORS: Final = 200


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
        """A count at this scale, if descriptors allow."""
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return min(max(2, round(count * self.scale)), limit - SPARE_DESCRIPTORS)


@dataclass(frozen=True, slots=True)
class Hall:
    """A server whose rooms are full. `empty`, `full`: what it used before and after they came."""

    server: Child
    port: int
    follow: Sequence[Step]
    audience: Audience
    publisher: Publisher
    empty: Usage
    full: Usage


@contextmanager
def hub_hall(place: Place, *, rooms: int, clients: int, compiled: bool = True) -> Iterator[Hall]:
    """Our hub on SQLite, with `clients` followers in each of its rooms."""
    with Instance.founded(place.fresh("hub"), place.cores) as instance:
        streams = instance.rooms(rooms)
        groups = [Group([LIVE, hub_subscription(stream)], clients) for stream in streams]
        with closing(HubPublisher(instance, streams)) as publisher:
            server = instance.serve(compiled=compiled)
            print(f"    sender: {instance.sender()}", flush=True)
            empty = server.usage()
            with Audience(
                groups,
                port=instance.port,
                core=place.cores.others,
                folder=place.folder,
                per_publication=clients,
            ) as audience:
                audience.opened()
                full = server.usage()
                yield Hall(server, instance.port, groups[0].steps, audience, publisher, empty, full)


@contextmanager
def peer_hall(place: Place, peer: Peer, *, clients: int) -> Iterator[Hall]:
    """A peer with one room of `clients` followers."""
    with serving(peer, place.fresh(peer.name), place.cores) as (server, port):
        empty = server.usage()
        with Audience(
            [Group(peer.follow, clients)],
            port=port,
            core=place.cores.others,
            folder=place.folder,
            websocket=peer.websocket,
        ) as audience:
            audience.opened()
            full = server.usage()
            with publishing(peer, port, SAMPLE) as publisher:
                yield Hall(server, port, peer.follow, audience, publisher, empty, full)
