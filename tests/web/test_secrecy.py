"""The leak test: what is hidden from somebody answers them as what is not there, at every door.

It walks the authorisation table, so a new page, operation or stream is walked by being there.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest
from channels.testing import WebsocketCommunicator
from django.urls import URLPattern, get_resolver
from sqlalchemy import Select, select

from app.catalogue import LOCALE_FOLDER
from core.identity import Viewer, open_session
from core.shared.clock import ManualClock
from core.spaces.model import SpaceRow
from core.store import Reading
from realtime import Hub, build_hub
from realtime.doors import DOORS
from tests.kept import KeptEngines
from tests.town import Town
from tests.web.authorisation_table import (
    ANALYST,
    ANALYSTS,
    API,
    AUTHORITY,
    CITIZEN,
    KINDS,
    MODERATOR,
    NOBODY,
    OFFICIAL,
    OFFICIALS,
    OWN,
    OWNER,
    PAGES,
    PARTIES,
    PEOPLE,
    SOCKET,
    STAFF,
    ask_api,
    ask_page,
    become,
)
from tests.web.browser_twin import Browser
from tests.web.furnished import SECRET_WORDS, Furnished
from web import WebDependencies, build_web
from web.asgi_types import AsgiApp

ABSENT = "f" * 32
ORIGIN = "http://testserver"

# Who knows of a thing that an address, a form or a stream may name; everybody else must not.
HIDDEN = {
    "room": OWN,
    "conversation": PARTIES,
    "conversation_id": PARTIES,
    "chat": OWN,
    "stream": OWN,
    "broadcast": AUTHORITY,
    "alert": OFFICIALS,
    "promised_alert": OFFICIALS,
    "alert_id": OFFICIALS,
    "rule": ANALYSTS,
    "silence": OFFICIALS,
    "run": ANALYSTS,
    "model": ANALYSTS,
    "upload": ANALYSTS,
    "dashboard": ANALYSTS,
    # The official owns a step of it.
    "cycle": frozenset({ANALYST, OFFICIAL}),
}
# Parts of addresses that name nothing hidden, by their names in the router.
OPEN = {
    "slug", "code", "poll_id", "poll", "option", "territory", "token", "key", "tab", "number", "mail",
    "colleague", "official", "rubric", "step", "address", "chart",
}  # fmt: skip
ROUTED = {
    "room_id",
    "conversation_id",
    "alert_id",
    "rule_id",
    "silence_id",
    "broadcast_id",
    "run_id",
    "model_id",
    "upload_id",
    "cycle_id",
    "dashboard_id",
    "chart_id",
    "person_id",
}
# The streams by their kinds: who knows of the thing behind it. None: everybody, it hides nothing.
STREAMS = {"room": OWN, "signs": OWN, "chat": OWN, "queue": STAFF, "poll": None, "me": None}

# What differs between two answers to one question: numbers of things, tokens and codes, the moment.
_NOISE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{32,64}"
    r'|(?<=name="csrfmiddlewaretoken" value=")\w+|(?<=csrf=)\w+|(?<=session=)[\w-]+|expires=[^;]+'
    r'|(?<=class="code">)[\w ]+|(?<="code": ")[A-Z0-9]{8}|(?<=/in/)[\w-]+'
)


@dataclass(frozen=True)
class Answer:
    """What an outsider can tell two things apart by."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        """The answer without what differs from one asking to the next."""
        return cls(
            status=response.status_code,
            headers=tuple(
                (name, _NOISE.sub("…", value))
                for name, value in response.headers.multi_items()
                if name not in ("date", "content-length")
            ),
            body=_NOISE.sub("…", response.text),
        )


@dataclass(slots=True)
class Site:
    """The town with its things, the web over it, and a hub beside it."""

    town: Town
    things: dict[str, str]
    web: AsgiApp
    hub: Hub

    @asynccontextmanager
    async def browser(self, kind: str) -> AsyncIterator[Browser]:
        """A browser of one of the kinds."""
        async with Browser.open(self.web, self.town) as browser:
            yield become(browser, kind)

    async def ask(self, kind: str, frames: Iterable[dict[str, Any]]) -> list[str]:
        """What the hub answers to frames on one connection, a ping after them telling the end."""
        headers = [(b"origin", ORIGIN.encode())]
        if kind != NOBODY:
            opened = self.town.database.run(open_session, person_id=self.town.people[PEOPLE[kind]])
            headers.append((b"cookie", f"session={opened.token}".encode()))
        socket = WebsocketCommunicator(self.hub.application, "/live", headers=headers)
        await socket.connect()
        for frame in frames:
            await socket.send_json_to(frame)
        await socket.send_json_to({"op": "ping", "id": 99})
        told: list[str] = []
        while not told or '"id":99' not in told[-1]:
            told.append(await socket.receive_from(timeout=5))
        await socket.disconnect()
        return [_NOISE.sub("…", one) for one in told]


@pytest.fixture
def site_of(
    furnished: Callable[[bool], Furnished],
    copied_sqlite: Callable[[Path], str],
    kept_engines: KeptEngines,
    clock: ManualClock,
    tmp_path: Path,
) -> Iterator[Callable[[bool], Site]]:
    """Makes the furnished town, with or without the room that Anna alone may know of, one after the other."""
    with ExitStack() as running:

        def make(with_secret: bool) -> Site:
            running.pop_all().close()
            kept = furnished(with_secret)
            database = running.enter_context(kept_engines.open(copied_sqlite(kept.path), clock))
            web = build_web(
                WebDependencies(
                    database=database,
                    secret_key="a secret of fifty letters at least, for the tests only",
                    public_url=ORIGIN,
                    allowed_hosts=("testserver",),
                    locale_dir=LOCALE_FOLDER,
                    files_dir=tmp_path / "files",
                )
            )
            hub = build_hub(database=database, redis_url=None, allowed_origins=[ORIGIN])
            return Site(town=kept.town_in(database, clock), things=dict(kept.things), web=web, hub=hub)

        yield make


@pytest.fixture
def site(site_of: Callable[[bool], Site]) -> Site:
    """The town with its secret."""
    return site_of(True)


def named_in(*texts: str) -> set[str]:
    """The things that an address or a form names."""
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def rows() -> dict[str, set[str]]:
    """Every page and every operation of the API with the things it names."""
    pages = {name: named_in(row.path, *(value for _, value in row.form or ())) for name, row in PAGES.items()}
    return pages | {operation: named_in(operation) for operation in API}


async def asked(browser: Browser, name: str, things: dict[str, str]) -> Answer:
    """The answer to a page or to an operation of the API."""
    answer = ask_page(browser, PAGES[name], things) if name in PAGES else ask_api(browser, name, things)
    return Answer.of(await answer)


async def leaks(site: Site, kind: str) -> list[str]:
    """Rows at which an outsider of this kind can tell a hidden thing from one that is not there."""
    found = []
    async with site.browser(kind) as browser:
        for name, named in rows().items():
            for thing in sorted(named & HIDDEN.keys()):
                if kind in HIDDEN[thing]:
                    continue
                become(browser, kind)
                absent = site.things | {thing: "room:" + ABSENT if thing == "stream" else ABSENT}
                if await asked(browser, name, site.things) != await asked(browser, name, absent):
                    found.append(f"{name} tells {kind} of a hidden {thing}")
    return found


async def live_leaks(site: Site, kind: str) -> list[str]:
    """The same for operations of the socket."""
    ids = {"room": "room", "signs": "room", "chat": "chat", "queue": "territory"}
    found = []
    for stream, thing in ids.items():
        knows = STREAMS[stream]
        if knows is None or kind in knows:
            continue
        for number, (op, fields) in enumerate(SOCKET.items()):
            frame = {"op": op, "id": number, **fields}
            hidden = await site.ask(kind, [frame | {"stream": f"{stream}:{site.things[thing]}"}])
            absent = await site.ask(kind, [frame | {"stream": f"{stream}:{ABSENT}"}])
            if hidden != absent:
                found.append(f"{op} tells {kind} of a hidden {stream}: {hidden} {absent}")
    return found


@pytest.mark.usefixtures("site")
def test_every_thing_that_an_address_names_is_hidden_or_open() -> None:
    patterns: Sequence[object] = get_resolver().url_patterns
    routed = {
        part for pattern in patterns if isinstance(pattern, URLPattern) for part in pattern.pattern.converters
    }

    assert routed - OPEN == ROUTED
    assert {thing for named in rows().values() for thing in named} - HIDDEN.keys() <= OPEN


def test_every_kind_of_stream_is_hidden_or_open() -> None:
    assert STREAMS.keys() == DOORS.keys()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hidden_thing_answers_as_one_that_is_not_there(site: Site, kind: str) -> None:
    assert await leaks(site, kind) == []
    assert await live_leaks(site, kind) == []


async def test_whoever_belongs_finds_the_thing(site: Site) -> None:
    absent = site.things | {"room": ABSENT}

    async with site.browser(OWNER) as browser:
        page = await ask_page(browser, PAGES["room"], site.things)
        nothing = await ask_page(browser, PAGES["room"], absent)
    signed = await site.ask(
        OWNER, [{"op": "react", "id": 1, "stream": f"room:{site.things['room']}", **SOCKET["react"]}]
    )

    assert (page.status_code, SECRET_WORDS in page.text, nothing.status_code) == (200, True, 404)
    assert '"op":"ok","id":1' in signed[0]


@pytest.mark.parametrize("kind", [NOBODY, CITIZEN, OFFICIAL, MODERATOR])
async def test_the_site_is_the_same_with_a_secret_and_without(
    site_of: Callable[[bool], Site], kind: str
) -> None:
    seen = []
    for with_secret in (True, False):
        site = site_of(with_secret)
        # The room that is asked for here is the town's own, in both.
        async with site.browser(NOBODY) as browser:
            address = (await browser.get("/t/zarechny/room")).headers["location"]
        things = site.things | {"room": address.removeprefix("/rooms/"), "stream": f"room:{ABSENT}"}
        async with site.browser(kind) as browser:
            seen.append({name: await asked(become(browser, kind), name, things) for name in rows()})

    kept, bare = seen
    assert [name for name in rows() if kept[name] != bare[name]] == []


@pytest.mark.parametrize("place", ["core.rooms.queries.visible_to", "core.spaces.queries.visible_to"])
async def test_a_door_without_visible_to_is_found(
    site: Site, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def everything(_reading: Reading, _viewer: Viewer) -> Select[str]:
        return select(SpaceRow.id)

    # A fault planted on purpose: the choke point is taken out where rooms are read, or where they are
    # written to (`open_to_talk` stands on it).
    monkeypatch.setattr(place, everything)

    found = [*await leaks(site, CITIZEN), *await live_leaks(site, CITIZEN)]

    assert any("room" in one for one in found)


def test_the_noise_that_is_passed_over_hides_no_words() -> None:
    told = json.dumps({"title": "Тайный двор", "id": "0" * 32})

    assert json.loads(_NOISE.sub("…", told)) == {"title": "Тайный двор", "id": "…"}
