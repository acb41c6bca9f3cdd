"""Saying things in rooms: many messages in one transaction, each with an answer of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.identity import Person, SignInNeeded, Viewer, consenting, people
from core.rooms.commands import raise_read_marks
from core.rooms.errors import UnknownReply, UnknownRoom
from core.rooms.queries import rooms_there, rooms_to_talk
from core.rooms.rules import MESSAGE_LIMIT, room_of, stream_of
from core.shared.errors import DomainError, checked_text
from core.shared.ids import PersonId, RoomId
from core.store import NewEvent, Reading, StreamEvent, UnitOfWork, append_all, events_at

MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who speaks, as readers are shown it. ``side``: ``citizen``, or ``official`` for the authority."""

    id: PersonId
    name: str
    side: str


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


def post_message(uow: UnitOfWork, post: Post) -> StreamEvent:
    """Say something in a room. Raises: what ``post_messages`` answers with."""
    (answer,) = post_messages(uow, [post])
    if isinstance(answer, DomainError):
        raise answer
    return answer


def post_messages(uow: UnitOfWork, batch: Sequence[Post]) -> list[StreamEvent | DomainError]:
    """Say several things in one transaction; for each post, in its place, the event or the refusal.

    A refused post leaves nothing behind and costs the others nothing. Rooms are locked in the order of
    their names. Refusals: UnknownRoom, SignInNeeded, UnknownPerson, ConsentNeeded, Empty, TooLong (3900),
    UnknownReply.
    """
    known = _Known.about(uow, batch)
    drafts = [_draft(post, known) for post in batch]
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

    @classmethod
    def about(cls, reading: Reading, batch: Sequence[Post]) -> "_Known":
        """Read it. A batch of people in rooms open to all takes three queries, whatever its length."""
        trusted = {post.room_id for post in batch if isinstance(post.sender, Sender)}
        viewers: dict[Viewer, set[RoomId]] = {}
        for post in batch:
            if isinstance(post.sender, Viewer):
                viewers.setdefault(post.sender, set()).add(post.room_id)
        persons = {viewer.person_id for viewer in viewers if viewer.person_id is not None}
        answered = {(stream_of(post.room_id), post.reply_to) for post in batch if post.reply_to is not None}
        events = events_at(reading, places=answered)
        return cls(
            there=rooms_there(reading, room_ids=trusted),
            to_talk=rooms_to_talk(reading, viewers=viewers),
            people=people(reading, person_ids=persons) if persons else {},
            messages={place for place, event in events.items() if event.kind == MESSAGE},
        )


def _draft(post: Post, known: _Known) -> NewEvent | DomainError:
    try:
        sender = _judged(post, known)
        body: dict[str, object] = {
            "text": checked_text(post.text, limit=MESSAGE_LIMIT),
            "name": sender.name,
            "side": sender.side,
        }
        if post.reply_to is not None:
            if (stream_of(post.room_id), post.reply_to) not in known.messages:
                raise UnknownReply
            body["reply_to"] = post.reply_to
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
    return Sender(id=person.id, name=person.display_name, side="citizen")


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
