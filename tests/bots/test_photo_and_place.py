"""A photo and a place for the authority, over every door: kept, shown to whoever may see the conversation."""

from __future__ import annotations

import pytest

from core.contact import conversations_of
from core.files import file_parents, read_content
from core.rooms import stream_of
from core.store import events_after
from tests.bots.doors import FILES, phone_at
from tests.bots.test_dialogues import settle_in
from tests.notifications.post_office import PNG
from tests.town import Town

DOORS = pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])


@DOORS
async def test_a_photo_with_words_and_a_place_reach_the_authority(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        phone.sends_photo(PNG, "Яма на Ленина, 12")
        await phone.sees("Принято: МС-2027-000001")
        phone.sends_place(55.0301, 82.9204)
        await phone.sees("Добавлено к МС-2027-000001")

    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    stream = stream_of(found.room_id)
    first, second = town.database.read(events_after, stream=stream, seq=0)
    assert (first.body["text"], second.body["text"]) == ("Яма на Ленина, 12", "📍 55.03010, 82.92040")
    assert second.body["place"] == [55.0301, 82.9204]
    assert read_content(FILES, first.body["photo"]) == PNG
    parents = town.database.read(file_parents, key=first.body["photo"])
    assert f"message:{stream}:{first.seq}" in parents


async def test_a_photo_out_of_the_blue_is_offered_for_sending(town: Town) -> None:
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_photo(PNG)
        await phone.sees("Отправить это власти?")
        await phone.taps("Отправить")
        await phone.sees("Принято: МС-2027-000001")

    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    (event,) = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    assert (event.body["text"], bool(event.body["photo"])) == ("📷", True)


async def test_what_is_no_picture_is_said_to_be_unreadable(town: Town) -> None:
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_photo(b"<svg onload=alert(1)>")
        await phone.sees("Здесь читаются слова, фото и места на карте.")

    assert town.database.read(conversations_of, citizen_id=phone.person_id) == []
