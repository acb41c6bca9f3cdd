"""The direct line and the chat with the bot over the API."""

from typing import Any

from ninja import Router

from core.chats import chat, chat_of_stream, chat_stream, open_web_chat, press_in_web_chat, write_in_web_chat
from core.contact import (
    Conversation,
    Sent,
    conversation,
    conversations_of,
    queue,
    resolve,
    send_message,
    speak,
)
from core.identity import SignInNeeded, Viewer
from core.rooms import UnknownRoom, room_for, room_of, stream_of
from core.shared.errors import NotFound
from core.shared.ids import ChatId, ConversationId, TerritoryId
from core.store import Reading, events_after, head
from web.api.callers import SIGNED_IN, ApiRequest, person_of
from web.api.once import IdempotencyKey, key_or_fresh, once
from web.api.shapes import (
    CardOut,
    ChatOut,
    ConversationOut,
    EventOut,
    EventsOut,
    FirstMessageIn,
    PressIn,
    SentOut,
    TextIn,
)
from web.dependencies import dependencies

router = Router(tags=["direct line"])

MOST_EVENTS = 500
SHOWN = 100


@router.get("/conversations", response=list[ConversationOut], auth=SIGNED_IN)
async def conversation_list(request: ApiRequest) -> list[ConversationOut]:
    """The caller's own conversations with the authority, the last spoken in first."""
    found = await dependencies().database.read_async(conversations_of, citizen_id=person_of(request))
    return [ConversationOut(**_fields(one)) for one in found]


@router.get("/queue", response=list[CardOut], auth=SIGNED_IN)
async def conversation_queue(request: ApiRequest) -> list[CardOut]:
    """Conversations that the caller may answer: who waits longest first."""
    found = await dependencies().database.read_async(queue, viewer=request.auth, limit=SHOWN)
    return [
        CardOut(
            **_fields(card.conversation),
            citizen_name=card.citizen_name,
            last_text=card.last_text,
            last_side=card.last_side,
            unread=card.unread,
        )
        for card in found.items
    ]


@router.get("/conversations/{conversation_id}", response=ConversationOut, auth=SIGNED_IN)
async def conversation_one(request: ApiRequest, conversation_id: str) -> ConversationOut:
    """One conversation, for its citizen and for those who may answer."""
    found = await dependencies().database.read_async(
        conversation, viewer=request.auth, conversation_id=ConversationId(conversation_id)
    )
    return ConversationOut(**_fields(found))


@router.post("/conversations", response={201: SentOut}, auth=SIGNED_IN)
async def message_send(
    request: ApiRequest, body: FirstMessageIn, idempotency_key: IdempotencyKey = None
) -> tuple[int, SentOut]:
    """Write to the authority: into the open conversation with the territory, or into a new one."""
    person_id = person_of(request)
    key = key_or_fresh(idempotency_key)
    home_id = None if request.auth.person is None else request.auth.person.home_id
    sent = await once(
        request,
        key,
        command=send_message,
        returns=Sent,
        citizen_id=person_id,
        territory_id=TerritoryId(body.territory_id or home_id or ""),
        text=body.text,
        client_id=key,
    )
    return 201, _sent(sent)


@router.post("/conversations/{conversation_id}/messages", response={201: SentOut}, auth=SIGNED_IN)
async def message_speak(
    request: ApiRequest, conversation_id: str, body: TextIn, idempotency_key: IdempotencyKey = None
) -> tuple[int, SentOut]:
    """Say something in a conversation, as its citizen or as an official who answers."""
    found = await dependencies().database.read_async(
        conversation, viewer=request.auth, conversation_id=ConversationId(conversation_id)
    )
    key = key_or_fresh(idempotency_key)
    sent = await once(
        request,
        key,
        command=speak,
        returns=Sent,
        person_id=person_of(request),
        room_id=found.room_id,
        text=body.text,
        client_id=key,
    )
    return 201, _sent(sent)


