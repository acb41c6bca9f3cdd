"""Indicators on the web: list, page, data."""

from dataclasses import replace

from core.indicators import AccessLevel
from core.territories import TerritoryKind, add_territory
from tests.town import IVANOV, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import UNEMPLOYMENT, publish_unemployment, watch_unemployment


async def test_the_page_says_the_news_in_one_sentence(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.2, 6.9)

    page = words_of(await anybody.get("/t/zarechny/indicators/UNEMP"))

    assert "2026: 6,9 %, выше порога 6,5 %, +0,7 п. п., было 6,2 % (2025)." in page


async def test_the_page_says_how_the_forecast_was_made_and_checked(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, 6.2, 6.9)

    page = words_of(await anybody.get("/t/zarechny/indicators/UNEMP"))

    assert "половина тренда со сглаживанием (метод «Тета») — 75 %" in page
    assert "Проверили на прошлом 12 раз: в полосу 80 % попало 83 % значений." in page
    assert "Откуда значения: Росстат." in page


async def test_the_chart_has_a_table_beside_it_that_says_the_same(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, 6.2, 6.9)

    page = words_of(await anybody.get("/t/zarechny/indicators/UNEMP"))

    assert "2026 6,9 2025 6,2 2024 6,0 2027 прогноз 6,9 от 6,1 до 7,7" in page


async def test_the_home_shows_the_favourites_with_arrows(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, 6.2, 6.9)

    assert "Уровень безработицы 6,9 % хуже, +0,7 п. п., 2026" in words_of(await anybody.get("/t/zarechny"))


async def test_the_data_can_be_taken_away_as_csv(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, 6.9)

    table = (await anybody.get("/t/zarechny/indicators/UNEMP.csv")).text.splitlines()

    assert table[1] == "Заречный,UNEMP,2025,fact,6.0,,,%,Росстат"
    assert table[3] == "Заречный,UNEMP,2027,forecast,6.9,6.1,7.7,%,"


async def test_a_formula_in_a_source_stays_text_in_a_spreadsheet(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, source='=HYPERLINK("http://evil.example")')

    assert "'=HYPERLINK" in (await anybody.get("/t/zarechny/indicators/UNEMP.csv")).text


async def test_an_indicator_for_officials_is_not_there_for_others(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, indicator=replace(UNEMPLOYMENT, access_level=AccessLevel.OFFICIAL))

    stranger = await anybody.get("/t/zarechny/indicators/UNEMP")
    data = await anybody.get("/t/zarechny/indicators/UNEMP.csv")
    official = await anybody.sign_in_as(IVANOV).get("/t/zarechny/indicators/UNEMP")

    assert (stranger.status_code, data.status_code, official.status_code) == (404, 404, 200)


async def test_one_value_without_a_forecast_is_still_a_page(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0)

    assert (await anybody.get("/t/zarechny/indicators/UNEMP")).status_code == 200


async def test_the_town_stands_among_its_neighbours_the_best_first(anybody: Browser, town: Town) -> None:
    publish_unemployment(town, 6.0, 6.1)
    alone = words_of(await anybody.get("/t/zarechny/indicators/UNEMP"))
    neighbour = town.database.run(
        add_territory,
        kind=TerritoryKind.MUNICIPALITY,
        oktmo="99703000",
        slug="ozersk",
        name_ru="Озёрск",
        name_en="Ozersk",
        parent_oktmo="99000000",
    )
    publish_unemployment(replace(town, territory=neighbour), 5.8, 4.9, digest="2" * 64)

    page = words_of(await anybody.get("/t/zarechny/indicators/UNEMP"))

    assert "Среди соседей" not in alone
    # Less is better here, so the neighbour is first.
    assert "Среди соседей 1. Озёрск 4,9 % 2. Заречный 6,1 %" in page
