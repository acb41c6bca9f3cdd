"""Gosuslugi: whoever the provider proves is let in, once; what it did not say to us, now, is refused."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.catalogue import LOCALE_FOLDER
from app.openid import OpenIdProvider, is_safe
from core.identity import (
    Assurance,
    Person,
    give_consent,
    identities_of,
    link_identity,
    person,
    person_by_identity,
    unlink_messenger,
    withdraw_consent,
)
from core.store import Database
from tests.town import ANNA, BORIS, IVANOV, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.esia_twin import CLIENT_ID, CLIENT_SECRET, EsiaTwin
from web import WebDependencies, build_web

PUBLIC_URL = "http://testserver"


@dataclass(slots=True)
class Traveller:
    """A browser and the provider that it goes to."""

    browser: Browser
    twin: EsiaTwin
    town: Town

    async def leaves(self, path: str = "/esia") -> str:
        """Where the provider sends the browser back to."""
        return self.twin.agree((await self.browser.get(path)).headers["location"])

    async def goes(self, path: str = "/esia") -> httpx.Response:
        """There and back."""
        return await self.browser.get(await self.leaves(path))

    @property
    def is_signed_in(self) -> bool:
        return "session" in self.browser.client.cookies

    def forgets_session(self) -> None:
        self.browser.client.cookies.delete("session")

    def proved(self) -> Person:
        found = self.town.database.read(person_by_identity, provider="esia", subject=self.twin.subject)
        assert found is not None
        return found


@pytest.fixture
async def traveller(database: Database, town: Town, tmp_path: Path) -> AsyncIterator[Traveller]:
    async with EsiaTwin.open(return_to=f"{PUBLIC_URL}/esia/return") as twin:
        web = build_web(
            WebDependencies(
                database=database,
                secret_key="a secret of fifty letters at least, for the tests only",
                public_url=PUBLIC_URL,
                allowed_hosts=("testserver",),
                locale_dir=LOCALE_FOLDER,
                files_dir=tmp_path / "files",
                identity_provider=OpenIdProvider(twin.issuer, CLIENT_ID, CLIENT_SECRET),
            )
        )
        async with Browser.open(web, town) as browser:
            yield Traveller(browser, twin, town)


async def test_whoever_is_proved_is_let_in_and_is_confirmed_with_the_consent(traveller: Traveller) -> None:
    database = traveller.town.database
    door = words_of(await traveller.browser.get("/in"))
    arrived = await traveller.goes("/esia?next=/me/notices")
    newcomer = traveller.proved()
    database.run(give_consent, person_id=newcomer.id)
    consenting = traveller.proved()
    database.run(withdraw_consent, person_id=newcomer.id)
    withdrawn = traveller.proved()
    traveller.forgets_session()
    again = await traveller.goes()

    assert "Войти через Госуслуги" in door
    assert arrived.headers["location"] == "/me/notices"
    assert traveller.is_signed_in
    # The family name is said by the provider too, and not kept.
    assert newcomer.display_name == "Мария"
    levels = [one.assurance for one in (newcomer, consenting, withdrawn)]
    assert levels == [Assurance.VISITOR, Assurance.VERIFIED, Assurance.VISITOR]
    assert again.headers["location"] == "/after-sign-in"
    assert traveller.proved().id == newcomer.id


async def test_a_way_back_is_good_once_and_for_the_browser_that_left(traveller: Traveller) -> None:
    browser = traveller.browser
    back = await traveller.leaves()
    cookie = browser.client.cookies["esia"]
    foreign = await browser.get(back.partition("&state=")[0] + "&state=another")
    without_cookie = await browser.get(back)
    browser.client.cookies.set("esia", cookie[:-2] + "xx", domain="testserver.local", path="/esia")
    forged = await browser.get(back)
    browser.client.cookies.set("esia", cookie, domain="testserver.local", path="/esia")
    first = await browser.get(back)
    traveller.forgets_session()
    browser.client.cookies.set("esia", cookie, domain="testserver.local", path="/esia")
    code_again = await browser.get(back)
    # Another code for the state that was used: the provider takes it, now it is ours to refuse.
    traveller.twin.renew(code="fresh")
    browser.client.cookies.set("esia", cookie, domain="testserver.local", path="/esia")
    state_again = await browser.get(f"/esia/return?code=fresh&state={back.partition('&state=')[2]}")
    declined = await browser.get((await traveller.leaves()).replace("code=", "error=access_denied&was="))

    assert [one.status_code for one in (foreign, without_cookie, forged, first)] == [403, 403, 403, 302]
    assert [one.status_code for one in (code_again, state_again, declined)] == [403, 403, 403]
    assert "уже использован" in words_of(state_again)
    assert "не подтвердили" in words_of(declined)
    assert not traveller.is_signed_in


async def test_a_token_that_is_not_for_us_now_is_refused(traveller: Traveller) -> None:
    twin, past = traveller.twin, int(time.time()) - 3600
    lies: list[dict[str, object]] = [
        {"nonce": "of another browser"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another client"]},
        {"azp": "another client"},
        {"iss": "https://another.example"},
        {"exp": past},
        {"exp": None},
        {"sub": "x" * 129},
    ]
    statuses = []
    for lie in lies:
        twin.lies = dict(lie)
        statuses.append((await traveller.goes()).status_code)
    twin.lies = {}
    for twin.algorithm in ("none", "HS256"):
        statuses.append((await traveller.goes()).status_code)
    refused_sign_in = traveller.is_signed_in
    twin.algorithm = "RS256"

    assert statuses == [403] * (len(lies) + 2)
    assert not refused_sign_in
    assert (await traveller.goes()).status_code == 302


async def test_keys_are_looked_up_once_more_when_they_change(traveller: Traveller) -> None:
    twin, looked_up, statuses = traveller.twin, [], []
    for twin.key, twin.published in (("first", None), ("first", None), ("second", None), ("third", "second")):
        traveller.browser.client.cookies.clear()
        statuses.append((await traveller.goes()).status_code)
        looked_up.append(twin.looked_up_keys)

    assert statuses == [302, 302, 302, 403]
    assert looked_up == [1, 1, 2, 3]


async def test_a_provider_that_is_down_is_said_to_be_down(traveller: Traveller) -> None:
    traveller.twin.answers = False
    before = await traveller.browser.get("/esia")
    traveller.twin.answers = True
    back = await traveller.leaves()
    traveller.twin.answers = False
    between = await traveller.browser.get(back)

    assert [before.status_code, between.status_code] == [503, 503]
    assert "Госуслуги сейчас не отвечают" in words_of(before)
    assert "Госуслуги сейчас не отвечают" in words_of(between)
    assert [is_safe(one) for one in ("https://a.example/x", "http://127.0.0.1:1/x")] == [True, True]
    assert [is_safe(one) for one in ("http://a.example/x", "javascript:alert(1)", "")] == [False] * 3


async def test_whoever_is_signed_in_is_confirmed_or_offered_to_join_the_twin(
    traveller: Traveller, town: Town
) -> None:
    anna, browser = town.people[ANNA], traveller.browser
    await traveller.goes()
    twin = traveller.proved()
    browser.sign_in_as(ANNA)
    offer = await traveller.goes()
    before_the_answer = traveller.proved().id
    join = offer.text.partition('name="join" value="')[2].partition('"')[0]
    joined = await browser.submit("/esia/join", join=join)
    joined_twice = await browser.submit("/esia/join", join=join)
    level = town.database.read(person, person_id=anna).assurance
    traveller.twin.subject = "1000000001"
    another = await traveller.goes()
    browser.sign_in_as(BORIS)
    back = await traveller.leaves()
    browser.sign_in_as(IVANOV)
    as_another = await browser.get(back)

    assert "«Мария», а вы вошли как «Анна Петрова»" in words_of(offer)
    assert before_the_answer == twin.id
    assert (joined.headers["location"], joined_twice.status_code) == ("/me#messengers", 409)
    assert town.database.read(person_by_identity, provider="esia", subject="1000299654").id == anna  # type: ignore[union-attr]
    assert level is Assurance.VERIFIED
    assert (another.status_code, as_another.status_code) == (409, 403)
    assert "другой учётной записью Госуслуг" in words_of(another)


async def test_a_link_confirms_and_its_end_takes_that_back(traveller: Traveller, town: Town) -> None:
    anna = town.people[ANNA]
    traveller.browser.sign_in_as(ANNA)
    offered = words_of(await traveller.browser.get("/me"))
    arrived = await traveller.goes()
    level = town.database.read(person, person_id=anna).assurance
    page = words_of(await traveller.browser.get("/me"))
    ways = town.database.read(identities_of, person_id=anna)

    assert "Подтвердить себя через Госуслуги" in offered
    assert arrived.headers["location"] == "/me#messengers"
    assert level is Assurance.VERIFIED
    assert [way.provider for way in ways if way.provider == "esia"] == ["esia"]
    assert "Госуслуги" in page
    assert "Подтвердить себя" not in page
    town.database.run(link_identity, person_id=anna, provider="max", subject="77")
    town.database.run(unlink_messenger, person_id=anna, provider="esia")
    assert town.database.read(person, person_id=anna).assurance is Assurance.REGISTERED


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
async def test_the_way_back_leads_nowhere_foreign(traveller: Traveller, target: str) -> None:
    assert (await traveller.goes(f"/esia?next={target}")).headers["location"] == "/after-sign-in"


async def test_without_a_provider_there_is_no_such_way(anybody: Browser) -> None:
    pages = [await anybody.get("/esia"), await anybody.get("/esia/return?code=1&state=1")]
    joined = await anybody.submit("/esia/join", join="x")
    door = words_of(await anybody.get("/in"))

    assert [page.status_code for page in (*pages, joined)] == [404] * 3
    assert "Госуслуги" not in door
