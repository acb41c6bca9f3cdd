"""The HTTP API: the same use cases as the pages, once under each key, refusals as code and sentence."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.identity import issue_sign_in_link, open_session
from core.territories import TerritoryKind, add_territory
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town
from tests.web.browser_twin import Browser
from tests.web.figures import publish_unemployment, the_open_alert, watch_unemployment

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


class Program:
    """A program that calls the API with somebody's token."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser = browser
        session = browser.town.database.run(open_session, person_id=browser.town.people[name])
        self.headers = {"Authorization": f"Bearer {session.token}"}

    async def get(self, path: str) -> httpx.Response:
        return await self.browser.client.get(f"/api/v1{path}", headers=self.headers)

    async def post(self, path: str, body: object = None, *, key: str = "") -> httpx.Response:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return await self.browser.client.post(f"/api/v1{path}", json=body, headers=headers)


async def test_the_committed_document_is_that_of_the_running_code(anybody: Browser) -> None:
    committed = json.loads(DOCUMENT.read_text(encoding="utf-8"))

    assert (await anybody.get("/api/v1/openapi.json")).json() == committed, "run tools/openapi"


async def test_every_post_takes_an_idempotency_key_or_makes_a_fresh_secret(anybody: Browser) -> None:
    paths = (await anybody.get("/api/v1/openapi.json")).json()["paths"]

    without = {
        path
        for path, operations in paths.items()
        if "post" in operations
        and "Idempotency-Key" not in {one["name"] for one in operations["post"].get("parameters", ())}
    }

    # Their answers are secrets, which are kept nowhere, so they cannot be given a second time.
    assert without == {"/api/v1/login-links", "/api/v1/link-codes", "/api/v1/sessions"}


async def test_the_caller_is_told_who_they_are(anybody: Browser) -> None:
    me = (await Program(anybody, IVANOV).get("/me")).json()

    assert me["display_name"] == IVANOV
    assert me["grants"][0]["role"] == "official"


async def test_nobody_is_told_to_sign_in(anybody: Browser) -> None:
    answer = await anybody.get("/api/v1/me")

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_needed"


async def test_a_refusal_is_in_the_language_of_the_caller(anybody: Browser) -> None:
    address = "/api/v1/polls/0190f000000070008000000000000000"

    english = await anybody.client.get(address, headers={"Accept-Language": "en"})
    russian = await anybody.client.get(address, headers={"Accept-Language": "ru"})

    assert english.status_code == russian.status_code == 404
    assert english.json() == {
        "code": "unknown_poll",
        "message": "There is no such poll. It may have been removed.",
    }
    assert russian.json()["code"] == "unknown_poll"


async def test_a_poll_is_opened_once_under_one_key(anybody: Browser, town: Town) -> None:
    moderator = Program(anybody, OLEG)
    body = {
        "territory_id": town.territory.id,
        "question": "Парк или парковка?",
        "options": ["Парк", "Парковка"],
        "closes_at": (town.clock.now() + timedelta(days=3)).isoformat(),
    }

    first = await moderator.post("/polls", body, key="open-1")
    again = await moderator.post("/polls", body, key="open-1")
    other = await moderator.post("/polls", {**body, "question": "Другой?"}, key="open-1")

    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len((await moderator.get("/polls?territory=zarechny")).json()) == 1


