"""A citizen's conversation with the authority, as a thread of its own beside the chat with the bot."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core.contact import Conversation, ConversationStatus, conversation, speak
from core.identity import SignInNeeded, Viewer
from core.rooms import mark_read, stream_of
from core.shared.ids import ConversationId
from core.store import Head, Reading, StreamEvent, head, last_events
from core.territories import Territory, territory
from web.attaching import Attaching, answered, kept_file
from web.bubbles import ThreadWords, bubbles_of
from web.chat.lines import conversation_line
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation and where its room stands."""

    conversation: Conversation
    territory: Territory
    head: Head
    events: list[StreamEvent]


def thread_of(reading: Reading, *, viewer: Viewer, conversation_id: ConversationId) -> Thread:
    """One conversation. Raises: SignInNeeded, UnknownConversation."""
    if viewer.person is None:
        raise SignInNeeded
    found = conversation(reading, viewer=viewer, conversation_id=conversation_id)
    stream = stream_of(found.room_id)
    return Thread(
        conversation=found,
        territory=territory(reading, territory_id=found.territory_id),
        head=head(reading, stream=stream),
        events=last_events(reading, stream=stream, limit=SHOWN),
    )


async def conversation_thread(request: PageRequest, conversation_id: str) -> HttpResponse:
    """The thread, read up to its end by being opened."""
    viewer = request.visit.viewer
    thread = await dependencies().database.read_async(
        thread_of, viewer=viewer, conversation_id=ConversationId(conversation_id)
    )
    await dependencies().database.run_async(
        mark_read,
        room_id=thread.conversation.room_id,
        person_id=request.visit.person().id,
        seq=thread.head.seq,
    )
    line = conversation_line(thread.conversation)
    return show(
        request,
        "chat/conversation.html",
        title=thread.conversation.number,
        active="chat",
        territory=thread.territory,
        conversation=thread.conversation,
        line=line,
        resolved=thread.conversation.status is ConversationStatus.RESOLVED,
        stream=stream_of(thread.conversation.room_id),
        head=thread.head,
        bubbles=bubbles_of(thread.events, viewer_id=viewer.person_id),
        client_id=str(uuid4()),
        attaching=Attaching(address=f"{line.address}/messages"),
        thread_words=ThreadWords.current(),
    )


async def _write(request: PageRequest, conversation_id: str) -> HttpResponse:
    """A message from a browser without scripts, or one with a file."""
    return await answered(
        request, _say(request, conversation_id), then=f"/conversations/{conversation_id}#end"
    )


async def _say(request: PageRequest, conversation_id: str) -> None:
    thread = await dependencies().database.read_async(
        thread_of, viewer=request.visit.viewer, conversation_id=ConversationId(conversation_id)
    )
    await dependencies().database.run_async(
        speak,
        person_id=request.visit.person().id,
        room_id=thread.conversation.room_id,
        text=str(request.POST.get("text", "")),
        client_id=str(request.POST.get("client_id") or uuid4()),
        file=await kept_file(request),
    )


write = require_POST(_write)
