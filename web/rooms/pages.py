"""The page of a room, its past in parts, and the screen for a hall."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse

from core.identity import Assurance, Viewer
from core.rooms import CHANGE_TERM, SLOW_MODE_STEPS_S, is_deleted, open_territory_room, stream_of
from core.shared.ids import PollId, RoomId
from core.store import Reading, StreamEvent
from core.territories import territory_by_slug
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.public.poll_views import PollView
from web.qr import qr_code
from web.rendering import fragment, show
from web.rooms.lines import Line, Quote, all_signs, lines_of, quote_of, slow_mode_words
from web.rooms.reading import (
    ON_SCREEN,
    RoomPage,
    Window,
    hall_poll,
    one_message,
    polls_to_show,
    room_page,
)
from web.rooms.wording import RoomWords
from web.sessions import go
from web.view_models import PollWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the composer is about: a new message, an answer, or a change."""

    text: str = ""
    answers: Quote | None = None
    changes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The page with what its composer and its moderator need, from one consistent view."""

    page: RoomPage
    message: StreamEvent | None
    polls: list[tuple[PollId, str]]


def opened_room(
    reading: Reading, *, viewer: Viewer, room_id: RoomId, window: Window, seq: int | None
) -> Opened:
    """A room as it is opened; ``seq`` is the message to answer or to change. Raises: UnknownRoom."""
    page = room_page(reading, viewer=viewer, room_id=room_id, window=window)
    message = None if seq is None else one_message(reading, viewer=viewer, room_id=room_id, seq=seq)
    polls = polls_to_show(reading, viewer=viewer, room_id=room_id) if page.place.may_moderate else []
    return Opened(page=page, message=message, polls=polls)


async def territory_discussion(request: PageRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """The short address of the room in which a territory talks; the first visit opens it."""
    place = await dependencies().database.read_async(territory_by_slug, slug=slug)
    # The title is kept once for all readers; the page says it in the reader's language.
    room_id = await dependencies().database.run_async(
        open_territory_room, territory_id=place.id, title="Обсуждение"
    )
    return go(f"/rooms/{room_id}")


async def room(request: PageRequest, room_id: str) -> HttpResponse:
    """The room: the newest part of it, or the part that the address asks for."""
    return await show_room(request, RoomId(room_id))


async def show_room(
    request: PageRequest, room_id: RoomId, *, text: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """The page; ``text`` and ``error`` are what was written and why it was not taken."""
    answers, changes = _number(request, "reply"), _number(request, "edit")
    opened = await dependencies().database.read_async(
        opened_room,
        viewer=request.visit.viewer,
        room_id=room_id,
        window=Window(before=_number(request, "before"), since=_number(request, "since")),
        seq=answers or changes,
    )
    page, now = opened.page, dependencies().database.clock.now()
    writing = _writing(opened.message, answers=answers is not None) if not text else Writing(text=text)
    return show(
        request,
        "rooms/room.html",
        title=page.place.room.title,
        active="room",
        territory=page.territory,
        status=status,
        error=error,
        writing=writing,
        polls=opened.polls,
        lines=_lines(request, page, now),
        page=page,
        window_id=str(uuid4()),
        may_write=_may_write(request),
        pauses=[(pause, slow_mode_words(pause)) for pause in SLOW_MODE_STEPS_S],
        slow_mode=slow_mode_words(page.place.room.slow_mode_s) if page.place.room.slow_mode_s else "",
        **_live(page),
    )


async def said(request: PageRequest, room_id: str) -> HttpResponse:
    """An older part of the room, for a page that is open already."""
    window = Window(before=_number(request, "before"))
    page = await dependencies().database.read_async(
        room_page, viewer=request.visit.viewer, room_id=RoomId(room_id), window=window
    )
    lines = _lines(request, page, dependencies().database.clock.now())
    return fragment(
        request,
        "rooms/lines.html",
        lines=lines,
        page=page,
        room_id=room_id,
        all_signs=all_signs(),
        may_write=_may_write(request),
    )


async def screen(request: PageRequest, room_id: str) -> HttpResponse:
    """The room on the wall of a hall: the newest words in large type, the poll, the address to come in."""
    viewer = request.visit.viewer

    def read(reading: Reading) -> tuple[RoomPage, PollView | None]:
        page = room_page(reading, viewer=viewer, room_id=RoomId(room_id), window=Window(), limit=ON_SCREEN)
        return page, hall_poll(reading, room_id=RoomId(room_id))

    page, poll = await dependencies().database.read_async(read)
    address = f"{dependencies().public_url}/t/{page.territory.slug}/room"
    return show(
        request,
        "rooms/screen.html",
        title=page.place.room.title,
        territory=page.territory,
        lines=_lines(request, page, dependencies().database.clock.now()),
        page=page,
        poll=poll,
        address=address.partition("://")[2],
        code=qr_code(address),
        **_live(page),
    )


def _live(page: RoomPage) -> dict[str, Any]:
    """What the templates of the page and of the screen share; a template's context has no types."""
    return {
        "stream": stream_of(page.place.room.id),
        "room_id": page.place.room.id,
        "all_signs": all_signs(),
        "words": RoomWords.current(),
        "forms": PollWords.current(),
        "change_term_s": round(CHANGE_TERM.total_seconds()),
    }


def _may_write(request: PageRequest) -> bool:
    return request.visit.viewer.is_at_least(Assurance.REGISTERED)


def _lines(request: PageRequest, page: RoomPage, now: datetime) -> list[Line]:
    return lines_of(page.said, place=page.place, person=request.visit.viewer.person, now=now)


def _writing(message: StreamEvent | None, *, answers: bool) -> Writing:
    if message is None or is_deleted(message.body):
        return Writing()
    if answers:
        return Writing(answers=quote_of(message))
    return Writing(text=str(message.body.get("text", "")), changes=message.seq)


def _number(request: PageRequest, name: str) -> int | None:
    text = str(request.GET.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
