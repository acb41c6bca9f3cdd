"""The bots' own replies stand in the same line as the messages of the senders."""

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bots.engine.lanes import CarrierUnavailable
from core.delivery import Urgency
from messengers import Limiter, NotNow, weight_of


class KeepThePace(BaseRequestMiddleware):
    """Waits for a place before each request of a session, and tells the limiter of each 429."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Wait and go on. Raises: CarrierUnavailable, which keeps the update for later."""
        weight = weight_of(method.__api_method__)
        if weight == "free":
            return await make_request(bot, method)
        chat_id = getattr(method, "chat_id", None)
        chat = None if chat_id is None else str(chat_id)
        try:
            # A change makes no new message, so the limit of one chat does not hold it back.
            await self._limiter.turn(chat if weight == "message" else None, Urgency.REPLY)
        except NotNow as pause:
            raise CarrierUnavailable(pause.wait_s) from pause
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as pause:
            await self._limiter.hold(chat, pause.retry_after)
            raise
