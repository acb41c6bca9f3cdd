"""What is sent from the page of a room; every form works without scripts."""

from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.identity import ConsentNeeded, NewSession, Viewer, give_consent
from core.polls import show_in_room
from core.rooms import (
    Post,
    delete_message,
    edit_message,
    mark_read,
    place_for,
    post_message,
    put_sign,
    set_slow_mode,
    take_sign_back,
)
from core.shared.errors import DomainError, NotFound
from core.shared.ids import PersonId, PollId, RoomId
from core.store import UnitOfWork
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.public.polls import come_in_and_agree
from web.rendering import show
from web.rooms.pages import show_room
from web.rooms.reading import Window, room_page
from web.sessions import browser_label, go, keep_session
from web.statuses import STATUSES
from web.visit import visit_of


async def _write(request: PageRequest, room_id: str) -> HttpResponse:
    """A message, or a change of one. Whoever has not consented is asked first, the text kept."""
    text = str(request.POST.get("text", ""))
    await dependencies().database.read_async(place_for, viewer=request.visit.viewer, room_id=RoomId(room_id))
    session: NewSession | None = None
    if request.POST.get("agree") == "yes":
        session = await _agree(request)
    elif request.visit.viewer.person is None:
        return await _ask_consent(request, RoomId(room_id), text)
    try:
        seq = await _said(request, RoomId(room_id), text)
    except ConsentNeeded:
        return await _ask_consent(request, RoomId(room_id), text)
    except NotFound:
        raise
    except DomainError as refusal:
        return await show_room(
            request,
            RoomId(room_id),
            text=text,
            error=refusal.sentence(request.language),
            status=STATUSES[refusal.kind],
        )
    response = go(f"/rooms/{room_id}#m{seq}")
    return response if session is None else keep_session(response, session)


async def _act(request: PageRequest, room_id: str) -> HttpResponse:
    """A button under a message: ``do`` is ``sign:SEQ:NAME``, ``unsign:SEQ:NAME`` or ``delete:SEQ``."""
    person_id = request.visit.person().id
    act, _, rest = str(request.POST.get("do", "")).partition(":")
    number, _, name = rest.partition(":")
    seq = _number(number)
    await dependencies().database.run_async(
        done, person_id=person_id, room_id=RoomId(room_id), act=act, seq=seq, name=name
    )
    return go(
        f"/rooms/{room_id}?since={max(1, seq - 10)}#m{seq}"
        if "since" in request.GET
        else f"/rooms/{room_id}#m{seq}"
    )


def done(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, act: str, seq: int, name: str) -> None:
    """Do what a button says. Raises: NotFound for a button that there is not, and what the act raises."""
    match act:
        case "sign":
            put_sign(uow, person_id=person_id, room_id=room_id, seq=seq, reaction=name)
        case "unsign":
            take_sign_back(uow, person_id=person_id, room_id=room_id, seq=seq, reaction=name)
        case "delete":
            delete_message(uow, person_id=person_id, room_id=room_id, seq=seq)
        case _:
            raise NotFound


async def _read(request: PageRequest, room_id: str) -> HttpResponse:
    """Everything up to a message has been read, says a browser without scripts."""
    await dependencies().database.run_async(
        read_to,
        viewer=request.visit.viewer,
        person_id=request.visit.person().id,
        room_id=RoomId(room_id),
        seq=_number(str(request.POST.get("seq", ""))),
    )
    return go(f"/rooms/{room_id}")


def read_to(uow: UnitOfWork, *, viewer: Viewer, person_id: PersonId, room_id: RoomId, seq: int) -> None:
    """Note how far a person has read a room that they see. Raises: UnknownRoom."""
    place_for(uow, viewer=viewer, room_id=room_id)
    mark_read(uow, room_id=room_id, person_id=person_id, seq=seq)


async def _slow_mode(request: PageRequest, room_id: str) -> HttpResponse:
    """A moderator sets the pace."""
    await dependencies().database.run_async(
        set_slow_mode,
        person_id=request.visit.person().id,
        room_id=RoomId(room_id),
        pause_s=_number(str(request.POST.get("pause", ""))),
    )
    return go(f"/rooms/{room_id}#end")


async def _put_poll(request: PageRequest, room_id: str) -> HttpResponse:
    """A moderator puts a poll into the room."""
    await dependencies().database.run_async(
        show_in_room,
        person_id=request.visit.person().id,
        room_id=RoomId(room_id),
        poll_id=PollId(str(request.POST.get("poll", ""))),
        client_id=str(request.POST.get("client_id") or uuid4())[:64],
    )
    return go(f"/rooms/{room_id}#end")


async def _agree(request: PageRequest) -> NewSession | None:
    """Keep the consent; a newcomer becomes a person under the name they gave."""
    person_id = request.visit.viewer.person_id
    if person_id is not None:
        await dependencies().database.run_async(give_consent, person_id=person_id)
        return None
    session = await dependencies().database.run_async(
        come_in_and_agree,
        name=str(request.POST.get("name", "")).strip() or gettext("Guest"),
        language=request.language,
        label=browser_label(request),
    )
    request.visit = await dependencies().database.read_async(visit_of, token=session.token)
    return session


async def _said(request: PageRequest, room_id: RoomId, text: str) -> int:
    """Write or change, and say where it stands."""
    changed = _number(str(request.POST.get("of", "")))
    person_id = request.visit.person().id
    if changed:
        await dependencies().database.run_async(
            edit_message, person_id=person_id, room_id=room_id, seq=changed, text=text
        )
        return changed
    post = Post(
        room_id=room_id,
        sender=request.visit.viewer,
        client_id=str(request.POST.get("client_id") or uuid4())[:64],
        text=text,
        reply_to=_number(str(request.POST.get("reply_to", ""))) or None,
    )
    return (await dependencies().database.run_async(post_message, post)).seq


async def _ask_consent(request: PageRequest, room_id: RoomId, text: str) -> HttpResponse:
    page = await dependencies().database.read_async(
        room_page, viewer=request.visit.viewer, room_id=room_id, window=Window(), limit=1
    )
    return show(
        request,
        "rooms/consent.html",
        title=gettext("One step before the message"),
        active="room",
        territory=page.territory,
        room_id=room_id,
        text=text,
        reply_to=str(request.POST.get("reply_to", "")),
        client_id=str(request.POST.get("client_id") or uuid4())[:64],
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


write = require_POST(_write)
act = require_POST(_act)
read = require_POST(_read)
slow_mode = require_POST(_slow_mode)
put_poll = require_POST(_put_poll)
