"""Use cases of rooms: making one, marking what has been read. What is said: core.rooms.posting."""

from collections.abc import Mapping

from sqlalchemy import select

from core.rooms.model import ReadMarkRow, RoomRow, TerritoryRoomRow
from core.rooms.rules import stream_of
from core.shared.doors import Actor, Door, reached
from core.shared.ids import PersonId, RoomId, SpaceId, TerritoryId, new_id
from core.spaces import SpaceKind, create_space
from core.store import UnitOfWork, head


def create_room(uow: UnitOfWork, *, space_id: SpaceId, title: str) -> RoomId:
    """Make an empty room in a space."""
    row = RoomRow(id=new_id(), space_id=space_id, title=title, created_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return RoomId(row.id)


@reached(Actor.PROGRAM, Door.WEB)
def open_territory_room(uow: UnitOfWork, *, territory_id: TerritoryId, title: str) -> RoomId:
    """The room in which a territory talks; made at the first call, the same one ever after.

    The caller has decided that the territory exists.
    """
    mine = select(TerritoryRoomRow.room_id).where(TerritoryRoomRow.territory_id == territory_id)
    known = uow.session.execute(mine).scalar_one_or_none()
    if known is not None:
        return RoomId(known)
    space_id = create_space(uow, kind=SpaceKind.TERRITORY, territory_id=territory_id)
    room_id = create_room(uow, space_id=space_id, title=title)
    # Two first visitors in the same instant: one room is the territory's, the other one stays unused.
    uow.insert_new(
        TerritoryRoomRow, {"territory_id": territory_id, "room_id": room_id}, conflict=("territory_id",)
    )
    return RoomId(uow.session.execute(mine).scalar_one())


@reached(Actor.PROGRAM, Door.WEB, Door.CONSOLE)
def mark_read(uow: UnitOfWork, *, room_id: RoomId, person_id: PersonId, seq: int) -> None:
    """Note that a person has read up to ``seq``. The mark never goes back nor beyond the last message."""
    seq = min(seq, head(uow, stream=stream_of(room_id)).seq)
    raise_read_marks(uow, {(room_id, person_id): seq})


def raise_read_marks(uow: UnitOfWork, marks: Mapping[tuple[RoomId, PersonId], int]) -> None:
    """Raise what persons have read of rooms to these numbers; a mark that is higher stays."""
    if not marks:
        return
    statement = uow.insert(ReadMarkRow)
    newer = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["room_id", "person_id"],
        set_={"seq": newer.seq, "at": newer.at},
        where=ReadMarkRow.seq < newer.seq,
    )
    # In one order, so that two batches cannot wait for each other.
    rows = [
        {"room_id": room_id, "person_id": person_id, "seq": seq, "at": uow.now}
        for (room_id, person_id), seq in sorted(marks.items())
    ]
    uow.session.connection().execute(statement, rows)
