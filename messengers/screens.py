"""A screen: what a person sees at one moment of a conversation, in every messenger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messengers.buttons import Action, ButtonCodec
from messengers.texts import RichText


@dataclass(frozen=True, slots=True)
class Press:
    """A button that does something."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Link:
    """A button that leads somewhere."""

    label: str
    url: str


Button = Press | Link
# Buttons as plain values: ``{"text", "data"}`` or ``{"text", "url"}``.
Rows = Sequence[Sequence[dict[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture: the bytes for messengers that take uploads, its key in core.files for the web chat."""

    content: bytes
    file_name: str
    alt: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to be downloaded: as ``Photo``, under the name by which its sender knows it."""

    content: bytes
    file_name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Text, buttons under it in rows, perhaps a file; ``keyboard`` is the lasting menu of labels."""

    text: RichText
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: Photo | Document | None = None
    keyboard: tuple[tuple[str, ...], ...] = ()


def screen_body(screen: Screen, codec: ButtonCodec) -> dict[str, Any]:
    """The body of a web-chat event: what the browser draws.

    ``text``, ``entities`` (as Telegram's), ``buttons`` (rows of ``{"text", "data"}`` or
    ``{"text", "url"}``) and, with a photo, ``photo`` (the file's key) and ``alt``, with a document
    ``document`` (as in ``core.files.KeptContent.in_message``).
    """
    body: dict[str, Any] = {
        "text": screen.text.text,
        "entities": [entity.as_json() for entity in screen.text.entities],
        "buttons": button_rows(screen.buttons, codec),
    }
    match screen.file:
        case Photo(key=key, alt=alt):
            body |= {"photo": key, "alt": alt}
        case Document(key=key, file_name=name, content=content):
            body["document"] = {"key": key, "name": name, "size_bytes": len(content)}
    return body


def button_rows(rows: Sequence[Sequence[Button]], codec: ButtonCodec) -> list[list[dict[str, str]]]:
    """Buttons as plain values: a label and either ``data`` or ``url``."""
    return [[_wire(button, codec) for button in row] for row in rows]


def _wire(button: Button, codec: ButtonCodec) -> dict[str, str]:
    if isinstance(button, Link):
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "data": codec.encode(button.action)}
