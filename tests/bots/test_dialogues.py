"""The same conversations over each door, ending in the same state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.contact import conversations_of
from core.delivery import EventKind, Preset, When, preferences_of
from core.identity import PERSONAL_DATA, current_consent, person, withdraw_consent
from core.rooms import stream_of
from core.store import events_after
from tests.bots.doors import Phone, phone_at
from tests.pictures import PNG
from tests.town import Town

DOORS = pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])


async def settle_in(phone: Phone) -> None:
    phone.says("/start")
    await phone.sees("Ваше согласие")
    await phone.taps("Согласен(на)")
    await phone.sees("Где вы живёте?")
    await phone.taps("Заречный")
    await phone.sees("Ваше место: Заречный")


@DOORS
async def test_a_newcomer_reaches_the_menu_in_three_taps(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)

        newcomer = town.database.read(person, person_id=phone.person_id)

    assert newcomer.home_id == town.territory.id
    consent = town.database.read(current_consent, person_id=phone.person_id, kind=PERSONAL_DATA)
    assert consent.given


@DOORS
async def test_a_message_reaches_the_authority(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        phone.says("Яма на Ленина, 12")
        await phone.sees("Принято: МС-2027-000001")
        phone.says("Глубокая")
        await phone.sees("Добавлено к МС-2027-000001")

    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    events = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    assert [event.body["text"] for event in events] == ["Яма на Ленина, 12", "Глубокая"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_was_written_without_a_consent_is_offered_once_it_is_given(town: Town) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        phone.sends_photo(PNG, "Яма на Ленина, 12")
        await phone.sees("Ваше согласие")
        await phone.taps("Согласен(на)")
        await phone.sees("Где вы живёте?")
        await phone.taps("Заречный")
        # Once, although it came only a moment before.
        await phone.sees("«Яма на Ленина, 12\n📷»")
        await phone.taps("Отправить")
        await phone.sees("Принято: МС-2027-000001")
        town.database.run(withdraw_consent, person_id=phone.person_id)
        phone.says("Провал глубокий.")
        await phone.sees("Ваше согласие")
        await phone.taps("Согласен(на)")
        await phone.sees("«Провал глубокий.»")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_vote_that_was_given_up_is_not_cast_by_a_later_consent(town: Town) -> None:
    poll = town.open_poll()
    async with phone_at("telegram", town.database, "Дарья") as phone:
        phone.says("/start")
        await phone.sees("Ваше согласие")
        await phone.taps("Не сейчас")
        await phone.taps("Заречный")
        await phone.sees("Ваше место: Заречный")
        phone.says("/vote")
        await phone.taps("Парк или парковка?")
        await phone.taps("Парк")
        await phone.sees("Ваше согласие")
        await phone.taps("Не сейчас")
        await phone.sees("Вашего голоса ждёт 1 голосование.")
        phone.says("/my")
        await phone.sees("Согласие: не дано")
        await phone.taps("Ваше согласие")
        await phone.taps("Согласен(на)")
        await phone.sees("Спасибо, согласие записано.")

    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_poll_that_waits_is_on_the_list_however_many_have_been_voted_in(town: Town) -> None:
    polls = [town.open_poll(f"Вопрос {number}", closes_in=timedelta(days=number)) for number in range(1, 10)]
    async with phone_at("telegram", town.database, "Дарья") as phone:
        await settle_in(phone)
        town.people["Дарья"] = phone.person_id
        for poll in polls[:-1]:
            town.vote("Дарья", poll, "Парк")
        phone.says("/vote")
        seen = await phone.sees("Вашего голоса ждёт 1 голосование.")

    assert seen.labels[:2] == ["Вопрос 9", "✓ Вопрос 1"]


@DOORS
async def test_a_vote_is_cast_and_changed(town: Town, door: str) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("🗳 Голосования")
        await phone.sees("Вашего голоса ждёт 1 голосование")
        await phone.taps("Парк или парковка?")
        await phone.sees("Одно нажатие")
        await phone.taps("Парковка")
        await phone.sees("Голос принят: Парковка")
        await phone.taps("Парк")
        await phone.sees("Голос изменён: было «Парковка», стало «Парк»")

    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


@DOORS
async def test_wishes_for_notifications_are_chosen_in_the_messenger(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("👤 Мой кабинет")
        await phone.taps("🔔 Уведомления")
        await phone.sees("Ответы вам приходят всегда")
        await phone.taps("Как можно меньше")
        await phone.taps("Выбрать по отдельности")
        await phone.taps("Новости администрации: никогда")
        seen = await phone.sees("Готово. Новости администрации: сразу.")

        wanted = town.database.read(preferences_of, person_id=phone.person_id)

    assert "Новости администрации: сразу" in seen.labels
    assert wanted.preset is Preset.QUIET
    assert wanted.choices == {(EventKind.NEWS, door): When.NOW}


@DOORS
async def test_the_name_that_others_see_is_changed_in_the_messenger(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("👤 Мой кабинет")
        await phone.taps("Другое имя")
        await phone.sees("Сейчас: Дарья. Напишите другое имя.")
        phone.says("Дарья К.")
        await phone.sees("Готово. Теперь вас видят так.")

        assert town.database.read(person, person_id=phone.person_id).display_name == "Дарья К."
