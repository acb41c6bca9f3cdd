"""A real Chromium in front of the living web."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from core.shared.clock import ManualClock
from core.store import Database
from tests.browsers import OPTIONS
from tests.conftest import NOON
from tests.town import Town
from tests.web.browser.looking import HEIGHTS, Visitor
from tests.web.living import living_web
from tests.web.stage import Stage, set_the_stage

# How soon something shows is not judged here, and a machine may be busy.
expect.set_options(timeout=20_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")


# Not for the whole session: Playwright keeps an event loop running in this thread, and asynchronous tests of
# other files in the same process could not start theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Its absence fails the tests: nobody would notice a skip."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium on PATH: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A town in the middle of its life; the tests of one file share it."""
    path = tmp_path_factory.mktemp("stage") / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    clock = ManualClock(NOON)
    database = Database(f"sqlite:///{path}", clock=clock)
    yield set_the_stage(Town.found(database, clock))
    database.close()


@pytest.fixture(scope="module")
def address(stage: Stage, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the town is served."""
    with living_web(stage.town.database, tmp_path_factory.mktemp("files"), redis_url) as address:
        yield address


@pytest.fixture
def visitor(chromium: Browser, stage: Stage, address: str) -> Iterator[Callable[..., Visitor]]:
    """Makes browsers of the town's people; closed after the test."""
    contexts: list[BrowserContext] = []

    def arrive(name: str | None = None, *, width: int = 1280, theme: str = "light") -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme="dark" if theme == "dark" else "light",
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if name is not None:
            context.add_cookies([{"name": "session", "value": stage.token_of(name), "url": address}])
        return Visitor.arriving(context.new_page(), address)

    yield arrive
    for context in contexts:
        context.close()
