"""What a citizen sends to the authority before it is sent: words, a photo or a document, a place."""

from dataclasses import dataclass
from typing import Any, Self

from aiogram.types import Message

from bots.engine.talk import Talk
from core.contact import Spot, told
from core.files import KeptContent


@dataclass(frozen=True, slots=True)
class Letter:
    """At least one of the three."""

    text: str = ""
    file: KeptContent | None = None
    spot: Spot | None = None

    @property
    def told(self) -> str:
        """The letter in words."""
        named = f"{self.file.sign} {self.file.name}" if self.file is not None and self.file.name else ""
        words = self.text if self.text.strip() else named
        return told(words, file=self.file, spot=self.spot)

    def as_draft(self) -> dict[str, Any]:
        """The form in which a dialogue remembers it."""
        file, spot = self.file, self.spot
        return {
            "text": self.text,
            "file": [file.key, file.media_type, file.size_bytes, file.name] if file else None,
            "spot": [spot.latitude, spot.longitude] if spot else None,
        }

    @classmethod
    def from_draft(cls, draft: Any) -> Self:
        """Remembered again; a draft of words alone used to be a text, a file used to be a photo."""
        if isinstance(draft, str):
            return cls(draft)
        kept = draft.get("file") or draft.get("photo")
        file = None
        if kept:
            key, media_type, size_bytes, *name = kept
            file = KeptContent(key=key, media_type=media_type, size_bytes=size_bytes, name="".join(name))
        return cls(draft["text"], file, Spot(*draft["spot"]) if draft["spot"] else None)


async def letter_of(talk: Talk, message: Message) -> Letter | None:
    """What the message brings; None if there is nothing in it that we can read.

    Raises: what ``Talk.take_file`` refuses.
    """
    file = await _file_of(talk, message)
    place = message.location
    spot = Spot(place.latitude, place.longitude) if place else None
    text = message.text or message.caption or ""
    return Letter(text, file, spot) if text or file or spot else None


async def _file_of(talk: Talk, message: Message) -> KeptContent | None:
    if message.photo:
        best = message.photo[-1]
        return await talk.take_file(best.file_id, name="", announced_bytes=best.file_size)
    document = message.document
    if document is None:
        return None
    name = document.file_name or ""
    return await talk.take_file(document.file_id, name=name, announced_bytes=document.file_size)
