"""Who may do what: every address of the web × every kind of viewer. An address without a row fails."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from core.shared.clock import ManualClock
from core.store import Database
from tests.realtime.schema import operations
from tests.town import Town
from tests.web.authorisation_table import API, KINDS, PAGES, SOCKET, ask_api, ask_page, become
from tests.web.browser_twin import Browser
from tests.web.furnished import Furnished


@pytest.fixture
def bare(furnished: Callable[[bool], Furnished]) -> Furnished:
    """The town without a secret. Rights are the same on PostgreSQL."""
    return furnished(False)


@pytest.fixture
def database_url(bare: Furnished, copied_sqlite: Callable[[Path], str]) -> str:
    return copied_sqlite(bare.path)


@pytest.fixture
def town(bare: Furnished, database: Database, clock: ManualClock) -> Town:
    return bare.town_in(database, clock)


@pytest.fixture
def things(bare: Furnished) -> dict[str, str]:
    return dict(bare.things)


async def test_every_page_has_a_row_and_every_row_a_page(anybody: Browser) -> None:
    assert sorted(set(_names(get_resolver().url_patterns))) == sorted(PAGES)


async def test_every_operation_of_the_api_has_a_row(anybody: Browser) -> None:
    paths = (await anybody.get("/api/v1/openapi.json")).json()["paths"]

    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, found in paths.items()
        for method in found
    }

    assert sorted(operations) == sorted(API)


def test_every_operation_of_the_socket_has_a_row() -> None:
    assert sorted(operations("ask")) == sorted(SOCKET)


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_let_in_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], kind: str
) -> None:
    become(anybody, kind)

    let_in = {
        name
        for name, row in PAGES.items()
        if row.form is None and (await ask_page(anybody, row, things)).status_code < 400
    }

    assert let_in == {name for name, row in PAGES.items() if row.form is None and kind in row.allowed}


@pytest.mark.parametrize("name", [name for name, row in PAGES.items() if row.form is not None])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_form_is_taken_from_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], name: str, kind: str
) -> None:
    row = PAGES[name]
    become(anybody, kind)

    answer = await ask_page(anybody, row, things)

    assert (answer.status_code < 400) == (kind in row.allowed), answer.status_code


@pytest.mark.parametrize("operation", API)
@pytest.mark.parametrize("kind", KINDS)
async def test_an_operation_of_the_api_is_done_for_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], operation: str, kind: str
) -> None:
    become(anybody, kind)

    answer = await ask_api(anybody, operation, things)

    assert (answer.status_code < 400) == (kind in API[operation].allowed), answer.text


def _names(patterns: Sequence[object]) -> list[str]:
    """The names of our own addresses; those of the API have a table of their own."""
    return [str(one.name) for one in patterns if isinstance(one, URLPattern)]
