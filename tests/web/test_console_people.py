"""People and roles at the console: finding somebody, giving and taking a role, what nobody is told."""

import pytest

from core.identity import Role, create_person, give_consent, grant_role, link_identity, revoke_role, viewer_of
from core.territories import TerritoryKind, add_territory
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town
from tests.web.browser_twin import Browser, words_of

PATH = "/console/people"
BELOV = "Пётр Белов"


@pytest.fixture(autouse=True)
def administrator(town: Town) -> None:
    belov = town.newcomer(BELOV)
    town.database.run(grant_role, person_id=belov, role=Role.ADMINISTRATOR, territory_id=town.territory.id)


def role_of(town: Town, do: str, role: Role = Role.OFFICIAL) -> dict[str, str]:
    """The form that gives or takes a role."""
    return {"do": do, "role": role, "territory": town.territory.id}


async def test_a_person_is_found_gets_a_role_and_loses_it_at_once(town: Town, anybody: Browser) -> None:
    anna = f"{PATH}/{town.people[ANNA]}"
    belov = anybody.sign_in_as(BELOV)

    found = words_of(await belov.get(f"{PATH}?q=петрова"))
    before = words_of(await belov.get(anna))
    asked = words_of(await belov.get(f"{anna}/role?do=give&role=official&territory={town.territory.id}"))
    given = await belov.submit(f"{anna}/role", **role_of(town, "give"))
    after = words_of(await belov.get(given.headers["location"]))
    works = (await anybody.sign_in_as(ANNA).get("/console/conversations")).status_code
    cookies = dict(anybody.client.cookies)
    taken = await anybody.sign_in_as(BELOV).submit(f"{anna}/role", **role_of(town, "take"))
    listed = words_of(await anybody.get(taken.headers["location"]))
    anybody.client.cookies.clear()
    # The very session that worked a moment ago.
    anybody.client.cookies.set("session", cookies["session"], domain="testserver.local")
    works_no_more = (await anybody.get("/console/conversations")).status_code

    assert "Найден 1 человек. Анна Петрова Заречный, без роли" in found
    assert "Роли здесь нет: может то же, что любой житель." in before
    assert "Дать роль? Анна Петрова сотрудник — Заречный Сможет там и во всём, что ниже:" in asked
    assert "читать сообщения жителей администрации и отвечать на них" in asked
    assert "открывать и закрывать опросы" not in asked
    assert "Роль дана и уже действует." in after
    assert "сотрудник — Заречный дана сегодня, кто дал: Пётр Белов" in after
    assert "Роль снята: то, что она открывала, закрыто" in listed
    assert "Роли есть у 5 человек." in listed
    assert (works, works_no_more) == (200, 403)


async def test_only_what_no_other_role_opens_is_said_to_be_lost(town: Town, anybody: Browser) -> None:
    town.database.run(
        grant_role, person_id=town.people[IVANOV], role=Role.HEAD, territory_id=town.territory.id
    )
    page = f"{PATH}/{town.people[IVANOV]}/role?do=take&territory={town.territory.id}&role="
    anybody.sign_in_as(BELOV)

    covered = words_of(await anybody.get(f"{page}official"))
    lost = words_of(await anybody.get(f"{page}head"))

    assert "Ничего не закроется: другие роли дают там то же самое." in covered
    assert "получать по понедельникам итоги недели территории Открытые страницы" in lost


async def test_what_must_not_be_is_refused_in_words(town: Town, anybody: Browser) -> None:
    mine = f"{PATH}/{town.people[BELOV]}"
    anybody.sign_in_as(BELOV)

    last = await anybody.submit(f"{mine}/role", **role_of(town, "take", Role.ADMINISTRATOR))
    own = await anybody.submit(f"{mine}/role", **role_of(town, "give"))
    nonsense = [
        (await anybody.submit(f"{mine}/role", **(role_of(town, "give") | wrong))).status_code
        for wrong in ({"do": "sell"}, {"role": "king"}, {"territory": "nowhere"})
    ]

    assert last.status_code == own.status_code == 409
    assert "Это ваша последняя роль администратора." in words_of(last)
    assert "Самому себе роль дать нельзя." in words_of(own)
    assert "Ещё одна роль" not in words_of(await anybody.get(mine))
    assert nonsense == [400, 400, 400]
    assert town.database.read(viewer_of, person_id=town.people[BELOV]).grants[0].role is Role.ADMINISTRATOR


