"""Use cases of rooms: making one, saying something, marking what has been read."""

from sqlalchemy import update

from core.rooms.errors import UnknownRoom
from core.rooms.model import ReadMarkRow, RoomRow
from core.rooms.rules import MESSAGE_LIMIT, stream_of
from core.shared.errors import checked_text
from core.shared.ids import PersonId, RoomId, SpaceId, new_id
from core.store import StreamEvent, UnitOfWork, append, head


def create_room(uow: UnitOfWork, *, space_id: SpaceId, title: str) -> RoomId:
    """Make an empty room in a space."""
    row = RoomRow(id=new_id(), space_id=space_id, title=title, created_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return RoomId(row.id)


def post_message(
    uow: UnitOfWork,
    *,
    room_id: RoomId,
    sender_id: PersonId,
    sender_name: str,
    side: str,
    client_id: str,
    text: str,
) -> StreamEvent:
    """Say something in a room. The same client id from the same sender is the same message.

    side: ``citizen`` or ``official``, for the reader to tell who speaks for the authority.
    The caller has decided that the sender may speak here. Raises: UnknownRoom, Empty, TooLong (4000).
    """
    if uow.session.get(RoomRow, room_id) is None:
        raise UnknownRoom
    body = {"text": checked_text(text, limit=MESSAGE_LIMIT), "name": sender_name, "side": side}
    event = append(
        uow,
        stream=stream_of(room_id),
        kind="message",
        body=body,
        author=sender_id,
        client_id=client_id,
    )
    if not event.duplicate:
        mark_read(uow, room_id=room_id, person_id=sender_id, seq=event.seq)
    return event


def mark_read(uow: UnitOfWork, *, room_id: RoomId, person_id: PersonId, seq: int) -> None:
    """Note that a person has read up to ``seq``. The mark never goes back nor beyond the last message."""
    seq = min(seq, head(uow, stream=stream_of(room_id)).seq)
    values = {"room_id": room_id, "person_id": person_id, "seq": seq, "at": uow.now}
    if uow.insert_new(ReadMarkRow, values, conflict=("room_id", "person_id")):
        return
    uow.session.execute(
        update(ReadMarkRow)
        .where(ReadMarkRow.room_id == room_id, ReadMarkRow.person_id == person_id, ReadMarkRow.seq < seq)
        .values(seq=seq, at=uow.now)
    )
