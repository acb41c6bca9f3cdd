"""What a citizen sends to the authority before it is sent: words, photos and documents, a place."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from aiogram.types import Document, Message, PhotoSize

from bots.engine.talk import Talk
from core.contact import Spot, told
from core.files import PICTURES, KeptContent
from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_
from core.store import following_payload

log = logging.getLogger(__name__)

# As many as the largest album of a messenger.
MOST_FILES = 10
# What comes so soon after a draft belongs to it: a second photo, the words to the first.
TOGETHER = timedelta(minutes=10)
ALBUM = "album"
# Nothing says which part of an album is its last: so long another one is waited for.
_ALBUM_LOOKS, _LOOK_AGAIN_S = 8, 0.1
UNREAD = N_("Here words, photos, documents and places can be read. Write it in words.")
# Of what the Bot API has a name for; other messengers say only how many such things there were (``unread``).
_UNREAD = ("video", "audio", "voice", "video_note", "sticker", "poll", "contact", "story", "paid_media")


@dataclass(frozen=True, slots=True)
class Letter:
    """Words, files, a place, in any combination.

    left_out: what of the message could not be kept, in sentences for its sender.
    """

    text: str = ""
    files: tuple[KeptContent, ...] = ()
    spot: Spot | None = None
    left_out: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing could be kept."""
        return not (self.text or self.files or self.spot)

    @property
    def told(self) -> str:
        """The letter in words."""
        named = " ".join(
            file.sign if file.media_type in PICTURES else f"{file.sign} {file.name}" for file in self.files
        )
        return told("\n".join(filter(None, (self.text.strip(), named))), spot=self.spot)

    def joined(self, later: "Letter") -> "Letter":
        """Both in one; what comes later is added."""
        return Letter(
            "\n".join(filter(None, (self.text, later.text))),
            (*self.files, *later.files),
            later.spot or self.spot,
            tuple(dict.fromkeys((*self.left_out, *later.left_out))),
        )

    def bounded(self, talk: Talk) -> "Letter":
        """No more files than go with one message; that others were left out is said."""
        if len(self.files) <= MOST_FILES:
            return self
        said = talk.say(
            N_("At most {limit} files go with one message. Send the others once more."), limit=MOST_FILES
        )
        return replace(self, files=self.files[:MOST_FILES], left_out=(*self.left_out, said))

    def as_draft(self, at: datetime) -> dict[str, Any]:
        """The form in which a dialogue remembers it. ``at``: when its last part came."""
        return {
            "text": self.text,
            "files": [[file.key, file.media_type, file.size_bytes, file.name] for file in self.files],
            "spot": [self.spot.latitude, self.spot.longitude] if self.spot else None,
            "left_out": list(self.left_out),
            "at": at.isoformat(),
        }

    @classmethod
    def from_draft(cls, draft: Any) -> Self:
        """Remembered again; a draft of words alone used to be a text, and have one file."""
        if isinstance(draft, str):
            return cls(draft)
        one = draft.get("file") or draft.get("photo")
        files = [_file(kept) for kept in draft.get("files") or filter(None, [one])]
        spot = Spot(*draft["spot"]) if draft["spot"] else None
        return cls(draft["text"], tuple(files), spot, tuple(draft.get("left_out") or ()))


def goes_on(draft: Any, letter: Letter, at: datetime) -> bool:
    """Whether the letter belongs to the draft that waits: it came soon, and not as words after words."""
    if (
        not isinstance(draft, dict)
        or "at" not in draft
        or at - datetime.fromisoformat(draft["at"]) > TOGETHER
    ):
        return False
    waiting = Letter.from_draft(draft)
    return bool(letter.files or letter.spot) or not waiting.text


async def letter_of(talk: Talk, message: Message) -> Letter | None:
    """What the message brings, with all that came of its album before; None while more of that waits."""
    data = await talk.dialogue.get_data()
    came = await _read(talk, message)
    letter = Letter.from_draft(data[ALBUM]).joined(came) if data.get(ALBUM) else came
    if message.media_group_id is not None and await _more_follows(talk, message.media_group_id):
        await talk.dialogue.update_data({ALBUM: letter.as_draft(talk.scope.update.received_at)})
        return None
    if data.get(ALBUM):
        await talk.dialogue.update_data({ALBUM: None})
    return letter.bounded(talk)


async def _more_follows(talk: Talk, group: str) -> bool:
    """Whether the next update is of this album; by a webhook it may be some moments behind."""
    following: Mapping[str, Any] = {}
    for look in range(_ALBUM_LOOKS):
        if look:
            await asyncio.sleep(_LOOK_AGAIN_S)
        following = await talk.ask(following_payload, update=talk.scope.update)
        if following:
            break
    return (following.get("message") or {}).get("media_group_id") == group


async def _read(talk: Talk, message: Message) -> Letter:
    files, left_out = await _files_of(talk, message)
    beside = message.model_extra or {}
    text = message.text or message.caption or ""
    if beside.get("unread") or any(getattr(message, kind) for kind in _UNREAD):
        left_out.append(talk.say(UNREAD))
    place = message.location
    spot = Spot(place.latitude, place.longitude) if place else None
    return Letter(text, tuple(files), spot, tuple(dict.fromkeys(left_out)))


async def _files_of(talk: Talk, message: Message) -> tuple[list[KeptContent], list[str]]:
    """The files that could be kept, and why others could not."""
    kept, refused = [], []
    for one in _announced(message):
        name = (one.file_name or "") if isinstance(one, Document) else ""
        try:
            kept.append(await talk.take_file(one.file_id, name=name, announced_bytes=one.file_size))
        except DomainError as refusal:
            if refusal.kind is RefusalKind.UNAVAILABLE:
                raise
            log.info("file_refused code=%s update=%s", refusal.code, talk.scope.key)
            refused.append(refusal.sentence(talk.language))
    return kept, refused


def _announced(message: Message) -> list[PhotoSize | Document]:
    """The files of the message. Beside the one that the Bot API has room for a messenger may tell of more."""
    found: list[PhotoSize | Document] = [message.photo[-1]] if message.photo else []
    found += [message.document] if message.document else []
    for more in (message.model_extra or {}).get("beside", ()):
        found.append(
            PhotoSize.model_validate(more["photo"][-1])
            if "photo" in more
            else Document.model_validate(more["document"])
        )
    return found


def _file(kept: Any) -> KeptContent:
    key, media_type, size_bytes, *name = kept
    return KeptContent(key=key, media_type=media_type, size_bytes=size_bytes, name="".join(name))
