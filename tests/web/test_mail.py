"""Mail: an address is proved before it is written to, and a mailing is left with one click, unasked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.catalogue import LOCALE_FOLDER
from core.delivery import (
    EventKind,
    Preset,
    When,
    approve_broadcast,
    choose_preset,
    preferences_of,
    propose_broadcast,
)
from core.identity import identities_of, link_identity, mark_unreachable
from core.store import Database
from messengers import Screen
from tests.town import ANNA, BORIS, IVANOV, SMIRNOVA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.mails import ADDRESS, SECRET, leave_token
from web import WebDependencies, build_web

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Post:
    """A mail server that takes what it is given, unless told otherwise."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.takes = True

    async def __call__(self, address: str, screen: Screen) -> bool:
        self.mails.append((address, screen.text.text))
        return self.takes

    @property
    def code(self) -> str:
        """The code in the last mail."""
        return self.mails[-1][1].splitlines()[0].partition(": ")[2]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def browser(database: Database, town: Town, tmp_path: Path, post: Post) -> AsyncIterator[Browser]:
    web = build_web(_given(database, tmp_path, post))
    async with Browser.open(web, town) as opened:
        yield opened.sign_in_as(ANNA)


def _given(
    database: Database, folder: Path, send_mail: Callable[[str, Screen], Awaitable[bool]]
) -> WebDependencies:
    return WebDependencies(
        database=database,
        secret_key=SECRET,
        public_url="http://testserver",
        allowed_hosts=("testserver",),
        locale_dir=LOCALE_FOLDER,
        files_dir=folder / "files",
        send_mail=send_mail,
    )


def proved(town: Town, who: str = ANNA) -> list[str]:
    ways = town.database.read(identities_of, person_id=town.people[who])
    return [way.subject for way in ways if way.provider == "email" and way.reachable]


def mailing(town: Town, event: EventKind = EventKind.NEWS) -> str:
    broadcast_id = town.database.run(
        propose_broadcast,
        territory_id=town.territory.id,
        created_by=town.people[IVANOV],
        event=event,
        title="Ярмарка",
        text="В субботу на площади.",
    )
    town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[SMIRNOVA])
    return broadcast_id


def wanted(town: Town, channel: str) -> When:
    wishes = town.database.read(preferences_of, person_id=town.people[ANNA])
    return wishes.when(EventKind.NEWS, channel)


async def test_an_address_is_written_to_once_its_owner_has_shown_that_they_read_it(
    browser: Browser, town: Town, post: Post
) -> None:
    asked = await browser.submit("/me/email/code", address=" Anna@Example.org")
    before = proved(town)
    done = await browser.submit("/me/email/proof", address=ADDRESS, code=post.code.lower())
    again = await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)

    assert "Письмо с кодом отправлено на anna@example.org" in words_of(asked)
    assert post.mails[0][0] == ADDRESS
    assert "Введите его на странице" in post.mails[0][1]
    assert before == []
    assert done.headers["location"] == "/me/email?proved=1"
    assert proved(town) == [ADDRESS]
    assert again.status_code == 409


async def test_a_code_proves_its_own_address_for_its_own_person_for_ten_minutes(
    browser: Browser, town: Town, post: Post
) -> None:
    await browser.submit("/me/email/code", address=ADDRESS)
    elsewhere = await browser.submit("/me/email/proof", address="boris@example.org", code=post.code)
    browser.sign_in_as(BORIS)
    stranger = await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)
    browser.sign_in_as(ANNA)
    town.clock.advance(timedelta(minutes=11))
    late = await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)

    assert [answer.status_code for answer in (elsewhere, stranger, late)] == [409, 409, 409]
    assert "уже не действует" in words_of(late)
    assert proved(town) == []


async def test_nobody_fills_a_strangers_mailbox(browser: Browser, town: Town, post: Post) -> None:
    answers = [await browser.submit("/me/email/code", address=ADDRESS) for _ in range(4)]
    town.clock.advance(timedelta(minutes=61))
    after_an_hour = await browser.submit("/me/email/code", address=ADDRESS)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    assert "За час мы отправили три кода" in words_of(answers[-1])
    assert after_an_hour.status_code == 200
    assert len(post.mails) == 4


