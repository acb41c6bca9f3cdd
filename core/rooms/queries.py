"""Questions about rooms; every answer has passed ``visible_to``."""

from sqlalchemy import select

from core.identity import Viewer
from core.rooms.errors import UnknownRoom
from core.rooms.model import ReadMarkRow, RoomRow
from core.rooms.rules import Room
from core.shared.ids import PersonId, RoomId, SpaceId
from core.spaces import visible_to
from core.store import Reading


def room_for(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> Room:
    """The room, if this viewer may see it. Raises: UnknownRoom, the same for hidden and for absent."""
    row = reading.session.execute(
        select(RoomRow).where(RoomRow.id == room_id, RoomRow.space_id.in_(visible_to(reading, viewer)))
    ).scalar_one_or_none()
    if row is None:
        raise UnknownRoom
    return Room(id=RoomId(row.id), space_id=SpaceId(row.space_id), title=row.title)


def read_up_to(reading: Reading, *, room_id: RoomId, person_id: PersonId) -> int:
    """Up to which message the person has read the room; 0 for nothing."""
    row = reading.session.get(ReadMarkRow, (room_id, person_id))
    return 0 if row is None else row.seq
