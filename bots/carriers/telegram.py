"""Telegram: a getUpdates loop that keeps every update in the inbox before Telegram may forget it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BotCommand, Update

from bots.carriers.pacing import KeepThePace
from core.shared.errors import DomainError, RefusalKind
from core.shared.language import LANGUAGES, N_, translate
from core.store import Database, UnitOfWork, WaitingUpdate, receive_update
from messengers import Carrier, Limiter

log = logging.getLogger(__name__)

OFFICIAL_API = "https://api.telegram.org"
LONG_POLL_S = 25
REQUEST_TIMEOUT_S = 20.0
LONGEST_PAUSE_S = 30.0
UPDATE_KINDS = ("message", "callback_query", "my_chat_member")
COMMANDS = {
    "menu": N_("Menu"),
    "obr": N_("Write to the authority"),
    "vote": N_("Polls"),
    "indicators": N_("Indicators"),
    "my": N_("My account"),
    "cancel": N_("Leave what you are doing"),
    "help": N_("What can be done here"),
}


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without parsing: what we keep is what Telegram sent, unknown fields included."""

    __returning__: ClassVar[Any] = list[dict[str, Any]]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int
    limit: int = 100
    timeout: int
    allowed_updates: list[str]


class PatientRequests(BaseRequestMiddleware):
    """Waits out a short 429 and repeats a request that broke off, before the whole update is replayed.

    A request whose answer was lost may so take effect twice: a screen shown twice is better than none.
    """

    def __init__(self, *, attempts: int = 3, longest_wait_s: float = 5.0) -> None:
        self._attempts = attempts
        self._longest_wait_s = longest_wait_s

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make the request, patiently. getUpdates has a patience of its own."""
        if method.__api_method__ == RawUpdates.__api_method__:
            return await make_request(bot, method)
        for attempt in range(1, self._attempts):
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as pause:
                if pause.retry_after > self._longest_wait_s:
                    raise
                await asyncio.sleep(pause.retry_after)
            except (TelegramNetworkError, TelegramServerError) as failure:
                log.warning(
                    "telegram_request_repeated method=%s why=%s",
                    type(method).__name__,
                    type(failure).__name__,
                )
                await asyncio.sleep(0.2 * 2**attempt)
        return await make_request(bot, method)


class TelegramCarrier:
    """The carrier ``telegram`` over long polling; ``limiter``: the one shared with the senders."""

    carrier = Carrier.TELEGRAM

    def __init__(
        self, database: Database, *, token: str, api_base: str = OFFICIAL_API, limiter: Limiter | None = None
    ) -> None:
        session = AiohttpSession(
            api=TelegramAPIServer.from_base(api_base.rstrip("/")), timeout=REQUEST_TIMEOUT_S
        )
        session.middleware(PatientRequests())
        if limiter is not None:
            # Inside the patience: each repetition waits for a place of its own.
            session.middleware(KeepThePace(limiter))
        self.bot = Bot(token, session=session)
        self._database = database
        self._offset = 0

    def translate(self, waiting: WaitingUpdate) -> Update:
        """An inbox row as an aiogram update."""
        return Update.model_validate(waiting.payload, context={"bot": self.bot})

    async def close(self) -> None:
        """Close the connections."""
        await self.bot.session.close()

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Fetch updates until ``stop``. A wrong token ends the loop with an error in the log."""
        failures = 0
        ready = False
        while not stop.is_set():
            try:
                ready = ready or await self._prepare()
                if await self._fetch(stop):
                    arrived()
                failures = 0
            except TelegramUnauthorizedError:
                log.exception("telegram_token_refused: check TELEGRAM_BOT_TOKEN")
                return
            except TelegramRetryAfter as pause:
                await _pause(stop, pause.retry_after)
            except (TelegramAPIError, DomainError) as failure:
                if isinstance(failure, DomainError) and failure.kind is not RefusalKind.UNAVAILABLE:
                    raise
                failures += 1
                log.warning("telegram_poll_failed why=%s in_a_row=%s", type(failure).__name__, failures)
                await _pause(stop, min(LONGEST_PAUSE_S, 0.2 * 2 ** min(failures, 10)))

    async def _prepare(self) -> bool:
        """Take the bot out of webhook mode and name its commands; True when done."""
        await self.bot.delete_webhook()
        for language in LANGUAGES:
            commands = [
                BotCommand(command=name, description=translate(language, text))
                for name, text in COMMANDS.items()
            ]
            # Russian is what a messenger in any other language shows.
            await self.bot.set_my_commands(commands, language_code=None if language == "ru" else language)
        return True

    async def _fetch(self, stop: asyncio.Event) -> int:
        """One long poll; the offset that confirms the updates is sent only after they are durable."""
        method = RawUpdates(offset=self._offset, timeout=LONG_POLL_S, allowed_updates=list(UPDATE_KINDS))
        poll = asyncio.ensure_future(self.bot(method, request_timeout=LONG_POLL_S + 10))
        ended = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({poll, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not poll.done():
                return 0
            updates = poll.result()
        finally:
            ended.cancel()
            poll.cancel()
            with suppress(asyncio.CancelledError, TelegramAPIError):
                await poll
        if updates:
            await self._database.run_async(keep_updates, updates=updates)
            self._offset = max(self._offset, *(update["update_id"] + 1 for update in updates))
        return len(updates)


def keep_updates(uow: UnitOfWork, *, updates: list[dict[str, Any]]) -> int:
    """Put a batch of raw updates into the inbox in one transaction, in their order; how many were new."""
    return sum(
        receive_update(
            uow,
            carrier=Carrier.TELEGRAM,
            update_key=str(update["update_id"]),
            lane=lane_of(update),
            payload=update,
        )
        for update in sorted(updates, key=lambda update: int(update["update_id"]))
    )


def lane_of(update: dict[str, Any]) -> str:
    """The chat that an update belongs to; one lane for all that belong to none.

    >>> lane_of({"update_id": 1, "callback_query": {"message": {"chat": {"id": 7}}}})
    '7'
    """
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or (content.get("message") or {}).get("chat") or content.get("from")
            if chat:
                return str(chat["id"])
    return "none"


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
