"""Who may do what: every address of the web × every kind of viewer. An address without a row fails."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from core.shared.clock import ManualClock
from core.shared.ids import PersonId
from core.store import Database
from core.territories import Territory
from tests.conftest import NOON
from tests.realtime.schema import operations
from tests.town import Town
from tests.web.authorisation_table import API, KINDS, PAGES, SOCKET, ask_api, ask_page, become
from tests.web.browser_twin import Browser
from tests.web.furnished import furnish


@dataclass(frozen=True)
class Furnished:
    """A database file with one of each thing, made once and copied for every row of the tables."""

    path: Path
    territory: Territory
    people: dict[str, PersonId]
    things: dict[str, str]


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The town with a poll, Anna's conversation and chat, an alert. Rights are the same on PostgreSQL."""
    path = tmp_path_factory.mktemp("furnished") / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    clock = ManualClock(NOON)
    database = Database(f"sqlite:///{path}", clock=clock)
    town = Town.found(database, clock)
    things = furnish(town)
    # The last connection to close puts everything into the one file.
    database.close()
    return Furnished(path=path, territory=town.territory, people=town.people, things=things)


@pytest.fixture
def database(furnished: Furnished, tmp_path: Path, clock: ManualClock) -> Iterator[Database]:
    path = tmp_path / "strategy24.db"
    path.write_bytes(furnished.path.read_bytes())
    opened = Database(f"sqlite:///{path}", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def town(furnished: Furnished, database: Database, clock: ManualClock) -> Town:
    return Town(database=database, clock=clock, territory=furnished.territory, people=dict(furnished.people))


@pytest.fixture
def things(furnished: Furnished) -> dict[str, str]:
    return furnished.things


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
