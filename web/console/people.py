"""People at the console: who has which role where, and finding somebody by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext

from core.identity import Action, Person, Role, Viewer, person_at_address, residents_called, staff
from core.shared.errors import Forbidden
from core.shared.ids import TerritoryId
from core.shared.language import Language
from core.spaces import territories_where
from core.store import Part, Reading
from core.territories import Territory, territories
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.console.passports import found_by
from web.console.roles import role_words
from web.indicators.passports import person_words
from web.page_request import PageRequest
from web.paging import Pages, first_shown, pages_of

ADDRESS = "/console/people"
FOUND_SHOWN = 20
# One letter would list half of the town.
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Those with roles where the viewer gives them, and residents whose name was asked for."""

    staff: list[Viewer]
    found: list[Person]
    at_address: Person | None
    places: Mapping[TerritoryId, Territory]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A person on the page."""

    address: str
    name: str
    line: str


def places_to_give(reading: Reading, desk: Desk) -> dict[TerritoryId, Territory]:
    """The territories where the viewer gives roles, wider ones first. Raises: Forbidden if there are none."""
    granted = set(territories_where(reading, desk.viewer, Action.GRANT_ROLES))
    if not granted:
        raise Forbidden
    return {place.id: place for place in territories(reading) if place.id in granted}


def read_people(reading: Reading, desk: Desk, text: str, role: Role | None) -> People:
    """Whom the page shows: all with a role, or with this one, and residents. Raises: Forbidden."""
    places = places_to_give(reading, desk)
    members = [
        replace(one, grants=tuple(grant for grant in one.grants if grant.territory_id in places))
        for one in staff(reading)
    ]
    found = (
        residents_called(reading, territory_ids=list(places), text=text, limit=FOUND_SHOWN + 1)
        if role is None and long_enough(text)
        else []
    )
    wanted = [one for one in members if role in {None, *(grant.role for grant in one.grants)} and one.grants]
    at_address = person_at_address(reading, text=text) if role is None else None
    return People(staff=wanted, found=found, at_address=at_address, places=places)


def long_enough(text: str) -> bool:
    """Whether the text is enough of a name to look for residents."""
    return len(text.replace(" ", "")) >= LEAST_LETTERS


async def people(request: PageRequest) -> HttpResponse:
    """The list; with a name, whoever is called so."""
    asked = str(request.GET.get("q", "")).replace("\x00", "").strip()[:100]
    role = next((one for one in Role if one == request.GET.get("role")), None)
    opened: Opened[People] = await open_desk(
        request, None, lambda reading, desk: read_people(reading, desk, asked, role)
    )
    found, language = opened.item, request.language
    lines = _found(found, asked, language) if asked else _lines(found.staff, found.places, language)
    shown = Part.of(lines, limit=FOUND_SHOWN) if asked else Part.of(lines, first=first_shown(request))
    return show_desk(
        request,
        opened,
        "console/people.html",
        title=gettext("People and roles"),
        taken=bool(request.GET.get("taken")),
        asked=asked,
        by_address="@" in asked,
        role=role,
        roles=[(one.value, role_words(one)) for one in Role],
        lines=shown.items,
        count=len(lines),
        short=bool(asked) and not long_enough(asked),
        too_many=bool(asked) and len(lines) > FOUND_SHOWN,
        most=FOUND_SHOWN,
        namesakes=bool(asked) and len({line.name for line in shown.items}) < len(shown.items),
        pages=Pages() if asked else pages_of(shown, address=ADDRESS, sent={"role": role} if role else None),
    )


def _found(found: People, asked: str, language: Language) -> list[Line]:
    """Whoever has this address; or colleagues by name, post or role, then residents without a role here."""
    if found.at_address is not None:
        return _at_address(found, found.at_address, asked, language)
    colleagues = found_by(found.staff, asked, limit=FOUND_SHOWN + 1)
    known = {one.person_id for one in found.staff}
    others = [
        Line(
            address=f"{ADDRESS}/{one.id}",
            name=person_words(one),
            line=gettext("%(place)s, no role here") % {"place": home_words(one, found.places, language)},
        )
        for one in found.found
        if one.id not in known
    ]
    return _lines(colleagues, found.places, language) + others


def _at_address(found: People, person: Person, address: str, language: Language) -> list[Line]:
    known = [one for one in found.staff if one.person_id == person.id]
    if known:
        return _lines(known, found.places, language)
    place = home_words(person, found.places, language) or gettext("lives elsewhere")
    # The address goes along: whoever names it may appoint somebody whom they would not find otherwise.
    return [
        Line(
            address=f"{ADDRESS}/{person.id}?{urlencode({'address': address})}",
            name=person_words(person),
            line=gettext("%(place)s, no role here") % {"place": place},
        )
    ]


def _lines(
    members: Sequence[Viewer], places: Mapping[TerritoryId, Territory], language: Language
) -> list[Line]:
    return [
        Line(
            address=f"{ADDRESS}/{one.person_id}",
            name=person_words(one.person),
            line="; ".join(
                f"{role_words(grant.role)} — {places[grant.territory_id].name(language)}"
                for grant in one.grants
            ),
        )
        for one in members
    ]


def home_words(one: Person, places: Mapping[TerritoryId, Territory], language: Language) -> str:
    """Where somebody lives, if it is one of these places."""
    place = None if one.home_id is None else places.get(one.home_id)
    return "" if place is None else place.name(language)