async def test_people_of_elsewhere_and_their_roles_are_not_told_of(town: Town, anybody: Browser) -> None:
    with town.database.transaction() as uow:
        ozersk = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="ozersk",
            name_ru="Озёрск",
            name_en="Ozersk",
            parent_oktmo="99000000",
        ).id
    for name in (OLEG, BORIS):
        town.database.run(grant_role, person_id=town.people[name], role=Role.ANALYST, territory_id=ozersk)
    town.database.run(
        revoke_role, person_id=town.people[OLEG], role=Role.MODERATOR, territory_id=town.territory.id
    )
    guest = town.newcomer("Гость", consents=False)
    anybody.sign_in_as(BELOV)

    listed = words_of(await anybody.get(PATH))
    boris = words_of(await anybody.get(f"{PATH}/{town.people[BORIS]}"))
    absent = await anybody.get(f"{PATH}/nobody")
    hidden = await anybody.get(f"{PATH}/{guest}")

    assert "Озёрск" not in listed + boris
    assert "Роли есть у 4 человек." in listed
    assert "Роли здесь нет" in boris
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert words_of(absent) == words_of(hidden)
    assert "Здесь никого так не зовут" in words_of(await anybody.get(f"{PATH}?q=гость"))
    assert (await anybody.sign_in_as(IVANOV).get(PATH)).status_code == 403


async def test_somebody_of_elsewhere_gets_a_role_for_one_service_by_their_exact_address(
    town: Town, anybody: Browser
) -> None:
    with town.database.transaction() as uow:
        zoya = create_person(uow, display_name="Зоя Соседова").id
        give_consent(uow, person_id=zoya)
        link_identity(uow, person_id=zoya, provider="email", subject="zoya@example.org")
    page, by = f"{PATH}/{zoya}", "address=zoya%40example.org"
    give = f"{by}&do=give&territory={town.territory.id}&service=direct_line&role="
    belov = anybody.sign_in_as(BELOV)

    nobody = words_of(await belov.get(f"{PATH}?q=oya@example.org"))
    found = await belov.get(f"{PATH}?q=Zoya@example.org")
    closed = [(await belov.get(f"{page}{end}")).status_code for end in ("", "?address=oya%40example.org")]
    person = await belov.get(f"{page}?{by}")
    idle = words_of(await belov.get(f"{page}/role?{give}analyst"))
    asked = words_of(await belov.get(f"{page}/role?{give}official"))
    form = {**role_of(town, "give"), "service": "direct_line"}
    refused = await belov.submit(f"{page}/role", **form)
    given = await belov.submit(f"{page}/role", **form, address="zoya@example.org")

    assert "Этот адрес никто не подтвердил" in nobody
    assert "Зоя Соседова живёт в другом месте, без роли" in words_of(found)
    assert f"{page}?{by.replace('zoya', 'Zoya')}" in found.text
    assert closed == [404, 404]
    assert 'name="address" value="zoya@example.org"' in person.text
    assert "Мониторинг показателей" in words_of(person)
    assert "В этом сервисе роли нечего делать." in idle
    assert "Дать роль" not in idle.partition("нечего делать")[2]
    assert "сотрудник — Заречный (Прямая связь) Сможет там и во всём, что ниже:" in asked
    assert "оповещения" not in asked.partition("Сможет")[2].partition("Дать роль")[0]
    assert refused.status_code == 404
    assert "сотрудник — Заречный (Прямая связь)" in words_of(await belov.get(given.headers["location"]))


async def test_too_many_are_told_of_and_paged(town: Town, anybody: Browser) -> None:
    with town.database.transaction() as uow:
        place = town.territory.id
        for number in range(60):
            someone = create_person(uow, display_name=f"Житель {number % 30:02}", home_id=place).id
            give_consent(uow, person_id=someone)
            if number < 50:
                grant_role(uow, person_id=someone, role=Role.ANALYST, territory_id=place)
    anybody.sign_in_as(BELOV)

    first = words_of(await anybody.get(PATH))
    second = words_of(await anybody.get(f"{PATH}?from=50"))
    moderators = words_of(await anybody.get(f"{PATH}?role=moderator"))
    many = words_of(await anybody.get(f"{PATH}?q=житель"))
    namesakes = words_of(await anybody.get(f"{PATH}?q=житель+07"))
    short = words_of(await anybody.get(f"{PATH}?q=я"))

    assert "Роли есть у 55 человек." in first
    assert (first.count("аналитик —"), second.count("аналитик —")) == (50, 1)
    assert "Роль есть у 1 человека. Олег Кузнецов" in moderators
    assert "Подходят больше 20 человек" in many
    assert "Есть тёзки." in namesakes
    assert "напишите хотя бы две буквы" in short
