"""What a session of ours has beside aiogram's own: a table of methods, and failures in aiogram's words."""

import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, ClassVar, Protocol

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, GetFile, SendPhoto, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BufferedInputFile, File, InlineKeyboardMarkup, Message, MessageEntity

from bots.carriers.pacing import KeepThePace
from bots.engine.patience import PatientRequests
from messengers import Entity, EntityKind, Limiter, RichText, Rows
from messengers.clients import AnswerLost, Blocked, MessengerFailure, NotSent, TokenRefused, TooFast

# A file's path is the whole address: there is no server of Telegram's to put in front of it.
_NO_SERVER = TelegramAPIServer(base="{method}", file="{path}")

_MARKS: Mapping[str, EntityKind] = {"bold": "bold", "italic": "italic", "text_link": "text_link"}


class CannotDo(NotImplementedError):
    """The carrier has no way to do what a flow asked for: a mistake of ours, to be seen at once."""


class MappedSession(BaseSession):
    """A session whose methods are a table; a method that is not in it fails loudly."""

    carrier: ClassVar[str]
    methods: ClassVar[Mapping[type[Any], Callable[..., Awaitable[Any]]]]

    def __init__(self, limiter: Limiter | None = None) -> None:
        super().__init__(api=_NO_SERVER)
        self.middleware(PatientRequests())
        if limiter is not None:
            # Inside the patience: each repetition waits for a place of its own.
            self.middleware(KeepThePace(limiter))

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the signature is aiogram's
    ) -> TelegramType:
        """Do what the method says. Raises: CannotDo for a method without a mapping."""
        perform = self.methods.get(type(method))
        if perform is None:
            raise CannotDo(f"{self.carrier} has no mapping for {type(method).__name__}")
        try:
            result: TelegramType = await perform(self, method)
        except MessengerFailure as failure:
            raise as_aiogram(failure, method) from failure
        return result

    async def close(self) -> None:
        """Nothing is held open."""

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - the signature is aiogram's
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - the signature is aiogram's
    ) -> AsyncGenerator[bytes, None]:
        """There are no files of a messenger to fetch."""
        if url:
            raise CannotDo(f"{self.carrier} has no files to download")
        yield b""


class FilesClient(Protocol):
    """What a client of a messenger has to do with files."""

    def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """The bytes behind an address that the messenger named."""
        ...

    async def upload_image(self, content: bytes, file_name: str) -> str:
        """Bring a picture; the name that it has there."""
        ...


class ClientSession(MappedSession):
    """A session over a client of ours: what MAX and VK have in common."""

    client: FilesClient

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - the signature is aiogram's
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - the signature is aiogram's
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of a file that a person has sent."""
        try:
            async for piece in self.client.download(url):
                yield piece
        except MessengerFailure as failure:
            raise as_aiogram(failure, GetFile(file_id=url)) from failure

    async def picture_name(self, method: SendPhoto) -> str:
        """The messenger's name of the picture, which is brought if need be."""
        if isinstance(method.photo, str):
            return method.photo
        if not isinstance(method.photo, BufferedInputFile):
            raise CannotDo(f"{self.carrier} sends a picture from memory or by its name")
        return await self.client.upload_image(method.photo.data, method.photo.filename or "picture.png")

    async def get_file(self, method: GetFile) -> File:
        """A file is fetched by its address, so the address is its id and its path."""
        return File(file_id=method.file_id, file_unique_id=method.file_id, file_path=method.file_id)


def refuse_words(method: AnswerCallbackQuery) -> None:
    """Raises: CannotDo if a tap is to be answered by words, which other messengers do not show."""
    if method.text:
        raise CannotDo("say it by a screen: other messengers show no text over a button")


def as_message(chat_id: int | str, number: int, text: str, *, picture: str = "") -> Message:
    """What was sent, as far as aiogram has to know it. ``picture``: the messenger's name of it."""
    said: dict[str, Any] = {"text": text}
    if picture:
        size = {"file_id": picture, "file_unique_id": picture, "width": 0, "height": 0}
        said = {"caption": text, "photo": [size]}
    chat = {"id": int(chat_id), "type": "private"}
    return Message.model_validate({"message_id": number, "date": 0, "chat": chat, **said})


def as_aiogram(failure: MessengerFailure, method: TelegramMethod[Any]) -> TelegramAPIError:
    """The failure as the engine knows it: what may be repeated, what is waited for, what is for good."""
    said = failure.reason
    match failure:
        case Blocked():
            return TelegramForbiddenError(method=method, message=said)
        case TokenRefused():
            return TelegramUnauthorizedError(method=method, message=said)
        case TooFast(wait_s=wait_s):
            return TelegramRetryAfter(method=method, message=said, retry_after=math.ceil(wait_s))
        case NotSent():
            return TelegramNetworkError(method=method, message=said)
        case AnswerLost():
            return TelegramServerError(method=method, message=said)
    return TelegramBadRequest(method=method, message=said)


def inline_rows(markup: object, *, carrier: str) -> Rows:
    """Buttons as plain values. Raises: CannotDo for a keyboard that is not under the message."""
    if markup is None:
        return []
    if isinstance(markup, InlineKeyboardMarkup):
        return [
            [
                {"text": b.text, "url": b.url} if b.url else {"text": b.text, "data": b.callback_data or ""}
                for b in row
            ]
            for row in markup.inline_keyboard
        ]
    raise CannotDo(f"{carrier} has no mapping for {type(markup).__name__}")


def rich_text(text: str, entities: list[MessageEntity] | None) -> RichText:
    """aiogram's marks in our form. Raises: CannotDo for a mark that our screens do not know."""
    marks = []
    for e in entities or ():
        kind = _MARKS.get(e.type)
        if kind is None:
            raise CannotDo(f"no mapping for the mark {e.type}")
        marks.append(Entity(kind, e.offset, e.length, e.url))
    return RichText(text, tuple(marks))
