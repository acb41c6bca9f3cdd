"""Broadcasts at the console: looked at, approved by another, watched, stopped."""

from core.delivery import EventKind, approve_broadcast, propose_broadcast
from tests.town import ANNA, IVANOV, SMIRNOVA, Town
from tests.web.browser_twin import Browser, words_of


def form_of(town: Town, *, step: str) -> dict[str, str | list[str]]:
    return {
        "territory": town.territory.id,
        "event": "warnings",
        "title": "Отключение воды",
        "text": "12 марта с 9 до 15 часов.",
        "key": "k1",
        "step": step,
    }


def proposed(town: Town) -> str:
    return town.database.run(
        propose_broadcast,
        territory_id=town.territory.id,
        created_by=town.people[IVANOV],
        event=EventKind.NEWS,
        title="Отключение воды",
        text="12 марта с 9 до 15 часов.",
    )


async def test_a_look_shows_the_words_the_number_of_people_and_the_time(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(IVANOV)

    page = words_of(await anybody.submit("/console/broadcasts/new", **form_of(town, step="look")))

    assert "Отключение воды 12 марта с 9 до 15 часов. — Администрация: Заречный" in page
    assert f"{len(town.people)} жителей · не дольше 1 мин" in page


async def test_a_form_sent_twice_proposes_one_mailing(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(IVANOV)

    first = await anybody.submit("/console/broadcasts/new", **form_of(town, step="propose"))
    second = await anybody.submit("/console/broadcasts/new", **form_of(town, step="propose"))

    assert first.headers["location"] == second.headers["location"]


async def test_its_author_can_only_withdraw_it(anybody: Browser, town: Town) -> None:
    address = f"/console/broadcasts/{proposed(town)}"
    anybody.sign_in_as(IVANOV)

    page = words_of(await anybody.get(address))
    refused = await anybody.submit(f"{address}/decision", decision="approve")

    assert "Утвердить" not in page
    assert refused.status_code == 409
    assert "Попросите коллегу" in words_of(refused)


async def test_a_colleague_lets_it_out_and_either_stops_it(anybody: Browser, town: Town) -> None:
    address = f"/console/broadcasts/{proposed(town)}"
    anybody.sign_in_as(SMIRNOVA)
    await anybody.submit(f"{address}/decision", decision="approve")
    sending = words_of(await anybody.get(address))

    anybody.sign_in_as(IVANOV)
    await anybody.submit(f"{address}/decision", decision="stop")
    stopped = words_of(await anybody.get(address))

    assert "отправляется" in sending
    assert "осталось около 1 мин" in sending
    assert "Мария Смирнова" in sending
    assert "остановлена" in stopped


async def test_a_citizen_sees_nothing_of_it(anybody: Browser, town: Town) -> None:
    broadcast_id = proposed(town)
    town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[SMIRNOVA])
    anybody.sign_in_as(ANNA)

    assert (await anybody.get(f"/console/broadcasts/{broadcast_id}")).status_code == 403


async def test_wishes_are_chosen_on_the_page(anybody: Browser) -> None:
    anybody.sign_in_as(ANNA)
    await anybody.submit("/me/notices/preset", preset="quiet")
    await anybody.submit("/me/notices/matrix", **{"news-web": "digest", "alerts-web": "off"})

    page = (await anybody.get("/me/notices")).text

    assert '<option value="digest" selected>' in page
    assert '<option value="off" selected>' in page


async def test_a_wish_that_does_not_exist_is_refused(anybody: Browser) -> None:
    anybody.sign_in_as(ANNA)

    assert (await anybody.submit("/me/notices/preset", preset="louder")).status_code == 400
