"""What our fake MAX refuses. Ours, not MAX's: written from dev.max.ru/docs-api, stricter where it may be."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from tests.bots.misfortunes import Refusal

_TAGS = {"b": "bold", "i": "italic", "a": "text_link"}
_BUTTON_FIELDS = {
    "callback": {"type", "text", "payload", "intent"},
    "link": {"type", "text", "url"},
    "request_geo_location": {"type", "text", "quick"},
    "request_contact": {"type", "text"},
}


def bad_request(message: str, code: str = "proto.payload") -> Refusal:
    """A 400 in MAX's form."""
    return Refusal(400, {"code": code, "message": message})


def check_fields(given: Mapping[str, Any], allowed: set[str], what: str) -> None:
    """No field that MAX does not know."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise bad_request(f"unknown {what}: {', '.join(unknown)}")


def read_text(message: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The text as a phone shows it and its marks by UTF-16 offset."""
    text = message.get("text")
    if not isinstance(text, str) or len(text) >= 4000:
        raise bad_request("text: size must be between 0 and 4000")
    if message.get("format") is None:
        return text, []
    if message["format"] != "html":
        raise bad_request("format: html expected")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad_request("format: a tag is not closed")
    return reader.text, reader.marks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks: list[dict[str, Any]] = []
        self.open: list[tuple[str, dict[str, Any]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f"format: unknown tag {tag}")
        mark: dict[str, Any] = {"type": _TAGS[tag], "offset": utf16_length(self.text)}
        if tag == "a":
            mark["url"] = dict(attrs)["href"]
        self.open.append((tag, mark))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request("format: tags are crossed")
        _, mark = self.open.pop()
        mark["length"] = utf16_length(self.text) - mark["offset"]
        self.marks.append(mark)

    def handle_data(self, data: str) -> None:
        self.text += data


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read_keyboard(attachment: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Rows of buttons in the form in which the fake phone keeps them."""
    rows = attachment["payload"]["buttons"]
    if not rows or len(rows) > 30 or sum(map(len, rows)) > 210:
        raise bad_request("keyboard: at most 210 buttons in 30 rows")
    return [[_button(button, in_row=len(row)) for button in row] for row in rows]


def _button(button: Mapping[str, Any], *, in_row: int) -> dict[str, Any]:
    kind = button.get("type")
    if kind not in _BUTTON_FIELDS:
        raise bad_request(f"keyboard: unknown type {kind}")
    check_fields(button, _BUTTON_FIELDS[kind], f"field of a {kind} button")
    if in_row > (7 if kind == "callback" else 3):
        raise bad_request("keyboard: too many buttons in a row")
    text = button.get("text")
    if not text or len(text) > 128:
        raise bad_request("keyboard: text of 1 to 128 characters")
    if kind == "link":
        if urlsplit(button["url"]).scheme not in {"http", "https"} or len(button["url"]) > 2048:
            raise bad_request("keyboard: wrong url")
        return {"text": text, "url": button["url"]}
    if kind == "callback":
        if not 1 <= len(button["payload"]) <= 1024:
            raise bad_request("keyboard: payload of 1 to 1024 characters")
        return {"text": text, "callback_data": button["payload"]}
    return {"text": text, "asks": kind}
