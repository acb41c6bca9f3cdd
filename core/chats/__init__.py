"""Chats: dialogues with the bot over every messenger, and the transcript of the web chat."""

from core.chats.commands import (
    edit_in_web_chat,
    forget_carrier_file,
    inherit_chats,
    keep_bot_name,
    keep_carrier_file,
    number_message,
    open_chat,
    open_web_chat,
    press_in_web_chat,
    save_dialogue,
    show_in_web_chat,
    write_in_web_chat,
)
from core.chats.errors import UnknownChat
from core.chats.queries import (
    bot_names,
    carrier_file,
    chat,
    chat_by_native,
    chats_of,
    chats_of_many,
    native_message_id,
    talk,
    talk_by_native,
)
from core.chats.rules import WEB, Chat, Dialogue, chat_of_stream, chat_stream

__all__ = [
    "WEB",
    "Chat",
    "Dialogue",
    "UnknownChat",
    "bot_names",
    "carrier_file",
    "chat",
    "chat_by_native",
    "chat_of_stream",
    "chat_stream",
    "chats_of",
    "chats_of_many",
    "edit_in_web_chat",
    "forget_carrier_file",
    "inherit_chats",
    "keep_bot_name",
    "keep_carrier_file",
    "native_message_id",
    "number_message",
    "open_chat",
    "open_web_chat",
    "press_in_web_chat",
    "save_dialogue",
    "show_in_web_chat",
    "talk",
    "talk_by_native",
    "write_in_web_chat",
]
