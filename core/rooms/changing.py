"""Changing what was said: editing and deleting, so that the former text is nowhere to be read."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete

from core.identity import require_consent
from core.rooms.errors import NotYours, TooLateToChange, UnknownMessage
from core.rooms.events import SignsMoved
from core.rooms.model import ReactionRow
from core.rooms.queries import place_of
from core.rooms.rules import CHANGE_TERM, MESSAGE_LIMIT, Place, in_term, is_deleted, stream_of
from core.shared.doors import BY_SOCKET, IN_A_ROOM, Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import PersonId, RoomId
from core.store import StreamEvent, UnitOfWork, append, lock_event, rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is about to be changed, locked, and whether it is the changer's own."""

    place: Place
    event: StreamEvent
    own: bool


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: IN_A_ROOM, Door.API: BY_SOCKET})
def edit_message(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int, text: str) -> int:
    """Change one's own message for fifteen minutes. The same text again changes nothing.

    Returns the number of the event that tells of the change, or of the message if nothing changed.
    Raises: UnknownRoom, UnknownMessage, ConsentNeeded, NotYours, TooLateToChange, Empty, TooLong.
    """
    found = _find(uow, person_id=person_id, room_id=room_id, seq=seq)
    event = found.event
    if event.kind != "message" or is_deleted(event.body):
        raise UnknownMessage
    require_consent(uow, person_id=person_id)
    if not found.own:
        raise NotYours
    _check_term(uow, event)
    wanted = checked_text(text, limit=MESSAGE_LIMIT)
    if wanted == event.body["text"]:
        return seq
    _blank_former_edit(uow, event)
    body = {**event.body, "text": wanted, "edited": True}
    told = append(uow, stream=event.stream, kind="edit", body={"of": seq, **body}, author=person_id)
    # The message knows its newest edit, so that the next change finds it and takes its text away.
    rewrite(uow, stream=event.stream, seq=seq, body={**body, "edited": told.seq})
    return told.seq


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: IN_A_ROOM, Door.API: BY_SOCKET})
def delete_message(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int) -> int:
    """Delete one's own message for fifteen minutes, or anybody's as a moderator. Twice is once.

    What stays is that there was a message, whose, and who deleted it. A moderator's act is audited with
    the hash of the text. Returns and raises as ``edit_message``.
    """
    found = _find(uow, person_id=person_id, room_id=room_id, seq=seq)
    event = found.event
    if is_deleted(event.body):
        return seq
    if not found.own and not found.place.may_moderate:
        raise NotYours
    if not found.place.may_moderate:
        _check_term(uow, event)
    by = "author" if found.own else "moderator"
    _blank_former_edit(uow, event)
    kept = {key: value for key, value in event.body.items() if key in ("name", "side")}
    rewrite(uow, stream=event.stream, seq=seq, body={**kept, "deleted": by})
    if uow.changed(delete(ReactionRow).where(ReactionRow.room_id == room_id, ReactionRow.seq == seq)):
        uow.record(SignsMoved(signs_of_room_id=room_id, seq=seq))
    if by == "moderator":
        digest = hashlib.sha256(str(event.body.get("text", "")).encode()).hexdigest()
        uow.audit("message_deleted", actor=person_id, subject=f"{event.stream}:{seq}", digest=digest)
    return append(uow, stream=event.stream, kind="delete", body={"of": seq, "by": by}, author=person_id).seq


def _find(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, seq: int) -> _Found:
    place = place_of(uow, person_id=person_id, room_id=room_id)
    event = lock_event(uow, stream=stream_of(room_id), seq=seq)
    if event is None or event.kind not in ("message", "poll"):
        raise UnknownMessage
    return _Found(place=place, event=event, own=event.author == person_id)


def _check_term(uow: UnitOfWork, event: StreamEvent) -> None:
    if not in_term(event.at, uow.now):
        raise TooLateToChange(minutes=round(CHANGE_TERM.total_seconds() / 60))


def _blank_former_edit(uow: UnitOfWork, event: StreamEvent) -> None:
    if "edited" in event.body:
        rewrite(uow, stream=event.stream, seq=int(event.body["edited"]), body={"of": event.seq})
