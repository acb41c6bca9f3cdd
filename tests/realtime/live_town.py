"""A hub behind a real server, with a relay, a Redis and a town."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from app.tour.followed import Followed
from app.tour.live_client import LiveClient
from core.chats import open_web_chat
from core.contact import Sent, send_message
from core.identity import open_session
from core.rooms import Post, Sender, create_room, post_message
from core.shared.ids import RoomId, SpaceId, new_id
from core.spaces import SpaceKind, create_space
from core.store import Database, StreamEvent, events_after, outbox_backlog
from realtime import UVICORN_OPTIONS, Hub, Limits, build_hub
from realtime.wire import EXTENSION
from tests.realtime.history_checker import Seen, View
from tests.realtime.relay import SmallRelay
from tests.realtime.schema import complaints
from tests.town import Town

ORIGIN = "http://zarechny.test"
LIVE_JS = Path(__file__).resolve().parents[2] / "web" / "static" / "live.js"


class _Server(uvicorn.Server):
    """uvicorn inside the test's own loop: it must leave the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@dataclass(slots=True)
class LiveTown:
    """A town whose hub can be talked to over real sockets."""

    town: Town
    hub: Hub
    relay: SmallRelay
    door: "Door"
    url: str
    server: _Server
    tokens: dict[str, str] = field(default_factory=dict)
    clients: list[LiveClient] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.town.database

    def token(self, who: str) -> str:
        """A session of this person."""
        if who not in self.tokens:
            opened = self.database.run(open_session, person_id=self.town.people[who])
            self.tokens[who] = opened.token
        return self.tokens[who]

    def connect(self, who: str | None, **options: Any) -> LiveClient:
        """A client signed in as this person, None for a guest."""
        token = None if who is None else self.token(who)
        client = LiveClient(self.url, **{"token": token, "received": [], "sent": []} | options)
        self.clients.append(client)
        return client

    def room(self, title: str = "Площадь") -> str:
        """The stream of a room that everybody sees."""
        with self.database.transaction() as uow:
            space_id: SpaceId = create_space(
                uow, kind=SpaceKind.TERRITORY, territory_id=self.town.territory.id
            )
            return f"room:{create_room(uow, space_id=space_id, title=title)}"

    def chat(self, who: str) -> str:
        """The stream of the person's web chat."""
        return f"chat:{self.database.run(open_web_chat, person_id=self.town.people[who]).id}"

    def posts(self, who: str, room: str, text: str) -> StreamEvent:
        """A message put into a room past the hub, as another process would."""
        return self.database.run(
            post_message,
            Post(
                room_id=RoomId(room.removeprefix("room:")),
                sender=Sender(id=self.town.people[who], name=who, side="citizen"),
                client_id=new_id(),
                text=text,
            ),
        )

    def stored(self, room: str) -> list[Seen]:
        """The messages of a room as the database has them."""
        events = self.database.read(events_after, stream=room, seq=0, limit=100_000)
        return [Seen(event.seq, event.client_id, event.body["text"]) for event in events]

    def complaints_of_the_schema(self) -> list[str]:
        """What docs/asyncapi.json says against the frames of all clients so far."""
        asked = [message for client in self.clients for message in client.sent or []]
        told = [message for client in self.clients for message in client.received or []]
        return [*complaints("ask", asked), *complaints("tell", told)]

    def writes_to_authority(self, who: str, text: str) -> Sent:
        """A citizen's message in the direct line."""
        return self.database.run(
            send_message,
            citizen_id=self.town.people[who],
            territory_id=self.town.territory.id,
            text=text,
            client_id=new_id(),
        )


