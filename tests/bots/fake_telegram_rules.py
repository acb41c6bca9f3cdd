"""What our fake Telegram refuses, in the words in which Telegram refuses it.

Ours, not Telegram's: written from the Bot API reference and from the error texts that its users quote.
It is stricter than the real one where a mistake of ours would hide (an unknown parameter is an error here).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal of the Bot API: HTTP status, description, seconds to wait."""

    status: int
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The body that Telegram would send."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to_chat_id is not None:
            body["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return body


class RefusedError(Exception):
    """A call that Telegram would not take."""

    def __init__(
        self,
        status: int,
        description: str,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.answer = Answer(status, description, retry_after, migrate_to_chat_id)


def bad_request(description: str) -> RefusedError:
    """A 400 with Telegram's usual prefix."""
    return RefusedError(400, f"Bad Request: {description}")


_COMMON = {
    "chat_id": "integer",
    "message_thread_id": "integer",
    "parse_mode": "text",
    "reply_markup": "json",
    "disable_notification": "boolean",
    "protect_content": "boolean",
    "reply_parameters": "json",
}

#: method → parameter → type, as the Bot API names them.
PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "getMe": {},
    "deleteWebhook": {"drop_pending_updates": "boolean"},
    "getUpdates": {"offset": "integer", "limit": "integer", "timeout": "integer", "allowed_updates": "json"},
    "sendMessage": {**_COMMON, "text": "text", "entities": "json", "link_preview_options": "json"},
    "sendPhoto": {
        **_COMMON,
        "photo": "file",
        "caption": "text",
        "caption_entities": "json",
        "show_caption_above_media": "boolean",
        "has_spoiler": "boolean",
    },
    "sendDocument": {
        **_COMMON,
        "document": "named file",
        "caption": "text",
        "caption_entities": "json",
        "disable_content_type_detection": "boolean",
    },
    "editMessageText": {
        "chat_id": "integer",
        "message_id": "integer",
        "text": "text",
        "parse_mode": "text",
        "entities": "json",
        "link_preview_options": "json",
        "reply_markup": "json",
    },
    "editMessageCaption": {
        "chat_id": "integer",
        "message_id": "integer",
        "caption": "text",
        "parse_mode": "text",
        "caption_entities": "json",
        "show_caption_above_media": "boolean",
        "reply_markup": "json",
    },
    "editMessageReplyMarkup": {"chat_id": "integer", "message_id": "integer", "reply_markup": "json"},
    "answerCallbackQuery": {
        "callback_query_id": "text",
        "text": "text",
        "show_alert": "boolean",
        "url": "text",
        "cache_time": "integer",
    },
    "getFile": {"file_id": "text"},
    "sendChatAction": {"chat_id": "integer", "message_thread_id": "integer", "action": "text"},
    "setMyCommands": {"commands": "json", "scope": "json", "language_code": "text"},
}

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "sendMessage": ("chat_id", "text"),
    "sendDocument": ("chat_id", "document"),
    "sendPhoto": ("chat_id", "photo"),
    "editMessageText": ("chat_id", "message_id", "text"),
    "editMessageCaption": ("chat_id", "message_id"),
    "editMessageReplyMarkup": ("chat_id", "message_id"),
    "answerCallbackQuery": ("callback_query_id",),
    "getFile": ("file_id",),
    "sendChatAction": ("chat_id", "action"),
    "setMyCommands": ("commands",),
}

ACTIONS = {"typing", "upload_photo", "upload_document", "find_location"}
ENTITY_TYPES = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "text_link",
}


