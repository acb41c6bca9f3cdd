"""Telegram as a messenger of notifications, through python-telegram-bot: light to import, sends only."""

import math
from collections.abc import Awaitable, Callable
from datetime import timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from core.shared.ids import DeliveryId
from messengers import (
    CAPABILITIES,
    ButtonCodec,
    Carrier,
    RichText,
    Screen,
    button_rows,
    shortened,
    with_usable_links,
)
from notifications.pace import Pace
from notifications.senders.port import Later, Outcome, Refused, Sent, Uncertain, Unreachable

REQUEST_TIMEOUT_S = 20.0
# Source: Telegram's FAQ: about 30 messages a second to all chats; one a second within one chat.
PER_SECOND, PER_CHAT_PER_SECOND = 25.0, 1.0
_LIMITS = CAPABILITIES[Carrier.TELEGRAM]
# These never had a connection, so nothing can have arrived.
_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot can't initiate conversation")


class TelegramSender:
    """Sends and edits over the Bot API at ``api_base``."""

    carrier = Carrier.TELEGRAM

    def __init__(self, codec: ButtonCodec, *, token: str, api_base: str) -> None:
        self._codec = codec
        request = HTTPXRequest(
            connection_pool_size=16,
            read_timeout=REQUEST_TIMEOUT_S,
            write_timeout=REQUEST_TIMEOUT_S,
            connect_timeout=5.0,
            media_write_timeout=REQUEST_TIMEOUT_S,
        )
        self._bot = Bot(token, base_url=f"{api_base.rstrip('/')}/bot", request=request)
        self._pace = Pace(per_second=PER_SECOND, per_key_per_second=PER_CHAT_PER_SECOND)

    async def send(self, address: str, screen: Screen, *, delivery_id: DeliveryId) -> Outcome:
        """Send one message, photo and caption in one where there is a photo."""
        screen = with_usable_links(screen, self.carrier)
        await self._pace.wait(address)
        if screen.photo is None:
            return await _outcome("text", lambda: self._send_text(address, screen))
        return await _outcome("photo", lambda: self._send_photo(address, screen))

    async def edit(self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId) -> Outcome:
        """Change caption or text and the buttons; a photo stays as it is."""
        screen = with_usable_links(screen, self.carrier)
        form, _, message_id = native_id.partition(":")
        # An edit makes no new message, so the limit of one a second per chat does not hold it back.
        await self._pace.wait()
        return await _outcome(form, lambda: self._edit(form, address, int(message_id), screen))

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.shutdown()

    async def _send_text(self, address: str, screen: Screen) -> Message:
        text = shortened(screen.text, limit=_LIMITS.text_limit)
        return await self._bot.send_message(
            chat_id=int(address), text=text.text, entities=_entities(text), reply_markup=self._markup(screen)
        )

    async def _send_photo(self, address: str, screen: Screen) -> Message:
        assert screen.photo is not None  # noqa: S101 - narrows the type; send() has looked
        caption = shortened(screen.text, limit=_LIMITS.caption_limit)
        return await self._bot.send_photo(
            chat_id=int(address),
            photo=screen.photo.content,
            filename=screen.photo.file_name,
            caption=caption.text,
            caption_entities=_entities(caption),
            reply_markup=self._markup(screen),
        )

    async def _edit(self, form: str, address: str, message_id: int, screen: Screen) -> Message | bool:
        if form == "photo":
            caption = shortened(screen.text, limit=_LIMITS.caption_limit)
            return await self._bot.edit_message_caption(
                chat_id=int(address),
                message_id=message_id,
                caption=caption.text,
                caption_entities=_entities(caption),
                reply_markup=self._markup(screen),
            )
        text = shortened(screen.text, limit=_LIMITS.text_limit)
        return await self._bot.edit_message_text(
            text.text,
            chat_id=int(address),
            message_id=message_id,
            entities=_entities(text),
            reply_markup=self._markup(screen),
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


def _entities(text: RichText) -> list[MessageEntity] | None:
    return [MessageEntity(e.kind, e.offset, e.length, url=e.url) for e in text.entities] or None


async def _outcome(form: str, call: Callable[[], Awaitable[Message | bool]]) -> Outcome:
    """Make the call and say how it ended, in the sender's words."""
    try:
        message = await call()
    except RetryAfter as pause:
        wait = pause.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return Later("429", timedelta(seconds=math.ceil(seconds)), everybody=True)
    except Forbidden:
        return Unreachable("blocked")
    except BadRequest as refusal:
        return _refusal(form, refusal)
    except InvalidToken:
        # The operator has to mend the token; the message waits for it.
        return Later("token_refused", timedelta(minutes=1), everybody=True)
    except NetworkError as failure:
        if type(failure.__cause__).__name__ in _NEVER_SENT:
            return Later("no_connection")
        return Uncertain(type(failure).__name__)
    except TelegramError as failure:
        return Refused(type(failure).__name__)
    return Sent(f"{form}:{message.message_id}" if isinstance(message, Message) else None)


def _refusal(form: str, refusal: BadRequest) -> Outcome:
    said = refusal.message.lower()
    if "not modified" in said:
        return Sent(None)
    if any(words in said for words in _GONE):
        return Unreachable("gone")
    return Refused(f"bad_request_{form}")
