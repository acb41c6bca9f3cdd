"""MAX: the messenger that Russian authorities are to use; its updates in, our screens out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetFile,
    SendMessage,
    SendPhoto,
)
from aiogram.types import Message, Update

from bots.carriers.mapping import ClientSession, as_message, inline_rows, refuse_words, rich_text
from bots.carriers.max_updates import as_bot_api, meant_message
from bots.carriers.polling import Polling, ask_again
from bots.engine.scope import current_scope
from bots.engine.words import COMMANDS
from core.chats import chat_by_native, keep_bot_name, native_message_id, number_message
from core.shared.language import translate
from core.store import Database, UnitOfWork, WaitingUpdate
from messengers import MAX_KINDS, Carrier, Limiter, Webhook, keep_fetched, max_message
from messengers.clients import MaxClient

LONG_POLL_S = 25
POLL_STEP_S = 0.5
# A bot needs a token of this form; the real one is the client's and is never shown to aiogram.
_TOKEN = "24:max-token-is-with-the-client"  # noqa: S105


class MaxCarrier:
    """The carrier ``max``, over long polling (for trials, says MAX) or over a webhook."""

    carrier = Carrier.MAX

    def __init__(
        self,
        database: Database,
        client: MaxClient,
        *,
        webhook: Webhook | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self._database = database
        self._client = client
        self._webhook = webhook
        self._next_poll_s = 0.0
        self._marker: int | None = None
        self.bot = Bot(_TOKEN, session=MaxSession(database, client, limiter))

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """An inbox row as an aiogram update; a message meant by it gets the number it has in our table."""
        number = 0
        mid = meant_message(waiting.payload)
        if mid is not None:
            number = await self._database.run_async(_number, lane=waiting.lane, mid=mid)
        content = as_bot_api(waiting.payload, number=number)
        return Update.model_validate({"update_id": waiting.row, **content}, context={"bot": self.bot})

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Fetch updates until ``stop``, or have them brought. A wrong token ends it with an error."""
        if self._webhook is None:
            await Polling(self.carrier, self._take_back, self._fetch).run(stop, arrived=arrived)
        else:
            again = partial(ask_again, self._have_brought)
            await Polling(self.carrier, self._have_brought, again).run(stop, arrived=arrived)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _take_back(self) -> None:
        """Long polling gives nothing while any address is subscribed."""
        for url in await self._client.subscriptions():
            await self._client.unsubscribe(url=url)
        await self._name_commands()

    async def _have_brought(self) -> None:
        """Subscribe our address and only it: MAX adds up addresses, and an old one would get all this too."""
        assert self._webhook is not None  # noqa: S101 - narrows the type; run() has looked
        for url in await self._client.subscriptions():
            if url != self._webhook.url:
                await self._client.unsubscribe(url=url)
        await self._client.subscribe(url=self._webhook.url, secret=self._webhook.secret, kinds=MAX_KINDS)
        await self._name_commands()

    async def _name_commands(self) -> None:
        name = str((await self._client.me()).get("username") or "")
        await self._database.run_async(keep_bot_name, carrier=self.carrier, name=name)
        await self._client.set_commands([(name, translate("ru", text)) for name, text in COMMANDS.items()])

    async def _fetch(self) -> int:
        """One long poll; the marker that confirms the updates is sent only after they are durable."""
        # At most two polls a second are allowed, however busy the bot is.
        await asyncio.sleep(max(0.0, self._next_poll_s - time.monotonic()))
        self._next_poll_s = time.monotonic() + POLL_STEP_S
        page = await self._client.updates(marker=self._marker, kinds=MAX_KINDS, wait_s=LONG_POLL_S)
        if page.updates:
            await self._database.run_async(keep_fetched, carrier=self.carrier, updates=page.updates)
        self._marker = page.marker if page.marker is not None else self._marker
        return len(page.updates)


class MaxSession(ClientSession):
    """Turns the methods of the Bot API that our flows use into calls of MAX."""

    carrier: ClassVar[str] = Carrier.MAX

    def __init__(self, database: Database, client: MaxClient, limiter: Limiter | None = None) -> None:
        super().__init__(limiter)
        self._database = database
        self.client: MaxClient = client

    async def _send(self, method: SendMessage) -> Message:
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        return await self._sent(method.chat_id, max_message(rich_text(method.text, method.entities), rows))

    async def _send_photo(self, method: SendPhoto) -> Message:
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        name = await self.picture_name(method)
        body = max_message(rich_text(method.caption or "", method.caption_entities), rows, images=[name])
        return await self._sent(method.chat_id, body, picture=name)

    async def _sent(self, chat_id: int | str, body: dict[str, Any], *, picture: str = "") -> Message:
        mid = await self.client.send(user_id=int(chat_id), message=body)
        here = current_scope.get().meeting.chat.id
        number = await self._database.run_async(number_message, chat_id=here, native_id=mid)
        return as_message(chat_id, number, body["text"], picture=picture)

    async def _edit(self, method: EditMessageText) -> Message:
        here = current_scope.get().meeting.chat.id
        number = method.message_id or 0
        mid = await self._database.read_async(native_message_id, chat_id=here, local_id=number)
        if mid is None:
            raise TelegramBadRequest(method=method, message="message to edit not found")
        rows = inline_rows(method.reply_markup, carrier=self.carrier)
        body = max_message(rich_text(method.text or "", method.entities), rows)
        await self.client.edit(mid=mid, message=body)
        return as_message(method.chat_id or 0, number, body["text"])

    async def _answer(self, method: AnswerCallbackQuery) -> bool:
        refuse_words(method)
        await self.client.answer(callback_id=method.callback_query_id)
        return True

    methods: ClassVar[Mapping[type[Any], Callable[..., Awaitable[Any]]]] = {
        SendMessage: _send,
        SendPhoto: _send_photo,
        EditMessageText: _edit,
        AnswerCallbackQuery: _answer,
        GetFile: ClientSession.get_file,
    }


def _number(uow: UnitOfWork, *, lane: str, mid: str) -> int:
    found = chat_by_native(uow, carrier=Carrier.MAX, native_id=lane)
    return 0 if found is None else number_message(uow, chat_id=found.id, native_id=mid)
