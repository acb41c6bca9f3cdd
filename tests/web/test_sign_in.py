"""Coming in by a one-time link, going out, and what the cabinet allows."""

from datetime import timedelta

from core.identity import issue_sign_in_link
from tests.town import ANNA, IVANOV, Town
from tests.web.browser_twin import Browser, words_of


async def test_opening_a_one_time_link_only_shows_a_button(anybody: Browser, town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])

    page = await anybody.get(f"/in/{token}")

    assert page.status_code == 200
    assert "session" not in anybody.client.cookies


async def test_pressing_the_button_signs_in_once(anybody: Browser, town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])

    first = await anybody.submit(f"/in/{token}")
    second = await anybody.submit(f"/in/{token}")

    assert first.status_code == 302
    assert second.status_code == 409
    assert "Анна Петрова" in words_of(await anybody.get("/me"))


async def test_an_expired_link_is_refused_in_words(anybody: Browser, town: Town) -> None:
    token = town.database.run(issue_sign_in_link, person_id=town.people[ANNA])
    town.clock.advance(timedelta(minutes=11))

    page = await anybody.submit(f"/in/{token}")

    assert page.status_code == 409
    assert "session" not in anybody.client.cookies


async def test_an_official_comes_to_the_console_after_signing_in(anybody: Browser) -> None:
    anybody.sign_in_as(IVANOV)

    page = await anybody.get("/after-sign-in")

    assert page.headers["location"] == "/console"


async def test_signing_out_ends_the_session_itself(anybody: Browser) -> None:
    anybody.sign_in_as(ANNA)
    cookie = dict(anybody.client.cookies)

    await anybody.submit("/out")
    anybody.client.cookies.update(cookie)

    assert (await anybody.get("/me")).status_code == 403


async def test_a_page_for_the_signed_in_says_how_to_sign_in(anybody: Browser) -> None:
    page = await anybody.get("/me")

    assert page.status_code == 403
    assert 'href="/in?next=/me"' in page.text


async def test_a_link_code_is_shown_once_and_can_be_read_aloud(anybody: Browser) -> None:
    anybody.sign_in_as(ANNA)

    page = await anybody.submit("/me/link-code")

    assert "Отправьте этот код нашему боту" in words_of(page)


async def test_taken_back_consent_is_shown_as_taken_back(anybody: Browser) -> None:
    anybody.sign_in_as(ANNA)

    await anybody.submit("/consent/withdraw")

    assert "Согласия нет" in words_of(await anybody.get("/me"))
