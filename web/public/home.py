"""The start page and the home of a territory."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext

from core.contact import Conversation, conversations_of
from core.identity import Viewer
from core.indicators import IndicatorCard, favourites
from core.polls import Poll, Tally, open_polls, polls_voted, tally
from core.rooms import said_before, territory_room, unread_in
from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories import Territory, TerritoryKind, ancestry, territory_by_slug
from web.chat.lines import conversation_line
from web.dependencies import dependencies
from web.indicators.views import card_view
from web.page_request import PageRequest
from web.public.poll_views import poll_card
from web.rendering import show
from web.sessions import go

POLLS_SHOWN = 3
INDICATORS_SHOWN = 3
CONVERSATIONS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """The room of the territory on its home: what was said last, and how much the viewer has not read."""

    name: str = ""
    last: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the home of a territory shows, from one consistent view."""

    territory: Territory
    polls: list[tuple[Poll, Tally, bool]]
    indicators: list[IndicatorCard]
    conversations: list[Conversation]
    discussion: Discussion


def home_of(reading: Reading, *, slug: str, viewer: Viewer) -> Home:
    """The home of a territory. Raises: UnknownTerritory."""
    territory = territory_by_slug(reading, slug=slug)
    within = ancestry(reading, territory_id=territory.id)
    person_id = viewer.person_id
    polls = open_polls(reading, territory_ids=within)[:POLLS_SHOWN]
    voted = (
        polls_voted(reading, person_id=person_id, poll_ids=[poll.id for poll in polls])
        if person_id is not None
        else set()
    )
    return Home(
        territory=territory,
        polls=[(poll, tally(reading, poll_id=poll.id), poll.id in voted) for poll in polls],
        indicators=favourites(reading, viewer=viewer, territory_id=territory.id)[:INDICATORS_SHOWN],
        conversations=[]
        if person_id is None
        else conversations_of(reading, citizen_id=person_id, limit=CONVERSATIONS_SHOWN),
        discussion=discussion_of(reading, viewer=viewer, territory_id=territory.id),
    )


def discussion_of(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId) -> Discussion:
    """The room of a territory as its home shows it; empty before anybody has spoken there."""
    room_id = territory_room(reading, viewer=viewer, territory_id=territory_id)
    if room_id is None:
        return Discussion()
    said = [event for event in said_before(reading, room_id=room_id, limit=5) if "text" in event.body]
    person_id = viewer.person_id
    return Discussion(
        name=str(said[-1].body["name"]) if said else "",
        last=str(said[-1].body["text"]) if said else "",
        unread=0 if person_id is None else unread_in(reading, room_id=room_id, person_id=person_id),
    )


async def start(request: PageRequest) -> HttpResponse:
    """One's own territory at once if there is nothing to choose, else the list."""
    places = request.visit.places
    person = request.visit.viewer.person
    if request.visit.home is not None and (len(places) == 1 or (person and person.home_id)):
        return go(f"/t/{request.visit.home.slug}")
    rows = [
        (place, place.name(request.language)) for place in places if place.kind is not TerritoryKind.COUNTRY
    ]
    return show(request, "public/territories.html", title=gettext("Choose your territory"), rows=rows)


async def home(request: PageRequest, slug: str) -> HttpResponse:
    """The home of a territory: say something, see what is decided, what came of it, how things stand."""
    found = await dependencies().database.read_async(home_of, slug=slug, viewer=request.visit.viewer)
    now = dependencies().database.clock.now()
    return show(
        request,
        "public/home.html",
        title=gettext("Home"),
        active="home",
        territory=found.territory,
        polls=[poll_card(poll, counted, voted=voted, now=now) for poll, counted, voted in found.polls],
        indicators=[card_view(card, slug=slug, language=request.language) for card in found.indicators],
        conversations=[conversation_line(one) for one in found.conversations],
        discussion=found.discussion,
    )
