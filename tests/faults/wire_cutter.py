"""A TCP proxy that fails as networks do: anywhere, in the middle of a frame, in silence, on one side only."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

CHUNK = 64 * 1024
Tooth = Callable[["Link", bytes], bytes]


@dataclass(slots=True, eq=False)
class Side:
    """One end of a link: what comes from there, and the way there."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def reset(self) -> None:
        """End it without a goodbye."""
        self.writer.transport.abort()


@dataclass(slots=True, eq=False)
class Link:
    """A client's connection and the one to the hub that carries it on. ``to_…``: what is done on the way."""

    client: Side
    hub: Side
    to_hub: Tooth | None = None
    to_client: Tooth | None = None

    def reset(self) -> None:
        """Cut both ends."""
        self.client.reset()
        self.hub.reset()


@dataclass(slots=True)
class WireCutter:
    """Carries connections to ``port``. Use it as ``async with WireCutter(port) as cutter``."""

    port: int
    links: set[Link] = field(default_factory=set)
    harmed: int = 0
    _server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where clients of the live protocol connect to."""
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/live"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for link in tuple(self.links):
            link.reset()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Cut all links at once."""
        for link in tuple(self.links):
            self.harmed += 1
            link.reset()

    def cut_inside_a_frame(self, *, toward_hub: bool) -> None:
        """Let a part of what comes next through, the rest never, and cut the link."""
        for link in self.links:
            if toward_hub:
                link.to_hub = self._bite
            else:
                link.to_client = self._bite

    def swallow(self) -> None:
        """Take whatever is sent either way and deliver nothing: nobody is told."""
        for link in self.links:
            self.harmed += 1
            link.to_hub = link.to_client = lambda _link, _data: b""

    def forget_clients(self) -> None:
        """End the clients' side; the hub's stays open and silent: half-open."""
        for link in self.links:
            self.harmed += 1
            link.to_hub = link.to_client = lambda _link, _data: b""
            link.client.reset()

    def forget_hub(self) -> None:
        """End the hub's side; the clients' stays open and silent: half-open."""
        for link in self.links:
            self.harmed += 1
            link.to_hub = link.to_client = lambda _link, _data: b""
            link.hub.reset()

    def _bite(self, link: Link, data: bytes) -> bytes:
        self.harmed += 1
        asyncio.get_running_loop().call_soon(link.reset)
        return data[: random.randrange(1, len(data))] if len(data) > 1 else b""

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hub = Side(*await asyncio.open_connection("127.0.0.1", self.port))
        except OSError:
            # The hub is dead: so is the link.
            writer.transport.abort()
            return
        link = Link(Side(reader, writer), hub)
        self.links.add(link)
        ways = [
            asyncio.create_task(_pump(link, link.client, link.hub, lambda: link.to_hub)),
            asyncio.create_task(_pump(link, link.hub, link.client, lambda: link.to_client)),
        ]
        await asyncio.wait(ways)
        link.reset()
        self.links.discard(link)


async def _pump(link: Link, source: Side, sink: Side, tooth: Callable[[], Tooth | None]) -> None:
    """Carry one way until its source ends; then end the other side too, unless the link is half-open."""
    with suppress(OSError):
        while data := await source.reader.read(CHUNK):
            bite = tooth()
            sink.writer.write(data if bite is None else bite(link, data))
            await sink.writer.drain()
    if tooth() is None:
        sink.reset()
