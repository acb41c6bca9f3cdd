"""Forgetting what a person left in rooms."""

from collections.abc import Collection

from sqlalchemy import delete, select

from core.files import FILE_FIELDS
from core.rooms.events import SignsMoved
from core.rooms.model import ReactionRow, ReadMarkRow, TerritoryRoomRow, TurnRow
from core.rooms.rules import is_deleted, stream_of
from core.shared.ids import PersonId, RoomId
from core.store import UnitOfWork, append, rewrite, said_by

_SIDE = "side"


def forget_in_rooms(
    uow: UnitOfWork, *, person_id: PersonId, kept_rooms: Collection[RoomId], name: str
) -> list[str]:
    """Take a person's messages out of the public rooms; in the kept ones only the name and the files go.

    kept_rooms: rooms whose record must stay. name: what stands in place of the person's.
    Returns the messages (``message:STREAM:SEQ``) whose files are no longer theirs.
    """
    public = uow.session.execute(select(TerritoryRoomRow.room_id)).scalars()
    said = said_by(uow, author=person_id, streams=[stream_of(RoomId(room)) for room in public])
    for event in said:
        if event.kind == "message" and not is_deleted(event.body):
            side = {_SIDE: event.body[_SIDE]} if _SIDE in event.body else {}
            rewrite(uow, stream=event.stream, seq=event.seq, body={"name": name, **side, "deleted": "author"})
            append(
                uow,
                stream=event.stream,
                kind="delete",
                body={"of": event.seq, "by": "author"},
                author=person_id,
            )
        elif event.kind == "edit":
            rewrite(uow, stream=event.stream, seq=event.seq, body={"of": event.body["of"]})
    kept = said_by(uow, author=person_id, streams=[stream_of(room) for room in kept_rooms])
    for event in kept:
        body = {key: value for key, value in event.body.items() if key not in FILE_FIELDS}
        rewrite(uow, stream=event.stream, seq=event.seq, body={**body, "name": name})
    _take_traces(uow, person_id)
    return [f"message:{event.stream}:{event.seq}" for event in [*said, *kept]]


def _take_traces(uow: UnitOfWork, person_id: PersonId) -> None:
    """Signs under messages, what was read, when the person last spoke."""
    signed = select(ReactionRow.room_id, ReactionRow.seq).where(ReactionRow.person_id == person_id).distinct()
    for room_id, seq in uow.session.execute(signed).tuples().all():
        uow.record(SignsMoved(signs_of_room_id=room_id, seq=seq))
    for model in (ReactionRow, ReadMarkRow, TurnRow):
        uow.session.execute(delete(model).where(model.person_id == person_id))
