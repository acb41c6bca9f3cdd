"""From events of a stream to bubbles of a thread."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from core.files import FILE_SIGNS, file_keys
from core.shared.ids import PersonId
from core.store import StreamEvent
from web.words import plural_forms, short_date, size_in_words

# What a browser may open from a message of the bot: our own pages and ordinary sites, never a script.
_LINK_SCHEMES = ("https://", "http://", "/", "tg://")
# Messengers have no icons, so the bot puts signs in front of its labels; here they become the one set.
SIGNS = {
    "✉️": "mail",
    "🗳": "vote",
    "📈": "chart-line",
    "👤": "user",
    "🖥": "briefcase-business",
    "⌂": "house",
    "‹": "chevron-left",
}
_STYLES = {"bold": "bold", "italic": "italic", "code": "code", "pre": "code", "strikethrough": "struck"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text in one style. ``url`` makes it a link."""

    text: str
    style: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """The words of a button and, if they began with a sign of the bot's, the icon in its place."""

    whole: str

    @property
    def icon(self) -> str:
        """The name of an icon, empty for none."""
        return SIGNS.get(self.whole.split(" ", 1)[0], "")

    @property
    def words(self) -> str:
        """The label without the sign."""
        return self.whole.split(" ", 1)[-1] if self.icon else self.whole

    def __str__(self) -> str:
        return self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: ``data`` is sent back when pressed, or ``url`` is opened."""

    text: Label
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """A document that goes with a message, to be downloaded."""

    address: str
    name: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message of a thread. ``day`` is set on the first message of a day, to be shown above it."""

    seq: int
    at: datetime
    spans: tuple[Span, ...]
    own: bool
    author: str = ""
    client_id: str = ""
    name: str = ""
    day: str = ""
    photo: str = ""
    # The picture in words, where it has any.
    alt: str = ""
    document: "ShownDocument | None" = None
    buttons: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadWords:
    """The counted phrases of a thread in all forms, for the script that keeps it live."""

    fresh: str
    signs: str

    @classmethod
    def current(cls) -> "ThreadWords":
        """The phrases in the current language."""
        return cls(
            fresh=plural_forms("%(count)d new message", "%(count)d new messages"),
            signs=json.dumps(SIGNS, ensure_ascii=False),
        )


def bubbles_of(events: Sequence[StreamEvent], *, viewer_id: PersonId | None) -> list[Bubble]:
    """The messages of a stream; what was edited is shown as it is now."""
    return list(_bubbles(events, viewer_id))


def keyboard_of(events: Sequence[StreamEvent]) -> list[list[Label]]:
    """The rows of reply texts that the bot offered last."""
    for event in reversed(events):
        rows = event.body.get("keyboard")
        if rows:
            return [[Label(str(text)) for text in row] for row in rows]
    return []


def spans_of(text: str, entities: Sequence[dict[str, Any]]) -> tuple[Span, ...]:
    """The text cut at the ends of its style marks, whose offsets count UTF-16 units.

    >>> [(span.text, span.style) for span in spans_of("🗳 да", [{"type": "bold", "offset": 3, "length": 2}])]
    [('🗳 ', ''), ('да', 'bold')]
    """
    units = text.encode("utf-16-le")
    spans: list[Span] = []
    reached = 0
    for mark in sorted(entities, key=lambda one: (one["offset"], -one["length"])):
        start, end = 2 * int(mark["offset"]), 2 * int(mark["offset"] + mark["length"])
        if start < reached:
            # A mark inside a mark: the outer one is shown, which never loses text.
            continue
        spans.append(Span(text=units[reached:start].decode("utf-16-le", "replace")))
        styled = units[start:end].decode("utf-16-le", "replace")
        url = safe_link(str(mark.get("url") or (styled if mark["type"] == "url" else "")))
        spans.append(Span(text=styled, style=_STYLES.get(mark["type"], ""), url=url))
        reached = end
    spans.append(Span(text=units[reached:].decode("utf-16-le", "replace")))
    return tuple(span for span in spans if span.text)


def safe_link(url: str) -> str:
    """The address if a browser may open it, else nothing."""
    return url if url.startswith(_LINK_SCHEMES) and not url.startswith("//") else ""


def _bubbles(events: Sequence[StreamEvent], viewer_id: PersonId | None) -> Iterator[Bubble]:
    day = said_by = ""
    for event in events:
        if event.kind != "message":
            continue
        today = short_date(event.at)
        own = event.author is not None and event.author == viewer_id
        name = str(event.body.get("name", ""))
        yield Bubble(
            seq=event.seq,
            at=event.at,
            spans=_spans(event),
            own=own,
            # Said once above a run of messages of one person.
            author="" if own or name == said_by else name,
            client_id=event.client_id or "",
            name=name,
            day=today if today != day else "",
            photo=_address(str(event.body.get("photo") or "")),
            alt=str(event.body.get("alt") or ""),
            document=_document(event.body.get("document")),
            buttons=_buttons(event),
        )
        day, said_by = today, name


def _address(key: str) -> str:
    return f"/files/{key}" if key.isalnum() else ""


def _document(said: dict[str, Any] | None) -> ShownDocument | None:
    address = _address(str((said or {}).get("key") or ""))
    if not said or not address:
        return None
    return ShownDocument(address=address, name=str(said["name"]), size=size_in_words(int(said["size_bytes"])))


def _spans(event: StreamEvent) -> tuple[Span, ...]:
    text = str(event.body.get("text", ""))
    if event.author is not None and text == "/start":
        return (Span(text=gettext("Start")),)
    if text in FILE_SIGNS and file_keys(event.body):
        # Beside the file itself the sign that stands for it says nothing.
        return ()
    return spans_of(text, event.body.get("entities") or ())


def _buttons(event: StreamEvent) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(
            Button(
                text=Label(str(one["text"])),
                data=str(one.get("data") or ""),
                url=safe_link(str(one.get("url") or "")),
            )
            for one in row
        )
        for row in event.body.get("buttons") or ()
    )
