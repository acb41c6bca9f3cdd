"""Territories beside each other, and indicators by rubric."""

from dataclasses import replace

import pytest

from core.indicators import AccessLevel, NewValue, Period, record_release, register_indicators
from core.territories import Territory, TerritoryKind, add_territory
from tests.town import ANNA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import UNEMPLOYMENT, publish_unemployment

# What is asked of the database is tried on both kinds in tests/core; here it is the pages.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGE = "/t/zarechny/indicators/UNEMP/compare"


@pytest.fixture
def krai(town: Town) -> Town:
    """Заречный and two neighbours: worse, and better."""
    publish_unemployment(town, 6.0, 6.2)
    for number, (name, values) in enumerate({"Верхнее": (7.0, 7.5), "Озёрск": (5.0, 5.0)}.items()):
        place: Territory = town.database.run(
            add_territory,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo=f"9970200{number}",
            slug=f"town{number}",
            name_ru=name,
            name_en=name,
            parent_oktmo="99000000",
        )
        town.database.run(
            record_release,
            source="neighbours",
            digest=str(number) * 64,
            title="Соседи",
            values=[
                NewValue(
                    indicator="UNEMP",
                    territory_id=place.id,
                    period=Period("A", year),
                    value=value,
                    source="Я",
                )
                for year, value in zip((2025, 2026), values, strict=True)
            ],
            recorded_by=None,
        )
    return town


async def test_neighbours_are_compared_over_time_and_by_places(krai: Town, anybody: Browser) -> None:
    all_three = await anybody.get(PAGE)
    earlier = words_of(await anybody.get(f"{PAGE}?with=town1&period=2025"))
    page = await anybody.get("/t/zarechny/indicators/UNEMP")

    words = words_of(all_three)
    assert "1. Озёрск 5,0 % без изменений 2. Заречный 6,2 % +0,2 п. п. 3. Верхнее 7,5 % +0,5 п. п." in words
    assert "Места: 2026" in words
    assert "2026 6,2 7,5 5,0 2025 6,0 7,0 5,0" in words
    assert "Места: 2025" in earlier
    assert "1. Озёрск 5,0 % 2. Заречный 6,0 % 3. Верхнее 7,0 %" in earlier
    assert PAGE in page.text


async def test_the_country_stands_beside_the_towns_and_has_no_place_among_them(
    krai: Town, anybody: Browser
) -> None:
    country: Territory = krai.database.run(
        add_territory,
        kind=TerritoryKind.COUNTRY, oktmo="99999999", slug="strana", name_ru="Страна", name_en="Country",
    )  # fmt: skip
    krai.database.run(
        add_territory,
        kind=TerritoryKind.REGION, oktmo="99000000", slug="krai", name_ru="Край", name_en="Krai",
        parent_oktmo=country.oktmo,
    )  # fmt: skip
    value = NewValue(
        indicator="UNEMP", territory_id=country.id, period=Period("A", 2026), value=5.5, source="Я"
    )
    krai.database.run(
        record_release, source="country", digest="8" * 64, title="Страна", values=[value], recorded_by=None
    )

    page = words_of(await anybody.get(PAGE))
    home = words_of(await anybody.get("/"))
    cabinet = words_of(await anybody.sign_in_as(ANNA).get("/me"))

    assert "3. Верхнее 7,5 % +0,5 п. п. По стране 5,5 %" in page
    assert "2026 6,2 7,5 5,0 5,5" in page
    assert "Верхнее" in home
    assert "Страна" not in home + cabinet


async def test_a_hidden_indicator_is_compared_with_nobody(krai: Town, anybody: Browser) -> None:
    krai.database.run(
        register_indicators, indicators=[replace(UNEMPLOYMENT, access_level=AccessLevel.OFFICIAL)]
    )

    assert (await anybody.get(PAGE)).status_code == 404
    assert (await anybody.get("/t/zarechny/rubrics/jobs")).status_code == 404


async def test_a_rubric_has_a_page_of_its_own(krai: Town, anybody: Browser) -> None:
    publish_unemployment(
        krai, 1.0, 2.0, indicator=replace(UNEMPLOYMENT, code="WAGE", rubric="incomes", title_ru="Зарплата"),
        digest="9" * 64,
    )  # fmt: skip

    page = words_of(await anybody.get("/t/zarechny/rubrics/jobs"))
    nothing = await anybody.get("/t/zarechny/rubrics/poverty")

    assert "Уровень безработицы" in page
    assert "Зарплата" not in page
    assert "Другие рубрики Все показатели Доходы населения 1" in page
    assert nothing.status_code == 404