def utf16_length(text: str) -> int:
    """Length as Telegram counts offsets: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def check_names(method: str, parameters: Mapping[str, Any]) -> None:
    """Every given parameter exists and every required one is given."""
    if method not in PARAMETERS:
        raise RefusedError(404, "Not Found: method not found")
    unknown = sorted(set(parameters) - set(PARAMETERS[method]))
    if unknown:
        raise bad_request(f"unknown parameter {', '.join(unknown)} of {method}")
    for name in _REQUIRED.get(method, ()):
        if parameters.get(name) is None or parameters[name] == "":
            raise bad_request("message text is empty" if name == "text" else f"parameter {name} is required")


def check_text(text: str, *, limit: int, name: str) -> None:
    """A text within its limit; Telegram counts after parsing of entities, in UTF-16 units."""
    if utf16_length(text) > limit:
        raise bad_request(f"{name} is too long")


def check_entities(entities: list[dict[str, Any]] | None, text: str) -> None:
    """Entities known and inside of the text."""
    for entity in entities or ():
        if entity.get("type") not in ENTITY_TYPES:
            raise bad_request(f"unsupported entity type {entity.get('type')}")
        end = entity["offset"] + entity["length"]
        if entity["offset"] < 0 or entity["length"] < 1 or end > utf16_length(text):
            raise bad_request("ENTITY_BOUNDS_INVALID")
        if entity["type"] == "text_link":
            _check_url(entity.get("url", ""))


def check_markup(markup: dict[str, Any] | None, *, inline_only: bool = False) -> None:
    """A keyboard as Telegram would take it."""
    if markup is None:
        return
    if set(markup) == {"inline_keyboard"}:
        for button in _cells(markup["inline_keyboard"]):
            _check_inline_button(button)
    elif inline_only:
        raise bad_request("inline keyboard expected")
    elif "keyboard" in markup:
        _check_reply_keyboard(markup)
    elif markup.get("remove_keyboard") is not True:
        raise bad_request("object expected as reply markup")


def _cells(rows: object) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("field inline_keyboard must be an Array of Arrays")
    cells = [cell for row in rows for cell in row]
    if len(cells) > 100:
        raise bad_request("reply markup is too long")
    return cells


def _check_inline_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise bad_request("text buttons are unallowed in the inline keyboard")
    actions = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if len(actions) != 1 or not actions <= {"callback_data", "url"}:
        raise bad_request(f"inline button must have exactly one action, has {sorted(actions)}")
    if "url" in button:
        _check_url(button["url"])
    elif not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    # Telegram refuses hosts without a dot: "http://localhost" is a mistake of every newcomer.
    if parts.scheme not in {"http", "https", "tg"} or (
        parts.scheme != "tg" and "." not in (parts.hostname or "")
    ):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_reply_keyboard(markup: dict[str, Any]) -> None:
    allowed = {
        "keyboard",
        "resize_keyboard",
        "is_persistent",
        "one_time_keyboard",
        "input_field_placeholder",
        "selective",
    }
    if set(markup) - allowed:
        raise bad_request(f"unknown field of a keyboard: {sorted(set(markup) - allowed)}")
    for button in _cells(markup["keyboard"]):
        if not button.get("text"):
            raise bad_request("keyboard button text must be non-empty")
        if set(button) - {"text", "request_contact", "request_location"}:
            raise bad_request("unknown field of a keyboard button")


def check_commands(commands: list[dict[str, Any]]) -> None:
    """The list behind the «Меню» button of the messenger."""
    if len(commands) > 100:
        raise bad_request("too many commands specified")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def check_image(content: bytes) -> None:
    """A photo that Telegram could read: PNG or JPEG, at most 10 MB."""
    if len(content) > 10 * 1024 * 1024:
        raise RefusedError(413, "Request Entity Too Large")
    if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise bad_request("IMAGE_PROCESS_FAILED")


def convert(kind: str, value: str, loads: Callable[[str], object]) -> object:
    """One form value to the type that the reference states."""
    if kind == "integer":
        if not re.fullmatch(r"-?\d+", value):
            raise bad_request("parameter must be an Integer")
        return int(value)
    if kind == "boolean":
        return value.lower() in {"true", "1", "yes"}
    return loads(value) if kind == "json" else value
