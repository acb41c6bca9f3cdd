"""A browser without a screen, in front of the real ASGI application and a real database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.catalogue import LOCALE_FOLDER
from core.store import Database
from tests.town import Town
from tests.web.browser_twin import Browser
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
