"""Patience with a messenger: a short pause is waited out, a broken request is repeated."""

import asyncio
import logging

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

log = logging.getLogger(__name__)


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
        if method.__api_method__ == "getUpdates":
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
                    "request_repeated method=%s why=%s",
                    type(method).__name__,
                    type(failure).__name__,
                )
                await asyncio.sleep(0.2 * 2**attempt)
        return await make_request(bot, method)
