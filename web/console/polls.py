"""Polls at the console: putting a question, watching it, closing it."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.polls import Poll, Tally, close_poll, open_poll, poll, tally
from core.shared.errors import DomainError, Forbidden
from core.shared.ids import PersonId, PollId, TerritoryId
from core.store import Reading, UnitOfWork, run_once
from core.territories import Territory, territories
from web.console.desk import Desk
from web.console.frame import nothing, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.public.poll_views import poll_view
from web.sessions import go
from web.view_models import PollWords

TERMS_DAYS = (1, 3, 7, 14, 30)
USUAL_TERM_DAYS = 7
MOST_OPTIONS = 10
FIRST_OPTIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PollForm:
    """What was typed into the form of a new poll, kept when it is refused."""

    territory_id: str = ""
    question: str = ""
    details: str = ""
    options: list[str] = field(default_factory=lambda: [""] * FIRST_OPTIONS)
    days: int = USUAL_TERM_DAYS
    key: str = ""

    @classmethod
    def of(cls, request: PageRequest) -> "PollForm":
        """The form as it was sent."""
        sent = request.POST
        days = str(sent.get("days", ""))
        options = [str(text) for text in sent.getlist("option")][:MOST_OPTIONS]
        return cls(
            territory_id=str(sent.get("territory", "")),
            question=str(sent.get("question", "")),
            details=str(sent.get("details", "")),
            options=options + [""] * (FIRST_OPTIONS - len(options)),
            days=int(days) if days.isascii() and days.isdigit() and int(days) in TERMS_DAYS else 0,
            key=str(sent.get("key", ""))[:64],
        )


def own_places(reading: Reading, desk: Desk) -> list[Territory]:
    """The territories in which this desk may put questions."""
    return [place for place in territories(reading) if place.id in desk.places["polls"]]


def poll_with_tally(reading: Reading, desk: Desk, poll_id: PollId) -> tuple[Poll, Tally]:
    """One poll of the desk's territories. Raises: UnknownPoll, Forbidden."""
    found = poll(reading, poll_id=poll_id)
    if found.territory_id not in desk.places["polls"]:
        raise Forbidden
    return found, tally(reading, poll_id=poll_id)


def open_poll_for_days(
    uow: UnitOfWork,
    *,
    territory_id: TerritoryId,
    opened_by: PersonId,
    question: str,
    details: str,
    options: list[str],
    days: int,
) -> PollId:
    """Open a poll from now on for so many days. Raises: what ``open_poll`` raises."""
    return open_poll(
        uow,
        territory_id=territory_id,
        opened_by=opened_by,
        question=question,
        details=details,
        options=options,
        closes_at=uow.now + timedelta(days=days),
    )


async def poll_queue(request: PageRequest) -> HttpResponse:
    """The polls with nothing open."""
    opened = await open_desk(request, "polls", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Polls"))


async def poll_item(request: PageRequest, poll_id: str) -> HttpResponse:
    """One poll with its live tally."""
    opened = await open_desk(
        request, "polls", lambda reading, desk: poll_with_tally(reading, desk, PollId(poll_id))
    )
    found, votes = opened.item
    return show_desk(
        request,
        opened,
        "console/poll.html",
        title=found.question,
        current=poll_id,
        poll=poll_view(found, votes, chosen=None, now=dependencies().database.clock.now()),
        forms=PollWords.current(takes_votes=found.takes_votes),
    )


async def _new_poll(request: PageRequest) -> HttpResponse:
    """The form of a new poll, or the poll itself once the form is right."""
    if request.method != "POST":
        return await _form(request, PollForm(key=uuid4().hex))
    form = PollForm.of(request)
    person_id = request.visit.person().id
    try:
        poll_id = await dependencies().database.run_async(
            run_once,
            # A double click, or a form sent again after a lost answer, opens one poll.
            key=f"page:{person_id}:{form.key}",
            command=open_poll_for_days,
            arguments={
                "territory_id": form.territory_id,
                "opened_by": person_id,
                "question": form.question,
                "details": form.details,
                "options": form.options,
                "days": form.days,
            },
            returns=str,
        )
    except DomainError as refusal:
        return await _form(request, form, error=refusal.sentence(request.language), status=400)
    return go(f"/console/polls/{poll_id}")


async def _close(request: PageRequest, poll_id: str) -> HttpResponse:
    """Take no more votes."""
    await dependencies().database.run_async(
        close_poll, poll_id=PollId(poll_id), closed_by=request.visit.person().id
    )
    return go(f"/console/polls/{poll_id}")


async def _form(request: PageRequest, form: PollForm, *, error: str = "", status: int = 200) -> HttpResponse:
    opened = await open_desk(request, "polls", own_places)
    home = request.visit.home
    return show_desk(
        request,
        opened,
        "console/new_poll.html",
        title=gettext("New poll"),
        current="new",
        form=form,
        places=[(place.id, place.name(request.language)) for place in opened.item],
        chosen_place=form.territory_id or ("" if home is None else home.id),
        terms=TERMS_DAYS,
        error=error,
        status=status,
    )


new_poll = require_http_methods(["GET", "HEAD", "POST"])(_new_poll)
close = require_POST(_close)
