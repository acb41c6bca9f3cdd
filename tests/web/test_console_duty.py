"""Who is called when nobody takes an alert: the administrator's page, and one's own deputy."""

import pytest

from core.identity import Role, create_person, grant_role
from tests.town import IVANOV, OLEG, SMIRNOVA, Town
from tests.web.browser_twin import Browser, words_of

PATH = "/console/duty"
BELOV = "Пётр Белов"


@pytest.fixture(autouse=True)
def administrator(town: Town) -> None:
    with town.database.transaction() as uow:
        made = create_person(uow, display_name=BELOV, home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.ADMINISTRATOR, territory_id=town.territory.id)
    town.people[BELOV] = made.id


def chain(town: Town, *people: str, minutes: str = "30", repeats: str = "2") -> dict[str, str]:
    """The form of a chain."""
    steps = {f"person-{place}": town.people[who] for place, who in enumerate(people, start=1)}
    waits = {f"minutes-{place}": minutes for place in range(1, 6)}
    return {"territory": str(town.territory.id), "repeats": repeats, **steps, **waits}


async def test_an_administrator_sets_the_chain_that_officials_read(town: Town, anybody: Browser) -> None:
    nobody = words_of(await anybody.sign_in_as(BELOV).get(PATH))
    done = await anybody.submit(PATH, **chain(town, IVANOV, SMIRNOVA))
    seen = await anybody.sign_in_as(IVANOV).get(PATH)

    assert "Пока никого не зовут" in nobody
    assert done.status_code in {302, 303}
    assert (
        "Иван Иванов через 30 рабочих минут Мария Смирнова через 30 рабочих минут"
        " Потом сначала, ещё 2 раза." in words_of(seen)
    )
    assert 'name="repeats"' not in seen.text
    assert (await anybody.submit(PATH, **chain(town))).status_code == 400
    assert (await anybody.sign_in_as(OLEG).get(PATH)).status_code == 403


async def test_a_wrong_chain_is_refused_in_words_and_changes_nothing(town: Town, anybody: Browser) -> None:
    anybody.sign_in_as(BELOV)

    for form in (
        chain(town, OLEG),
        chain(town, IVANOV, minutes="вечность"),
        chain(town, IVANOV, minutes="1081"),
        chain(town, IVANOV, repeats="6"),
    ):
        refused = await anybody.submit(PATH, **form)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    assert "Пока никого не зовут" in words_of(await anybody.get(PATH))


async def test_an_official_names_who_stands_in_and_comes_back(town: Town, anybody: Browser) -> None:
    anybody.sign_in_as(IVANOV)
    away = {"person": town.people[IVANOV], "deputy": town.people[SMIRNOVA], "since": "2027-03-10"}

    past = await anybody.submit(f"{PATH}/deputy", **away, until="2027-03-01")
    await anybody.submit(f"{PATH}/deputy", **away, until="2027-03-20")
    page = await anybody.get(PATH)
    kept = page.text.partition('name="id" value="')[2].partition('"')[0]
    await anybody.submit(f"{PATH}/back", id=kept)

    assert past.status_code == 400
    assert "Иван Иванов: замещает Мария Смирнова, с 10.03.2027 по 20.03.2027" in words_of(page)
    assert "Все на месте." in words_of(await anybody.get(PATH))