@dataclass(slots=True)
class Door:
    """The way to the hub and a page. ``shut``: no socket gets in; ``mute``: receipts are lost.

    ``foreign``: the server offers nothing but ASGI.
    """

    hub: Hub
    shut: bool = False
    mute: bool = False
    foreign: bool = False
    wires: list[Any] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a socket, the page or the client's file."""
        if scope["type"] == "http":
            await _page(scope, send)
        elif self.shut:
            await receive()
            await send({"type": "websocket.close"})
        else:
            wire = scope["extensions"].pop(EXTENSION)
            self.wires.append(wire)
            if not self.foreign:
                scope["extensions"][EXTENSION] = _Line(self, wire)
            await self.hub.application(scope, receive, lambda message: self._send(wire, send, message))

    def cut(self) -> None:
        """The network dies for everybody at once."""
        for wire in self.wires:
            wire.transport.abort()

    async def _send(self, wire: Any, send: Any, message: Any) -> None:
        if not self.swallows(wire, (message.get("text") or "").encode()):
            await send(message)

    def swallows(self, wire: Any, frame: bytes) -> bool:
        """Whether the line goes dead now, between a commit and its acknowledgement."""
        if not (self.mute and b'"op":"ok"' in frame and b'"seq"' in frame):
            return False
        wire.transport.abort()
        return True


@dataclass(slots=True)
class _Line:
    """A wire through a door that may be mute."""

    door: Door
    wire: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wire, name)

    def write(self, frame: bytes) -> None:
        if not self.door.swallows(self.wire, frame):
            self.wire.write(frame)


async def _page(scope: Any, send: Any) -> None:
    files = {
        "/": (b"text/html", b"<!doctype html><title>live</title><link rel=icon href=data:,>"),
        "/live.js": (b"text/javascript", LIVE_JS.read_bytes()),
    }
    kind, body = files[scope["path"]]
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(door: Door) -> AsyncIterator[tuple[str, _Server]]:
    """The hub behind a real uvicorn on a free port."""
    hub = door.hub
    config = uvicorn.Config(
        door,
        port=0,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=3,
        **UVICORN_OPTIONS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    hub.allowed_origins |= {f"http://127.0.0.1:{port}"}
    await hub.start()
    try:
        yield f"ws://127.0.0.1:{port}/live", server
    finally:
        await hub.stop()
        # Asked to exit, uvicorn looks up within 0.1 s and rests 0.1 s more: half a minute over all tests.
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        for listening in server.servers:
            listening.close()
        for connection in tuple(server.server_state.connections):
            connection.shutdown()


@asynccontextmanager
async def live_town(
    town: Town, redis_url: str | None, limits: Limits | None = None
) -> AsyncIterator[LiveTown]:
    """Hub, server and relay for one test; ``redis_url`` None: the hub hears nothing but the database."""
    hub = build_hub(
        database=town.database,
        redis_url=redis_url,
        allowed_origins=[ORIGIN],
        limits=limits or Limits(messages_per_s=100_000, message_burst=100_000),
    )
    relay = SmallRelay(town.database, redis_url or "")
    door = Door(hub)
    async with served(door) as (url, server):
        relaying = asyncio.create_task(relay.run()) if redis_url is not None else None
        try:
            if relaying is not None:
                await until(lambda: linked(hub))
                # The founding of the town is old news, also to the hub.
                await until(lambda: town.database.read(outbox_backlog) == 0)
            yield LiveTown(town=town, hub=hub, relay=relay, door=door, url=url, server=server)
        finally:
            if relaying is not None:
                relay.stopping = True
                await asyncio.gather(relaying, return_exceptions=True)


def view_of(followed: Followed, *, since: int) -> View:
    """What a client saw of a room, for the history checker."""
    seen = [Seen(event.seq, event.client_id, event.body["text"]) for event in followed.events]
    return View(since, seen)


def linked(hub: Hub) -> bool:
    """Whether the hub hears Redis."""
    return hub.bus is not None and hub.bus.up


async def until(reached: Callable[[], bool], *, timeout_s: float = 30.0) -> None:
    """Wait until something becomes true."""
    async with asyncio.timeout(timeout_s):
        while not reached():
            await asyncio.sleep(0.005)
