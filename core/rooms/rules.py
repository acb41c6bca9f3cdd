"""What a room is and what may be done with what was said in it: pure decisions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from core.identity import Action, Viewer, may
from core.shared.ids import RoomId, SpaceId, TerritoryId

# A messenger shows 4096 characters in one message (Telegram) or fewer than 4000 (MAX).
MESSAGE_LIMIT = 3900
# Long enough to mend a word, too short to change what others have answered to.
CHANGE_TERM: Final = timedelta(minutes=15)
# Steps that a moderator chooses from; a longer pause is no discussion any more.
SLOW_MODE_STEPS_S: Final = (0, 10, 30, 60, 300, 900)
# Events that stand in the room as something said; the others change these.
SAID: Final = ("message", "poll", "settings")
_PREFIX = "room:"

Side = Literal["citizen", "official", "moderator"]


class Reaction(StrEnum):
    """The signs that can be put under a message."""

    SUPPORT = "support"
    AGAINST = "against"
    THANKS = "thanks"
    IDEA = "idea"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Room:
    """A room and the space whose rules it lives by. ``slow_mode_s``: seconds between two messages."""

    id: RoomId
    space_id: SpaceId
    title: str
    slow_mode_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A room in which people talk, as one viewer meets it."""

    room: Room
    territory_id: TerritoryId
    side: Side
    may_moderate: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs under one message: how many of each, and which are the viewer's own."""

    counts: dict[Reaction, int]
    own: frozenset[Reaction] = frozenset()


def stream_of(room_id: RoomId) -> str:
    """The name of the room's stream.

    >>> stream_of(RoomId("7f"))
    'room:7f'
    """
    return _PREFIX + room_id


def room_of(stream: str) -> RoomId | None:
    """The room whose stream this is, None for a stream of something else."""
    return RoomId(stream.removeprefix(_PREFIX)) if stream.startswith(_PREFIX) else None


def side_of(viewer: Viewer, *, within: Collection[TerritoryId]) -> Side:
    """For whom a viewer speaks in a place. ``within`` is the place and everything above it."""
    if may(viewer, Action.ANSWER_CITIZENS, within=within):
        return "official"
    return "moderator" if may(viewer, Action.MODERATE_ROOMS, within=within) else "citizen"


def in_term(said_at: datetime, now: datetime) -> bool:
    """Whether an author may still change or take back what they said."""
    return now - said_at <= CHANGE_TERM


def is_deleted(body: dict[str, Any]) -> bool:
    """Whether this is what is left of a deleted message."""
    return "deleted" in body