@router.post("/conversations/{conversation_id}/resolve", response=ConversationOut, auth=SIGNED_IN)
async def conversation_resolve(
    request: ApiRequest, conversation_id: str, idempotency_key: IdempotencyKey = None
) -> ConversationOut:
    """Say that the matter is settled; needs the right to answer citizens."""
    await once(
        request,
        key_or_fresh(idempotency_key),
        command=resolve,
        returns=type(None),
        official_id=person_of(request),
        conversation_id=ConversationId(conversation_id),
    )
    return await conversation_one(request, conversation_id)


@router.post("/chat", response=ChatOut, auth=SIGNED_IN)
async def chat_open(request: ApiRequest, idempotency_key: IdempotencyKey = None) -> ChatOut:  # noqa: ARG001
    """The caller's chat with the bot; opened at the first call, the same one ever after."""
    found = await dependencies().database.run_async(open_web_chat, person_id=person_of(request))
    return ChatOut(id=found.id, stream=chat_stream(found.id))


@router.post("/chat/messages", response={202: EventOut}, auth=SIGNED_IN)
async def chat_write(
    request: ApiRequest, body: TextIn, idempotency_key: IdempotencyKey = None
) -> tuple[int, EventOut]:
    """Write to the bot. Its answer comes as events of the chat's stream."""
    opened = await chat_open(request)
    event = await dependencies().database.run_async(
        write_in_web_chat,
        chat_id=ChatId(opened.id),
        person_id=person_of(request),
        client_id=key_or_fresh(idempotency_key),
        text=body.text,
    )
    return 202, EventOut.model_validate(event, from_attributes=True)


@router.post("/chat/presses", response={202: None}, auth=SIGNED_IN)
async def chat_press(
    request: ApiRequest, body: PressIn, idempotency_key: IdempotencyKey = None
) -> tuple[int, None]:
    """Press a button under a message of the bot."""
    opened = await chat_open(request)
    await dependencies().database.run_async(
        press_in_web_chat,
        chat_id=ChatId(opened.id),
        person_id=person_of(request),
        client_id=key_or_fresh(idempotency_key),
        of=body.of,
        data=body.data,
    )
    return 202, None


@router.get("/streams/{stream}/events", response=EventsOut, auth=SIGNED_IN)
async def stream_events(request: ApiRequest, stream: str, after: int = 0, limit: int = 200) -> EventsOut:
    """Events of a room or of one's own chat after a number, at most five hundred at a time."""
    return await dependencies().database.read_async(
        _events, viewer=request.auth, stream=stream, after=after, limit=max(1, min(limit, MOST_EVENTS))
    )


def _events(reading: Reading, *, viewer: Viewer, stream: str, after: int, limit: int) -> EventsOut:
    _check_visible(reading, viewer, stream)
    now = head(reading, stream=stream)
    found = events_after(reading, stream=stream, seq=after, limit=limit)
    return EventsOut(
        stream=stream,
        epoch=now.epoch,
        head=now.seq,
        events=[EventOut.model_validate(event, from_attributes=True) for event in found],
    )


def _check_visible(reading: Reading, viewer: Viewer, stream: str) -> None:
    """Raises: NotFound, the same for what is hidden and for what is not there."""
    if viewer.person_id is None:
        raise SignInNeeded
    room_id, chat_id = room_of(stream), chat_of_stream(stream)
    if room_id is not None:
        try:
            room_for(reading, viewer=viewer, room_id=room_id)
        except UnknownRoom as hidden:
            raise NotFound from hidden
    elif chat_id is None or chat(reading, chat_id=chat_id).person_id != viewer.person_id:
        raise NotFound


def _fields(found: Conversation) -> dict[str, Any]:
    names = (
        "id",
        "number",
        "territory_id",
        "citizen_id",
        "status",
        "opened_at",
        "last_at",
        "waiting_since",
    )
    return {name: getattr(found, name) for name in names} | {"stream": stream_of(found.room_id)}


def _sent(sent: Sent) -> SentOut:
    return SentOut(
        conversation_id=sent.conversation_id,
        number=sent.number,
        stream=stream_of(sent.room_id),
        seq=sent.seq,
        opened=sent.opened,
    )
