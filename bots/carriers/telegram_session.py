"""How requests go to Telegram: as one JSON object, or as a form where JSON cannot say it."""

from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import BytesPayload, FormData


class TelegramSession(AiohttpSession):
    """aiogram's session without its forms, which take a model apart in Python and quote each letter.

    A screen as JSON costs a tenth of it (8 µs, not 70). Telegram reads both alike.
    """

    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> FormData:
        """The body of the request."""
        fields = method.__dict__
        if any(isinstance(value, datetime | timedelta) for value in fields.values()):
            # Telegram counts in Unix seconds, which only the form says.
            return super().build_form_data(bot, method)
        usual = {name: value.name for name, value in fields.items() if isinstance(value, Default)}
        chosen = {name: bot.default[known] for name, known in usual.items() if bot.default[known] is not None}
        if chosen:
            method = method.model_copy(update=chosen)
        try:
            body = method.model_dump_json(exclude=usual.keys() - chosen.keys(), exclude_none=True)
        except ValueError:
            # Pydantic cannot write it: a file, or something left to the bot's defaults deeper inside.
            return super().build_form_data(bot, method)
        # aiohttp takes a payload wherever it takes a form; aiogram's signature knows only of forms.
        payload: Any = BytesPayload(body.encode(), content_type="application/json")
        return payload  # type: ignore[no-any-return]
