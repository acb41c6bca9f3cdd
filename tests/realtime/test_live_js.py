"""The browser's client in a real Chromium, against a real hub."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from core.store import bump_epochs
from tests.browsers import OPTIONS
from tests.faults.wire_cutter import WireCutter
from tests.realtime.live_town import LiveTown, until
from tests.realtime.test_resume import say, write
from tests.town import ANNA, BORIS

pytestmark = pytest.mark.browser

CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PREPARE = """async () => {
  const { Live } = await import("/live.js");
  window.begin = (owner) => {
    window.statuses = [];
    window.live = new Live({ owner });
    window.live.addEventListener("status", ({ detail }) => window.statuses.push(detail.status));
  };
  window.follow = (stream, position) => {
    const seen = { events: [], states: [], resets: 0, ready: 0, refused: null };
    window.seen = seen;
    window.room = window.live.follow(stream, {
      ...position,
      onEvents: (events) => seen.events.push(...events),
      onReset: () => { seen.resets += 1; seen.events.length = 0; },
      onReady: () => { seen.ready += 1; },
      onState: (state) => seen.states.push(state),
      onRefused: (refusal) => { seen.refused = refusal.code; },
    });
  };
}"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What a browser does does not depend on the kind of database: one is enough here."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def chrome_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Chromium for all; without one these tests fail, naming the package."""
    binary = next(filter(None, map(shutil.which, CHROMES)), None)
    if binary is None:
        pytest.fail("no Chrome or Chromium: install the package chromium")
    profile = tmp_path_factory.mktemp("chrome")
    options = ["--headless=new", *OPTIONS, "--log-level=3", "--remote-debugging-port=0"]
    options.append(f"--user-data-dir={profile}")
    with subprocess.Popen([binary, *options], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("DevTools listening on "))
        yield said.split()[-1]
        process.kill()


@pytest.fixture
async def chrome(chrome_address: str) -> AsyncIterator[Browser]:
    """The Chromium, in the loop of one test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chrome_address)
        yield browser
        await browser.close()


@dataclass(slots=True)
class Tab:
    """A browser tab of one person with the client loaded."""

    page: Page
    live: LiveTown
    owner: str

    async def load(self) -> None:
        """Open the page, or open it anew: what was in memory is gone."""
        await self.page.goto(self.live.url.replace("ws://", "http://").removesuffix("live"))
        await self.page.evaluate(PREPARE)
        await self.page.evaluate("(owner) => window.begin(owner)", self.owner)

    async def follow(self, stream: str, **position: int) -> None:
        """Follow a stream and wait until the hub has agreed or refused."""
        await self.page.evaluate(
            "([stream, position]) => window.follow(stream, position)", [stream, position]
        )
        await self.page.wait_for_function("window.seen.ready || window.seen.refused")

    async def numbers(self) -> list[int]:
        """Seqs of the events shown, in the order of showing."""
        shown: list[int] = await self.evaluate("window.seen.events.map((event) => event.seq)")
        return shown

    async def shows(self, seq: int) -> None:
        """Wait until the event under this number is shown."""
        await self.page.wait_for_function("(seq) => window.seen.events.at(-1)?.seq === seq", arg=seq)

    async def evaluate(self, expression: str, argument: Any = None) -> Any:
        """What an expression gives in the page."""
        return await self.page.evaluate(expression, argument)

    async def status(self, status: str) -> None:
        """Wait until the client is in this state."""
        await self.page.wait_for_function("(status) => window.live.status === status", arg=status)

    async def was(self, status: str, *, times: int) -> None:
        """Wait until the client has been in this state so many times, however shortly."""
        count = "([status, times]) => window.statuses.filter((past) => past === status).length >= times"
        await self.page.wait_for_function(count, arg=[status, times])


async def open_tab(live: LiveTown, context: BrowserContext, who: str) -> Tab:
    """A tab of this person, loaded and online."""
    address = live.url.replace("ws://", "http://")
    await context.add_cookies([{"name": "session", "value": live.token(who), "url": address}])
    tab = Tab(page=await context.new_page(), live=live, owner=live.town.people[who])
    await tab.load()
    await tab.status("online")
    return tab


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


