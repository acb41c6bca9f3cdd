"""A messenger without a network: requests are built and answers read as ever, only the socket is left out."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.types import Update
from aiohttp import FormData

from bots.carriers.telegram_session import TelegramSession
from core.store import WaitingUpdate
from messengers import Carrier


class CountingSession(AiohttpSession):
    """aiogram's own: builds the body of each request, counts it, and reads the answer Telegram would give."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: Counter[str] = Counter()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - the signature is aiogram's
    ) -> Any:
        """The answer, at once."""
        body = self.build_form_data(bot, method)
        if isinstance(body, FormData):
            body()
        self.sent[type(method).__name__] += 1
        answer = self.check_response(
            bot, method, 200, json.dumps({"ok": True, "result": self._result(method)})
        )
        return answer.result

    @property
    def screens(self) -> int:
        """How many screens were shown, new ones and replaced ones."""
        return self.sent["SendMessage"] + self.sent["EditMessageText"]

    def _result(self, method: TelegramMethod[Any]) -> object:
        if isinstance(method, AnswerCallbackQuery):
            return True
        chat_id = int(getattr(method, "chat_id", 0))
        return {
            "message_id": self.sent.total(),
            "date": 1_800_000_000,
            "chat": {"id": chat_id, "type": "private", "first_name": "Анна"},
            "from": {"id": 424242, "is_bot": True, "first_name": "Прямой контакт"},
            "text": str(getattr(method, "text", "")),
        }


class OurSession(CountingSession, TelegramSession):
    """The same over the session of our carrier."""


class Counting:
    """The carrier over ``OurSession``; updates are put into the inbox by the benchmark."""

    carrier = Carrier.TELEGRAM

    def __init__(self) -> None:
        self.session = OurSession()
        self.bot = Bot("424242:no-network", session=self.session)

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """As the carrier of Telegram does it."""
        return Update.model_validate(waiting.payload, context={"bot": self.bot})

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Nothing to fetch."""
        arrived()
        await stop.wait()

    async def close(self) -> None:
        """Nothing is held open."""
