"""Duty at the console: whom to call when nobody takes an alert, and who stands in for whom."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.duty import (
    MOST_REPEATS,
    MOST_STEPS,
    Chain,
    Deputy,
    Step,
    chain_for,
    deputies_of,
    end_deputy,
    set_chain,
    set_deputy,
)
from core.identity import Action, Person, people, people_who_may
from core.shared.errors import DomainError, Forbidden, Invalid
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import Language
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, territory
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

USUAL_WAIT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOnDuty:
    """A territory: the chain that holds there, who could be on it, whether the viewer may change it."""

    place: Territory
    chain: Chain | None
    people: list[Person]
    mine_to_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What the page shows, from one consistent view."""

    places: list[PlaceOnDuty]
    deputies: list[Deputy]
    names: dict[PersonId, str]
    whose: list[Person]


def duty(reading: Reading, desk: Desk) -> Duty:
    """All of it. Raises: Forbidden for whoever neither handles alerts nor gives roles."""
    handled = set(territories_where(reading, desk.viewer, Action.HANDLE_ALERTS))
    granted = set(territories_where(reading, desk.viewer, Action.GRANT_ROLES))
    if not handled | granted or desk.viewer.person is None:
        raise Forbidden
    places = [_place(reading, one, one in granted) for one in sorted(handled | granted)]
    staff = {one.id: one for each in places for one in each.people}
    deputies = deputies_of(reading, person_ids=list(staff), day=reading.now.date())
    named = people(reading, person_ids={one for each in deputies for one in (each.person_id, each.deputy_id)})
    whose = [one for one in staff.values() if granted or one.id == desk.viewer.person.id]
    return Duty(
        places=places,
        deputies=deputies,
        names={one.id: one.display_name for one in [*named.values(), *staff.values()]},
        whose=sorted(whose, key=lambda one: one.display_name),
    )


def _place(reading: Reading, territory_id: TerritoryId, mine_to_set: bool) -> PlaceOnDuty:  # noqa: FBT001
    return PlaceOnDuty(
        place=territory(reading, territory_id=territory_id),
        chain=chain_for(reading, territory_id=territory_id),
        people=people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=territory_id),
        mine_to_set=mine_to_set,
    )


async def _duty(request: PageRequest) -> HttpResponse:
    """The page; a form of it sets the chain of one territory."""
    if request.method != "POST":
        return await _shown(request)
    sent = request.POST
    try:
        await dependencies().database.run_async(
            set_chain,
            territory_id=TerritoryId(str(sent.get("territory", ""))),
            steps=_steps(request),
            repeats=_whole(str(sent.get("repeats", ""))),
            set_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/duty")


async def _deputy(request: PageRequest) -> HttpResponse:
    """Somebody stands in."""
    sent = request.POST
    try:
        await dependencies().database.run_async(
            set_deputy,
            person_id=PersonId(str(sent.get("person", ""))),
            deputy_id=PersonId(str(sent.get("deputy", ""))),
            since=_day(str(sent.get("since", ""))),
            until=_day(str(sent.get("until", ""))),
            set_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/duty")


async def _back(request: PageRequest) -> HttpResponse:
    """Nobody stands in any more."""
    try:
        await dependencies().database.run_async(
            end_deputy, deputy_row=str(request.POST.get("id", "")), ended_by=request.visit.person().id
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/duty")


async def _shown(request: PageRequest, *, refusal: DomainError | None = None) -> HttpResponse:
    opened: Opened[Duty] = await open_desk(request, None, duty, beside="alerts")
    found, language = opened.item, request.language
    return show_desk(
        request,
        opened,
        "console/duty.html",
        title=gettext("On duty"),
        places=[_place_view(one, found.names, language) for one in found.places],
        deputies=[
            (one.id, found.names[one.person_id], found.names[one.deputy_id], one.since, one.until)
            for one in found.deputies
        ],
        whose=[(one.id, one.display_name) for one in found.whose],
        everybody=sorted({(one.id, one.display_name) for each in found.places for one in each.people}),
        most_repeats=MOST_REPEATS,
        today=dependencies().database.clock.now().date().isoformat(),
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 400,
    )


def _place_view(one: PlaceOnDuty, names: dict[PersonId, str], language: Language) -> dict[str, object]:
    """A territory with its chain and the empty steps that may be filled."""
    chain = one.chain
    steps = [] if chain is None else [(step.person_id, step.after_minutes) for step in chain.steps]
    blank = [("", USUAL_WAIT)] * (MOST_STEPS - len(steps))
    return {
        "id": one.place.id,
        "name": one.place.name(language),
        "inherited": chain is not None and chain.territory_id != one.place.id,
        "called": [(names.get(person_id, "—"), minutes) for person_id, minutes in steps],
        "steps": list(enumerate([*steps, *blank], start=1)),
        "repeats": 1 if chain is None else chain.repeats,
        "people": [(person.id, person.display_name) for person in one.people],
        "mine_to_set": one.mine_to_set,
    }


def _steps(request: PageRequest) -> list[Step]:
    """The steps of the form whose person was chosen."""
    return [
        Step(
            person_id=PersonId(str(request.POST[f"person-{number}"])),
            after_minutes=_whole(str(request.POST.get(f"minutes-{number}", ""))),
        )
        for number in range(1, MOST_STEPS + 1)
        if request.POST.get(f"person-{number}")
    ]


def _whole(text: str) -> int:
    """Raises: Invalid."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid
    return int(text)


def _day(text: str) -> date:
    """Raises: Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid from wrong


page = require_http_methods(["GET", "HEAD", "POST"])(_duty)
deputy = require_POST(_deputy)
back = require_POST(_back)
