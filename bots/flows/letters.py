"""What a citizen sends to the authority before it is sent: words, a photo, a place."""

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
    photo: KeptContent | None = None
    spot: Spot | None = None

    @property
    def told(self) -> str:
        """The letter in words."""
        return told(self.text, photo=self.photo is not None, spot=self.spot)

    def as_draft(self) -> dict[str, Any]:
        """The form in which a dialogue remembers it."""
        photo, spot = self.photo, self.spot
        return {
            "text": self.text,
            "photo": [photo.key, photo.media_type, photo.size_bytes] if photo else None,
            "spot": [spot.latitude, spot.longitude] if spot else None,
        }

    @classmethod
    def from_draft(cls, draft: Any) -> Self:
        """Remembered again; a draft of words alone used to be a text."""
        if isinstance(draft, str):
            return cls(draft)
        photo = draft["photo"] and KeptContent(
            key=draft["photo"][0], media_type=draft["photo"][1], size_bytes=draft["photo"][2]
        )
        return cls(draft["text"], photo or None, Spot(*draft["spot"]) if draft["spot"] else None)


async def letter_of(talk: Talk, message: Message) -> Letter | None:
    """What the message brings; None if there is nothing in it that we can read."""
    photo = await talk.take_picture(message.photo[-1].file_id) if message.photo else None
    place = message.location
    spot = Spot(place.latitude, place.longitude) if place else None
    text = message.text or message.caption or ""
    return Letter(text, photo, spot) if text or photo or spot else None
