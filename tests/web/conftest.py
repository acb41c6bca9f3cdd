"""A browser without a screen, in front of the real ASGI application and a real database."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.catalogue import LOCALE_FOLDER
from core.shared.clock import ManualClock
from core.store import Database
from tests.conftest import NOON
from tests.town import Town
from tests.web.browser_twin import Browser
from tests.web.furnished import Furnished
from web import WebDependencies, build_web
from web.asgi_types import AsgiApp

PUBLIC_URL = "http://testserver"


@pytest.fixture
def web(database: Database, tmp_path: Path) -> AsgiApp:
    """The web over an empty database."""
    return build_web(
        WebDependencies(
            database=database,
            secret_key="a secret of fifty letters at least, for the tests only",
            public_url=PUBLIC_URL,
            allowed_hosts=("testserver",),
            locale_dir=LOCALE_FOLDER,
            files_dir=tmp_path / "files",
            body_limit_bytes=200_000,
        )
    )


@pytest.fixture
async def anybody(web: AsgiApp, town: Town) -> AsyncIterator[Browser]:
    """A browser in which nobody has signed in."""
    async with Browser.open(web, town) as browser:
        yield browser


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Furnished]:
    """A town with one of each thing, with or without a secret one; each is made when first asked for."""
    made: dict[bool, Furnished] = {}

    def furnished(with_secret: bool) -> Furnished:
        if with_secret not in made:
            path = tmp_path_factory.mktemp("furnished") / "strategy24.db"
            shutil.copyfile(sqlite_template, path)
            made[with_secret] = Furnished.at(path, ManualClock(NOON), with_secret=with_secret)
        return made[with_secret]

    return furnished
