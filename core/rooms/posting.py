"""Saying things in rooms: many messages in one transaction, each with an answer of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.identity import Person, SignInNeeded, Viewer, consenting, people
from core.rooms.commands import raise_read_marks
from core.rooms.errors import UnknownReply, UnknownRoom
from core.rooms.pace import pauses_in, take_turn
from core.rooms.queries import place_for, rooms_there, rooms_to_talk
from core.rooms.rules import MESSAGE_LIMIT, Side, room_of, stream_of
from core.shared.doors import BY_SOCKET, IN_A_ROOM, Actor, Door, reached
from core.shared.errors import DomainError, checked_text
from core.shared.ids import PersonId, RoomId
from core.store import NewEvent, Reading, StreamEvent, UnitOfWork, append_all, events_at

MESSAGE = "message"
ANSWERABLE = (MESSAGE, "poll")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who speaks, as readers are shown it, and for whom."""

    id: PersonId
    name: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message that somebody wants to say. The same client id of the same person is the same message.

    A ``Viewer`` is judged here: may they talk in the room, is their consent given. A ``Sender`` was judged
    by a folder above that knows more (core.contact: who is on which side of a conversation).
    ``reply_to`` is the number of the message in this room that is answered.
    """

    room_id: RoomId
    sender: Viewer | Sender
    client_id: str
    text: str
    reply_to: int | None = None
    # What goes with the words: a file (``KeptContent.in_message``), ``place`` ([latitude, longitude]).
    attached: Mapping[str, Any] = field(default_factory=dict)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: IN_A_ROOM, Door.API: BY_SOCKET})
def post_message(uow: UnitOfWork, post: Post) -> StreamEvent:
    """Say something in a room. Raises: what ``post_messages`` answers with."""
    (answer,) = post_messages(uow, [post])
    if isinstance(answer, DomainError):
        raise answer
    return answer


@reached(Actor.PROGRAM, Door.WEB)
def post_messages(uow: UnitOfWork, batch: Sequence[Post]) -> list[StreamEvent | DomainError]:
    """Say several things in one transaction; for each post, in its place, the event or the refusal.

    A refused post leaves nothing behind and costs the others nothing. Rooms are locked in the order of
    their names. Refusals: UnknownRoom, SignInNeeded, UnknownPerson, ConsentNeeded, Empty, TooLong (3900),
    UnknownReply, SlowMode.
    """
    known = _Known.about(uow, batch)
    drafts = [_draft(uow, post, known) for post in batch]
    events = append_all(uow, [draft for draft in drafts if isinstance(draft, NewEvent)])
    _mark_own(uow, events)
    answers = iter(events)
    return [next(answers) if isinstance(draft, NewEvent) else draft for draft in drafts]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the batch is judged by, read at once for all of it."""

    there: Collection[RoomId]
    to_talk: Mapping[Viewer, Collection[RoomId]]
    people: Mapping[PersonId, Person]
    messages: Collection[tuple[str, int]]
    sides: Mapping[tuple[Viewer, RoomId], Side]
    pauses: Mapping[RoomId, int]

    @classmethod
    def about(cls, reading: Reading, batch: Sequence[Post]) -> "_Known":
        """Read it. A batch of citizens in rooms open to all takes four queries, whatever its length."""
        trusted = {post.room_id for post in batch if isinstance(post.sender, Sender)}
        viewers: dict[Viewer, set[RoomId]] = {}
        for post in batch:
            if isinstance(post.sender, Viewer):
                viewers.setdefault(post.sender, set()).add(post.room_id)
        persons = {viewer.person_id for viewer in viewers if viewer.person_id is not None}
        answered = {(stream_of(post.room_id), post.reply_to) for post in batch if post.reply_to is not None}
        events = events_at(reading, places=answered)
        to_talk = rooms_to_talk(reading, viewers=viewers)
        return cls(
            there=rooms_there(reading, room_ids=trusted),
            to_talk=to_talk,
            people=people(reading, person_ids=persons) if persons else {},
            messages={place for place, event in events.items() if event.kind in ANSWERABLE},
            # Only whoever holds a role may be more than a citizen, and few do.
            sides={
                (viewer, room_id): place_for(reading, viewer=viewer, room_id=room_id).side
                for viewer in to_talk
                if viewer.grants
                for room_id in to_talk[viewer] & viewers[viewer]
            },
            pauses=pauses_in(reading, room_ids={room_id for rooms in viewers.values() for room_id in rooms}),
        )


def _draft(uow: UnitOfWork, post: Post, known: _Known) -> NewEvent | DomainError:
    try:
        sender = _judged(post, known)
        body: dict[str, object] = {
            "text": checked_text(post.text, limit=MESSAGE_LIMIT),
            "name": sender.name,
            "side": sender.side,
            **post.attached,
        }
        if post.reply_to is not None:
            if (stream_of(post.room_id), post.reply_to) not in known.messages:
                raise UnknownReply
            body["reply_to"] = post.reply_to
        if sender.side == "citizen" and post.room_id in known.pauses:
            take_turn(
                uow,
                room_id=post.room_id,
                person_id=sender.id,
                pause_s=known.pauses[post.room_id],
                client_id=post.client_id,
            )
    except DomainError as refusal:
        return refusal
    return NewEvent(
        stream=stream_of(post.room_id),
        kind=MESSAGE,
        body=body,
        author=sender.id,
        client_id=post.client_id,
    )


def _judged(post: Post, known: _Known) -> Sender:
    """Whoever says it, if they may say something in this room."""
    if isinstance(post.sender, Sender):
        if post.room_id not in known.there:
            raise UnknownRoom
        return post.sender
    if post.room_id not in known.to_talk[post.sender]:
        raise UnknownRoom
    if post.sender.person_id is None:
        raise SignInNeeded
    person = consenting(known.people.get(post.sender.person_id))
    side = known.sides.get((post.sender, post.room_id), "citizen")
    position = person.position if side == "official" else ""
    return Sender(id=person.id, name=", ".join(filter(None, (person.display_name, position))), side=side)


def _mark_own(uow: UnitOfWork, events: Sequence[StreamEvent]) -> None:
    """Whoever says something has read what stands before it."""
    raise_read_marks(
        uow,
        {
            (room_id, PersonId(event.author)): event.seq
            for event in sorted(events, key=lambda event: event.seq)
            if not event.duplicate
            and event.author is not None
            and (room_id := room_of(event.stream)) is not None
        },
    )
