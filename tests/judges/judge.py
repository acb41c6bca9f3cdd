"""Independent judges of our JSON: the models of maxapi and of vkbottle. Runs in their own environment.

Reads ``[kind, value]`` pairs from the standard input and parses each; the first that a judge refuses ends it.
Neither library is ours, and neither is used by the product: they would be two more frameworks.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from maxapi.types.attachments.attachment import ButtonsPayload  # type: ignore[import-not-found]
from maxapi.types.attachments.upload import AttachmentUpload  # type: ignore[import-not-found]
from maxapi.types.updates.bot_started import BotStarted  # type: ignore[import-not-found]
from maxapi.types.updates.bot_stopped import BotStopped  # type: ignore[import-not-found]
from maxapi.types.updates.message_callback import MessageCallback  # type: ignore[import-not-found]
from maxapi.types.updates.message_created import MessageCreated  # type: ignore[import-not-found]
from vkbottle.tools.keyboard.keyboard import Keyboard  # type: ignore[import-not-found]
from vkbottle_types.events.bot_events import MessageEvent, MessageNew  # type: ignore[import-not-found]

_MAX_UPDATES = {
    "message_created": MessageCreated,
    "message_callback": MessageCallback,
    "bot_started": BotStarted,
    "bot_stopped": BotStopped,
}
_VK_EVENTS = {"message_new": MessageNew, "message_event": MessageEvent}


def max_update(value: dict[str, Any]) -> None:
    """An update as MAX would bring it."""
    parsed = _MAX_UPDATES[value["update_type"]].model_validate(value)
    if parsed.update_type.value != value["update_type"]:
        raise ValueError("another kind of update")


def max_message(value: dict[str, Any]) -> None:
    """The body of a message to MAX."""
    if len(value["text"]) >= 4000 or value.get("format", "html") != "html":
        raise ValueError("text or format")
    for attachment in value["attachments"]:
        if attachment["type"] == "inline_keyboard":
            parsed = ButtonsPayload.model_validate(attachment["payload"])
            sent = [[button["text"] for button in row] for row in attachment["payload"]["buttons"]]
            if [[button.text for button in row] for row in parsed.buttons] != sent:
                raise ValueError("buttons were lost")
        else:
            AttachmentUpload.model_validate(attachment)


def vk_event(value: dict[str, Any]) -> None:
    """An event as VK would bring it."""
    _VK_EVENTS[value["type"]].model_validate(value)


def vk_keyboard(value: dict[str, Any]) -> None:
    """A keyboard for VK: built anew by vkbottle from our buttons it is the same JSON."""
    rows = value["buttons"]
    flat = [[{**button["action"], "color": button.get("color")} for button in row] for row in rows]
    rebuilt = Keyboard(one_time=value.get("one_time", False), inline=value["inline"]).schema(flat)
    if json.loads(rebuilt.get_json())["buttons"] != rows:
        raise ValueError("vkbottle would send another keyboard")


JUDGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "max_update": max_update,
    "max_message": max_message,
    "vk_event": vk_event,
    "vk_keyboard": vk_keyboard,
}


def main() -> None:
    """Judge everything; print how many were taken."""
    cases = json.load(sys.stdin)
    for kind, value in cases:
        JUDGES[kind](value)
    sys.stdout.write(f"{len(cases)} taken\n")


if __name__ == "__main__":
    main()
