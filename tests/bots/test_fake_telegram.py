"""The fake must refuse what Telegram refuses, or it would hide our mistakes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.bots.fake_telegram import TOKEN, FakeTelegram

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        server.user(1, "Анна")
        yield server


async def call(telegram: FakeTelegram, method: str, **parameters: object) -> tuple[int, dict[str, Any]]:
    form = {n: v if isinstance(v, str | bytes) else json.dumps(v) for n, v in parameters.items()}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{telegram.base_url}/bot{TOKEN}/{method}", data=form) as answer,
    ):
        return answer.status, await answer.json()


def inline(**button: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("method", "parameters", "status", "words"),
    [
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "a", "colour": "red"},
            400,
            "unknown parameter",
            id="unknown",
        ),
        pytest.param("sendMessage", {"chat_id": 1}, 400, "message text is empty", id="no text"),
        pytest.param("sendMessage", {"chat_id": 1, "text": "a" * 4097}, 400, "too long", id="long text"),
        pytest.param("sendMessage", {"chat_id": 9, "text": "a"}, 400, "chat not found", id="stranger"),
        pytest.param("sendGold", {"chat_id": 1}, 404, "method not found", id="method"),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": inline(callback_data="я" * 33)},
            400,
            "BUTTON_DATA_INVALID",
            id="66 bytes of button",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": inline(url="http://localhost/")},
            400,
            "Wrong HTTP URL",
            id="localhost button",
        ),
        pytest.param(
            "sendMessage",
            {"chat_id": 1, "text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
            400,
            "ENTITY_BOUNDS_INVALID",
            id="entity outside",
        ),
        pytest.param(
            "sendPhoto",
            {"chat_id": 1, "photo": PNG, "caption": "a" * 1025},
            400,
            "caption is too long",
            id="caption",
        ),
        pytest.param(
            "answerCallbackQuery", {"callback_query_id": "old"}, 400, "query is too old", id="old query"
        ),
    ],
)
async def test_the_fake_refuses_what_telegram_refuses(
    telegram: FakeTelegram, method: str, parameters: dict[str, Any], status: int, words: str
) -> None:
    answered, body = await call(telegram, method, **parameters)

    assert answered == status
    assert words in body["description"]
    assert telegram.effects == []


async def test_an_update_is_handed_out_until_its_offset_is_confirmed(telegram: FakeTelegram) -> None:
    update = telegram.users[1].says("привет")

    first = await call(telegram, "getUpdates")
    again = await call(telegram, "getUpdates")
    after = await call(telegram, "getUpdates", offset=update["update_id"] + 1)

    assert [u["update_id"] for u in first[1]["result"]] == [update["update_id"]]
    assert again == first
    assert after[1]["result"] == []


async def test_a_long_poll_ends_when_a_message_comes(telegram: FakeTelegram) -> None:
    poll = asyncio.create_task(call(telegram, "getUpdates", timeout=5))
    await asyncio.sleep(0.05)

    telegram.users[1].says("привет")

    _, body = await asyncio.wait_for(poll, 1)
    assert body["result"][0]["message"]["text"] == "привет"


async def test_a_lost_answer_leaves_the_effect_behind(telegram: FakeTelegram) -> None:
    telegram.lose_answer("sendMessage")

    with pytest.raises(aiohttp.ClientError):
        await call(telegram, "sendMessage", chat_id=1, text="дошло")

    assert telegram.users[1].chat.screen().text == "дошло"


async def test_hurry_after_429_is_counted(telegram: FakeTelegram) -> None:
    telegram.throttle("sendMessage", retry_after=5)

    first, body = await call(telegram, "sendMessage", chat_id=1, text="a")
    second, _ = await call(telegram, "sendMessage", chat_id=1, text="a")

    assert (first, body["parameters"], second) == (429, {"retry_after": 5}, 429)
    assert telegram.impatient == 1


async def test_a_caption_is_edited_only_under_a_photo_and_a_text_only_without(telegram: FakeTelegram) -> None:
    await call(telegram, "sendPhoto", chat_id=1, photo=PNG, caption="было")
    message_id = telegram.users[1].chat.screen().message_id

    wrong, _ = await call(telegram, "editMessageText", chat_id=1, message_id=message_id, text="стало")
    right, _ = await call(telegram, "editMessageCaption", chat_id=1, message_id=message_id, caption="стало")
    same, body = await call(telegram, "editMessageCaption", chat_id=1, message_id=message_id, caption="стало")

    assert (wrong, right, same) == (400, 200, 400)
    assert "not modified" in body["description"]