@pytest.fixture
async def anna(live: LiveTown, chrome: Browser) -> AsyncIterator[Tab]:
    """Анна's tab."""
    context = await chrome.new_context()
    yield await open_tab(live, context, ANNA)
    await context.close()


async def test_a_page_goes_on_from_where_the_server_drew_it(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await write(live, room, count=5)

    await anna.follow(room, epoch=1, seq=3)
    await say(live, room, 5)
    await anna.shows(6)

    assert await anna.numbers() == [4, 5, 6]


async def test_a_page_cut_off_again_and_again_shows_everything_once(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await anna.follow(room, epoch=1, seq=0)

    writing = asyncio.create_task(write(live, room, count=150))
    for times in (2, 3, 4):
        await asyncio.sleep(0.2)
        live.door.cut()
        await anna.was("online", times=times)
    await writing
    await anna.shows(150)

    assert await anna.numbers() == list(range(1, 151))


async def test_a_line_that_falls_silent_is_left_and_nothing_is_missed(
    live: LiveTown, chrome: Browser
) -> None:
    room, context = live.room(), await chrome.new_context()
    await context.clock.install()
    async with WireCutter(port_of(live.url)) as network:
        live.hub.allowed_origins |= {network.address.replace("ws://", "http://").removesuffix("/live")}
        anna = await open_tab(replace(live, url=network.address), context, ANNA)
        await anna.follow(room, epoch=1, seq=0)
        await say(live, room, 0)
        await anna.shows(1)

        # Nobody is told: for the browser the socket stays open.
        network.swallow()
        await say(live, room, 1)
        await anna.evaluate("void window.room.send('Меня слышно?')")
        await anna.page.wait_for_function("window.live.unsent().length === 1")
        # Ten seconds without an answer; the clock is the page's own.
        await context.clock.fast_forward(10_000)
        await anna.was("connecting", times=1)
        await anna.shows(3)

        assert await anna.numbers() == [1, 2, 3]
        assert [message.text for message in live.stored(room)][-1:] == ["Меня слышно?"]
        await context.close()


async def test_a_message_written_while_the_line_is_dead_survives_a_reload_and_is_sent_once(
    live: LiveTown, anna: Tab
) -> None:
    room = live.room()
    await anna.follow(room, epoch=1, seq=0)

    live.door.shut = True
    live.door.cut()
    await anna.was("connecting", times=1)
    await anna.evaluate("void window.room.send('Пока без связи')")
    await anna.load()
    waiting = await anna.evaluate("window.live.unsent().map(({ text }) => text)")
    before = live.stored(room)
    live.door.shut = False
    await until(lambda: len(live.stored(room)) == 1)
    await anna.page.wait_for_function("window.live.unsent().length === 0")

    assert (waiting, before) == (["Пока без связи"], [])
    assert [message.text for message in live.stored(room)] == ["Пока без связи"]
    assert await anna.evaluate("localStorage.length") == 0


async def test_a_message_whose_receipt_was_lost_is_stored_once(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await anna.follow(room, epoch=1, seq=0)

    live.door.mute = True
    await anna.evaluate("void window.room.send('Раз').done.then((answer) => { window.answer = answer; })")
    await until(lambda: len(live.stored(room)) == 1)
    await anna.was("connecting", times=1)
    live.door.mute = False
    await anna.page.wait_for_function("window.answer")

    assert [message.text for message in live.stored(room)] == ["Раз"]
    answer = await anna.evaluate("window.answer")
    assert (answer["seq"], answer["duplicate"]) == (1, True)


async def test_many_messages_keep_the_writers_order_over_a_dying_line(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await anna.follow(room, epoch=1, seq=0)

    await anna.evaluate("for (let i = 0; i < 30; i += 1) void window.room.send(`Сообщение ${i}`)")
    live.door.cut()
    await anna.shows(30)

    assert [message.text for message in live.stored(room)] == [f"Сообщение {i}" for i in range(30)]


async def test_what_one_person_left_unsent_is_not_sent_by_the_next_at_this_device(
    live: LiveTown, anna: Tab
) -> None:
    room = live.room()
    live.door.shut = True
    live.door.cut()
    await anna.evaluate("(room) => void window.live.send(room, 'Это пишет Анна')", room)

    anna.owner = live.town.people[BORIS]
    await anna.load()
    # Not before the page of Anna is gone: it would come back through the open door and send.
    live.door.shut = False
    await anna.status("online")
    await anna.follow(room)

    assert await anna.evaluate("window.live.unsent().length") == 0
    assert live.stored(room) == []


async def test_after_a_restore_the_page_is_told_to_start_afresh(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await write(live, room, count=3)
    await anna.follow(room, epoch=1, seq=0)
    await anna.shows(3)

    live.database.run(bump_epochs)
    await say(live, room, 3)
    await anna.page.wait_for_function("window.seen.resets === 1")
    await anna.shows(4)

    assert await anna.numbers() == [1, 2, 3, 4]


async def test_a_refusal_reaches_the_writer_and_holds_up_nothing(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    await anna.follow(room)

    code = await anna.evaluate("window.room.send('   ').done.catch((refusal) => refusal.code)")
    sent = await anna.evaluate("window.room.send('Дальше').done")

    assert (code, sent["seq"]) == ("empty", 1)


async def test_a_stream_that_may_not_be_followed_says_so(live: LiveTown, anna: Tab) -> None:
    await anna.follow("room:" + "f" * 32)

    assert await anna.evaluate("window.seen.refused") == "no_such_stream"


async def test_a_tally_moves_in_the_page(live: LiveTown, anna: Tab) -> None:
    poll = live.town.open_poll()
    await anna.follow(f"poll:{poll.id}")

    await asyncio.to_thread(live.town.vote, BORIS, poll, "Парк")
    await anna.page.wait_for_function("window.seen.states.at(-1)?.total === 1")


async def test_a_page_whose_session_ended_stops_trying(live: LiveTown, anna: Tab) -> None:
    await anna.page.context.clear_cookies()
    address = live.url.replace("ws://", "http://")
    await anna.page.context.add_cookies([{"name": "session", "value": "forged", "url": address}])

    live.door.cut()
    await anna.status("signed-out")
    await asyncio.sleep(1)

    assert await anna.evaluate("window.statuses.at(-1)") == "signed-out"
    assert not live.hub.connections.open


async def test_the_client_knows_its_latency(anna: Tab) -> None:
    await anna.page.wait_for_function("window.live.latencyMs !== null")

    assert await anna.evaluate("0 < live.latencyMs && live.latencyMs < performance.now()")


async def test_the_example_of_the_documentation_does_what_it_says(live: LiveTown, anna: Tab) -> None:
    room = live.room()
    live.posts(BORIS, room, "Добрый день")
    await anna.evaluate(
        """([room, me]) => {
          Object.assign(document.body.dataset, { room, me });
          const [list, form, output] = ["ul", "form", "output"].map((tag) => document.createElement(tag));
          list.id = "said";
          form.append(Object.assign(document.createElement("input"), { name: "text", value: "И вам" }));
          document.body.append(list, form, output);
        }""",
        [room, anna.owner],
    )

    await anna.page.add_script_tag(content=example_of_the_documentation(), type="module")
    await anna.page.wait_for_selector("#said > li")
    await anna.evaluate("document.querySelector('form').requestSubmit()")
    await anna.page.wait_for_function("document.querySelector('output').textContent === 'delivered'")
    live.door.shut = True
    live.door.cut()
    await anna.evaluate("document.querySelector('form').requestSubmit()")
    await anna.page.wait_for_function("document.querySelector('output').textContent === 'waits'")
    live.door.shut = False
    await anna.page.wait_for_function("document.querySelectorAll('#said > li').length === 3")

    said = await anna.evaluate("[...document.querySelectorAll('#said > li')].map((li) => li.textContent)")
    assert said == [f"{BORIS}: Добрый день", f"{ANNA}: И вам", f"{ANNA}: И вам"]


def example_of_the_documentation() -> str:
    """The code that docs/live-client.md shows."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "live-client.md").read_text("utf-8")
    return text.partition("```js\n")[2].partition("```")[0]
