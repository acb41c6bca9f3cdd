"""A photo sent from the page of the chat: it reaches the bot, and what is no photo is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.chats import chats_of
from core.shared.ids import ChatId
from core.store import waiting_updates
from tests.town import ANNA, BORIS, Town
from tests.web.browser_twin import Browser, words_of

PNG = b"\x89PNG\r\n\x1a\n" + b"a pothole"
ADDRESS = "/chat/photos"


@pytest.fixture
async def chat_id(anybody: Browser, town: Town) -> ChatId:
    """Anna's chat, in whose browser the test goes on."""
    await anybody.sign_in_as(ANNA).submit("/chat/start")
    (chat,) = town.database.read(chats_of, person_id=town.people[ANNA])
    return chat.id


async def test_a_photo_reaches_the_bot_once_and_its_writer_sees_it(
    anybody: Browser, town: Town, chat_id: ChatId
) -> None:
    form = {"chat": chat_id, "client_id": "photo-0001", "text": "Яма"}

    sent = await anybody.upload(ADDRESS, PNG, name="yama.png", **form)
    again = await anybody.upload(ADDRESS, PNG, name="yama.png", **form)

    assert (sent.status_code, sent.headers["location"], again.status_code) == (302, "/chat#end", 302)
    _, waiting = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert waiting.payload["text"] == "Яма"
    shown = await anybody.get(f"/files/{waiting.payload['photo']}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert f'src="/files/{waiting.payload["photo"]}"' in (await anybody.get("/chat")).text
    assert (await anybody.sign_in_as(BORIS).get(f"/files/{waiting.payload['photo']}")).status_code == 404


@pytest.mark.parametrize(
    ("who", "code"),
    [pytest.param(None, "sign_in_needed", id="nobody"), pytest.param(BORIS, "unknown_chat", id="another")],
)
async def test_nobody_else_sends_a_photo_into_the_chat(
    anybody: Browser, town: Town, tmp_path: Path, chat_id: ChatId, who: str | None, code: str
) -> None:
    anybody.client.cookies.clear()
    if who is not None:
        anybody.sign_in_as(who)
    anybody.client.headers["Accept"] = "application/json"

    refused = await anybody.upload(ADDRESS, PNG, name="yama.png", chat=chat_id)

    assert refused.json()["code"] == code
    assert not (tmp_path / "files").exists()
    assert len(town.database.read(waiting_updates, carriers=["web"], limit=10)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"<svg onload='alert(1)'>", "Это не фото. Выберите файл JPEG или PNG.", id="no picture"),
        pytest.param(PNG + bytes(10_000_000), "Фото больше 10 МБ. Выберите файл поменьше.", id="too large"),
    ],
)
async def test_what_is_no_photo_is_refused_in_words(
    anybody: Browser, tmp_path: Path, chat_id: ChatId, content: bytes, sentence: str
) -> None:
    page = await anybody.upload(ADDRESS, content, name="yama.png", chat=chat_id)
    anybody.client.headers["Accept"] = "application/json"
    answer = await anybody.upload(ADDRESS, content, name="yama.png", chat=chat_id)

    assert (page.status_code, answer.status_code) == (400, 400)
    assert sentence in words_of(page)
    assert answer.json()["message"] == sentence
    assert not (tmp_path / "files").exists()


async def test_the_body_of_a_photo_has_a_limit_of_its_own(anybody: Browser, chat_id: ChatId) -> None:
    photo = await anybody.upload(ADDRESS, PNG + bytes(1_000_000), name="yama.png", chat=chat_id)
    elsewhere = await anybody.upload("/chat/messages", PNG + bytes(1_000_000), name="a.png", chat=chat_id)
    too_long = await anybody.upload(ADDRESS, PNG + bytes(10_200_000), name="yama.png", chat=chat_id)

    assert (photo.status_code, elsewhere.status_code, too_long.status_code) == (302, 413, 413)
    assert too_long.json()["code"] == "too_large"


async def test_without_a_photo_the_form_sends_the_words(
    anybody: Browser, town: Town, chat_id: ChatId
) -> None:
    await anybody.submit(ADDRESS, chat=chat_id, text="Только слова")
    nothing = await anybody.submit(ADDRESS, chat=chat_id, text=" ")

    assert nothing.status_code == 302
    _, words = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert (words.payload["text"], "photo" in words.payload) == ("Только слова", False)
