"""Questions about rooms; every answer has passed ``visible_to``."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select

from core.identity import ANONYMOUS, Viewer
from core.rooms.errors import UnknownRoom
from core.rooms.model import ReadMarkRow, RoomRow
from core.rooms.rules import Room
from core.shared.ids import PersonId, RoomId, SpaceId
from core.spaces import open_to_talk, visible_to
from core.store import Reading


def room_for(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> Room:
    """The room, if this viewer may see it. Raises: UnknownRoom, the same for hidden and for absent."""
    row = reading.session.execute(
        select(RoomRow).where(RoomRow.id == room_id, RoomRow.space_id.in_(visible_to(reading, viewer)))
    ).scalar_one_or_none()
    if row is None:
        raise UnknownRoom
    return Room(id=RoomId(row.id), space_id=SpaceId(row.space_id), title=row.title)


def rooms_there(reading: Reading, *, room_ids: Collection[RoomId]) -> set[RoomId]:
    """Those of the rooms that there are."""
    return _ids(reading, RoomRow.id.in_(room_ids)) if room_ids else set()


def rooms_to_talk(
    reading: Reading, *, viewers: Mapping[Viewer, Collection[RoomId]]
) -> dict[Viewer, set[RoomId]]:
    """Those of the rooms in which each viewer may say something."""
    asked = {room_id for rooms in viewers.values() for room_id in rooms}
    # Whoever is let in sees what everybody sees: a crowd on a square costs one question.
    open_to_all = _to_talk(reading, ANONYMOUS, asked)
    return {
        viewer: open_to_all | _to_talk(reading, viewer, set(rooms) - open_to_all)
        for viewer, rooms in viewers.items()
    }


def read_up_to(reading: Reading, *, room_id: RoomId, person_id: PersonId) -> int:
    """Up to which message the person has read the room; 0 for nothing."""
    row = reading.session.get(ReadMarkRow, (room_id, person_id))
    return 0 if row is None else row.seq


def _to_talk(reading: Reading, viewer: Viewer, room_ids: Collection[RoomId]) -> set[RoomId]:
    if not room_ids:
        return set()
    return _ids(reading, RoomRow.id.in_(room_ids), RoomRow.space_id.in_(open_to_talk(reading, viewer)))


def _ids(reading: Reading, *conditions: ColumnElement[bool]) -> set[RoomId]:
    return {
        RoomId(room_id)
        for room_id in reading.session.execute(select(RoomRow.id).where(*conditions)).scalars()
    }
