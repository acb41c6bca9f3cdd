"""Sending a picture that we have on disk: brought to a messenger once, named by its own name afterwards."""

from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from core.chats import carrier_file, forget_carrier_file, keep_carrier_file
from core.store import Database
from messengers import Carrier, Photo


class StoredPicture(BufferedInputFile):
    """A picture to be brought; the web chat takes only its key and the words for those who do not see it."""

    def __init__(self, photo: Photo) -> None:
        super().__init__(photo.content, filename=photo.file_name)
        self.key = photo.key
        self.alt = photo.alt


async def send_picture(bot: Bot, database: Database, carrier: Carrier, photo: Photo, **message: Any) -> None:
    """Send the picture with what else ``sendPhoto`` takes; a name no longer taken is replaced once."""
    if carrier is Carrier.WEB:
        await bot.send_photo(photo=StoredPicture(photo), **message)
        return
    known = await database.read_async(carrier_file, carrier=carrier, key=photo.key)
    if known is not None:
        try:
            await bot.send_photo(photo=known, **message)
        except TelegramBadRequest:
            await database.run_async(forget_carrier_file, carrier=carrier, key=photo.key)
        else:
            return
    sent = await bot.send_photo(photo=StoredPicture(photo), **message)
    if sent.photo:
        name = sent.photo[-1].file_id
        await database.run_async(keep_carrier_file, carrier=carrier, key=photo.key, native_id=name)
