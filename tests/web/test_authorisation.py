"""Who may do what: every address of the web × every kind of viewer. An address without a row fails."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver

from core.chats import open_web_chat
from core.contact import send_message
from core.delivery import EventKind, propose_broadcast
from core.shared.clock import ManualClock
from core.shared.ids import PersonId
from core.store import Database
from core.territories import Territory
from tests.conftest import NOON
from tests.town import ANNA, BORIS, IVANOV, OLEG, SMIRNOVA, VERA, Town
from tests.web.browser_twin import Browser
from tests.web.figures import publish_unemployment, the_open_alert, watch_unemployment

NOBODY, VISITOR, CITIZEN, OWNER = "nobody", "visitor", "citizen", "owner"
OFFICIAL, MODERATOR, ANALYST = "official", "moderator", "analyst"
KINDS = (NOBODY, VISITOR, CITIZEN, OWNER, OFFICIAL, MODERATOR, ANALYST)

ANYBODY = frozenset(KINDS)
SIGNED_IN = ANYBODY - {NOBODY}
CONSENTED = SIGNED_IN - {VISITOR}
STAFF = frozenset({OFFICIAL, MODERATOR, ANALYST})
OFFICIALS = frozenset({OFFICIAL})
AUTHORITY = frozenset({OFFICIAL, MODERATOR})
MODERATORS = frozenset({MODERATOR})
OWN = frozenset({OWNER})
# An official sees a conversation from both sides; writing as either is the core's to decide.
PARTIES = frozenset({OWNER, OFFICIAL})


@dataclass(frozen=True)
class Row:
    """An address, what is sent to it, and who is let through."""

    allowed: frozenset[str]
    path: str
    form: tuple[tuple[str, str], ...] | None = None


def post(allowed: frozenset[str], path: str, **form: str) -> Row:
    """A form."""
    return Row(allowed, path, tuple(form.items()))


PAGES: dict[str, Row] = {
    "start": Row(ANYBODY, "/"),
    "home": Row(ANYBODY, "/t/zarechny"),
    "poll_list": Row(ANYBODY, "/t/zarechny/polls"),
    "indicator_list": Row(ANYBODY, "/t/zarechny/indicators"),
    "indicator": Row(ANYBODY, "/t/zarechny/indicators/UNEMP"),
    "indicator_data": Row(ANYBODY, "/t/zarechny/indicators/UNEMP.csv"),
    "poll": Row(ANYBODY, "/polls/{poll}"),
    # Whoever has not consented gets the page that asks for it, with 200, and no vote.
    "vote": post(ANYBODY, "/polls/{poll}/ballot", option="{option}"),
    "chat": Row(ANYBODY, "/chat"),
    "start_chat": post(ANYBODY, "/chat/start"),
    "write_in_chat": post(OWN, "/chat/messages", chat="{chat}", text="слово"),
    "press_in_chat": post(OWN, "/chat/press", chat="{chat}", press="1:x"),
    "conversation": Row(PARTIES, "/conversations/{conversation}"),
    "write": post(PARTIES, "/conversations/{conversation}/messages", text="слово"),
    "sign_in": Row(ANYBODY, "/in"),
    "one_time_link": Row(ANYBODY, "/in/token"),
    "after_sign_in": Row(ANYBODY, "/after-sign-in"),
    "sign_out": post(ANYBODY, "/out"),
    "consent": Row(ANYBODY, "/consent"),
    "withdraw_consent": post(SIGNED_IN, "/consent/withdraw"),
    "cabinet": Row(SIGNED_IN, "/me"),
    "link_code": post(SIGNED_IN, "/me/link-code"),
    "end_session": post(SIGNED_IN, "/me/sessions/end", session="x"),
    "change_name": post(SIGNED_IN, "/me/name", name="Имя"),
    "change_language": post(SIGNED_IN, "/me/language", language="en"),
    "notices": Row(SIGNED_IN, "/me/notices"),
    "choose_preset": post(SIGNED_IN, "/me/notices/preset", preset="calm"),
    "choose_notices": post(SIGNED_IN, "/me/notices/matrix", **{"news-web": "off"}),
    "console": Row(STAFF, "/console"),
    "queue_fragment": Row(OFFICIALS, "/console/fragments/queue/conversations"),
    "conversation_queue": Row(OFFICIALS, "/console/conversations"),
    "conversation_at_desk": Row(OFFICIALS, "/console/conversations/{conversation}"),
    "answer_conversation": post(OFFICIALS, "/console/conversations/{conversation}/answer", text="слово"),
    "resolve_conversation": post(OFFICIALS, "/console/conversations/{conversation}/resolve"),
    "poll_queue": Row(MODERATORS, "/console/polls"),
    "new_poll": Row(MODERATORS, "/console/polls/new"),
    "poll_at_desk": Row(MODERATORS, "/console/polls/{poll}"),
    "close_poll": post(MODERATORS, "/console/polls/{poll}/close"),
    "broadcast_queue": Row(AUTHORITY, "/console/broadcasts"),
    "new_broadcast": Row(AUTHORITY, "/console/broadcasts/new"),
    "broadcast_at_desk": Row(AUTHORITY, "/console/broadcasts/{broadcast}"),
    "decide_broadcast": post(AUTHORITY, "/console/broadcasts/{broadcast}/decision", decision="reject"),
    "alert_queue": Row(OFFICIALS, "/console/alerts"),
    "alert_at_desk": Row(OFFICIALS, "/console/alerts/{alert}"),
    "acknowledge_alert": post(OFFICIALS, "/console/alerts/{alert}/acknowledge"),
    "snooze_alert": post(OFFICIALS, "/console/alerts/{alert}/snooze", term="hour"),
    # No file is on the stage: what is hidden and what is not there look alike.
    "file": Row(frozenset(), "/files/" + "0" * 64),
    "gallery": Row(ANYBODY, "/ui"),
    "language": post(ANYBODY, "/language", language="en"),
    "theme": post(ANYBODY, "/theme", theme="dark"),
}

API: dict[str, Row] = {
    "GET /me": Row(SIGNED_IN, ""),
    "POST /login-links": Row(SIGNED_IN, ""),
    "POST /link-codes": Row(SIGNED_IN, ""),
    "POST /sessions": Row(frozenset(), "", (("token", "wrong"),)),
    "DELETE /sessions/current": Row(SIGNED_IN, ""),
    "GET /territories": Row(ANYBODY, ""),
    "GET /polls": Row(ANYBODY, ""),
    "GET /polls/{poll_id}": Row(ANYBODY, ""),
    "POST /polls": Row(
        MODERATORS,
        "",
        (("territory_id", "{territory}"), ("question", "Да?"), ("closes_at", "2027-03-20T00:00Z")),
    ),
    "POST /polls/{poll_id}/close": Row(MODERATORS, ""),
    "POST /polls/{poll_id}/ballot": Row(CONSENTED, "", (("option_id", "{option}"),)),
    "GET /conversations": Row(SIGNED_IN, ""),
    "POST /conversations": Row(CONSENTED, "", (("text", "слово"), ("territory_id", "{territory}"))),
    "GET /queue": Row(SIGNED_IN, ""),
    "GET /conversations/{conversation_id}": Row(PARTIES, ""),
    "POST /conversations/{conversation_id}/messages": Row(PARTIES, "", (("text", "слово"),)),
    "POST /conversations/{conversation_id}/resolve": Row(OFFICIALS, ""),
    "POST /chat": Row(SIGNED_IN, ""),
    "POST /chat/messages": Row(SIGNED_IN, "", (("text", "слово"),)),
    "POST /chat/presses": Row(SIGNED_IN, "", (("of", "1"), ("data", "x"))),
    "GET /streams/{stream}/events": Row(OWN, ""),
    "GET /territories/{slug}/indicators": Row(ANYBODY, ""),
    "GET /territories/{slug}/indicators/{code}": Row(ANYBODY, ""),
    "GET /territories/{slug}/indicators/{code}/forecast": Row(ANYBODY, ""),
    "GET /alerts": Row(SIGNED_IN, ""),
    "POST /alerts/{alert_id}/acknowledge": Row(OFFICIALS, ""),
    "POST /alerts/{alert_id}/snooze": Row(OFFICIALS, "", (("term", "hour"),)),
}


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
    things = _furnish(town)
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


def _furnish(town: Town) -> dict[str, str]:
    poll = town.open_poll()
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    sent = town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id="client-1",
    )
    chat = town.database.run(open_web_chat, person_id=town.people[ANNA])
    town.newcomer("Гость", consents=False)
    return {
        "poll": poll.id,
        "option": poll.options[0].id,
        "conversation": sent.conversation_id,
        "chat": chat.id,
        "alert": the_open_alert(town),
        "broadcast": town.database.run(
            propose_broadcast,
            territory_id=town.territory.id,
            created_by=town.people[SMIRNOVA],
            event=EventKind.NEWS,
            title="Отключение воды",
            text="12 марта",
        ),
        "territory": town.territory.id,
    }


def become(browser: Browser, kind: str) -> Browser:
    """Sign the browser in as one of the kinds."""
    people = {
        VISITOR: "Гость",
        CITIZEN: BORIS,
        OWNER: ANNA,
        OFFICIAL: IVANOV,
        MODERATOR: OLEG,
        ANALYST: VERA,
    }
    return browser if kind == NOBODY else browser.sign_in_as(people[kind])


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


@pytest.mark.parametrize("kind", KINDS)
async def test_pages_let_in_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], kind: str
) -> None:
    become(anybody, kind)

    let_in = {name for name, row in PAGES.items() if row.form is None and await _opens(anybody, row, things)}

    assert let_in == {name for name, row in PAGES.items() if row.form is None and kind in row.allowed}


@pytest.mark.parametrize("name", [name for name, row in PAGES.items() if row.form is not None])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_form_is_taken_from_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], name: str, kind: str
) -> None:
    row = PAGES[name]
    become(anybody, kind)

    answer = await anybody.submit(
        row.path.format(**things), **{key: text.format(**things) for key, text in row.form or ()}
    )

    assert (answer.status_code < 400) == (kind in row.allowed), answer.status_code


@pytest.mark.parametrize("operation", API)
@pytest.mark.parametrize("kind", KINDS)
async def test_an_operation_of_the_api_is_done_for_exactly_those_who_may(
    anybody: Browser, things: dict[str, str], operation: str, kind: str
) -> None:
    row = API[operation]
    become(anybody, kind)
    await anybody.get("/ui")

    answer = await anybody.client.request(
        operation.split(" ", maxsplit=1)[0],
        _address(operation, things),
        json=_body(row, things),
        headers={"X-CSRFToken": anybody.client.cookies["csrf"]},
    )

    assert (answer.status_code < 400) == (kind in row.allowed), answer.text


async def _opens(browser: Browser, row: Row, things: dict[str, str]) -> bool:
    return (await browser.get(row.path.format(**things))).status_code < 400


def _address(operation: str, things: dict[str, str]) -> str:
    path = operation.split(" ")[1].format(
        poll_id=things["poll"],
        conversation_id=things["conversation"],
        alert_id=things["alert"],
        stream=f"chat:{things['chat']}",
        slug="zarechny",
        code="UNEMP",
    )
    return f"/api/v1{path}"


def _body(row: Row, things: dict[str, str]) -> dict[str, object]:
    body: dict[str, object] = {key: text.format(**things) for key, text in row.form or ()}
    if "question" in body:
        body["options"] = ["Да", "Нет"]
    if "of" in body:
        body["of"] = 1
    return body


def _names(patterns: Sequence[object]) -> list[str]:
    """The names of our own addresses; those of the API have a table of their own."""
    return [str(one.name) for one in patterns if isinstance(one, URLPattern)]
