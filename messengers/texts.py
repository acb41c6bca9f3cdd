"""Text with marks: bold words and links as entities, never as markup that a name could break.

Offsets and lengths are UTF-16 code units, because that is how messengers count: «🗳» is two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.shared.language import Language, translate

EntityKind = Literal["bold", "italic", "text_link"]

# Private-use characters stand for a marked value while a sentence is being formatted.
_OPEN, _CLOSE = "\ue000", "\ue001"


def utf16_length(text: str) -> int:
    """Length as messengers count it.

    >>> utf16_length("да"), utf16_length("🗳")
    (2, 2)
    """
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Entity:
    """A mark over a part of a text."""

    kind: EntityKind
    offset: int
    length: int
    url: str | None = None

    @property
    def end(self) -> int:
        """Where the mark ends, in UTF-16 units."""
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        """The form in which messengers take it."""
        wire: dict[str, Any] = {"type": self.kind, "offset": self.offset, "length": self.length}
        return wire if self.url is None else {**wire, "url": self.url}


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and its marks; ``+`` joins."""

    text: str
    entities: tuple[Entity, ...] = ()

    def __add__(self, other: "RichText | str") -> "RichText":
        added = plain(other)
        shift = utf16_length(self.text)
        moved = tuple(replace(entity, offset=entity.offset + shift) for entity in added.entities)
        return RichText(self.text + added.text, self.entities + moved)

    def __len__(self) -> int:
        return utf16_length(self.text)


def plain(text: RichText | str) -> RichText:
    """A text without marks; a marked one stays as it is."""
    return text if isinstance(text, RichText) else RichText(text)


def bold(text: str) -> RichText:
    """A text in bold."""
    return RichText(text, (Entity("bold", 0, utf16_length(text)),)) if text else RichText("")


def stacked(*lines: RichText | str | None, gap: str = "\n") -> RichText:
    """Lines one under another; None leaves a line out."""
    result: RichText | None = None
    for line in lines:
        if line is not None:
            result = plain(line) if result is None else result + gap + line
    return result or RichText("")


def rich(language: Language, message: str, **fields: object) -> RichText:
    """A translated sentence some of whose fields are marked.

    >>> rich("en", "Accepted: {number}.", number=bold("МС-1")).entities
    (Entity(kind='bold', offset=10, length=4, url=None),)
    """
    marked = {name: value for name, value in fields.items() if isinstance(value, RichText)}
    stand_ins = {name: f"{_OPEN}{name}{_CLOSE}" for name in marked}
    rest = translate(language, message, **{**_without_marks(fields), **stand_ins})
    result = RichText("")
    while _OPEN in rest:
        before, _, tail = rest.partition(_OPEN)
        name, _, rest = tail.partition(_CLOSE)
        result = result + before + marked[name]
    return result + rest


def _without_marks(fields: dict[str, object]) -> dict[str, object]:
    # A name that holds one of our stand-in characters must not be taken for a field.
    return {
        name: value.replace(_OPEN, "").replace(_CLOSE, "") if isinstance(value, str) else value
        for name, value in fields.items()
    }


def shortened(text: RichText, *, limit: int) -> RichText:
    """At most ``limit`` UTF-16 units, cut at a word, with «…» where something is missing."""
    if len(text) <= limit:
        return text
    kept = _part(text, 0, _cut_at(text.text, limit - 1))
    stripped = kept.text.rstrip()
    return _part(kept, 0, utf16_length(stripped)) + "…"


def split_text(text: RichText, *, limit: int) -> list[RichText]:
    """Parts of at most ``limit`` UTF-16 units, cut between paragraphs, lines or words; marks are re-cut."""
    parts: list[RichText] = []
    rest = text
    while len(rest) > limit:
        cut = _cut_at(rest.text, limit)
        parts.append(_trimmed(_part(rest, 0, cut)))
        rest = _trimmed(_part(rest, cut, len(rest)))
    return [part for part in [*parts, rest] if part.text]


def _cut_at(text: str, limit: int) -> int:
    """The best place to cut within ``limit`` units: after a paragraph, a line, a word, else anywhere."""
    head = text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")
    for separator in ("\n\n", "\n", " "):
        found = head.rfind(separator)
        # A cut in the first third would leave a message of a few words.
        if found > len(head) // 3:
            return utf16_length(head[: found + len(separator)])
    return utf16_length(head)


def _part(text: RichText, start: int, end: int) -> RichText:
    raw = text.text.encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le")
    return RichText(raw, tuple(_recut(text.entities, start, end)))


def _trimmed(text: RichText) -> RichText:
    start = len(text) - utf16_length(text.text.lstrip())
    return _part(text, start, start + utf16_length(text.text.strip()))


def _recut(entities: Iterable[Entity], start: int, end: int) -> Iterable[Entity]:
    for entity in entities:
        left, right = max(entity.offset, start), min(entity.end, end)
        if left < right:
            yield replace(entity, offset=left - start, length=right - left)
