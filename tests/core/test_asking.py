"""What people type about indicators: bent words, slips, whole names of places."""

from __future__ import annotations

import pytest

from core.indicators import Indicator, understood
from core.shared.ids import TerritoryId
from core.territories import Territory, TerritoryKind


def indicator(code: str, title_ru: str, title_en: str) -> Indicator:
    return Indicator(
        code=code,
        rubric="jobs",
        title_ru=title_ru,
        title_en=title_en,
        unit="%",
        unit_en="%",
        frequency="A",
        good="up",
    )


def place(slug: str, name_ru: str, name_en: str) -> Territory:
    return Territory(
        id=TerritoryId(slug),
        kind=TerritoryKind.MUNICIPALITY,
        parent_id=None,
        oktmo="00000000",
        slug=slug,
        name_ru=name_ru,
        name_en=name_en,
        time_zone="Europe/Moscow",
        synthetic=True,
    )


INDICATORS = [
    indicator("UNEMPL", "Уровень безработицы", "Unemployment rate"),
    indicator("UNEMPL_REG_M", "Зарегистрированная безработица", "Registered unemployment"),
    indicator("WAGE", "Средняя заработная плата", "Average wage"),
    indicator("POP", "Численность населения", "Population"),
]
PLACES = [
    place("z", "Заречный", "Zarechny"),
    place("nz", "Новый Заречный", "New Zarechny"),
    place("omsk", "Омская область", "Omsk region"),
]


@pytest.mark.parametrize(
    ("text", "found", "where", "unknown"),
    [
        pytest.param("зарплата Заречный", [], ["z"], ["зарплата"], id="a word of no title"),
        pytest.param("уровень безработицы", ["UNEMPL"], [], [], id="the title itself"),
        pytest.param("безработица Заречный", ["UNEMPL_REG_M", "UNEMPL"], ["z"], [], id="several fit"),
        pytest.param("уровень безработица в Заречном", ["UNEMPL"], ["z"], [], id="bent"),
        pytest.param("заработная палта новый заречный", ["WAGE"], ["nz"], [], id="a slip; the longer name"),
        pytest.param("населения Омская область", ["POP"], ["omsk"], [], id="two words of a name"),
        pytest.param("population Zarechny", ["POP"], ["z"], [], id="English"),
        pytest.param(
            "численность Томская область", ["POP"], [], ["томская", "область"], id="a place not here"
        ),
        pytest.param("UNEMPL", ["UNEMPL"], [], [], id="the code"),
        pytest.param("Заречный", [], ["z"], [], id="a place alone"),
        pytest.param("на", [], [], [], id="nothing"),
    ],
)
def test_an_indicator_and_a_place_are_found_in_words(
    text: str, found: list[str], where: list[str], unknown: list[str]
) -> None:
    asked = understood(text, INDICATORS, PLACES)

    assert [one.code for one in asked.indicators] == found
    assert [one.id for one in asked.places] == where
    assert list(asked.unknown) == unknown
