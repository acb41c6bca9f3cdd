"""Telegram as a messenger of notifications, through python-telegram-bot: light to import, sends only."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from core.delivery import Urgency
from core.shared.ids import DeliveryId
from core.store import Database
from messengers import (
    CAPABILITIES,
    ButtonCodec,
    Carrier,
    Limiter,
    NotNow,
    Photo,
    RichText,
    Scope,
    Screen,
    button_rows,
    shortened,
    weight_of,
    with_usable_links,
)
from notifications.senders.files import CarrierFiles, File, cache_key
from notifications.senders.port import Later, Outcome, Refused, Sent, Uncertain, Unreachable

REQUEST_TIMEOUT_S = 20.0
WRONG_TOKEN_PAUSE = timedelta(minutes=1)
_LIMITS = CAPABILITIES[Carrier.TELEGRAM]
# These never had a connection, so nothing can have arrived.
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
# What python-telegram-bot says of an answer that is no JSON.
_NO_JSON = "Invalid server response"
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot can't initiate conversation")

# What a message is, kept in front of its number: the words of a photo, and of any file, are its caption.
TEXT, FILE = "text", "photo"

JsonAnswer = bool | dict[str, Any] | list[dict[str, Any]]


class SharedRateLimiter(BaseRateLimiter[Urgency]):
    """python-telegram-bot's door to our limiter; the lane comes as ``rate_limit_args``.

    Its own AIORateLimiter let 59 messages out in the first second, knows no limit of a chat and no other
    process, and lets any other request end a pause.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def initialize(self) -> None:
        """The limiter is ready as it is."""

    async def shutdown(self) -> None:
        """The limiter belongs to whoever made it."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, JsonAnswer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Urgency | None,
    ) -> JsonAnswer:
        """Wait for a place, then make the request. Raises: NotNow, and what the request raises."""
        weight = weight_of(endpoint)
        chat = None if data.get("chat_id") is None else str(data["chat_id"])
        if weight != "free":
            # A change makes no new message, so the limit of one chat does not hold it back.
            lane = rate_limit_args or Urgency.PERSONAL
            await self._limiter.turn(chat if weight == "message" else None, lane)
        try:
            return await _heard(callback(*args, **kwargs))
        except RetryAfter as pause:
            await self._limiter.hold(chat, _seconds(pause))
            raise
        except InvalidToken:
            # The operator has to mend the token; until then every message would only knock in vain.
            await self._limiter.hold(None, WRONG_TOKEN_PAUSE.total_seconds(), scope=Scope.ALL)
            raise


class TelegramSender:
    """Sends and edits over the Bot API at ``api_base``, at the pace of the limiter."""

    carrier = Carrier.TELEGRAM

    def __init__(
        self, database: Database, codec: ButtonCodec, *, token: str, api_base: str, limiter: Limiter
    ) -> None:
        self._codec = codec
        self._files = CarrierFiles(database, self.carrier)
        request = HTTPXRequest(
            connection_pool_size=32,
            read_timeout=REQUEST_TIMEOUT_S,
            write_timeout=REQUEST_TIMEOUT_S,
            connect_timeout=5.0,
            media_write_timeout=REQUEST_TIMEOUT_S,
        )
        self._bot = ExtBot(
            token,
            base_url=f"{api_base.rstrip('/')}/bot",
            request=request,
            rate_limiter=SharedRateLimiter(limiter),
        )

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Send one message, file and caption in one where there is a file."""
        screen = with_usable_links(screen, self.carrier)
        file = screen.file
        if file is None:
            return await _outcome(
                TEXT, lambda: _follow(address, lambda to: self._send_text(to, screen, urgency))
            )
        return await _outcome(
            FILE, lambda: _follow(address, lambda to: self._send_file(to, file, screen, urgency))
        )

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change caption or text and the buttons; a file stays as it is."""
        screen = with_usable_links(screen, self.carrier)
        form, _, message_id = native_id.partition(":")
        return await _outcome(form, lambda: self._edit(form, address, int(message_id), screen, urgency))

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.shutdown()

    async def _send_text(self, address: str, screen: Screen, urgency: Urgency) -> Message:
        text = shortened(screen.text, limit=_LIMITS.text_limit)
        return await self._bot.send_message(
            chat_id=int(address),
            text=text.text,
            entities=_entities(text),
            reply_markup=self._markup(screen),
            rate_limit_args=urgency,
        )

    async def _send_file(self, address: str, file: File, screen: Screen, urgency: Urgency) -> Message:
        """By Telegram's own name, if it has got the file before; a name no longer taken is replaced once."""
        key = cache_key(file)
        known = await self._files.known(key)
        if known is not None:
            try:
                return await self._put_file(address, file, known, screen, urgency)
            except BadRequest as refusal:
                # "Wrong file identifier", "wrong remote file id": anything else is not about the file.
                if "file" not in refusal.message.lower():
                    raise
                await self._files.forget(key)
        sent = await self._put_file(address, file, file.content, screen, urgency)
        name = _name_of_file(sent)
        if name is not None:
            await self._files.keep(key, name)
        return sent

    async def _put_file(
        self, address: str, file: File, what: bytes | str, screen: Screen, urgency: Urgency
    ) -> Message:
        caption = shortened(screen.text, limit=_LIMITS.caption_limit)
        said: dict[str, Any] = {
            "chat_id": int(address),
            "filename": file.file_name,
            "caption": caption.text,
            "caption_entities": _entities(caption),
            "reply_markup": self._markup(screen),
            "rate_limit_args": urgency,
        }
        if isinstance(file, Photo):
            return await self._bot.send_photo(photo=what, **said)
        # Telegram would look into the file and show what it takes for a film or a song.
        return await self._bot.send_document(document=what, disable_content_type_detection=True, **said)

    async def _edit(
        self, form: str, address: str, message_id: int, screen: Screen, urgency: Urgency
    ) -> Message | bool:
        if form == FILE:
            caption = shortened(screen.text, limit=_LIMITS.caption_limit)
            return await self._bot.edit_message_caption(
                chat_id=int(address),
                message_id=message_id,
                caption=caption.text,
                caption_entities=_entities(caption),
                reply_markup=self._markup(screen),
                rate_limit_args=urgency,
            )
        text = shortened(screen.text, limit=_LIMITS.text_limit)
        return await self._bot.edit_message_text(
            text.text,
            chat_id=int(address),
            message_id=message_id,
            entities=_entities(text),
            reply_markup=self._markup(screen),
            rate_limit_args=urgency,
        )

    def _markup(self, screen: Screen) -> InlineKeyboardMarkup | None:
        rows = button_rows(screen.buttons, self._codec)
        if not rows:
            return None
        return InlineKeyboardMarkup(
            [
                [InlineKeyboardButton(b["text"], callback_data=b.get("data"), url=b.get("url")) for b in row]
                for row in rows
            ]
        )


