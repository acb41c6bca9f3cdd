"""What a conversation of the direct line is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.files import KeptContent
from core.shared.ids import ConversationId, PersonId, RoomId, TerritoryId

# Our own norm until services carry theirs: a first answer within a day.
ANSWER_WITHIN = timedelta(hours=24)

_TYPED_NUMBER = re.compile(r"(?:МС[\s-]*)?(?:(20[0-9]{2})[\s-]+)?([0-9]{1,6})", re.IGNORECASE)


class ConversationStatus(StrEnum):
    """Whose turn it is."""

    WAITING = "waiting"
    ANSWERED = "answered"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation. ``waiting_since`` is when the citizen began to wait, None if nobody waits."""

    id: ConversationId
    number: str
    territory_id: TerritoryId
    citizen_id: PersonId
    room_id: RoomId
    status: ConversationStatus
    opened_at: datetime
    last_at: datetime
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the writer is told. ``opened`` is true if this message began a new conversation."""

    conversation_id: ConversationId
    number: str
    room_id: RoomId
    seq: int
    opened: bool
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCard:
    """A line of the officials' queue."""

    conversation: Conversation
    citizen_name: str
    last_text: str
    last_side: str
    unread: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


def told(text: str, *, file: KeptContent | None = None, spot: Spot | None = None) -> str:
    """The words of a message with what goes with them: readable wherever only words are shown.

    >>> told("Яма", spot=Spot(55.03, 82.92))
    'Яма\\n📍 55.03000, 82.92000'
    """
    words = text.strip() or (file.sign if file is not None else "")
    mark = f"📍 {spot.latitude:.5f}, {spot.longitude:.5f}" if spot is not None else ""
    return "\n".join(filter(None, (words, mark)))


def report_number(year: int, serial: int) -> str:
    """The number that a citizen is given.

    >>> report_number(2026, 123)
    'МС-2026-000123'
    """
    return f"МС-{year}-{serial:06d}"


def typed_number(text: str, *, year: int) -> str:
    """The number that somebody means who has typed it, or the end of it; as typed if it is none.

    year: the year that is meant when none was typed.

    >>> [typed_number(text, year=2026) for text in ("мс-2025-000123", "МС 2025 123", "123", "Яма")]
    ['МС-2025-000123', 'МС-2025-000123', 'МС-2026-000123', 'Яма']
    """
    found = _TYPED_NUMBER.fullmatch(text.strip())
    return text if found is None else report_number(int(found[1] or year), int(found[2]))