@pytest.mark.parametrize(
    "text", ["anna", "anna@localhost", "a@b.ru\nBcc: x@y.ru", "@example.org", "а@почта.рф"]
)
async def test_what_is_no_address_gets_an_example(browser: Browser, post: Post, text: str) -> None:
    page = await browser.submit("/me/email/code", address=text)

    assert page.status_code == 409
    assert "anna@example.org" in words_of(page)
    assert post.mails == []


async def test_a_mail_that_is_not_taken_is_told_at_once(browser: Browser, town: Town, post: Post) -> None:
    post.takes = False

    page = await browser.submit("/me/email/code", address=ADDRESS)

    assert "Письмо не ушло" in words_of(page)
    assert proved(town) == []


async def test_a_new_address_takes_the_place_of_the_old_one_and_mends_one_that_came_back(
    browser: Browser, town: Town, post: Post
) -> None:
    for address in ("old@example.org", ADDRESS):
        await browser.submit("/me/email/code", address=address)
        await browser.submit("/me/email/proof", address=address, code=post.code)
    first = proved(town)
    with town.database.transaction() as uow:
        mark_unreachable(uow, provider="email", subject=ADDRESS)
    page = words_of(await browser.get("/me/email"))
    await browser.submit("/me/email/code", address=ADDRESS)
    await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)

    assert first == [ADDRESS]
    assert "не принимает почту" in page
    assert proved(town) == [ADDRESS]


async def test_an_address_of_somebody_else_is_not_taken_over(
    browser: Browser, town: Town, post: Post
) -> None:
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[BORIS], provider="email", subject=ADDRESS)

    await browser.submit("/me/email/code", address=ADDRESS)
    page = await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)

    assert page.status_code == 409
    assert proved(town, BORIS) == [ADDRESS]


async def test_an_address_can_be_taken_back(browser: Browser, town: Town, post: Post) -> None:
    await browser.submit("/me/email/code", address=ADDRESS)
    await browser.submit("/me/email/proof", address=ADDRESS, code=post.code)

    await browser.submit("/me/email/forget")

    assert proved(town) == []


async def test_one_click_of_a_mail_program_ends_that_kind_of_mail_and_no_other(
    anybody: Browser, town: Town
) -> None:
    address = f"/leave/{leave_token(town, mailing(town))}"
    opened = await anybody.get(address)
    untouched = wanted(town, "email")

    # As RFC 8058 has it: a POST with this body, without cookies, without a page before it.
    answers: list[httpx.Response] = [await anybody.client.post(address, data=ONE_CLICK) for _ in range(2)]

    assert "Больше не присылать эти письма?" in words_of(opened)
    assert untouched is When.DIGEST
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (wanted(town, "email"), wanted(town, "telegram")) == (When.OFF, When.DIGEST)


@pytest.mark.parametrize(
    ("preset", "back"), [(Preset.CALM, When.DIGEST), (Preset.ALL, When.NOW), (Preset.QUIET, When.DIGEST)]
)
async def test_leaving_is_undone_on_the_same_page(
    anybody: Browser, town: Town, preset: Preset, back: When
) -> None:
    address = f"/leave/{leave_token(town, mailing(town))}"
    town.database.run(choose_preset, person_id=town.people[ANNA], preset=preset)

    left = await anybody.client.post(address, data={"do": "leave"})
    returned = await anybody.client.post(address, data={"do": "return"})

    assert "Такого больше не пришлём" in words_of(left)
    assert "На anna@example.org больше не приходят: Новости администрации" in words_of(left)
    assert "Письма снова будут приходить" in words_of(returned)
    assert wanted(town, "email") is back


async def test_a_link_that_is_not_ours_changes_nothing(anybody: Browser, town: Town) -> None:
    token = leave_token(town, mailing(town))
    name, _, signature = token.partition(".")
    forged = f"{name}.{'0' * len(signature)}"

    answers = [await anybody.client.post(f"/leave/{one}", data=ONE_CLICK) for one in (forged, name, "x.y")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert wanted(town, "email") is When.DIGEST
