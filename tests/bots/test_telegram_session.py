"""A request to Telegram is JSON where JSON can say it, and says the same as aiogram's form."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramNetworkError
from aiogram.methods import BanChatMember, EditMessageText, SendMessage, SendPhoto, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
)
from aiohttp import BytesPayload, FormData

from bots.carriers.telegram_session import TelegramSession

SCREEN = EditMessageText(
    chat_id=7,
    message_id=5,
    text="Заречный «дом»\n🗳",
    entities=[MessageEntity(type="bold", offset=0, length=8)],
    reply_markup=InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="v.1")]]
    ),
)
BY_DEFAULT = DefaultBotProperties(protect_content=True)


@pytest.mark.parametrize(
    ("method", "default"),
    [
        pytest.param(SCREEN, None, id="a screen"),
        pytest.param(SendMessage(chat_id=7, text="Да"), BY_DEFAULT, id="what the bot's defaults say"),
        pytest.param(
            SendMessage(chat_id=7, text="Да", protect_content=False), BY_DEFAULT, id="against the defaults"
        ),
    ],
)
def test_json_says_what_the_form_says(
    method: TelegramMethod[Any], default: DefaultBotProperties | None
) -> None:
    session = TelegramSession()
    bot = Bot("424242:no-network", session=session, default=default)

    body: Any = session.build_form_data(bot, method)
    form = super(TelegramSession, session).build_form_data(bot, method)

    assert isinstance(body, BytesPayload)
    assert body.content_type == "application/json"
    said = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in json.loads(body.decode()).items()
    }
    assert said == {
        options["name"]: value if options["name"] == "text" else _compared(value)
        for options, _, value in form._fields
    }


@pytest.mark.parametrize(
    "method",
    [
        pytest.param(SendPhoto(chat_id=7, photo=BufferedInputFile(b"png", "a.png")), id="a file"),
        pytest.param(
            SendMessage(chat_id=7, text="Да", link_preview_options=LinkPreviewOptions(is_disabled=True)),
            id="a default deeper inside",
        ),
        pytest.param(BanChatMember(chat_id=7, user_id=8, until_date=timedelta(days=1)), id="a moment"),
    ],
)
def test_what_json_cannot_say_goes_as_a_form(method: TelegramMethod[Any]) -> None:
    session = TelegramSession()

    assert isinstance(session.build_form_data(Bot("424242:no-network", session=session), method), FormData)


def test_a_changed_message_is_not_taken_apart_and_a_refusal_is_still_heard() -> None:
    session = TelegramSession()
    bot = Bot("424242:no-network", session=session)
    refusal = '{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}'

    changed = session.check_response(bot, SCREEN, 200, '{"ok":true,"result":{"message_id":5}}')

    assert changed.result is True
    with pytest.raises(TelegramBadRequest, match="not modified"):
        session.check_response(bot, SCREEN, 400, refusal)


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_page_of_something_on_the_way_is_no_answer(status: int) -> None:
    session = TelegramSession()
    bot = Bot("424242:no-network", session=session)

    with pytest.raises(TelegramNetworkError, match=f"no JSON, status {status}"):
        session.check_response(bot, SCREEN, status, "<html>Sign in to this network</html>")


def test_an_answer_of_another_shape_is_not_asked_for_again() -> None:
    session = TelegramSession()
    bot = Bot("424242:no-network", session=session)

    with pytest.raises(ClientDecodeError):
        session.check_response(bot, SendMessage(chat_id=7, text="Да"), 200, '{"ok":true,"result":{"id":5}}')


def _compared(value: str) -> str:
    """A field of a form in the spelling of the JSON that it is compared with."""
    return json.dumps(json.loads(value), ensure_ascii=False)
