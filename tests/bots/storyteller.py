"""A phone that writes down what is said on it, so that the story can be read aloud."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.shared.ids import PersonId
from tests.bots.doors import Phone, Seen

# What must differ: the code, and the names of the messengers that are linked.
_CODE = re.compile(r"[A-HJKMNP-Z2-9]{4} [A-HJKMNP-Z2-9]{4}")
_OWN_LINES = ("Мессенджеры: ", "Подключено: ", "Подключены: ")


@dataclass(slots=True)
class Storyteller:
    """Somebody's phone; the story is shared by all who play in it."""

    who: str
    phone: Phone
    story: list[str]

    @property
    def person_id(self) -> PersonId:
        """Whose phone it is."""
        return self.phone.person_id

    def says(self, text: str) -> None:
        """Type."""
        self.story.append(f"**{self.who}:** {'/start КОД' if text.startswith('/start ') else text}  ")
        self.phone.says(text)

    def sends_photo(self, content: bytes, caption: str) -> None:
        """Send a photo with words."""
        self.story.append(f"**{self.who}:** (фото) {caption}  ")
        self.phone.sends_photo(content, caption)

    def sends_document(self, content: bytes, name: str, caption: str) -> None:
        """Send a document with words."""
        self.story.append(f"**{self.who}:** (файл {name}) {caption}  ")
        self.phone.sends_document(content, name, caption)

    def sends_place(self, latitude: float, longitude: float) -> None:
        """Send a place."""
        self.story.append(f"**{self.who}:** (место на карте)  ")
        self.phone.sends_place(latitude, longitude)

    async def taps(self, label: str) -> None:
        """Press a button."""
        await self.phone.taps(label)
        self.story.append(f"**{self.who}:** нажимает «{label}»  ")

    async def sees(self, text: str, *, again: bool = False) -> Seen:
        """Read a screen; it is written down as a whole, without what belongs to one messenger alone.

        again: nothing is written down, the same words were just read.
        """
        seen = await self.phone.sees(text)
        if not again:
            lines = [line for line in seen.text.split("\n") if line and not line.startswith(_OWN_LINES)]
            if seen.picture is not None:
                lines.insert(0, "(картинка)")
            if seen.document is not None:
                lines.insert(0, f"(файл {seen.document})")
            self.story.append(_CODE.sub("КОД", "\n".join(f"> {line}  " for line in lines)) + "\n")
        return seen