async def _heard(request: Coroutine[Any, Any, JsonAnswer]) -> JsonAnswer:
    """Make the request; a page of something on the way is no word of Telegram's, whatever its status.

    A proxy that forbids with a page of its own (403) would else close the messenger to everybody for good.
    Raises: NetworkError for such a page, and what the request raises.
    """
    try:
        return await request
    except TelegramError as failure:
        heard = (failure, failure.__cause__)
        if any(isinstance(one, TelegramError) and one.message == _NO_JSON for one in heard):
            raise NetworkError(_NO_JSON) from failure
        raise


def _entities(text: RichText) -> list[MessageEntity] | None:
    return [MessageEntity(e.kind, e.offset, e.length, url=e.url) for e in text.entities] or None


async def _follow(address: str, send: Callable[[str], Awaitable[Message]]) -> Message:
    """Send, and once more where the chat has moved: a group that became a supergroup has a new name."""
    try:
        return await send(address)
    except ChatMigrated as moved:
        return await send(str(moved.new_chat_id))


async def _outcome(form: str, call: Callable[[], Awaitable[Message | bool]]) -> Outcome:
    """Make the call and say how it ended, in the sender's words."""
    try:
        message = await call()
    except (NotNow, RetryAfter) as pause:
        wait_s = pause.wait_s if isinstance(pause, NotNow) else _seconds(pause)
        return Later("limit", timedelta(seconds=wait_s), tried=False)
    except Forbidden:
        return Unreachable("blocked")
    except BadRequest as refusal:
        return _refusal(form, refusal)
    except InvalidToken:
        return Later("token_refused", WRONG_TOKEN_PAUSE, tried=False)
    except NetworkError as failure:
        if type(failure.__cause__).__name__ in _NEVER_SENT:
            return Later("no_connection")
        return Uncertain(type(failure).__name__)
    except TelegramError as failure:
        return Refused(type(failure).__name__)
    return Sent(f"{form}:{message.message_id}" if isinstance(message, Message) else None)


def _name_of_file(sent: Message) -> str | None:
    if sent.document is not None:
        return sent.document.file_id
    return sent.photo[-1].file_id if sent.photo else None


def _seconds(pause: RetryAfter) -> float:
    wait = pause.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _refusal(form: str, refusal: BadRequest) -> Outcome:
    said = refusal.message.lower()
    if "not modified" in said:
        return Sent(None)
    if any(words in said for words in _GONE):
        return Unreachable("gone")
    return Refused(f"bad_request_{form}")
