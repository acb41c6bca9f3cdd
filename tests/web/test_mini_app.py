"""The page inside a messenger: signed, at most a day old, good once; then a session of one's own."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.catalogue import LOCALE_FOLDER
from core.identity import link_identity, person_by_identity
from core.store import Database
from messengers import Carrier, ChannelPolicy
from tests.town import ANNA, IVANOV, Town
from tests.web.browser_twin import Browser, words_of
from web import WebDependencies, build_web

TOKENS = {Carrier.TELEGRAM: "424242:TEST-token", Carrier.MAX: "max-TEST-token"}
ANNA_THERE = 1001


@pytest.fixture
async def browser(database: Database, town: Town, tmp_path: Path) -> AsyncIterator[Browser]:
    web = build_web(
        WebDependencies(
            database=database,
            secret_key="a secret of fifty letters at least, for the tests only",
            public_url="http://testserver",
            allowed_hosts=("testserver",),
            locale_dir=LOCALE_FOLDER,
            files_dir=tmp_path / "files",
            mini_apps=TOKENS,
            policies=dict.fromkeys(TOKENS, ChannelPolicy.FULL),
        )
    )
    with town.database.transaction() as uow:
        for carrier in TOKENS:
            link_identity(uow, person_id=town.people[ANNA], provider=carrier, subject=str(ANNA_THERE))
    async with Browser.open(web, town) as opened:
        yield opened


def signed(fields: dict[str, str], token: str) -> str:
    """As the messengers sign: written from their documents, apart from the code under test."""
    lines = "\n".join(f"{key}={fields[key]}" for key in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()})


def launch(
    town: Town, *, carrier: Carrier = Carrier.TELEGRAM, age: timedelta = timedelta(0), user: int = ANNA_THERE
) -> str:
    seconds = int((town.clock.now() - age).timestamp())
    fields = {
        "query_id": "AAHdF6IQ",
        "user": json.dumps({"id": user, "first_name": "Анна", "language_code": "ru"}, ensure_ascii=False),
        # MAX shows milliseconds.
        "auth_date": str(seconds * 1000 if carrier is Carrier.MAX else seconds),
        "signature": "of another kind, signed along",
    }
    return signed(fields, TOKENS[carrier])


async def enters(browser: Browser, text: str, carrier: str = "telegram") -> int:
    return (await browser.submit("/app/enter", messenger=carrier, launch=text)).status_code


@pytest.mark.parametrize("carrier", list(TOKENS))
async def test_whoever_opens_the_page_in_a_messenger_is_signed_in(
    browser: Browser, town: Town, carrier: Carrier
) -> None:
    answer = await browser.submit("/app/enter", messenger=carrier, launch=launch(town, carrier=carrier))

    assert answer.headers["location"] == "/after-sign-in"
    assert "Анна Петрова" in words_of(await browser.get("/me"))


async def test_somebody_new_becomes_a_visitor_as_with_the_bot(browser: Browser, town: Town) -> None:
    assert await enters(browser, launch(town, user=77)) == 302

    found = town.database.read(person_by_identity, provider="telegram", subject="77")
    assert found is not None
    assert found.display_name == "Анна"


async def test_a_login_of_25_hours_ago_is_refused_and_says_what_to_do(browser: Browser, town: Town) -> None:
    young = await enters(browser, launch(town, age=timedelta(hours=23, minutes=59)))
    browser.client.cookies.delete("session")
    page = await browser.submit(
        "/app/enter", messenger="telegram", launch=launch(town, age=timedelta(hours=25))
    )

    assert young == 302
    assert page.status_code == 403
    assert "больше суток назад. Закройте её и откройте снова из бота" in words_of(page)
    assert "session" not in browser.client.cookies


async def test_a_clock_far_ahead_does_not_make_a_login_last(browser: Browser, town: Town) -> None:
    assert await enters(browser, launch(town, age=-timedelta(minutes=6))) == 403


async def test_words_of_the_messenger_are_good_once_and_their_owner_may_reload(
    browser: Browser, town: Town
) -> None:
    text = launch(town)
    first = await enters(browser, text)
    reloaded = await enters(browser, text)
    browser.client.cookies.delete("session")
    copied = await browser.submit("/app/enter", messenger="telegram", launch=text)

    assert (first, reloaded, copied.status_code) == (302, 302, 403)
    assert "уже входили" in words_of(copied)


async def test_reloading_by_another_person_does_not_use_the_session_of_the_first(
    browser: Browser, town: Town
) -> None:
    text = launch(town)
    await enters(browser, text)
    browser.sign_in_as(IVANOV)

    assert await enters(browser, text) == 403


async def test_what_the_messenger_did_not_sign_is_refused(browser: Browser, town: Town) -> None:
    text = launch(town)
    forged = [
        text.replace("1001", "1002"),
        text.partition("&hash=")[0],
        f"{text}&user=%7B%22id%22%3A1002%7D",
        f"{text}&extra=1",
        signed({"user": "{}", "auth_date": "1"}, TOKENS[Carrier.TELEGRAM]),
        signed({"user": '{"id": 1}', "auth_date": "soon"}, TOKENS[Carrier.TELEGRAM]),
        "",
        "hash=" + "0" * 64,
    ]

    answers = [await enters(browser, one) for one in forged]
    other_bot = await enters(browser, text, carrier="max")
    no_such_door = [await enters(browser, text, carrier=name) for name in ("vk", "web", "telegrm")]

    assert answers == [403] * len(forged)
    assert [other_bot, *no_such_door] == [403] * 4
    assert "session" not in browser.client.cookies
