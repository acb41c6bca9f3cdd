"""The web chat: the hub writes the inbox, our screens become events of the chat's stream.

Chat ids are 128-bit numbers here and 32 hex digits in core; a message id is the number of its event.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    SendMessage,
    SendPhoto,
)
from aiogram.types import Message, MessageEntity, ReplyKeyboardMarkup, Update

from bots.carriers.mapping import CannotDo, MappedSession, inline_rows, refuse_words, rich_text
from bots.engine.pictures import StoredPicture
from bots.engine.scope import current_scope
from core.chats import chat_stream, edit_in_web_chat, show_in_web_chat
from core.shared.ids import ChatId
from core.store import StreamEvent, WaitingUpdate, event_at
from messengers import Carrier

# A bot needs a token of this form; nothing is ever signed with it.
_TOKEN = "24:web-chat-has-no-token"  # noqa: S105


class WebChatCarrier:
    """The carrier ``web``."""

    carrier = Carrier.WEB

    def __init__(self) -> None:
        self.bot = Bot(_TOKEN, session=WebChatSession())

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """What the hub kept, as an aiogram update."""
        payload = waiting.payload
        chat_id = int(waiting.lane, 16)
        # In a private chat the person and the chat have one number, as in Telegram.
        user = {"id": chat_id, "is_bot": False, "first_name": "—"}
        message: dict[str, Any] = {
            "message_id": payload["seq"],
            "date": int(waiting.received_at.timestamp()),
            "chat": {"id": chat_id, "type": "private"},
        }
        content: dict[str, Any] = {"message": {**message, "from": user, **_said(payload)}}
        if payload["kind"] == "press":
            query = {
                "id": waiting.update_key,
                "from": user,
                "chat_instance": waiting.lane,
                "message": {**message, "text": "—"},
                "data": payload["data"],
            }
            content = {"callback_query": query}
        return Update.model_validate({"update_id": waiting.row, **content}, context={"bot": self.bot})

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Nothing to fetch: the hub writes the inbox and nudges."""
        arrived()
        await stop.wait()

    async def close(self) -> None:
        """Nothing is held open."""


class WebChatSession(MappedSession):
    """Turns the methods of the Bot API that our flows use into events of the chat.

    It reads and writes in the groups of the update in hand: a screen shares the commit of other screens.
    """

    carrier: ClassVar[str] = Carrier.WEB

    async def _send(self, method: SendMessage) -> Message:
        return await self._show(method.chat_id, _body(method.text, method.entities, method.reply_markup))

    async def _send_photo(self, method: SendPhoto) -> Message:
        if not isinstance(method.photo, StoredPicture):
            raise CannotDo(f"{self.carrier} shows pictures that are stored here")
        body = _body(method.caption or "", method.caption_entities, method.reply_markup)
        picture = {"photo": method.photo.key, "alt": method.photo.alt}
        return await self._show(method.chat_id, {**body, **picture})

    async def _show(self, chat: int | str, body: dict[str, Any]) -> Message:
        scope = current_scope.get()
        event = await scope.writes.run(
            show_in_web_chat, chat_id=_chat_id(chat), client_id=scope.next_screen_id(), body=body
        )
        return _message(chat, event)

    async def _edit(self, method: EditMessageText) -> Message:
        chat_id, seq = _chat_id(method.chat_id), method.message_id or 0
        scope = current_scope.get()
        original = await scope.reads.ask(event_at, stream=chat_stream(chat_id), seq=seq)
        if original is None or original.author is not None:
            raise TelegramBadRequest(method=method, message="message to edit not found")
        if original.body.get("photo"):
            # As elsewhere: a screen does not take the place of a picture.
            raise TelegramBadRequest(method=method, message="there is no text in the message to edit")
        body = _body(method.text or "", method.entities, method.reply_markup)
        event = await scope.writes.run(edit_in_web_chat, chat_id=chat_id, seq=seq, body=body)
        if event is None:
            raise TelegramBadRequest(method=method, message="message is not modified")
        return _message(method.chat_id, original)

    async def _answer(self, method: AnswerCallbackQuery) -> bool:
        # The hub has answered the press when it was durable.
        refuse_words(method)
        return True

    methods: ClassVar[Mapping[type[Any], Callable[..., Awaitable[Any]]]] = {
        SendMessage: _send,
        SendPhoto: _send_photo,
        EditMessageText: _edit,
        AnswerCallbackQuery: _answer,
    }


def _said(payload: dict[str, Any]) -> dict[str, Any]:
    """Words, file and place of a message; the file's key is its id here."""
    words, photo, place = payload.get("text") or None, payload.get("photo"), payload.get("place")
    document = payload.get("document")
    said: dict[str, Any] = {"text": words}
    if document:
        file = {"file_id": document["key"], "file_unique_id": document["key"], "file_name": document["name"]}
        said = {"document": {**file, "file_size": document["size_bytes"]}, "caption": words}
    if photo:
        size = {"file_id": photo, "file_unique_id": photo, "width": 0, "height": 0}
        said = {"photo": [size], "caption": words}
    return {**said, "location": {"latitude": place[0], "longitude": place[1]}} if place else said


def _chat_id(number: int | str | None) -> ChatId:
    return ChatId(f"{int(number or 0):032x}")


def _message(chat: int | str | None, event: StreamEvent) -> Message:
    return Message.model_validate(
        {
            "message_id": event.seq,
            "date": event.at,
            "chat": {"id": int(chat or 0), "type": "private"},
            "text": event.body.get("text"),
        }
    )


def _body(text: str, entities: list[MessageEntity] | None, markup: object) -> dict[str, Any]:
    marks = [entity.as_json() for entity in rich_text(text, entities).entities]
    return {"text": text, "entities": marks, "buttons": [], **_markup(markup)}


def _markup(markup: object) -> dict[str, Any]:
    if markup is None:
        return {}
    if isinstance(markup, ReplyKeyboardMarkup):
        return {"keyboard": [[button.text for button in row] for row in markup.keyboard]}
    return {"buttons": inline_rows(markup, carrier=Carrier.WEB)}
