"""A photo and a place for the authority, over every door: kept, shown to whoever may see the conversation."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from bots.flows import letters
from core.contact import conversations_of
from core.files import FILE_FIELDS, drop_content, file_parents, read_content
from core.rooms import stream_of
from core.store import events_after
from tests.bots.doors import FILES, MessengerPhone, phone_at
from tests.bots.test_dialogues import settle_in
from tests.pictures import PDF, PNG, photo_with_place
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


@DOORS
async def test_a_document_and_a_photo_sent_as_a_file_reach_the_authority(town: Town, door: str) -> None:
    taken = photo_with_place()
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_document(PDF, "Смета.pdf")
        await phone.sees("📎 Смета.pdf")
        await phone.taps("Отправить")
        await phone.sees("Принято: МС-2027-000001")
        # As a file a photo comes with all that the camera has written.
        phone.sends_document(taken, "IMG_1.jpg", "Яма")
        await phone.sees("Добавлено к МС-2027-000001")

    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    first, second = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    document = first.body["document"]
    assert (first.body["text"], document["name"], document["size_bytes"]) == ("📎", "Смета.pdf", len(PDF))
    assert read_content(FILES, document["key"]) == PDF
    assert b"Telephone" in taken
    assert b"Telephone" not in read_content(FILES, second.body["photo"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@DOORS
async def test_all_files_of_an_album_reach_the_authority(town: Town, door: str) -> None:
    photos, smeta = [("", PNG), ("", photo_with_place())], ("Смета.pdf", PDF)
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_album([*photos, smeta], "Яма")
        await phone.sees("«Яма\n📷 📷 📎 Смета.pdf»")
        await phone.taps("Отправить")
        await phone.sees("Файлов: 3.")
        phone.sends_album([smeta, *photos], "Ещё")
        phone.says("/отмена")
        await phone.sees("Ничего не отправлено")

    # In the browser each file is a message, elsewhere one screen speaks for all.
    assert phone.dialogue().count("Файлов: 3.") == (1 if door == "web" else 2)
    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    events = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    assert [event.body["text"] for event in events] == ["Яма", "📷", "📎", "Ещё", "📷", "📷"]
    assert [file for event in events for file in FILE_FIELDS if file in event.body] == [
        "photo", "photo", "document", "document", "photo", "photo"
    ]  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_album_that_is_brought_piece_by_piece_is_answered_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Seconds instead of some tenths: a busy machine may be late with the next piece.
    monkeypatch.setattr(letters, "_ALBUM_LOOKS", 30)
    async with phone_at("telegram", town.database, "Дарья") as phone:
        await settle_in(phone)
        assert isinstance(phone, MessengerPhone)
        for _ in range(3):
            phone.user.sends_part(PNG, "album")
            await asyncio.sleep(0.2)
        await phone.sees("«📷 📷 📷»")

    assert phone.dialogue().count("Отправить это власти?") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", ["telegram", "max", "vk"])
async def test_what_of_an_album_cannot_be_kept_is_said_once_beside_what_was(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_album([("герб.svg", b"<svg>"), *[("", PNG)] * 11, ("печать.svg", b"<svg>")])
        asked = await phone.sees("Отправить это власти?")

    assert asked.text.count("Такой файл не принимаем") == 1
    assert "С одним сообщением уходит не больше 10 файлов." in asked.text
    assert asked.text.count("📷") == 10


@pytest.mark.parametrize("door", ["telegram", "max", "vk"])
async def test_what_is_not_taken_is_refused_in_words_and_the_talk_goes_on(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.sends_document(b"<svg onload=alert(1)>", "герб.svg", "Смотрите")
        await phone.sees("Такой файл не принимаем.")
        phone.sends_document(PDF + bytes(21_000_000), "Смета.pdf")
        await phone.sees("Файл больше 20 МБ.")
        phone.sends_photo(PNG[:20])
        await phone.sees("Фото повреждено и не читается.")
        phone.says("Провал на Садовой улице")
        await phone.sees("Отправить это власти?")

    assert town.database.read(conversations_of, citizen_id=phone.person_id) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", ["telegram", "max", "vk"])
async def test_a_file_that_is_gone_is_asked_for_again_and_a_late_one_is_waited_for(
    town: Town, door: str
) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        assert isinstance(phone, MessengerPhone)
        phone.user.loses_files(404, 502)
        phone.sends_photo(PNG, "Яма")
        await phone.sees("Мессенджер не отдал нам файл.")
        phone.sends_photo(PNG, "на Ленина")
        await phone.sees("«Яма\nна Ленина\n📷»")


async def test_a_file_that_waited_until_it_was_swept_is_asked_for_again(town: Town) -> None:
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        lost = PDF + b"%waited"
        phone.sends_document(lost, "Смета.pdf")
        await phone.sees("Отправить это власти?")
        drop_content(FILES, hashlib.sha256(lost).hexdigest())
        await phone.taps("Отправить")
        await phone.sees("Файл ждал слишком долго. Пришлите его ещё раз.")

    assert town.database.read(conversations_of, citizen_id=phone.person_id) == []
