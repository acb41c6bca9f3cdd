"""An indicator in the messenger: its chart, which is waited for, and what is said when none comes."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

from core.chats import carrier_file
from core.files import keep_content
from core.indicators import (
    DRAW_INDICATOR,
    ChartKey,
    NewValue,
    Period,
    chart_key,
    chart_page,
    record_release,
    register_indicators,
    settle_chart,
)
from core.jobs import JobWaiting
from core.store import waiting_facts
from tests.bots.doors import FILES, Phone, phone_at
from tests.bots.test_dialogues import DOORS, settle_in
from tests.notifications.post_office import UNEMPLOYMENT
from tests.pictures import PNG
from tests.town import Town

CHART = PNG + b"of an indicator that is drawn while somebody waits"
KEY = hashlib.sha256(CHART).hexdigest()
WAGE = replace(
    UNEMPLOYMENT,
    code="WAGE",
    title_ru="Средняя заработная плата",
    title_en="Average wage",
    unit="₽",
    good="up",
)


def publish(town: Town) -> None:
    """Two years of unemployment."""
    town.database.run(register_indicators, indicators=[replace(UNEMPLOYMENT, featured=1), WAGE])
    values = [
        NewValue(
            indicator="UNEMPL",
            territory_id=town.territory.id,
            period=Period("A", year),
            value=value,
            source="Росстат",
        )
        for year, value in ((2020, 5.9), (2021, 6.1))
    ]
    town.database.run(
        record_release, source="tidy_csv", digest="1", title="file.csv", values=values, recorded_by=None
    )


def ordered(town: Town) -> list[str]:
    """Keys of the charts that were ordered."""
    facts = [one.recorded.fact for one in town.database.read(waiting_facts)]
    return [fact.key for fact in facts if isinstance(fact, JobWaiting) and fact.work == DRAW_INDICATOR]


async def draw_when_ordered(town: Town) -> None:
    """What the worker of charts does: it hears of the order and settles it."""
    while not ordered(town):
        await asyncio.sleep(0.02)
    page = town.database.read(chart_page, code="UNEMPL", territory_id=town.territory.id)
    wanted: ChartKey = chart_key(page, "ru")
    key = keep_content(FILES, CHART)
    town.database.run(
        settle_chart, chart=wanted, picture=key, size_bytes=len(CHART), alt="Безработица растёт."
    )


@DOORS
async def test_a_chart_is_ordered_waited_for_and_brought_to_a_messenger_once(town: Town, door: str) -> None:
    publish(town)
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        worker = asyncio.create_task(draw_when_ordered(town))
        phone.says("/indicators")
        await phone.taps("Уровень безработицы")
        shown = await phone.sees("Было 5,9\xa0%")
        await worker
        phone.says("/indicator unemployment rate Zarechny")
        phone.says("/my")
        await phone.sees("Язык: Русский")

        assert phone.pictures() == [KEY, KEY]
    assert "таблице" not in shown.text
    assert len(ordered(town)) == 1
    named = town.database.read(carrier_file, carrier=door, key=KEY)
    assert (named is None) == (door == "web")


async def test_figures_come_in_a_table_when_no_picture_does(town: Town) -> None:
    publish(town)
    async with phone_at("web", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("/показатель безработица")
        shown = await phone.sees("График ещё не готов. Цифры в таблице:\n2021: 6,1\xa0%\n2020: 5,9\xa0%")

    assert shown.picture is None
    assert "График и таблица" in shown.labels


async def test_words_lead_to_an_indicator_to_a_choice_or_to_a_clear_no(town: Town) -> None:
    publish(town)
    async with phone_at("web", town.database, "Дарья") as phone:
        await settle_in(phone)
        answers = [await _asked(phone, words) for words in ("плата Заречный", "погода", "безработица Томск")]
        phone.says("/показатель")
        await phone.sees("Заречный в цифрах")

    suggested = ["Уровень безработицы, Заречный", "Все показатели"]
    assert answers == [
        ("Средняя заработная плата\n\nДанных пока нет.", ["График и таблица"]),
        ("Здесь не нашлось: «погода».\nМожет быть, одно из этих?", suggested),
        ("Здесь не нашлось: «томск».\nМожет быть, одно из этих?", suggested),
    ]  # fmt: skip


async def _asked(phone: Phone, words: str) -> tuple[str, list[str]]:
    phone.says(f"/показатель {words}")
    shown = await phone.sees("плата" if "плата" in words else "погода" if "погода" in words else "томск")
    ways_out = ["‹ Назад", "⌂ Меню"]
    return shown.text.split("\n\nДанные синтетические")[0], [
        one for one in shown.labels if one not in ways_out
    ]
