"""A screen in MAX's form: marks as HTML, buttons as an attachment, pictures by token."""

import html
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from messengers.capabilities import CAPABILITIES, Carrier
from messengers.screens import Rows
from messengers.texts import Entity, RichText, shortened, utf16_length

_LIMITS = CAPABILITIES[Carrier.MAX]
# Not said whether tags count: with them a text stays below what MAX takes in all.
_LONGEST_HTML = 4000
_TAGS = {"bold": "b", "italic": "i"}


def max_message(
    text: RichText, rows: Rows, *, images: Sequence[str] = (), files: Sequence[str] = ()
) -> dict[str, Any]:
    """The body of a message. Attachments are always there: an edit without them would keep old buttons.

    rows: buttons as ``{"text", "data"}`` or ``{"text", "url"}``; images, files: tokens of what was
    uploaded.
    """
    text = shortened(text, limit=_LIMITS.text_limit)
    uploaded = [("image", token) for token in images] + [("file", token) for token in files]
    attachments: list[dict[str, Any]] = [
        {"type": kind, "payload": {"token": token}} for kind, token in uploaded
    ]
    if rows:
        keyboard = {"buttons": [[_button(button) for button in row] for row in rows]}
        attachments.append({"type": "inline_keyboard", "payload": keyboard})
    marked = as_html(text) if text.entities else ""
    if marked and utf16_length(marked) < _LONGEST_HTML:
        return {"text": marked, "format": "html", "attachments": attachments}
    # Words matter more than their marks.
    return {"text": text.text, "attachments": attachments}


def as_html(text: RichText) -> str:
    """The text with its marks as HTML; whatever else looks like markup is taken literally.

    >>> as_html(RichText("<1> да", (Entity("bold", 4, 2),)))
    '&lt;1&gt; <b>да</b>'
    """
    raw = text.text.encode("utf-16-le")
    cuts = sorted({0, len(text), *(e.offset for e in text.entities), *(e.end for e in text.entities)})
    parts = []
    for start, end in pairwise(cuts):
        part = html.escape(raw[start * 2 : end * 2].decode("utf-16-le"), quote=False)
        for entity in text.entities:
            if entity.offset <= start and end <= entity.end:
                part = _wrapped(part, entity)
        parts.append(part)
    return "".join(parts)


def _wrapped(part: str, entity: Entity) -> str:
    if entity.kind == "text_link":
        return f'<a href="{html.escape(entity.url or "")}">{part}</a>'
    tag = _TAGS[entity.kind]
    return f"<{tag}>{part}</{tag}>"


def _button(button: dict[str, str]) -> dict[str, str]:
    label = shortened(RichText(button["text"]), limit=_LIMITS.label_limit).text
    if "url" in button:
        return {"type": "link", "text": label, "url": button["url"]}
    return {"type": "callback", "text": label, "payload": button["data"]}
