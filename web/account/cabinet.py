"""The cabinet ``/me``: who I am here, how I come in, what I allowed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.chats import bot_names
from core.identity import (
    PERSONAL_DATA,
    PROVING,
    ConsentState,
    Identity,
    OpenSession,
    choose_language,
    current_consent,
    identities_of,
    issue_link_code,
    rename,
    revoke_session,
    sessions_of,
    settle,
    unlink_messenger,
)
from core.shared.ids import PersonId, SessionId, TerritoryId
from core.shared.language import as_language
from core.store import Reading, UnitOfWork
from core.territories import Territory, inhabited, territories, territory
from messengers import CARRIER_NAMES, deep_link
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import LANGUAGE_COOKIE, show
from web.sessions import drop_session, go

_ESIA = {PROVING: "Госуслуги"}
_MESSENGERS: dict[str, str] = {**{carrier.value: name for carrier, name in CARRIER_NAMES.items()}, **_ESIA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabinet:
    """What the cabinet shows."""

    identities: list[Identity]
    consent: ConsentState
    sessions: list[OpenSession]
    bots: dict[str, str]
    places: list[Territory]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """A linked messenger in words."""

    provider: str
    title: str
    linked_at: datetime
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BotLink:
    """A link that opens our bot with the code in its hand."""

    title: str
    url: str


def cabinet_of(reading: Reading, *, person_id: PersonId) -> Cabinet:
    """Everything the cabinet shows, from one consistent view."""
    return Cabinet(
        identities=identities_of(reading, person_id=person_id),
        consent=current_consent(reading, person_id=person_id, kind=PERSONAL_DATA),
        sessions=sessions_of(reading, person_id=person_id),
        bots=bot_names(reading),
        places=territories(reading),
    )


async def cabinet(request: PageRequest) -> HttpResponse:
    """The cabinet."""
    return await _shown(request)


async def _link_code(request: PageRequest) -> HttpResponse:
    """Show a fresh code for a messenger. The page is not redirected to: the code is kept nowhere."""
    code = await dependencies().database.run_async(issue_link_code, person_id=request.visit.person().id)
    return await _shown(request, code=f"{code[:4]} {code[4:]}")


async def _unlink(request: PageRequest) -> HttpResponse:
    """Let a messenger no longer lead to this person."""
    provider = str(request.POST.get("messenger", ""))
    await dependencies().database.run_async(
        unlink_messenger, person_id=request.visit.person().id, provider=provider
    )
    return go("/me#messengers")


async def _end_session(request: PageRequest) -> HttpResponse:
    """End one of one's own sessions; ending this one is signing out."""
    person = request.visit.person()
    session_id = SessionId(str(request.POST.get("session", "")))
    await dependencies().database.run_async(revoke_session, session_id=session_id, person_id=person.id)
    if session_id == request.visit.viewer.session_id:
        return drop_session(go("/"))
    return go("/me#sessions")


async def _change_name(request: PageRequest) -> HttpResponse:
    """Change the name that others see."""
    person = request.visit.person()
    await dependencies().database.run_async(
        rename, person_id=person.id, display_name=str(request.POST.get("name", ""))
    )
    return go("/me")


async def _change_home(request: PageRequest) -> HttpResponse:
    """Say where one lives: what is shown and asked first follows it."""
    home_id = TerritoryId(str(request.POST.get("home", "")))
    await dependencies().database.run_async(_settle, person_id=request.visit.person().id, home_id=home_id)
    return go("/me#name")


def _settle(uow: UnitOfWork, *, person_id: PersonId, home_id: TerritoryId) -> None:
    territory(uow, territory_id=home_id)
    settle(uow, person_id=person_id, home_id=home_id)


async def _change_language(request: PageRequest) -> HttpResponse:
    """Change the language of pages and of the bot."""
    language = as_language(request.POST.get("language"))
    await dependencies().database.run_async(
        choose_language, person_id=request.visit.person().id, language=language
    )
    response = go("/me")
    response.delete_cookie(LANGUAGE_COOKIE)
    return response


async def _shown(request: PageRequest, *, code: str = "") -> HttpResponse:
    person = request.visit.person()
    found = await dependencies().database.read_async(cabinet_of, person_id=person.id)
    ways = [
        WayIn(
            provider=way.provider,
            title=_MESSENGERS[way.provider],
            linked_at=way.linked_at,
            reachable=way.reachable,
        )
        for way in found.identities
        if way.provider in _MESSENGERS
    ]
    links = [
        BotLink(title=title, url=deep_link(carrier, name=found.bots[carrier], code=code.replace(" ", "")))
        for carrier, title in CARRIER_NAMES.items()
        if code and found.bots.get(carrier)
    ]
    return show(
        request,
        "account/cabinet.html",
        title=gettext("My account"),
        active="me",
        person=person,
        cabinet=found,
        ways=ways,
        code=code,
        links=links,
        proves=dependencies().identity_provider is not None and all(way.provider != PROVING for way in ways),
        places=[
            (place.id, place.name(request.language))
            for place in found.places
            if place in inhabited(found.places) or place.id == person.home_id
        ],
        this_session=request.visit.viewer.session_id,
    )


link_code = require_POST(_link_code)
unlink = require_POST(_unlink)
end_session = require_POST(_end_session)
change_name = require_POST(_change_name)
change_home = require_POST(_change_home)
change_language = require_POST(_change_language)
