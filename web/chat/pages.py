"""The chat page: a messenger in the browser, usable without scripts as well."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.chats import (
    WEB,
    Chat,
    chat_by_native,
    chat_stream,
    open_web_chat,
    press_in_web_chat,
    write_in_web_chat,
)
from core.identity import NewSession, create_person, open_session
from core.shared.errors import Empty
from core.shared.ids import ChatId, PersonId
from core.shared.language import Language
from core.store import Head, Reading, StreamEvent, UnitOfWork, head, last_events
from web.attaching import Attaching
from web.bubbles import ThreadWords, bubbles_of, keyboard_of
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import browser_label, go, keep_session
from web.visit import visit_of

SHOWN = 60
# The first message of every chat; its id makes a second press of «Старт» harmless.
START = "/start"
START_ID = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The end of a chat and where exactly it stands, so that the live page goes on from there."""

    chat: Chat
    head: Head
    events: list[StreamEvent]


def transcript_of(reading: Reading, *, person_id: PersonId) -> Transcript | None:
    """The person's web chat, None before the first «Старт»."""
    chat = chat_by_native(reading, carrier=WEB, native_id=person_id)
    if chat is None:
        return None
    stream = chat_stream(chat.id)
    return Transcript(
        chat=chat,
        head=head(reading, stream=stream),
        events=last_events(reading, stream=stream, limit=SHOWN),
    )


def come_in(uow: UnitOfWork, *, name: str, language: Language, label: str) -> NewSession:
    """A newcomer pressed «Старт»: a person, still a visitor, and a session."""
    person = create_person(uow, display_name=name, language=language)
    return open_session(uow, person_id=person.id, label=label)


def greet(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Open the person's web chat and say the first word to the bot."""
    chat = open_web_chat(uow, person_id=person_id)
    write_in_web_chat(uow, chat_id=chat.id, person_id=person_id, client_id=START_ID, text=START)


async def _chat(request: PageRequest) -> HttpResponse:
    """The chat. A draft that came from the home page waits in the composer; nothing is sent by itself."""
    draft = str(request.POST.get("draft", ""))
    person_id = request.visit.viewer.person_id
    found = (
        None
        if person_id is None
        else await dependencies().database.read_async(transcript_of, person_id=person_id)
    )
    if found is None:
        return show(request, "chat/welcome.html", title=gettext("Chat"), active="chat", draft=draft)
    return show(
        request,
        "chat/chat.html",
        title=gettext("Chat"),
        active="chat",
        draft=draft,
        stream=chat_stream(found.chat.id),
        chat_id=found.chat.id,
        head=found.head,
        bubbles=bubbles_of(found.events, viewer_id=person_id),
        keyboard=keyboard_of(found.events),
        client_id=str(uuid4()),
        attaching=Attaching(address="/chat/files"),
        thread_words=ThreadWords.current(),
    )


async def _start(request: PageRequest) -> HttpResponse:
    """«Старт»: from here on the visitor is a person and the bot answers."""
    session: NewSession | None = None
    person_id = request.visit.viewer.person_id
    if person_id is None:
        session = await dependencies().database.run_async(
            come_in, name=gettext("Guest"), language=request.language, label=browser_label(request)
        )
        person_id = session.person_id
    await dependencies().database.run_async(greet, person_id=person_id)
    await wake_bots()
    if session is None:
        return await _chat(request)
    # The page is drawn at once and not redirected to: the draft that came along is kept nowhere else.
    request.visit = await dependencies().database.read_async(visit_of, token=session.token)
    return keep_session(await _chat(request), session)


async def _write(request: PageRequest) -> HttpResponse:
    """A message from a browser without scripts."""
    chat_id, person_id = addressed(request)
    try:
        await dependencies().database.run_async(
            write_in_web_chat,
            chat_id=chat_id,
            person_id=person_id,
            client_id=str(request.POST.get("client_id") or uuid4()),
            text=str(request.POST.get("key") or request.POST.get("text", "")),
        )
    except Empty:
        return go("/chat#end")
    await wake_bots()
    return go("/chat#end")


async def _press(request: PageRequest) -> HttpResponse:
    """A button pressed in a browser without scripts: ``press`` is ``SEQ:DATA``."""
    chat_id, person_id = addressed(request)
    seq, _, data = str(request.POST.get("press", "")).partition(":")
    await dependencies().database.run_async(
        press_in_web_chat,
        chat_id=chat_id,
        person_id=person_id,
        client_id=str(request.POST.get("client_id") or uuid4()),
        of=int(seq) if seq.isascii() and seq.isdigit() else 0,
        data=data,
    )
    await wake_bots()
    return go("/chat#end")


async def wake_bots() -> None:
    """Tell the conversations that something waits in the inbox."""
    await asyncio.to_thread(dependencies().nudge_bots)


def addressed(request: PageRequest) -> tuple[ChatId, PersonId]:
    """The chat that a form names and whoever sent it. Raises: SignInNeeded."""
    return ChatId(str(request.POST.get("chat", ""))), request.visit.person().id


chat = require_http_methods(["GET", "HEAD", "POST"])(_chat)
start = require_POST(_start)
write = require_POST(_write)
press = require_POST(_press)
