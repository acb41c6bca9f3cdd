"""An official's photo or document arrives in every messenger: once brought, whole, its words beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core.delivery import DeliveryState
from core.files import KeptContent, drop_content, keep_upload
from core.store import Database
from tests.bots.fake_phone import FakeUser
from tests.notifications.post_office import PostOffice, opened
from tests.pictures import PDF, PNG
from tests.town import ANNA, IVANOV, Town

MESSENGERS = ["telegram", "max", "vk"]
# Longer than a caption in Telegram, shorter than a message there.
LONG = "Заделаем. " * 150


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def kept(office: PostOffice, content: bytes, name: str) -> KeptContent:
    return keep_upload(office.files, content, name=name)


def uploads(office: PostOffice, carrier: str) -> int:
    count: int = office.fakes[carrier].uploads
    return count


def forget_names(database: Database) -> None:
    """The messenger no longer knows any file that it has been brought."""
    with database.transaction() as uow:
        uow.session.execute(text("UPDATE carrier_file SET native_id = 'forgotten'"))


def said(anna: FakeUser) -> list[tuple[str, str | None, bytes | None, bool]]:
    """Words, the document's name, bytes of the file, whether there are buttons: message by message."""
    return [(one.text, *(one.document or (None, one.photo)), bool(one.labels)) for one in anna.chat.messages]


@pytest.mark.parametrize("carrier", MESSENGERS)
async def test_a_document_and_a_photo_arrive_and_are_brought_once(office: PostOffice, carrier: str) -> None:
    anna = office.links(ANNA, 1001, carrier)
    number = office.message(ANNA, "Яма").conversation_id
    for _ in range(2):
        office.answer(IVANOV, number, "Смета во вложении", file=kept(office, PDF, "Смета.pdf"))
        office.answer(IVANOV, number, "", file=kept(office, PNG, "двор.png"))
        await office.deliver()
    assert uploads(office, carrier) == 2
    forget_names(office.town.database)
    # The same bytes under another name are another document.
    office.answer(IVANOV, number, "Ещё раз", file=kept(office, PDF, "Смета.pdf"))
    office.answer(IVANOV, number, "Под другим именем", file=kept(office, PDF, "План.pdf"))
    await office.deliver()

    assert uploads(office, carrier) == 4
    files = [(name, content) for _, name, content, _ in said(anna)]
    document, photo = ("Смета.pdf", PDF), (None, PNG)
    assert sorted(files[:4], key=str) == sorted([document, photo] * 2, key=str)
    assert sorted(files[4:]) == [("План.pdf", PDF), document]
    assert all(buttons and "Ответ на" in words for words, _, _, buttons in said(anna))
    assert any("Смета во вложении" in words for words, *_ in said(anna))


async def test_more_words_than_fit_under_a_file_come_whole_after_it(office: PostOffice) -> None:
    phones = {carrier: office.links(ANNA, 1001, carrier) for carrier in MESSENGERS}
    number = office.message(ANNA, "Яма").conversation_id
    office.answer(IVANOV, number, LONG, file=kept(office, PDF, "Смета.pdf"))
    await office.deliver()

    (file, words) = said(phones["telegram"])
    assert (file[:2], file[3]) == (("", "Смета.pdf"), False)
    assert (LONG.strip() in words[0], words[1], words[3]) == (True, None, True)
    for carrier in ("max", "vk"):
        (one,) = said(phones[carrier])
        assert (LONG.strip() in one[0], one[1], one[3]) == (True, "Смета.pdf", True)


@pytest.mark.parametrize("carrier", MESSENGERS)
async def test_no_word_of_a_very_long_answer_is_cut_off(office: PostOffice, carrier: str) -> None:
    anna = office.links(ANNA, 1001, carrier)
    words = " ".join(f"слово{number}" for number in range(380))
    office.answer(IVANOV, office.message(ANNA, "Яма").conversation_id, words)

    await office.deliver()

    heard = " ".join(shown for shown, *_ in said(anna)).split()
    assert [word for word in heard if word.startswith("слово")] == words.split()
    assert [buttons for *_, buttons in said(anna)][-1]


async def test_in_the_browser_the_answer_shows_the_file(office: PostOffice) -> None:
    number = office.message(ANNA, "Яма").conversation_id
    office.answer(IVANOV, number, "Смета", file=kept(office, PDF, "Смета.pdf"))
    await office.deliver()

    (event,) = office.in_browser(ANNA)
    assert event.body["document"] == {
        "key": kept(office, PDF, "").key,
        "name": "Смета.pdf",
        "size_bytes": len(PDF),
    }


async def test_a_file_lost_from_the_disk_holds_no_answer_back(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "telegram")
    sent, file = office.message(ANNA, "Яма"), kept(office, PDF, "Смета.pdf")
    office.answer(IVANOV, sent.conversation_id, "Смета во вложении", file=file)
    drop_content(office.files, file.key)

    await office.deliver()

    assert "Смета во вложении" in anna.chat.screen().text
    topic = f"conversation:{sent.conversation_id}"
    assert office.states(topic) == [DeliveryState.SENT]
