"""Files sent from pages: they arrive once, keep their name and lose their place; harm is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.chats import chats_of
from core.contact import Sent, send_message
from core.shared.ids import ChatId
from core.store import last_events, waiting_updates
from tests.pictures import PDF, PNG, photo_with_place
from tests.town import ANNA, BORIS, IVANOV, Town
from tests.web.browser_twin import Browser, words_of

CHAT = "/chat/files"
UNWELCOME = "Такой файл не принимаем. Пришлите фото (JPEG, PNG) или документ"


@pytest.fixture
async def chat_id(anybody: Browser, town: Town) -> ChatId:
    """Anna's chat, in whose browser the test goes on."""
    await anybody.sign_in_as(ANNA).submit("/chat/start")
    (chat,) = town.database.read(chats_of, person_id=town.people[ANNA])
    return chat.id


@pytest.fixture
def conversation(town: Town) -> Sent:
    """Anna has written to the authority."""
    return town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id="message-0001",
    )


async def test_a_photo_reaches_the_bot_once_and_its_writer_sees_it(
    anybody: Browser, town: Town, chat_id: ChatId
) -> None:
    form = {"chat": chat_id, "client_id": "photo-0001", "text": "Яма"}

    sent = await anybody.upload(CHAT, photo_with_place(), name="yama.jpg", **form)
    again = await anybody.upload(CHAT, photo_with_place(), name="yama.jpg", **form)

    assert (sent.status_code, sent.headers["location"], again.status_code) == (302, "/chat#end", 302)
    _, waiting = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert waiting.payload["text"] == "Яма"
    shown = await anybody.get(f"/files/{waiting.payload['photo']}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert b"Telephone" in photo_with_place()
    assert b"Telephone" not in shown.content
    assert f'src="/files/{waiting.payload["photo"]}"' in (await anybody.get("/chat")).text
    assert (await anybody.sign_in_as(BORIS).get(f"/files/{waiting.payload['photo']}")).status_code == 404


async def test_a_document_goes_both_ways_through_a_conversation(
    anybody: Browser, town: Town, conversation: Sent
) -> None:
    citizens = f"/conversations/{conversation.conversation_id}"
    desk = f"/console{citizens}"
    form = {"client_id": "file-0001", "text": ""}
    browser = anybody.sign_in_as(ANNA)
    await browser.upload(f"{citizens}/messages", PDF, name="Смета на двор.pdf", **form)
    browser = anybody.sign_in_as(IVANOV)
    page = await browser.get(desk)
    await browser.upload(f"{desk}/answer", PNG, name="plan.png", client_id="file-0002", text="План")

    _, asked, answered = town.database.read(last_events, stream=f"room:{conversation.room_id}", limit=9)
    document = asked.body["document"]
    assert (asked.body["text"], document["name"]) == ("📎", "Смета на двор.pdf")
    assert (answered.body["text"], bool(answered.body["photo"])) == ("План", True)
    assert "Смета на двор.pdf" in words_of(page)
    assert f'href="/files/{document["key"]}" download' in page.text
    fetched = await browser.get(f"/files/{document['key']}")
    assert (fetched.content, fetched.headers["content-type"]) == (PDF, "application/octet-stream")
    assert fetched.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%A1")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    theirs = await anybody.sign_in_as(ANNA).get(citizens)
    assert f'src="/files/{answered.body["photo"]}"' in theirs.text
    assert (await anybody.sign_in_as(BORIS).get(f"/files/{document['key']}")).status_code == 404


@pytest.mark.parametrize(
    ("who", "code"),
    [pytest.param(None, "sign_in_needed", id="nobody"), pytest.param(BORIS, "unknown_chat", id="another")],
)
async def test_nobody_else_sends_a_file(
    anybody: Browser,
    town: Town,
    tmp_path: Path,
    chat_id: ChatId,
    conversation: Sent,
    who: str | None,
    code: str,
) -> None:
    anybody.client.cookies.clear()
    if who is not None:
        anybody.sign_in_as(who)
    anybody.client.headers["Accept"] = "application/json"
    there = f"conversations/{conversation.conversation_id}"

    refused = await anybody.upload(CHAT, PNG, name="yama.png", chat=chat_id)
    elsewhere = [
        await anybody.upload(address, PNG, name="yama.png")
        for address in (f"/{there}/messages", f"/console/{there}/answer")
    ]

    assert refused.json()["code"] == code
    assert {one.json()["code"] for one in elsewhere} == {code.replace("chat", "conversation")}
    assert not (tmp_path / "files").exists()
    assert len(town.database.read(waiting_updates, carriers=["web"], limit=10)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"<svg onload='alert(1)'>", UNWELCOME, id="page in disguise"),
        pytest.param(PNG + bytes(10_000_000), "Файл больше 10 МБ. Пришлите файл поменьше.", id="too large"),
        pytest.param(PNG[:20], "Фото повреждено и не читается.", id="damaged"),
    ],
)
async def test_what_is_not_taken_is_refused_in_words(
    anybody: Browser, tmp_path: Path, chat_id: ChatId, conversation: Sent, content: bytes, sentence: str
) -> None:
    there = f"conversations/{conversation.conversation_id}"
    pages = [
        await anybody.upload(CHAT, content, name="yama.png", chat=chat_id),
        await anybody.upload(f"/{there}/messages", content, name="yama.png"),
    ]
    anybody.client.headers["Accept"] = "application/json"
    answer = await anybody.upload(CHAT, content, name="yama.png", chat=chat_id)
    del anybody.client.headers["Accept"]
    at_the_desk = await anybody.sign_in_as(IVANOV).upload(
        f"/console/{there}/answer", content, name="yama.png", text="Набранное не пропало"
    )

    assert [page.status_code for page in [*pages, answer, at_the_desk]] == [400, 400, 400, 409]
    assert all(sentence in words_of(page) for page in [*pages, at_the_desk])
    assert sentence in answer.json()["message"]
    assert "Набранное не пропало" in at_the_desk.text
    assert not (tmp_path / "files").exists()


async def test_a_form_with_a_file_has_a_limit_of_its_own(anybody: Browser, chat_id: ChatId) -> None:
    document = await anybody.upload(CHAT, PDF + bytes(11_000_000), name="smeta.pdf", chat=chat_id)
    elsewhere = await anybody.upload("/chat/messages", PNG + bytes(1_000_000), name="a.png", chat=chat_id)
    too_long = await anybody.upload(CHAT, PDF + bytes(20_200_000), name="smeta.pdf", chat=chat_id)

    assert (document.status_code, elsewhere.status_code, too_long.status_code) == (302, 413, 413)
    assert too_long.json()["code"] == "too_large"


async def test_without_a_file_the_form_sends_the_words(anybody: Browser, town: Town, chat_id: ChatId) -> None:
    await anybody.submit(CHAT, chat=chat_id, text="Только слова")
    nothing = await anybody.submit(CHAT, chat=chat_id, text=" ")

    assert nothing.status_code == 302
    _, words = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert (words.payload["text"], "photo" in words.payload) == ("Только слова", False)
