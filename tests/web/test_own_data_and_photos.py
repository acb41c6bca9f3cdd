"""What belongs to one person: a photo in a conversation, the file of all that is kept, messengers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.charts import Scene, drawing_key, order_drawing, settle_drawing
from core.chats import keep_bot_name
from core.contact import send_message
from core.files import KeptContent, keep_content
from core.identity import identities_of, link_identity, person
from core.indicators import AccessLevel, register_indicators
from core.shared.ids import new_id
from core.territories import territories
from tests.notifications.post_office import UNEMPLOYMENT
from tests.town import ANNA, BORIS, IVANOV, Town
from tests.web.browser_twin import Browser, words_of

PNG = b"\x89PNG\r\n\x1a\n" + b"a pothole"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        pytest.param(ANNA, 200, id="the citizen"),
        pytest.param(IVANOV, 200, id="the official"),
        pytest.param(BORIS, 404, id="somebody else"),
        pytest.param(None, 404, id="nobody"),
    ],
)
async def test_a_photo_has_the_rights_of_its_conversation(
    anybody: Browser, town: Town, tmp_path: Path, who: str | None, status: int
) -> None:
    key = keep_content(tmp_path / "files", PNG)
    town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id=new_id(),
        file=KeptContent(key=key, media_type="image/png", size_bytes=len(PNG)),
    )
    if who is not None:
        anybody.sign_in_as(who)

    assert (await anybody.get(f"/files/{key}")).status_code == status


@pytest.mark.parametrize(("who", "status"), [(IVANOV, 200), (ANNA, 404), (None, 404)])
async def test_a_chart_has_the_rights_of_every_indicator_that_it_tells_of(
    anybody: Browser, town: Town, tmp_path: Path, who: str | None, status: int
) -> None:
    hidden = replace(UNEMPLOYMENT, code="HIDDEN", access_level=AccessLevel.OFFICIAL)
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT, hidden])
    scene, about = Scene(10, 10, (), ""), {UNEMPLOYMENT.code, "HIDDEN"}
    town.database.run(order_drawing, scene=scene, about=about)
    drawing, key = drawing_key(scene, about=about), keep_content(tmp_path / "files", PNG)
    town.database.run(settle_drawing, key=drawing, job="", picture=key, size_bytes=len(PNG))
    if who is not None:
        anybody.sign_in_as(who)

    assert (await anybody.get(f"/files/{key}")).status_code == status


async def test_everything_that_is_kept_of_me_is_one_file(anybody: Browser, town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(ANNA, poll, "Парк")
    town.vote(BORIS, poll, "Парковка")
    anybody.sign_in_as(ANNA)

    kept = (await anybody.get("/me/data")).json()

    assert kept["name"] == ANNA
    assert [(vote["poll"], vote["answer"]) for vote in kept["votes"]] == [("Парк или парковка?", "Парк")]


async def test_the_cabinet_links_and_unlinks_messengers(anybody: Browser, town: Town) -> None:
    town.database.run(keep_bot_name, carrier="vk", name="fake_town")
    for provider in ("max", "telegram"):
        with town.database.transaction() as uow:
            link_identity(uow, person_id=town.people[ANNA], provider=provider, subject="7")
    anybody.sign_in_as(ANNA)

    page = await anybody.submit("/me/link-code")
    gone = await anybody.submit("/me/unlink", messenger="telegram")
    last = await anybody.submit("/me/unlink", messenger="max")

    assert 'href="https://vk.me/fake_town?ref=' in page.text
    assert gone.status_code == 302
    assert "Это ваш единственный вход" in words_of(last)
    left = town.database.read(identities_of, person_id=town.people[ANNA])
    assert [one.provider for one in left] == ["max"]


async def test_the_place_of_living_is_changed_on_the_site(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(ANNA)

    (region, *_) = town.database.read(territories)
    changed = await anybody.submit("/me/home", home=region.id)
    unknown = await anybody.submit("/me/home", home=new_id())

    assert (changed.status_code, unknown.status_code) == (302, 404)
    assert town.database.read(person, person_id=town.people[ANNA]).home_id == region.id


async def test_an_account_is_erased_on_the_site_and_signed_out(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(ANNA)

    told = words_of(await anybody.get("/me/forget"))
    done = await anybody.submit("/me/forget")

    assert "Erase everything for good" in told or "Стереть всё навсегда" in told
    assert done.status_code == 302
    assert (await anybody.get("/me")).status_code != 200
    assert town.database.read(person, person_id=town.people[ANNA]).display_name != ANNA
