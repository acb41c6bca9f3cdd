"""VK: messages of a community; its events in, our screens out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetFile,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Message, ReplyKeyboardMarkup, Update

from bots.carriers.mapping import ClientSession, as_message, inline_rows, refuse_words, rich_text
from bots.carriers.polling import Polling, ask_again
from bots.carriers.vk_updates import as_bot_api, writer_of
from bots.engine.lanes import CarrierUnavailable
from bots.engine.scope import current_scope
from core.chats import chat_by_native, keep_bot_name
from core.store import Database, WaitingUpdate
from messengers import Carrier, Limiter, keep_fetched, random_id_of, vk_menu, vk_message
from messengers.clients import MessengerFailure, VkClient, VkLongPoll

LONG_POLL_S = 25
# A bot needs a token of this form; the real one is the client's and is never shown to aiogram.
_TOKEN = "24:vk-token-is-with-the-client"  # noqa: S105

_MESSAGES: frozenset[type] = frozenset({SendMessage, SendPhoto})
# The name of the screen in hand: the same one when the request is repeated.
_screen: ContextVar[str] = ContextVar("screen of a request to vk")


class VkCarrier:
    """The carrier ``vk``, over long poll or, with ``brought``, over VK's Callback API at our door."""

    carrier = Carrier.VK

    def __init__(
        self,
        database: Database,
        client: VkClient,
        *,
        brought: bool = False,
        limiter: Limiter | None = None,
    ) -> None:
        self._database = database
        self._client = client
        self._brought = brought
        self._place: VkLongPoll | None = None
        self.bot = Bot(_TOKEN, session=VkSession(client, limiter))

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """An inbox row as an aiogram update. Raises: CarrierUnavailable if a newcomer's name is not told."""
        names = await self._names(waiting)
        content = as_bot_api(waiting.payload, names=names)
        return Update.model_validate({"update_id": waiting.row, **content}, context={"bot": self.bot})

    async def _names(self, waiting: WaitingUpdate) -> tuple[str, str]:
        """VK's events tell no names: they are asked for once, at the first contact."""
        user_id = writer_of(waiting.payload)
        if user_id is None or user_id <= 0:
            return "", ""
        known = await self._database.read_async(chat_by_native, carrier=self.carrier, native_id=str(user_id))
        if known is not None:
            return "", ""
        try:
            return await self._client.names_of(user_id)
        except MessengerFailure as failure:
            raise CarrierUnavailable from failure

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Fetch events until ``stop``, or have them brought. A wrong token ends it with an error."""
        fetch = partial(ask_again, self._look_whose_token) if self._brought else self._fetch
        await Polling(self.carrier, self._look_whose_token, fetch).run(stop, arrived=arrived)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _look_whose_token(self) -> None:
        self._group = await self._client.group()
        await self._database.run_async(keep_bot_name, carrier=self.carrier, name=self._group.name)

    async def _fetch(self) -> int:
        """One long poll; asking from the next place confirms, so it comes after the commit."""
        if self._place is None:
            self._place = await self._client.long_poll(group_id=self._group.group_id)
        updates, place = await self._client.updates(self._place, wait_s=LONG_POLL_S)
        if updates:
            await self._database.run_async(keep_fetched, carrier=self.carrier, updates=updates)
        self._place = place
        return len(updates)


class VkSession(ClientSession):
    """Turns the methods of the Bot API that our flows use into calls of VK."""

    carrier: ClassVar[str] = Carrier.VK

    def __init__(self, client: VkClient, limiter: Limiter | None = None) -> None:
        super().__init__(limiter)
        self.client: VkClient = client

    async def __call__(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the signature is aiogram's
    ) -> TelegramType:
        """Make the request; a message that is repeated is known to VK by the same number."""
        if type(method) not in _MESSAGES:
            return await super().__call__(bot, method, timeout)
        token = _screen.set(current_scope.get().next_screen_id())
        try:
            return await super().__call__(bot, method, timeout)
        finally:
            _screen.reset(token)

    async def _send(self, method: SendMessage) -> Message:
        text = rich_text(method.text, method.entities)
        if isinstance(method.reply_markup, ReplyKeyboardMarkup):
            labels = [[button.text for button in row] for row in method.reply_markup.keyboard]
            return await self._sent(method.chat_id, vk_menu(text, labels))
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        return await self._sent(method.chat_id, vk_message(text, rows))

    async def _send_photo(self, method: SendPhoto) -> Message:
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        text = rich_text(method.caption or "", method.caption_entities)
        name = await self.picture_name(method)
        return await self._sent(method.chat_id, vk_message(text, rows, files=[name]), picture=name)

    async def _sent(self, chat_id: int | str, fields: dict[str, str], *, picture: str = "") -> Message:
        number = await self.client.send(
            peer_id=int(chat_id), message=fields, random_id=random_id_of(_screen.get())
        )
        return as_message(chat_id, number, fields["message"], picture=picture)

    async def _edit(self, method: EditMessageText) -> Message:
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        fields = vk_message(rich_text(method.text or "", method.entities), rows, editing=True)
        chat_id, number = int(method.chat_id or 0), method.message_id or 0
        await self.client.edit(peer_id=chat_id, number=number, message=fields)
        return as_message(chat_id, number, fields["message"])

    async def _answer(self, method: AnswerCallbackQuery) -> bool:
        refuse_words(method)
        event_id, user_id, peer_id = method.callback_query_id.rsplit(":", 2)
        await self.client.answer(event_id=event_id, user_id=int(user_id), peer_id=int(peer_id))
        return True

    methods: ClassVar[Mapping[type[Any], Callable[..., Awaitable[Any]]]] = {
        SendMessage: _send,
        SendPhoto: _send_photo,
        EditMessageText: _edit,
        AnswerCallbackQuery: _answer,
        GetFile: ClientSession.get_file,
    }
