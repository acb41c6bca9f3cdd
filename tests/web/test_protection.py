"""What protects every page: forged forms, foreign content, bodies that are too long."""

import pytest

from tests.town import ANNA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.conftest import PUBLIC_URL


async def test_a_form_without_its_token_is_refused(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)

    page = await anybody.client.post(f"/polls/{poll.id}/ballot", data={"option": poll.options[0].id})

    assert page.status_code == 403
    assert "Ничего не отправлено" in words_of(page)
    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


async def test_a_form_from_a_foreign_origin_is_refused(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(ANNA)
    anybody.client.headers["Origin"] = "http://evil.example"

    page = await anybody.submit(f"/polls/{poll.id}/ballot", option=poll.options[0].id)

    assert page.status_code == 403
    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


async def test_every_page_forbids_foreign_content(anybody: Browser) -> None:
    page = await anybody.get("/ui")

    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert PUBLIC_URL not in page.text


@pytest.mark.parametrize("address", ["/nothing", "/t/nowhere", "/polls/no-poll"])
async def test_a_missing_page_is_said_in_words(anybody: Browser, address: str) -> None:
    page = await anybody.get(address)

    assert page.status_code == 404
    assert "Такой страницы нет" in words_of(page)


async def test_a_body_that_is_too_long_is_refused_before_it_is_read(anybody: Browser) -> None:
    read = 0

    async def endless() -> object:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 50_000

    page = await anybody.client.post("/language", content=endless())  # type: ignore[arg-type] # an async generator

    assert page.status_code == 413
    assert page.json()["code"] == "too_large"
    assert read < 10


async def test_an_announced_ten_megabytes_are_refused_at_once(anybody: Browser) -> None:
    page = await anybody.client.post("/language", content=b"x" * 10_000_000)

    assert page.status_code == 413
    assert "Ничего не отправлено" in page.json()["message"]


async def test_a_redirect_never_leaves_the_site(anybody: Browser) -> None:
    answer = await anybody.submit("/language", language="en", next="https://evil.example/")

    assert answer.headers["location"] == "/"


async def test_a_forged_host_is_refused(anybody: Browser) -> None:
    page = await anybody.client.get("/ui", headers={"Host": "evil.example"})

    assert page.status_code == 400
