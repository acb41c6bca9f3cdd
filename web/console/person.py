"""One person at the console: their roles where the viewer gives them; giving one and taking one."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.identity import (
    SERVICE_OF,
    Action,
    Assurance,
    Grant,
    HeldRole,
    NotInService,
    Person,
    Role,
    Viewer,
    allowed_by,
    giving,
    grant_role,
    people,
    person_to_appoint,
    revoke_role,
    roles_of,
    serves,
)
from core.shared.errors import DomainError, Invalid
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import Language
from core.store import Reading
from core.territories import ReferenceItem, Territory, ancestry, reference_items
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.console.people import ADDRESS, home_words, places_to_give
from web.console.roles import deeds, role_words
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go
from web.words import short_date


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPerson:
    """Somebody as whoever gives roles sees them: what they have elsewhere is left out."""

    viewer: Viewer
    held: list[HeldRole]
    givers: Mapping[PersonId, Person]
    places: Mapping[TerritoryId, Territory]
    services: list[ReferenceItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A role to be given or taken, and what that opens or closes."""

    gives: bool
    grant: Grant
    actions: list[Action]


def open_person(reading: Reading, desk: Desk, person_id: PersonId, address: str | None) -> OpenPerson:
    """All of it. ``address``: by which the viewer knows somebody of elsewhere.

    Raises: Forbidden; UnknownPerson, also if they are none of the viewer's business.
    """
    places = places_to_give(reading, desk)
    found = person_to_appoint(reading, giver=desk.viewer, person_id=person_id, address=address)
    held = [one for one in roles_of(reading, person_id=person_id) if one.grant.territory_id in places]
    givers = {one.granted_by for one in held if one.granted_by is not None}
    return OpenPerson(
        viewer=found,
        held=held,
        givers=people(reading, person_ids=givers),
        places=places,
        services=reference_items(reading, taxonomy="civic_service"),
    )


async def person(request: PageRequest, person_id: str) -> HttpResponse:
    """The page of a person."""
    opened: Opened[OpenPerson] = await open_desk(
        request,
        None,
        lambda reading, desk: open_person(reading, desk, PersonId(person_id), _address(request.GET)),
    )
    one, language = opened.item, request.language
    somebody = _somebody(one)
    return show_desk(
        request,
        opened,
        "console/person.html",
        title=somebody.display_name,
        person=somebody,
        home=home_words(somebody, one.places, language),
        proved=somebody.assurance is Assurance.VERIFIED,
        held=[
            (
                each.grant,
                _title(one, each.grant, language),
                deeds(allowed_by(each.grant.role, service=each.grant.service)),
                _since(one, each),
            )
            for each in one.held
        ],
        roles=[(role.value, role_words(role)) for role in Role],
        services=_services(opened.desk.viewer, one.services, language),
        for_all=None in giving(opened.desk.viewer),
        address=_address(request.GET) or "",
        places=[(place.id, place.name(language)) for place in one.places.values()],
        oneself=somebody.id == opened.desk.person_id,
        given=bool(request.GET.get("given")),
    )


async def _role(request: PageRequest, person_id: str) -> HttpResponse:
    """What giving or taking a role would mean; sent, it is done."""
    if request.method != "POST":
        return await _asked(request, PersonId(person_id))
    sent, whom, mine = request.POST, PersonId(person_id), request.visit.person().id
    try:
        gives, grant = _sent(sent)
        run = dependencies().database.run_async
        role, place, service = grant.role, grant.territory_id, grant.service
        if gives:
            await run(
                grant_role,
                person_id=whom,
                role=role,
                territory_id=place,
                service=service,
                granted_by=mine,
                address=_address(sent),
            )
        else:
            await run(
                revoke_role, person_id=whom, role=role, territory_id=place, service=service, revoked_by=mine
            )
    except DomainError as refusal:
        return await _asked(request, whom, refusal=refusal)
    # Whoever has no role here any more and lives elsewhere has no page here.
    return go(f"{ADDRESS}/{whom}?given=1" if gives else f"{ADDRESS}?taken=1")


