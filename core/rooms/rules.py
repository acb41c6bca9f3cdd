"""What a room is."""

from dataclasses import dataclass

from core.shared.ids import RoomId, SpaceId

# A messenger shows 4096 characters in one message (Telegram) or fewer than 4000 (MAX).
MESSAGE_LIMIT = 3900
_PREFIX = "room:"


@dataclass(frozen=True, slots=True)
class Room:
    """A room and the space whose rules it lives by."""

    id: RoomId
    space_id: SpaceId
    title: str


def stream_of(room_id: RoomId) -> str:
    """The name of the room's stream.

    >>> stream_of(RoomId("7f"))
    'room:7f'
    """
    return _PREFIX + room_id


def room_of(stream: str) -> RoomId | None:
    """The room whose stream this is, None for a stream of something else."""
    return RoomId(stream.removeprefix(_PREFIX)) if stream.startswith(_PREFIX) else None
