"""Questions about rooms; every answer has passed ``visible_to``."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from sqlalchemy import ColumnElement, Select, func, select

from core.identity import ANONYMOUS, Action, Viewer, may, viewer_of
from core.rooms.errors import UnknownRoom
from core.rooms.model import ReactionRow, ReadMarkRow, RoomRow, TerritoryRoomRow
from core.rooms.rules import SAID, Place, Reaction, Room, Signs, side_of, stream_of
from core.shared.ids import PersonId, RoomId, SpaceId, TerritoryId
from core.spaces import SpaceKind, open_to_talk, space_of, visible_to
from core.store import Reading, StreamEvent, count_events, events_of_kinds, head
from core.territories import ancestry

PAGE = 50
MOST_COUNTED = 1000


def room_for(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> Room:
    """The room, if this viewer may see it. Raises: UnknownRoom, the same for hidden and for absent."""
    row = reading.session.execute(
        select(RoomRow).where(RoomRow.id == room_id, RoomRow.space_id.in_(visible_to(reading, viewer)))
    ).scalar_one_or_none()
    if row is None:
        raise UnknownRoom
    return Room(
        id=RoomId(row.id),
        space_id=SpaceId(row.space_id),
        title=row.title,
        slow_mode_s=row.slow_mode_s,
    )


def place_for(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> Place:
    """The room as a place to talk, and what this viewer is in it.

    A conversation with the authority is none: it has rules of its own (core.contact). Raises: UnknownRoom.
    """
    room = room_for(reading, viewer=viewer, room_id=room_id)
    space = space_of(reading, space_id=room.space_id)
    if space.kind is SpaceKind.CONVERSATION:
        raise UnknownRoom
    within = ancestry(reading, territory_id=space.territory_id)
    return Place(
        room=room,
        territory_id=space.territory_id,
        side=side_of(viewer, within=within),
        may_moderate=may(viewer, Action.MODERATE_ROOMS, within=within),
    )


def place_of(reading: Reading, *, person_id: PersonId, room_id: RoomId) -> Place:
    """The place with the rights that the person has at this moment: asked in the transaction of the act.

    Raises: UnknownRoom, UnknownPerson.
    """
    return place_for(reading, viewer=viewer_of(reading, person_id=person_id), room_id=room_id)


def territory_room(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId) -> RoomId | None:
    """The room in which a territory talks, None if nobody has opened it yet or it is hidden."""
    found = reading.session.execute(
        select(TerritoryRoomRow.room_id)
        .join(RoomRow, RoomRow.id == TerritoryRoomRow.room_id)
        .where(
            TerritoryRoomRow.territory_id == territory_id,
            RoomRow.space_id.in_(visible_to(reading, viewer)),
        )
    ).scalar_one_or_none()
    return None if found is None else RoomId(found)


def said_before(
    reading: Reading, *, room_id: RoomId, before: int | None = None, limit: int = PAGE
) -> list[StreamEvent]:
    """The last things said, or those said last below a number, in their order, as they stand now."""
    stream = stream_of(room_id)
    bound = head(reading, stream=stream).seq + 1 if before is None else before
    return events_of_kinds(reading, stream=stream, kinds=SAID, before=bound, limit=limit)


def said_since(reading: Reading, *, room_id: RoomId, since: int, limit: int = PAGE) -> list[StreamEvent]:
    """The first things said from a number on, in their order, as they stand now."""
    return events_of_kinds(reading, stream=stream_of(room_id), kinds=SAID, since=since, limit=limit)


def last_poll(reading: Reading, *, room_id: RoomId) -> StreamEvent | None:
    """The poll that was put into the room last."""
    bound = head(reading, stream=stream_of(room_id)).seq + 1
    found = events_of_kinds(reading, stream=stream_of(room_id), kinds=("poll",), before=bound, limit=1)
    return found[0] if found else None


def signs_under(
    reading: Reading, *, room_id: RoomId, first: int, last: int, viewer_id: PersonId | None = None
) -> dict[int, Signs]:
    """The signs under the messages from ``first`` to ``last``; messages without any are left out."""
    between = (ReactionRow.room_id == room_id, ReactionRow.seq.between(first, last))
    counts: dict[int, dict[Reaction, int]] = defaultdict(dict)
    for seq, reaction, people in reading.session.execute(
        select(ReactionRow.seq, ReactionRow.reaction, func.count())
        .where(*between)
        .group_by(ReactionRow.seq, ReactionRow.reaction)
    ).tuples():
        counts[seq][Reaction(reaction)] = people
    own: dict[int, set[Reaction]] = defaultdict(set)
    for seq, reaction in reading.session.execute(
        select(ReactionRow.seq, ReactionRow.reaction).where(*between, ReactionRow.person_id == viewer_id)
    ).tuples():
        own[seq].add(Reaction(reaction))
    return {seq: Signs(counts=found, own=frozenset(own[seq])) for seq, found in counts.items()}


def rooms_there(reading: Reading, *, room_ids: Collection[RoomId]) -> set[RoomId]:
    """Those of the rooms that there are."""
    return _ids(reading, RoomRow.id.in_(room_ids)) if room_ids else set()


def rooms_to_talk(
    reading: Reading, *, viewers: Mapping[Viewer, Collection[RoomId]]
) -> dict[Viewer, set[RoomId]]:
    """Those of the rooms in which each viewer may say something."""
    return _within(reading, viewers, spaces=open_to_talk)


def rooms_visible(
    reading: Reading, *, viewers: Mapping[Viewer, Collection[RoomId]]
) -> dict[Viewer, set[RoomId]]:
    """Those of the rooms that each viewer may see."""
    return _within(reading, viewers, spaces=visible_to)


def read_up_to(reading: Reading, *, room_id: RoomId, person_id: PersonId) -> int:
    """Up to which message the person has read the room; 0 for nothing."""
    row = reading.session.get(ReadMarkRow, (room_id, person_id))
    return 0 if row is None else row.seq


def unread_in(reading: Reading, *, room_id: RoomId, person_id: PersonId) -> int:
    """How many things were said after the person's mark, at most a thousand.

    A person who has never been here has read nothing and has missed nothing: 0.
    """
    seq = read_up_to(reading, room_id=room_id, person_id=person_id)
    if seq == 0:
        return 0
    return count_events(
        reading, stream=stream_of(room_id), kinds=("message", "poll"), after=seq, most=MOST_COUNTED
    )


def _within(
    reading: Reading,
    viewers: Mapping[Viewer, Collection[RoomId]],
    *,
    spaces: Callable[[Reading, Viewer], Select[str]],
) -> dict[Viewer, set[RoomId]]:
    """Those of each viewer's rooms that lie in the viewer's ``spaces``."""

    def some(viewer: Viewer, room_ids: Collection[RoomId]) -> set[RoomId]:
        if not room_ids:
            return set()
        return _ids(reading, RoomRow.id.in_(room_ids), RoomRow.space_id.in_(spaces(reading, viewer)))

    # Whoever is let in sees what everybody sees: a crowd on a square costs one question.
    open_to_all = some(ANONYMOUS, {room_id for rooms in viewers.values() for room_id in rooms})
    return {
        viewer: (open_to_all & set(rooms)) | some(viewer, set(rooms) - open_to_all)
        for viewer, rooms in viewers.items()
    }


def _ids(reading: Reading, *conditions: ColumnElement[bool]) -> set[RoomId]:
    return {
        RoomId(room_id)
        for room_id in reading.session.execute(select(RoomRow.id).where(*conditions)).scalars()
    }
