"""Use cases of the direct line: a citizen writes, an official answers, the matter is resolved."""

from typing import Any

from sqlalchemy import select

from core.contact.errors import AlreadyResolved, UnknownConversation
from core.contact.events import CitizenWrote, ConversationResolved, OfficialAnswered
from core.contact.model import ConversationRow, NumberRow
from core.contact.rules import ConversationStatus, Sent, Spot, report_number, told
from core.files import KeptContent, attach_file
from core.identity import Action, Person, require_consent, require_right
from core.rooms import Post, Sender, create_room, post_message, stream_of
from core.shared.doors import AT_THE_DESK, Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import ConversationId, PersonId, RoomId, TerritoryId, new_id
from core.spaces import SpaceKind, create_space, join_space
from core.store import StreamEvent, UnitOfWork, sent_before
from core.territories import territory


@reached(
    Actor.CITIZEN,
    Door.BOT,
    Door.API,
    closed={Door.WEB: "on the site one writes in the chat, where the bot takes it, or in the thread (speak)"},
)
def send_message(
    uow: UnitOfWork,
    *,
    citizen_id: PersonId,
    territory_id: TerritoryId,
    text: str,
    client_id: str,
    file: KeptContent | None = None,
    spot: Spot | None = None,
) -> Sent:
    """A citizen writes to the authority: into the open conversation, or into a new one.

    With a file or a place the words may be empty. The same client id is the same message.
    Raises: ConsentNeeded, UnknownTerritory, Empty, TooLong.
    """
    citizen = require_consent(uow, person_id=citizen_id)
    territory(uow, territory_id=territory_id)
    row, opened = _open_conversation(uow, citizen_id, territory_id)
    sender = Sender(id=citizen_id, name=citizen.display_name, side="citizen")
    post = Post(
        room_id=RoomId(row.room_id),
        sender=sender,
        client_id=client_id,
        text=told(text, file=file, spot=spot),
        attached=_attached(file, spot),
    )
    event = _posted(uow, post, file)
    if not event.duplicate:
        _note_citizen_wrote(uow, row, event, opened=opened)
    return _sent(row, event, opened=opened)


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={
        Door.BOT: AT_THE_DESK,
        Door.API: "an official who is signed in by a token speaks in the conversation (speak)",
    },
)
def answer(
    uow: UnitOfWork,
    *,
    official_id: PersonId,
    conversation_id: ConversationId,
    text: str,
    client_id: str,
    file: KeptContent | None = None,
) -> Sent:
    """An official answers a citizen, who gets it in every messenger they have linked.

    With a file the words may be empty.
    Raises: UnknownConversation, Forbidden, AlreadyResolved, Empty, TooLong.
    """
    row = _locked(uow, conversation_id)
    official = _official(uow, row, official_id)
    if row.status == ConversationStatus.RESOLVED:
        raise AlreadyResolved(number=row.number)
    name = ", ".join(filter(None, (official.display_name, official.position)))
    sender = Sender(id=official_id, name=name, side="official")
    post = Post(
        room_id=RoomId(row.room_id),
        sender=sender,
        client_id=client_id,
        text=told(text, file=file),
        attached=_attached(file, None),
    )
    event = _posted(uow, post, file)
    if not event.duplicate:
        row.status, row.waiting_since, row.last_at = ConversationStatus.ANSWERED, None, uow.now
        uow.record(
            OfficialAnswered(
                conversation_id=row.id,
                territory_id=row.territory_id,
                citizen_id=row.citizen_id,
                official_id=official_id,
                room_id=row.room_id,
                seq=event.seq,
            )
        )
    return _sent(row, event, opened=False)


@reached(
    Actor.CITIZEN,
    Door.WEB,
    Door.API,
    closed={Door.BOT: "the bot finds the open conversation itself (send_message)"},
)
def speak(
    uow: UnitOfWork,
    *,
    person_id: PersonId,
    room_id: RoomId,
    text: str,
    client_id: str,
    file: KeptContent | None = None,
) -> Sent:
    """Say something in a conversation's room, as whichever side one is on.

    Raises: UnknownConversation for rooms that are none, and what ``send_message`` and ``answer`` raise.
    """
    row = uow.session.execute(
        select(ConversationRow).where(ConversationRow.room_id == room_id)
    ).scalar_one_or_none()
    if row is None:
        raise UnknownConversation
    # A repeated message belongs where it came first, also when the matter was resolved in between.
    earlier = sent_before(uow, stream=stream_of(room_id), author=person_id, client_id=client_id)
    if earlier is not None:
        return _sent(row, earlier, opened=False)
    if row.citizen_id == person_id:
        return send_message(
            uow,
            citizen_id=person_id,
            territory_id=TerritoryId(row.territory_id),
            text=text,
            client_id=client_id,
            file=file,
        )
    return answer(
        uow,
        official_id=person_id,
        conversation_id=ConversationId(row.id),
        text=text,
        client_id=client_id,
        file=file,
    )