async def _asked(
    request: PageRequest, person_id: PersonId, *, refusal: DomainError | None = None
) -> HttpResponse:
    sent = request.GET if refusal is None else request.POST

    def opened_change(reading: Reading, desk: Desk) -> tuple[OpenPerson, Change]:
        one = open_person(reading, desk, person_id, _address(sent))
        return one, _change(reading, one, *_sent(sent))

    opened: Opened[tuple[OpenPerson, Change]] = await open_desk(request, None, opened_change)
    one, change = opened.item
    somebody, language = _somebody(one), request.language
    return show_desk(
        request,
        opened,
        "console/role.html",
        title=gettext("Give a role") if change.gives else gettext("Take a role"),
        person=somebody,
        change=change,
        role=_title(one, change.grant, language),
        already=change.gives and change.grant in one.viewer.grants,
        gone=not change.gives and change.grant not in one.viewer.grants,
        deeds=deeds(change.actions),
        idle=NotInService().sentence(language) if change.gives and not _has_deeds(change.grant) else "",
        address=_address(sent) or "",
        oneself=somebody.id == opened.desk.person_id,
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 409,
    )


def _change(reading: Reading, one: OpenPerson, gives: bool, grant: Grant) -> Change:  # noqa: FBT001
    """What the role lets one do; of a role to be taken, only what no other role lets them do there."""
    if grant.territory_id not in one.places:
        raise Invalid
    actions = allowed_by(grant.role, service=grant.service)
    if not gives:
        within = ancestry(reading, territory_id=grant.territory_id)
        others = {
            action
            for other in one.viewer.grants
            if other != grant and other.territory_id in within
            for action in allowed_by(other.role, service=other.service)
        }
        actions = [action for action in actions if action not in others]
    return Change(gives=gives, grant=grant, actions=actions)


def _sent(sent: Mapping[str, object]) -> tuple[bool, Grant]:
    """Whether a role is given, and which. Raises: Invalid."""
    do = str(sent.get("do", ""))
    try:
        role = Role(str(sent.get("role", "")))
    except ValueError as wrong:
        raise Invalid from wrong
    if do not in {"give", "take"}:
        raise Invalid
    place = TerritoryId(str(sent.get("territory", "")))
    return do == "give", Grant(role=role, territory_id=place, service=str(sent.get("service", "")) or None)


def _address(sent: Mapping[str, object]) -> str | None:
    return str(sent.get("address", "")) or None


def _has_deeds(grant: Grant) -> bool:
    return grant.service is None or serves(grant.role, grant.service)


def _services(viewer: Viewer, items: list[ReferenceItem], language: Language) -> list[tuple[str, str]]:
    """What a role may be limited to by this viewer: the services in which some role does something."""
    mine = giving(viewer)
    return [
        (item.code, item.title(language))
        for item in items
        if item.code in SERVICE_OF.values() and mine & {None, item.code}
    ]


def _title(one: OpenPerson, grant: Grant, language: Language) -> str:
    """``official — Zarechny (Direct line)``."""
    words = f"{role_words(grant.role)} — {one.places[grant.territory_id].name(language)}"
    if grant.service is None:
        return words
    titles = {item.code: item.title(language) for item in one.services}
    return f"{words} ({titles.get(grant.service, grant.service)})"


def _since(one: OpenPerson, held: HeldRole) -> str:
    day = short_date(held.granted_at)
    if held.granted_by is None:
        return gettext("given %(day)s at the server") % {"day": day}
    giver = one.givers.get(held.granted_by)
    return gettext("given %(day)s by %(name)s") % {
        "day": day,
        "name": giver.display_name if giver else "—",
    }


def _somebody(one: OpenPerson) -> Person:
    assert one.viewer.person is not None  # noqa: S101 - whoever was found is somebody
    return one.viewer.person


change_role = require_http_methods(["GET", "HEAD", "POST"])(_role)
