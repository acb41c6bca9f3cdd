"""What each messenger can do, as numbers: the one table that flows, sessions and senders ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Carrier(StrEnum):
    """A way by which words reach a person; the values are stored and go over wires."""

    WEB = "web"
    TELEGRAM = "telegram"
    MAX = "max"
    VK = "vk"
    # One way only: nobody talks to the bot by mail.
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Limits of one messenger. Lengths are in UTF-16 units, as messengers count them."""

    text_limit: int
    caption_limit: int
    callback_bytes: int
    label_limit: int
    # Buttons under a message: how many in all, and how many rows of them.
    inline_buttons: int
    inline_rows: int
    # A keyboard that stays in place of the letters and sends its label as a message.
    reply_keyboard: bool
    # Whether a message can be answered by a reply to it; else a button stands for it.
    replies: bool


CAPABILITIES: Mapping[Carrier, Capabilities] = {
    # Our own browser chat takes over Telegram's limits, so that one conversation fits both.
    Carrier.WEB: Capabilities(
        text_limit=4096,
        caption_limit=1024,
        callback_bytes=64,
        label_limit=100,
        inline_buttons=100,
        inline_rows=100,
        reply_keyboard=False,
        replies=False,
    ),
    # Source: Telegram Bot API reference, sendMessage, sendPhoto, InlineKeyboardButton.
    Carrier.TELEGRAM: Capabilities(
        text_limit=4096,
        caption_limit=1024,
        callback_bytes=64,
        label_limit=100,
        inline_buttons=100,
        inline_rows=100,
        reply_keyboard=True,
        replies=True,
    ),
    # Source: dev.max.ru/docs-api, NewMessageBody (text of at most 4000 characters, with a picture too) and
    # attachment types (210 buttons in 30 rows). Some room is left for the tags of marks.
    Carrier.MAX: Capabilities(
        text_limit=3800,
        caption_limit=3800,
        callback_bytes=256,
        label_limit=128,
        inline_buttons=210,
        inline_rows=30,
        reply_keyboard=False,
        replies=True,
    ),
    # Source: dev.vk.com, messages.send (4096 characters), "Bot keyboards" (inline: 10 buttons in 6 rows,
    # a label of 40 characters, a payload of 255).
    Carrier.VK: Capabilities(
        text_limit=4096,
        caption_limit=4096,
        callback_bytes=200,
        label_limit=40,
        inline_buttons=10,
        inline_rows=6,
        reply_keyboard=True,
        replies=True,
    ),
    # Our own limits: a mail is read whole and its buttons are links.
    Carrier.EMAIL: Capabilities(
        text_limit=20_000,
        caption_limit=20_000,
        callback_bytes=64,
        label_limit=100,
        inline_buttons=100,
        inline_rows=100,
        reply_keyboard=False,
        replies=False,
    ),
}
