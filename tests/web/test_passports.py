"""The passport, the vintages and the named list, as people see and change them."""

import re

import pytest

from core.indicators import AccessLevel, readers_of
from tests.town import IVANOV, SMIRNOVA, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment

# What is asked of the database is tried on both kinds in tests/core; here it is the pages.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGE = "/t/zarechny/indicators/UNEMP"
DESK = "/console/data/passports/UNEMP"


def form(**fields: str) -> dict[str, str]:
    empty = {
        "method": "",
        "source": "",
        "responsible": "",
        "lag_days": "",
        "redefined_in": "",
        "okei": "",
        "access_level": "public",
    }
    return empty | fields


async def test_the_page_shows_what_was_known_at_any_vintage(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.2)
    publish_unemployment(town, 6.0, 6.5, 6.9, digest="1" * 64)

    now = words_of(await anybody.get(PAGE))
    then = words_of(await anybody.get(f"{PAGE}?as_of=1"))
    table = (await anybody.get(f"{PAGE}.csv?as_of=1")).text
    api = "/api/v1/territories/zarechny/indicators/UNEMP"
    first, newest = [(await anybody.get(f"{api}{asked}")).json() for asked in ("?as_of=1", "")]
    passport = (await anybody.get("/api/v1/indicators/UNEMP/passport")).json()
    nonsense = await anybody.get(f"{PAGE}?as_of=first")

    assert "2025 6,5 пересмотрено: было 6,0" in now
    assert "1 новое значение, 2 пересмотрено" in now
    assert "Так было известно в редакции данных 1" in then
    assert "2026: 6,2 %" in then
    assert "2026 6,2 позже: 6,9 2025 6,0 позже: 6,5" in then
    assert ("2025,fact,6.0" in table, "6.9" in table) == (True, False)
    assert words_of(nonsense) == now
    assert [(one["period"], one["value"]) for one in first["points"]] == [("2025", 6.0), ("2026", 6.2)]
    assert (first["vintage"], newest["vintage"], newest["points"][-1]["value"]) == (1, 2, 6.9)
    assert [(one["vintage"], one["new"], one["revised"]) for one in newest["vintages"]] == [
        (2, 1, 2),
        (1, 2, 0),
    ]
    assert (passport["unit"], passport["okei"], passport["access_level"]) == ("%", "744", "public")


async def test_a_passport_is_filled_in_shown_to_all_and_its_history_kept(
    town: Town, anybody: Browser
) -> None:
    publish_unemployment(town, 6.0, 6.2)
    before = words_of(await anybody.get(PAGE))
    anybody.sign_in_as(VERA)
    listed = words_of(await anybody.get("/console/data/passports"))
    filled = form(
        method="По методике МОТ",
        source="Росстат, выборочное обследование",
        responsible=town.people[IVANOV],
        lag_days="30",
        okei="744",
        redefined_in="2026",
    )
    monthly = await anybody.submit(DESK, **filled | {"redefined_in": "2026-03"})
    wrong = await anybody.submit(DESK, **filled | {"okei": "процент"})
    await anybody.submit(DESK, **filled)
    kept_from_vera = await anybody.get(DESK)
    shown = await anybody.sign_in_as(IVANOV).get(PAGE)
    page = words_of(shown)
    history = words_of(await anybody.get(DESK))

    assert "Методика не заполнено" in before
    assert "не заполнено: методика, источник, ответственный, срок публикации" in listed
    assert (wrong.status_code, "По методике МОТ" in wrong.text) == (409, True)
    assert kept_from_vera.status_code == 403
    for said in (
        "Код UNEMP", "Единица % (ОКЕИ 744)", "Методика По методике МОТ", "Источник Росстат, выборочное",
        "Ответственный Иван Иванов", "Периодичность раз в год",
        "Публикуется через 30 дней после конца периода", "Последняя редакция 1", "Доступ всем",
        "Изменить паспорт", "Определение переопределён: 2026",
    ):  # fmt: skip
        assert said in page, said
    assert "методика: — → По методике МОТ" in history
    assert (monthly.status_code, "новое определение с: — → 2026" in history) == (409, True)
    # The line of the facts is broken between the definitions, in both layouts.
    assert shown.text.count('class="fan__break" d="M') == 3
    assert re.search(r'class="fan__history" d="M[^"ML]+M[^"ML]+"', shown.text)
    assert "прежние значения считались иначе" in page
    assert "посчитан до того, как отметили новое определение, и смешивает значения обоих" in page


async def test_the_list_is_kept_on_the_page_and_opens_and_closes_the_indicator(
    town: Town, anybody: Browser
) -> None:
    publish_unemployment(town, 6.0, 6.2)
    anybody.sign_in_as(VERA)
    await anybody.submit(DESK, **form(responsible=town.people[VERA], access_level=AccessLevel.RESTRICTED))
    closed = await anybody.sign_in_as(IVANOV).get(PAGE)
    found = await anybody.sign_in_as(VERA).get(f"{DESK}?q=иванов")
    by_role = words_of(await anybody.get(f"{DESK}?q=СОТРУДНИК"))
    nobody = words_of(await anybody.get(f"{DESK}?q=Анна"))
    await anybody.submit(f"{DESK}/readers", do=f"name:{town.people[IVANOV]}")
    await anybody.submit(f"{DESK}/readers", do=f"name:{town.people[SMIRNOVA]}")
    opened = await anybody.sign_in_as(IVANOV).get(PAGE)
    await anybody.sign_in_as(VERA).submit(f"{DESK}/readers", do=f"strike:{town.people[SMIRNOVA]}")
    stays = await anybody.submit(f"{DESK}/readers", do=f"strike:{town.people[VERA]}")
    after = words_of(await anybody.get(DESK))

    assert (closed.status_code, opened.status_code, stays.status_code) == (404, 200, 409)
    assert f'value="name:{town.people[IVANOV]}"' in found.text
    assert "Мария Смирнова" in by_role.partition("Найти")[2]
    assert "Никого с такой ролью, именем или должностью" in nobody
    assert town.database.read(readers_of, indicator="UNEMP") == {town.people[VERA], town.people[IVANOV]}
    assert "исключён из списка: Мария Смирнова" in after