async def test_a_vote_over_the_api_counts_once_with_the_page(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    town.vote(ANNA, poll, "Парк", door="web")
    citizen = Program(anybody, ANNA)

    receipt = await citizen.post(f"/polls/{poll.id}/ballot", {"option_id": poll.options[1].id})

    assert receipt.json()["previous"] == poll.options[0].id
    shown = (await citizen.get(f"/polls/{poll.id}")).json()
    assert (shown["total"], shown["my_option_id"]) == (1, poll.options[1].id)


async def test_a_citizen_may_not_open_a_poll(anybody: Browser, town: Town) -> None:
    body = {
        "territory_id": town.territory.id,
        "question": "Парк?",
        "options": ["Да", "Нет"],
        "closes_at": (town.clock.now() + timedelta(days=3)).isoformat(),
    }

    answer = await Program(anybody, ANNA).post("/polls", body)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_message_and_its_answer_walk_through_the_api(anybody: Browser, town: Town) -> None:
    citizen, official = Program(anybody, ANNA), Program(anybody, IVANOV)
    sent = (await citizen.post("/conversations", {"text": "Яма на Ленина, 12"}, key="m-00001")).json()

    (card,) = (await official.get("/queue")).json()
    answered = await official.post(f"/conversations/{card['id']}/messages", {"text": "Заделаем"}, key="a-1")
    again = await official.post(f"/conversations/{card['id']}/messages", {"text": "Заделаем"}, key="a-1")
    events = (await citizen.get(f"/streams/{sent['stream']}/events")).json()

    assert card["last_text"] == "Яма на Ленина, 12"
    assert answered.json()["seq"] == again.json()["seq"] == 2
    assert [event["body"]["text"] for event in events["events"]] == ["Яма на Ленина, 12", "Заделаем"]


async def test_a_stranger_reads_no_stream_of_others(anybody: Browser) -> None:
    sent = (await Program(anybody, ANNA).post("/conversations", {"text": "Яма"})).json()
    stranger = Program(anybody, BORIS)

    stream = await stranger.get(f"/streams/{sent['stream']}/events")
    nothing = await stranger.get("/streams/room:0190f000000070008000000000000000/events")
    conversation = await stranger.get(f"/conversations/{sent['conversation_id']}")

    assert stream.status_code == nothing.status_code == conversation.status_code == 404
    assert stream.json() == nothing.json()


async def test_a_stranger_reads_no_chat_of_others(anybody: Browser) -> None:
    chat = (await Program(anybody, ANNA).post("/chat")).json()

    answer = await Program(anybody, BORIS).get(f"/streams/{chat['stream']}/events")

    assert answer.status_code == 404


async def test_a_word_to_the_bot_is_kept_once(anybody: Browser) -> None:
    citizen = Program(anybody, ANNA)
    chat = (await citizen.post("/chat")).json()

    first = await citizen.post("/chat/messages", {"text": "/start"}, key="word-001")
    again = await citizen.post("/chat/messages", {"text": "/start"}, key="word-001")

    assert first.json()["seq"] == again.json()["seq"]
    assert (await citizen.get(f"/streams/{chat['stream']}/events")).json()["head"] == 1


async def test_an_indicator_and_its_forecast_come_with_the_error_of_the_past(
    anybody: Browser, town: Town
) -> None:
    publish_unemployment(town, 6.0, 6.9)

    series = (await anybody.get("/api/v1/territories/zarechny/indicators/UNEMP")).json()
    forecast = (await anybody.get("/api/v1/territories/zarechny/indicators/UNEMP/forecast")).json()

    assert [point["value"] for point in series["points"]] == [6.0, 6.9]
    assert (forecast["backtest"]["coverage80"], forecast["redefined_in"]) == (0.83, None)
    publish_unemployment(town, 6.0, 7.0, digest="1" * 64, redefined_in="2026")
    again = (await anybody.get("/api/v1/territories/zarechny/indicators/UNEMP/forecast")).json()
    assert again["redefined_in"] == "2026"


async def test_an_alert_has_one_taker(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/alerts/{the_open_alert(town)}/acknowledge"

    first = await Program(anybody, IVANOV).post(address, key="take-1")
    again = await Program(anybody, IVANOV).post(address, key="take-1")

    assert first.json() == again.json()
    assert first.json()["person_name"] == IVANOV
    (alert,) = (await Program(anybody, IVANOV).get("/alerts")).json()
    assert alert["acknowledged_by_name"] == IVANOV


async def test_a_one_time_link_becomes_one_session(anybody: Browser, town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])

    first = await anybody.client.post("/api/v1/sessions", json={"token": token})
    second = await anybody.client.post("/api/v1/sessions", json={"token": token})

    assert first.json()["person_id"] == town.people[ANNA]
    assert (second.status_code, second.json()["code"]) == (409, "link_expired")


async def test_a_login_link_leads_to_this_site(anybody: Browser) -> None:
    link = (await Program(anybody, ANNA).post("/login-links")).json()["url"]

    assert link.startswith("http://testserver/in/")


async def test_an_ended_session_knows_nobody(anybody: Browser) -> None:
    program = Program(anybody, ANNA)

    ended = await anybody.client.delete("/api/v1/sessions/current", headers=program.headers)

    assert ended.status_code == 204
    assert (await program.get("/me")).status_code == 401


async def test_a_cookie_caller_without_the_csrf_header_is_refused(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)

    answer = await anybody.client.post(
        f"/api/v1/polls/{poll.id}/ballot", json={"option_id": poll.options[0].id}
    )

    assert answer.status_code == 403
    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


async def test_a_cookie_caller_with_the_csrf_header_is_served(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)
    await anybody.get("/ui")
    token = anybody.client.cookies["csrf"]

    answer = await anybody.client.post(
        f"/api/v1/polls/{poll.id}/ballot",
        json={"option_id": poll.options[0].id},
        headers={"X-CSRFToken": token},
    )

    assert answer.status_code == 200
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{", 400, id="not JSON"),
        pytest.param(b"[]", 422, id="not an object"),
        pytest.param(b'{"option_id": 7}', 422, id="a number for an id"),
        pytest.param(b"", 422, id="nothing"),
    ],
)
async def test_a_body_that_is_not_what_was_asked_for_is_refused_in_words(
    anybody: Browser, town: Town, body: bytes, status: int
) -> None:
    poll = town.open_poll()
    program = Program(anybody, ANNA)

    answer = await anybody.client.post(
        f"/api/v1/polls/{poll.id}/ballot",
        content=body,
        headers=program.headers | {"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (status, "invalid")


async def test_an_unknown_address_of_the_api_answers_in_json(anybody: Browser) -> None:
    answer = await anybody.get("/api/v1/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_territory_elsewhere_is_not_the_officials(anybody: Browser, town: Town) -> None:
    with town.database.transaction() as uow:
        other = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="verkhnee",
            name_ru="Верхнее",
            name_en="Verkhneye",
            parent_oktmo="99000000",
        )
    await Program(anybody, ANNA).post("/conversations", {"text": "Яма", "territory_id": other.id})

    assert (await Program(anybody, IVANOV).get("/queue")).json() == []