@reached(Actor.OFFICIAL, Door.CONSOLE, Door.API, closed={Door.BOT: AT_THE_DESK})
def resolve(uow: UnitOfWork, *, official_id: PersonId, conversation_id: ConversationId) -> None:
    """Say that the matter is settled. Twice is once. Raises: UnknownConversation, Forbidden."""
    row = _locked(uow, conversation_id)
    _official(uow, row, official_id)
    if row.status == ConversationStatus.RESOLVED:
        return
    row.status, row.waiting_since, row.open_key = ConversationStatus.RESOLVED, None, None
    uow.record(
        ConversationResolved(conversation_id=row.id, territory_id=row.territory_id, citizen_id=row.citizen_id)
    )
    uow.audit("conversation_resolved", actor=official_id, subject=f"conversation:{row.id}")


def _attached(file: KeptContent | None, spot: Spot | None) -> dict[str, Any]:
    place = {"place": [spot.latitude, spot.longitude]} if spot is not None else {}
    return {**(file.in_message() if file is not None else {}), **place}


def _posted(uow: UnitOfWork, post: Post, file: KeptContent | None) -> StreamEvent:
    event = post_message(uow, post)
    if file is not None:
        attach_file(uow, file=file, stream=event.stream, seq=event.seq)
    return event


def inherit_conversations(uow: UnitOfWork, *, from_id: PersonId, to_id: PersonId) -> None:
    """Two accounts turn out to be one person: the conversations of one go to the other.

    Of two that are open in one place, further messages go into the one that was the other's own; both may
    be answered. Memberships are the caller's, who also holds the locks of both persons.
    """
    rows = uow.session.execute(select(ConversationRow).where(ConversationRow.citizen_id == from_id)).scalars()
    for row in list(rows):
        row.citizen_id = to_id
        if row.open_key is None:
            continue
        open_key = f"{to_id}:{row.territory_id}"
        taken = uow.session.execute(
            select(ConversationRow.id).where(ConversationRow.open_key == open_key)
        ).first()
        row.open_key = open_key if taken is None else None
        uow.session.flush()


def _open_conversation(
    uow: UnitOfWork, citizen_id: PersonId, territory_id: TerritoryId
) -> tuple[ConversationRow, bool]:
    open_key = f"{citizen_id}:{territory_id}"
    mine = select(ConversationRow).where(ConversationRow.open_key == open_key).with_for_update()
    row = uow.session.execute(mine).scalar_one_or_none()
    if row is not None:
        return row, False
    space_id = create_space(uow, kind=SpaceKind.CONVERSATION, territory_id=territory_id)
    join_space(uow, space_id=space_id, person_id=citizen_id)
    number = _next_number(uow)
    values = {
        "id": new_id(),
        "number": number,
        "territory_id": territory_id,
        "citizen_id": citizen_id,
        "room_id": create_room(uow, space_id=space_id, title=number),
        "status": ConversationStatus.WAITING,
        "opened_at": uow.now,
        "last_at": uow.now,
        "open_key": open_key,
    }
    # Two first messages in the same instant: one opens, the other finds it open. The number and the
    # empty room of the loser stay unused, which is the price of needing no lock before the race.
    opened = uow.insert_new(ConversationRow, values, conflict=("open_key",))
    return uow.session.execute(mine).scalar_one(), opened


def _next_number(uow: UnitOfWork) -> str:
    statement = (
        uow.insert(NumberRow)
        .values(year=uow.now.year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": NumberRow.last + 1})
        .returning(NumberRow.last)
    )
    return report_number(uow.now.year, int(uow.session.execute(statement).scalar_one()))


def _note_citizen_wrote(uow: UnitOfWork, row: ConversationRow, event: StreamEvent, *, opened: bool) -> None:
    row.status, row.last_at = ConversationStatus.WAITING, uow.now
    row.waiting_since = row.waiting_since or uow.now
    uow.record(
        CitizenWrote(
            conversation_id=row.id,
            territory_id=row.territory_id,
            citizen_id=row.citizen_id,
            room_id=row.room_id,
            seq=event.seq,
            opened=opened,
        )
    )


def _official(uow: UnitOfWork, row: ConversationRow, person_id: PersonId) -> Person:
    """Whoever may answer here. Its citizen is told that this is for officials, anybody else nothing at all.

    Raises: Forbidden, UnknownConversation.
    """
    territory_id = TerritoryId(row.territory_id)
    try:
        return require_right(
            uow, person_id=person_id, action=Action.ANSWER_CITIZENS, territory_id=territory_id
        )
    except Forbidden as refused:
        if row.citizen_id == person_id:
            raise
        raise UnknownConversation from refused


def _locked(uow: UnitOfWork, conversation_id: ConversationId) -> ConversationRow:
    row = uow.session.execute(
        select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownConversation
    return row


def _sent(row: ConversationRow, event: StreamEvent, *, opened: bool) -> Sent:
    return Sent(
        conversation_id=ConversationId(row.id),
        number=row.number,
        room_id=RoomId(row.room_id),
        seq=event.seq,
        opened=opened,
        duplicate=event.duplicate,
    )
