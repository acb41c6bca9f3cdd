"""A screen in VK's form: marks by UTF-16 offset, a keyboard as JSON, files by name."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from messengers.capabilities import CAPABILITIES, Carrier
from messengers.screens import Rows
from messengers.texts import Entity, RichText, shortened

_LIMITS = CAPABILITIES[Carrier.VK]
_MARKS = {"bold": "bold", "italic": "italic", "text_link": "url"}
# The fields of a button's payload: what it does, and whether a file is above it (a tap does not tell).
ACTION, FILE = "b", "p"


def vk_message(
    text: RichText, rows: Rows, *, files: Sequence[str] = (), editing: bool = False
) -> dict[str, str]:
    """The fields of a message with buttons under it.

    files: VK's names of pictures and documents; editing: say even that there are no buttons, or those of
    the message before would stay.
    """
    fields = _words(text, files)
    if rows or editing:
        buttons = [[_button(button, file=bool(files)) for button in row] for row in rows]
        fields["keyboard"] = _json({"inline": True, "buttons": buttons})
    return fields


def vk_menu(text: RichText, labels: Sequence[Sequence[str]]) -> dict[str, str]:
    """The fields of a message that brings the lasting keyboard: each button says its label."""
    buttons = [[_colored({"type": "text", "label": _short(label)}) for label in row] for row in labels]
    return {**_words(text, ()), "keyboard": _json({"one_time": False, "inline": False, "buttons": buttons})}


def random_id_of(name: str) -> int:
    """The number by which VK knows a message that it has had already; never 0, which switches that off.

    name: what is the same in a repetition, a delivery's id or the name of a screen.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (2**31 - 1) + 1


def _words(text: RichText, files: Sequence[str]) -> dict[str, str]:
    text = shortened(text, limit=_LIMITS.text_limit)
    fields = {"message": text.text, "dont_parse_links": "1"}
    if text.entities:
        fields["format_data"] = _json({"version": 1, "items": [_mark(mark) for mark in text.entities]})
    if files:
        fields["attachment"] = ",".join(files)
    return fields


def _mark(mark: Entity) -> dict[str, Any]:
    item: dict[str, Any] = {"type": _MARKS[mark.kind], "offset": mark.offset, "length": mark.length}
    return item if mark.url is None else {**item, "url": mark.url}


def _button(button: dict[str, str], *, file: bool) -> dict[str, Any]:
    label = _short(button["text"])
    if "url" in button:
        return {"action": {"type": "open_link", "link": button["url"], "label": label}}
    payload = {ACTION: button["data"], **({FILE: 1} if file else {})}
    return _colored({"type": "callback", "label": label, "payload": _json(payload)})


def _colored(action: dict[str, str]) -> dict[str, Any]:
    return {"action": action, "color": "secondary"}


def _short(label: str) -> str:
    return shortened(RichText(label), limit=_LIMITS.label_limit).text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
