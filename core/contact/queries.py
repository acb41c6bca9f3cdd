"""Questions about the direct line."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select

from core.contact.errors import UnknownConversation
from core.contact.model import ConversationRow
from core.contact.rules import Conversation, ConversationCard, ConversationStatus
from core.identity import Action, Viewer, people
from core.rooms import UnknownRoom, read_up_to, room_for, stream_of
from core.shared.ids import ConversationId, PersonId, RoomId, TerritoryId
from core.spaces import territories_where
from core.store import PART, Part, Reading, StreamEvent, event_at, heads, part_of


def conversation(reading: Reading, *, viewer: Viewer, conversation_id: ConversationId) -> Conversation:
    """One conversation, for its citizen and for those who may answer. Raises: UnknownConversation."""
    row = reading.session.get(ConversationRow, conversation_id)
    return _visible(reading, viewer, row)


def conversation_in(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> Conversation:
    """The conversation whose room this is. Raises: UnknownConversation."""
    row = reading.session.execute(
        select(ConversationRow).where(ConversationRow.room_id == room_id)
    ).scalar_one_or_none()
    return _visible(reading, viewer, row)


def conversation_numbered(reading: Reading, *, number: str) -> Conversation:
    """The conversation of this number, whoever asks: the caller decides what they may know of it.

    Raises: UnknownConversation.
    """
    row = reading.session.execute(
        select(ConversationRow).where(ConversationRow.number == number.strip().upper())
    ).scalar_one_or_none()
    if row is None:
        raise UnknownConversation
    return _as_conversation(row)


def conversations_by_id(reading: Reading, *, ids: Collection[ConversationId]) -> list[Conversation]:
    """These conversations, the oldest first; for folders that keep their ids, not for a viewer."""
    rows = reading.session.execute(
        select(ConversationRow).where(ConversationRow.id.in_(ids)).order_by(ConversationRow.id)
    ).scalars()
    return [_as_conversation(row) for row in rows]


def conversations_of(reading: Reading, *, citizen_id: PersonId, limit: int = 50) -> list[Conversation]:
    """A citizen's own conversations, the last spoken in first."""
    rows = reading.session.execute(
        select(ConversationRow)
        .where(ConversationRow.citizen_id == citizen_id)
        .order_by(ConversationRow.last_at.desc())
        .limit(limit)
    ).scalars()
    return [_as_conversation(row) for row in rows]


def queue(
    reading: Reading,
    *,
    viewer: Viewer,
    territory_ids: Collection[TerritoryId] | None = None,
    first: int = 0,
    limit: int = PART,
) -> Part[ConversationCard]:
    """Conversations that the viewer may answer: who waits longest first, then the answered ones.

    territory_ids narrows it; None means everywhere the viewer may answer.
    """
    wanted = _answered_by(reading, viewer, territory_ids)
    found = part_of(
        reading,
        select(ConversationRow)
        .where(
            ConversationRow.territory_id.in_(wanted),
            ConversationRow.status != ConversationStatus.RESOLVED,
        )
        .order_by(
            ConversationRow.waiting_since.is_(None),
            ConversationRow.waiting_since,
            ConversationRow.last_at.desc(),
            ConversationRow.id,
        ),
        first=first,
        limit=limit,
    )
    cards = _cards(reading, viewer, [_as_conversation(row) for (row,) in found.items])
    return Part(items=cards, before=found.before, total=found.total)


def count_waiting(
    reading: Reading,
    *,
    viewer: Viewer,
    territory_ids: Collection[TerritoryId] | None = None,
    longer_than: timedelta = timedelta(0),
) -> int:
    """How many of the conversations in ``queue`` have waited so long or longer."""
    return reading.session.execute(
        select(func.count()).where(
            ConversationRow.territory_id.in_(_answered_by(reading, viewer, territory_ids)),
            ConversationRow.status == ConversationStatus.WAITING,
            ConversationRow.waiting_since <= reading.now - longer_than,
        )
    ).scalar_one()


def _answered_by(
    reading: Reading, viewer: Viewer, territory_ids: Collection[TerritoryId] | None
) -> set[TerritoryId]:
    allowed = set(territories_where(reading, viewer, Action.ANSWER_CITIZENS))
    return allowed if territory_ids is None else allowed & set(territory_ids)


def _cards(reading: Reading, viewer: Viewer, found: list[Conversation]) -> list[ConversationCard]:
    citizens = people(reading, person_ids=[item.citizen_id for item in found])
    ends = heads(reading, streams=[stream_of(item.room_id) for item in found])
    cards = []
    for item in found:
        stream = stream_of(item.room_id)
        seq = ends[stream].seq if stream in ends else 0
        last = event_at(reading, stream=stream, seq=seq)
        cards.append(
            ConversationCard(
                conversation=item,
                citizen_name=citizens[item.citizen_id].display_name,
                last_text=_said(last, "text"),
                last_side=_said(last, "side"),
                unread=seq - _read(reading, viewer, item.room_id),
            )
        )
    return cards


def _said(event: StreamEvent | None, part: str) -> str:
    return "" if event is None else str(event.body.get(part, ""))


def _read(reading: Reading, viewer: Viewer, room_id: RoomId) -> int:
    if viewer.person_id is None:
        return 0
    return read_up_to(reading, room_id=room_id, person_id=viewer.person_id)


def _visible(reading: Reading, viewer: Viewer, row: ConversationRow | None) -> Conversation:
    if row is None:
        raise UnknownConversation
    try:
        room_for(reading, viewer=viewer, room_id=RoomId(row.room_id))
    except UnknownRoom as hidden:
        raise UnknownConversation from hidden
    return _as_conversation(row)


def _as_conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        number=row.number,
        territory_id=TerritoryId(row.territory_id),
        citizen_id=PersonId(row.citizen_id),
        room_id=RoomId(row.room_id),
        status=ConversationStatus(row.status),
        opened_at=row.opened_at,
        last_at=row.last_at,
        waiting_since=row.waiting_since,
    )
