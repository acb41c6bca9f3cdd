"""Telegram: a getUpdates loop that keeps every update in the inbox before Telegram may forget it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import BotCommand, Update

from bots.carriers.pacing import KeepThePace
from bots.carriers.polling import Polling, ask_again
from bots.carriers.telegram_session import TelegramSession
from bots.engine.patience import PatientRequests
from bots.engine.words import COMMANDS
from core.chats import keep_bot_name
from core.shared.language import LANGUAGES, translate
from core.store import Database, WaitingUpdate
from messengers import TELEGRAM_KINDS, Carrier, Limiter, Webhook, keep_fetched
from messengers.clients import AnswerLost, TokenRefused, TooFast

OFFICIAL_API = "https://api.telegram.org"
LONG_POLL_S = 25
REQUEST_TIMEOUT_S = 20.0


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without parsing: what we keep is what Telegram sent, unknown fields included."""

    __returning__: ClassVar[Any] = list[dict[str, Any]]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int
    limit: int = 100
    timeout: int
    allowed_updates: list[str]


class TelegramCarrier:
    """The carrier ``telegram``, over long polling or, with a webhook, over the door for it.

    limiter: the one shared with the senders.
    """

    carrier = Carrier.TELEGRAM

    def __init__(
        self,
        database: Database,
        *,
        token: str,
        api_base: str = OFFICIAL_API,
        webhook: Webhook | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        session = TelegramSession(
            api=TelegramAPIServer.from_base(api_base.rstrip("/")), timeout=REQUEST_TIMEOUT_S
        )
        session.middleware(PatientRequests())
        if limiter is not None:
            # Inside the patience: each repetition waits for a place of its own.
            session.middleware(KeepThePace(limiter))
        self.bot = Bot(token, session=session)
        self._database = database
        self._webhook = webhook
        self._offset = 0

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """An inbox row as an aiogram update."""
        return Update.model_validate(waiting.payload, context={"bot": self.bot})

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.session.close()

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Fetch updates until ``stop``, or have them brought. A wrong token ends it with an error."""
        if self._webhook is None:
            await Polling(self.carrier, self._prepare, self._fetch).run(stop, arrived=arrived)
        else:
            again = partial(ask_again, self._have_brought)
            await Polling(self.carrier, self._have_brought, again).run(stop, arrived=arrived)

    async def _prepare(self) -> None:
        """Take the bot out of webhook mode and name its commands."""
        with in_our_words():
            await self.bot.delete_webhook()
            await self._name_commands()

    async def _have_brought(self) -> None:
        assert self._webhook is not None  # noqa: S101 - narrows the type; run() has looked
        with in_our_words():
            await self.bot.set_webhook(
                self._webhook.url,
                secret_token=self._webhook.secret,
                allowed_updates=list(TELEGRAM_KINDS),
            )
            await self._name_commands()

    async def _name_commands(self) -> None:
        me = await self.bot.me()
        await self._database.run_async(keep_bot_name, carrier=self.carrier, name=me.username or "")
        for language in LANGUAGES:
            commands = [
                BotCommand(command=name, description=translate(language, text))
                for name, text in COMMANDS.items()
            ]
            # Russian is what a messenger in any other language shows.
            await self.bot.set_my_commands(commands, language_code=None if language == "ru" else language)

    async def _fetch(self) -> int:
        """One long poll; the offset that confirms the updates is sent only after they are durable."""
        method = RawUpdates(offset=self._offset, timeout=LONG_POLL_S, allowed_updates=list(TELEGRAM_KINDS))
        with in_our_words():
            updates = await self.bot(method, request_timeout=LONG_POLL_S + 10)
        if updates:
            updates.sort(key=lambda update: int(update["update_id"]))
            await self._database.run_async(keep_fetched, carrier=self.carrier, updates=updates)
            self._offset = max(self._offset, *(update["update_id"] + 1 for update in updates))
        return len(updates)


@contextmanager
def in_our_words() -> Iterator[None]:
    """aiogram's failures as those that the polling of every carrier knows."""
    try:
        yield
    except TelegramUnauthorizedError as failure:
        raise TokenRefused(failure.message) from failure
    except TelegramRetryAfter as failure:
        raise TooFast(failure.message, wait_s=failure.retry_after) from failure
    except TelegramAPIError as failure:
        raise AnswerLost(failure.message) from failure
