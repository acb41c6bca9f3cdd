"""The charts beside an indicator in the messenger: scenarios, place among the neighbours, contributions."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from core.charts import DRAW_SCENE, scene_at_work, settle_drawing
from core.chats import carrier_file
from core.files import keep_content
from core.identity import Role, grant_role
from core.indicators import AccessLevel, NewValue, Period, record_release, register_indicators
from core.jobs import JobWaiting, job
from core.scenarios import RunFollowed, RunState, run_at_work
from core.store import waiting_facts
from core.territories import TerritoryKind, add_territory
from tests.bots.doors import FILES, Phone, phone_at
from tests.bots.test_dialogues import DOORS, settle_in
from tests.pictures import PNG
from tests.town import Town
from tests.web.answers import TITLES, run_of
from tests.web.scenario import PRODUCT

SECRET = "заработная плата"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database: what is read here is tested on both where it is read."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def furnish(town: Town) -> None:
    """Two towns with figures, a published run, and wages that only officials may see."""
    with town.database.transaction() as uow:
        lesnoy = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="lesnoy",
            name_ru="Лесной",
            name_en="Lesnoy",
            parent_oktmo="99000000",
            synthetic=True,
        )
    wage = replace(
        PRODUCT, code="WAGE", title_ru=TITLES["WAGE"], title_en="Wage", access_level=AccessLevel.OFFICIAL
    )
    alone = replace(PRODUCT, code="ALONE", title_ru="Число музеев", title_en="Museums", unit="шт.")
    town.database.run(register_indicators, indicators=[replace(PRODUCT, featured=1), wage, alone])
    figures = (
        ("GMP", town.territory.id, 18_500.0),
        ("GMP", lesnoy.id, 21_000.0),
        ("ALONE", town.territory.id, 3.0),
    )
    values = [
        NewValue(indicator=code, territory_id=place, period=Period("A", 2026), value=value, source="Росстат")
        for code, place, value in figures
    ]
    town.database.run(
        record_release, source="tidy_csv", digest="1", title="file.csv", values=values, recorded_by=None
    )
    run_of(town)


def ordered(town: Town) -> dict[str, str]:
    """The drawings that were ordered, by the key of their job."""
    facts = [one.recorded.fact for one in town.database.read(waiting_facts)]
    keys = [fact.key for fact in facts if isinstance(fact, JobWaiting) and fact.work == DRAW_SCENE]
    found = {key: town.database.read(job, key=key) for key in keys}
    return {key: one.arguments["drawing"] for key, one in found.items() if one is not None}


def content_of(drawing: str) -> bytes:
    return PNG + drawing.encode()


@asynccontextmanager
async def worker_of(town: Town) -> AsyncIterator[None]:
    """What the worker of charts does, with another picture."""
    work = asyncio.create_task(_settle_what_comes(town))
    yield
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


async def _settle_what_comes(town: Town) -> None:
    done: set[str] = set()
    while True:
        for key, wanted in ordered(town).items():
            if key not in done:
                content = content_of(wanted)
                picture = keep_content(FILES, content)
                size = len(content)
                town.database.run(settle_drawing, key=wanted, job=key, picture=picture, size_bytes=size)
                done.add(key)
        await asyncio.sleep(0.1)


async def watches_a_run(town: Town, phone: Phone) -> None:
    """Daria is an analyst from now on: a run that is done, and one that she follows and stops."""
    with town.database.transaction() as uow:
        grant_role(uow, person_id=phone.person_id, role=Role.ANALYST, territory_id=town.territory.id)
    run_id = run_of(town, done=False, seed=7)
    phone.says("/my")
    await phone.taps("Расчёты сценариев")
    await phone.taps("Экономика города — показан жителям")
    done = await phone.sees("Заречный: Экономика города\n\nВаловой муниципальный продукт")
    await phone.taps("‹ Назад")
    await phone.taps("Экономика города — ждёт очереди")
    await phone.sees("Заречный: Экономика города\nЖдёт очереди")
    await phone.taps("Следить здесь")
    await phone.sees("Сейчас придёт сообщение")
    phone.says("/расчёты")
    await phone.taps("Экономика города — ждёт очереди")
    await phone.taps("Отменить расчёт")
    await phone.sees("Расчёт отменён.")

    assert done.picture is not None
    assert "Сценарии расходятся" in done.text
    assert town.database.read(run_at_work, run_id=run_id).state is RunState.CANCELLED
    facts = [one.recorded.fact for one in town.database.read(waiting_facts)]
    (followed,) = [one for one in facts if isinstance(one, RunFollowed)]
    assert (followed.run_id, followed.person_id) == (run_id, phone.person_id)


@DOORS
async def test_charts_beside_an_indicator_come_as_pictures_with_their_news(town: Town, door: str) -> None:
    furnish(town)
    async with phone_at(door, town.database, "Дарья") as phone, worker_of(town):
        await settle_in(phone)
        phone.says("/indicators")
        await phone.taps("Валовой муниципальный продукт")
        first = await phone.sees("18\u202f500\xa0млн руб. — 2026")
        await phone.taps("Сравнить сценарии")
        scenarios = await phone.sees("Сценарии расходятся на 1\u202f500\xa0млн руб.")
        await phone.taps("Место среди районов")
        ranking = await phone.sees("Заречный — на 2-м месте из 2: 18\u202f500\xa0млн руб.")
        await phone.taps("Вклад")
        parts = await phone.sees("Больше всего добавляет «собственный ход» (+4,0\xa0п.\xa0п.).")
        pictures = phone.pictures()
        phone.says("/показатель муниципальный продукт")
        await phone.taps("Как посчитано?")
        counted = await phone.sees("Опубликованные сценарии\nРост продукта")
        phone.says("/показатель музеев")
        alone = await phone.sees("3\xa0шт. — 2026")
        keys = list(ordered(town).values())
        await watches_a_run(town, phone)

    assert first.labels[:3] == ["Сравнить сценарии", "Место среди районов", "Вклад"]
    assert "В 2028 году: базовый — 19\u202f500\xa0млн руб.; пессимистический — 18\u202f000" in scenarios.text
    assert "На первом — Лесной (21\u202f000\xa0млн руб.)." in ranking.text
    assert [one.picture for one in (scenarios, ranking, parts)] == pictures
    assert pictures == [hashlib.sha256(content_of(key)).hexdigest() for key in keys]
    assert "объясняет 61,0\xa0% изменений; вес соседей 25,0\xa0%." in counted.text
    assert "Не взяты 2 года (2019–2020): сравнивались бы два определения — «Валовой" in counted.text
    assert "ошибался в среднем на 310\xa0млн руб.; «останется как есть» — на 420\xa0млн руб." in counted.text
    assert "таблице" not in scenarios.text + ranking.text + parts.text
    assert not {"Сравнить сценарии", "Место среди районов", "Вклад"} & set(alone.labels)
    # Wages move the product, but not for whoever may not see them.
    drawn = json.dumps([town.database.read(scene_at_work, key=key).to_json() for key in keys])
    assert SECRET not in (drawn.encode().decode("unicode_escape") + parts.text).lower()
    named = town.database.read(carrier_file, carrier=door, key=pictures[0])
    assert (named is None) == (door == "web")


async def test_a_chart_that_nobody_draws_comes_as_its_figures(town: Town) -> None:
    furnish(town)
    async with phone_at("web", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("/показатель муниципальный продукт")
        await phone.taps("Сравнить сценарии")
        shown = await phone.sees("График ещё не готов. Цифры в таблице:")
        await phone.taps("‹ Назад")
        await phone.sees("18\u202f500\xa0млн руб. — 2026")

    assert shown.picture is None
    assert "2028: базовый 19\u202f500; пессимистический 18\u202f000" in shown.text
    assert "Все сценарии" in shown.labels
