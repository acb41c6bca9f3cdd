"""Signs under messages: a quick answer that needs no words."""

from sqlalchemy import delete

from core.identity import require_consent
from core.rooms.errors import UnknownMessage, UnknownReaction
from core.rooms.events import SignsMoved
from core.rooms.model import ReactionRow
from core.rooms.queries import place_of
from core.rooms.rules import Reaction, is_deleted, stream_of
from core.shared.doors import BY_SOCKET, IN_A_ROOM, Actor, Door, reached
from core.shared.ids import PersonId, RoomId
from core.store import UnitOfWork, event_at


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: IN_A_ROOM, Door.API: BY_SOCKET})
def put_sign(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int, reaction: str) -> None:
    """Put a sign under a message. Twice is once.

    Raises: UnknownRoom, UnknownMessage, UnknownReaction, ConsentNeeded.
    """
    values = _sign(uow, person_id=person_id, room_id=room_id, seq=seq, reaction=reaction)
    require_consent(uow, person_id=person_id)
    # The primary key, not a SELECT, decides: two tabs may press in the same millisecond.
    if uow.insert_new(ReactionRow, values, conflict=("room_id", "seq", "reaction", "person_id")):
        uow.record(SignsMoved(signs_of_room_id=room_id, seq=seq))


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: IN_A_ROOM, Door.API: BY_SOCKET})
def take_sign_back(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int, reaction: str) -> None:
    """Take one's sign back; also without consent, because it leaves less behind than there was.

    Raises: UnknownRoom, UnknownMessage, UnknownReaction.
    """
    values = _sign(uow, person_id=person_id, room_id=room_id, seq=seq, reaction=reaction)
    mine = [getattr(ReactionRow, name) == value for name, value in values.items()]
    if uow.changed(delete(ReactionRow).where(*mine)):
        uow.record(SignsMoved(signs_of_room_id=room_id, seq=seq))


def _sign(
    uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int, reaction: str
) -> dict[str, object]:
    place_of(uow, person_id=person_id, room_id=room_id)
    event = event_at(uow, stream=stream_of(room_id), seq=seq)
    if event is None or event.kind not in ("message", "poll") or is_deleted(event.body):
        raise UnknownMessage
    if reaction not in set(Reaction):
        raise UnknownReaction
    return {"room_id": room_id, "seq": seq, "reaction": reaction, "person_id": person_id}
