"""Whoever has taken an alert silences its rule from the chat: a term, then the reason in one message."""

from pathlib import Path

import pytest

from core.alerts import alert_card
from tests.bots.test_alert_people import database_url, staffed  # noqa: F401 - the fixture
from tests.town import IVANOV, Town


@pytest.mark.parametrize("door", ["web", "telegram"])
async def test_an_alert_is_silenced_after_it_was_taken(town: Town, tmp_path: Path, door: str) -> None:
    async with staffed(town, tmp_path, door) as office:
        phone = office.ivanov
        await phone.taps("Принять")
        await phone.sees("Вы приняли оповещение")
        await phone.taps("Заглушить до…")
        asked = await phone.sees("На сколько заглушить?")
        assert "Уровень безработицы, Заречный" in asked.text
        await phone.taps("На месяц")
        await phone.sees("Почему заглушаете?")
        phone.says("Завод на ремонте")
        await phone.sees("Заглушено: 8\xa0апреля, 09:00.")
        await office.deliver()
        await office.smirnova.sees("Заглушено до 08.04.2027: Завод на ремонте (Иван Иванов)")

    (mute,) = town.database.read(alert_card, alert_id=office.alert).mutes
    assert (mute.author_name, mute.silence is not None and mute.silence.places) == (
        IVANOV,
        (town.territory.id,),
    )
