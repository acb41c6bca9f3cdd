"""Conversations with citizens, as officials see and answer them."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.contact import (
    Conversation,
    ConversationStatus,
    answer,
    conversation,
    conversations_of,
    resolve,
)
from core.delivery import Delivery, not_delivered
from core.effects import EffectCard, effect_cards, effect_line
from core.identity import Person, person
from core.indicators import indicator
from core.rooms import mark_read, stream_of
from core.scenarios import RunState, ScenarioRun, runs_in
from core.shared.errors import DomainError
from core.shared.ids import ConversationId
from core.store import Head, Reading, StreamEvent, head, last_events
from web.attaching import Attaching, answered, kept_file
from web.bubbles import ThreadWords, bubbles_of
from web.console.desk import Desk
from web.console.frame import Opened, nothing, open_desk, show_desk
from web.console.queue import initials, waiting_clock
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

SHOWN = 100
RUNS_OFFERED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEffect:
    """An effect card in words, in the order of its indicators."""

    card: EffectCard
    lines: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """A conversation with its thread, its citizen, what came before and what did not get through."""

    conversation: Conversation
    citizen: Person
    earlier: list[Conversation]
    head: Head
    events: list[StreamEvent]
    not_delivered: list[Delivery]
    effects: list[ShownEffect]
    # What-if runs that the viewer may attach; None to whoever runs no models here.
    runs: list[ScenarioRun] | None


def open_conversation(reading: Reading, desk: Desk, conversation_id: ConversationId) -> OpenConversation:
    """One conversation. Raises: UnknownConversation."""
    found = conversation(reading, viewer=desk.viewer, conversation_id=conversation_id)
    stream = stream_of(found.room_id)
    earlier = conversations_of(reading, citizen_id=found.citizen_id)
    return OpenConversation(
        conversation=found,
        citizen=person(reading, person_id=found.citizen_id),
        # Other officials' territories stay theirs: only what this desk may answer is shown.
        earlier=[
            one for one in earlier if one.id != found.id and one.territory_id in desk.places["conversations"]
        ],
        head=head(reading, stream=stream),
        events=last_events(reading, stream=stream, limit=SHOWN),
        not_delivered=not_delivered(reading, topic=f"conversation:{found.id}"),
        effects=_effects(reading, desk, found.id),
        runs=_decisions(reading, found) if found.territory_id in desk.places["scenarios"] else None,
    )


def _decisions(reading: Reading, about: Conversation) -> list[ScenarioRun]:
    runs = runs_in(reading, territory_ids=[about.territory_id]).items
    done = [run for run in runs if run.state is RunState.DONE and run.request.decision is not None]
    return done[:RUNS_OFFERED]


def _effects(reading: Reading, desk: Desk, conversation_id: ConversationId) -> list[ShownEffect]:
    language = desk.viewer.person.language if desk.viewer.person else "ru"
    return [
        ShownEffect(
            card=card,
            lines=[
                effect_line(language, effect, indicator(reading, code=effect.indicator))
                for effect in card.effects
            ],
        )
        for card in effect_cards(reading, viewer=desk.viewer, conversation_id=conversation_id)
    ]


async def conversation_queue(request: PageRequest) -> HttpResponse:
    """The queue with nothing open: on a phone this is the list."""
    opened = await open_desk(request, "conversations", nothing)
    title = gettext("Citizens")
    return show_desk(request, opened, "console/nothing_open.html", title=title)


async def conversation_page(request: PageRequest, conversation_id: str) -> HttpResponse:
    """One conversation, read up to its end by being opened."""
    return await _shown(request, ConversationId(conversation_id))


async def _answer(request: PageRequest, conversation_id: str) -> HttpResponse:
    """An answer from a browser without scripts, or one with a file."""
    text = str(request.POST.get("text", ""))
    saying = _say(request, ConversationId(conversation_id), text)
    try:
        return await answered(request, saying, then=f"/console/conversations/{conversation_id}#end")
    except DomainError as refusal:
        return await _shown(request, ConversationId(conversation_id), draft=text, refusal=refusal)


async def _say(request: PageRequest, conversation_id: ConversationId, text: str) -> None:
    official_id, database = request.visit.person().id, dependencies().database
    # Asked before anything is written to the disk.
    await database.read_async(conversation, viewer=request.visit.viewer, conversation_id=conversation_id)
    await database.run_async(
        answer,
        official_id=official_id,
        conversation_id=conversation_id,
        text=text,
        client_id=str(request.POST.get("client_id") or uuid4()),
        file=await kept_file(request),
    )


async def _resolve(request: PageRequest, conversation_id: str) -> HttpResponse:
    """The matter is settled; the next one in the queue is a click away."""
    await dependencies().database.run_async(
        resolve,
        official_id=request.visit.person().id,
        conversation_id=ConversationId(conversation_id),
    )
    return go("/console/conversations")


async def _shown(
    request: PageRequest,
    conversation_id: ConversationId,
    *,
    draft: str = "",
    refusal: DomainError | None = None,
) -> HttpResponse:
    opened = await open_desk(
        request,
        "conversations",
        lambda reading, desk: open_conversation(reading, desk, conversation_id),
    )
    await _note_read(request, opened)
    item = opened.item
    since = item.conversation.waiting_since
    return show_desk(
        request,
        opened,
        "console/conversation.html",
        title=item.citizen.display_name,
        current=conversation_id,
        item=item,
        conversation=item.conversation,
        resolved=item.conversation.status is ConversationStatus.RESOLVED,
        initials=initials(item.citizen.display_name),
        clock=None if since is None else waiting_clock(since, dependencies().database.clock.now()),
        stream=stream_of(item.conversation.room_id),
        bubbles=bubbles_of(item.events, viewer_id=request.visit.viewer.person_id),
        client_id=str(uuid4()),
        attaching=Attaching(address=f"/console/conversations/{conversation_id}/answer"),
        thread_words=ThreadWords.current(),
        signature=_signature(request.visit.person()),
        draft=draft,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 409,
    )


async def _note_read(request: PageRequest, opened: Opened[OpenConversation]) -> None:
    """Opening is reading: whether to remind somebody is decided by what they have read."""
    await dependencies().database.run_async(
        mark_read,
        room_id=opened.item.conversation.room_id,
        person_id=request.visit.person().id,
        seq=opened.item.head.seq,
    )


def _signature(official: Person) -> str:
    """The name that the citizen will see, as the core writes it."""
    return ", ".join(filter(None, (official.display_name, official.position)))


send_answer = require_POST(_answer)
resolve_conversation = require_POST(_resolve)
