"""Polls: the list of a territory, a poll, a vote."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.identity import ConsentNeeded, NewSession, create_person, give_consent, open_session
from core.polls import Poll, Tally, ballot_of, cast_ballot, poll, polls_voted, recent_polls, tally
from core.shared.ids import OptionId, PersonId, PollId
from core.shared.language import Language
from core.store import Part, Reading, UnitOfWork
from core.territories import Territory, ancestry, territory, territory_by_slug
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.paging import first_shown, pages_of
from web.public.poll_views import poll_card, poll_view
from web.rendering import show
from web.sessions import browser_label, go, keep_session, safe_address
from web.view_models import PollWords


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPage:
    """What the page of a poll shows, from one consistent view."""

    poll: Poll
    tally: Tally
    chosen: OptionId | None
    territory: Territory


def poll_page_of(reading: Reading, *, poll_id: PollId, person_id: PersonId | None) -> PollPage:
    """A poll with its tally and the viewer's own answer. Raises: UnknownPoll."""
    found = poll(reading, poll_id=poll_id)
    return PollPage(
        poll=found,
        tally=tally(reading, poll_id=poll_id),
        chosen=None if person_id is None else ballot_of(reading, poll_id=poll_id, person_id=person_id),
        territory=territory(reading, territory_id=found.territory_id),
    )


def poll_list_of(
    reading: Reading, *, slug: str, person_id: PersonId | None, first: int
) -> tuple[Territory, Part[tuple[Poll, Tally, bool]]]:
    """The polls that concern a territory. Raises: UnknownTerritory."""
    place = territory_by_slug(reading, slug=slug)
    found = recent_polls(reading, territory_ids=ancestry(reading, territory_id=place.id), first=first)
    ids = [one.id for one in found.items]
    voted = set() if person_id is None else polls_voted(reading, person_id=person_id, poll_ids=ids)
    return place, found.map(lambda one: (one, tally(reading, poll_id=one.id), one.id in voted))


def come_in_and_agree(uow: UnitOfWork, *, name: str, language: Language, label: str) -> NewSession:
    """A newcomer who pressed «I agree» on the page of a poll: a person, their consent, a session."""
    person = create_person(uow, display_name=name, language=language)
    give_consent(uow, person_id=person.id)
    return open_session(uow, person_id=person.id, label=label)


async def poll_list(request: PageRequest, slug: str) -> HttpResponse:
    """Open polls first, then what was decided."""
    place, found = await dependencies().database.read_async(
        poll_list_of, slug=slug, person_id=request.visit.viewer.person_id, first=first_shown(request)
    )
    now = dependencies().database.clock.now()
    cards = [
        (one.takes_votes, poll_card(one, votes, voted=voted, now=now)) for one, votes, voted in found.items
    ]
    return show(
        request,
        "public/polls.html",
        title=gettext("Polls"),
        active="polls",
        territory=place,
        pages=pages_of(found, address=f"/t/{slug}/polls"),
        open_polls=[card for takes_votes, card in cards if takes_votes],
        closed_polls=[card for takes_votes, card in cards if not takes_votes],
    )


async def poll_page(request: PageRequest, poll_id: str) -> HttpResponse:
    """A poll: choose and vote, or see how it stands."""
    return await _shown(request, PollId(poll_id))


async def _vote(request: PageRequest, poll_id: str) -> HttpResponse:
    """Take a vote; whoever has not consented is asked first, on the way and with the choice kept."""
    option_id = str(request.POST.get("option", ""))
    if not option_id:
        return await _shown(request, PollId(poll_id), error=gettext("Choose one of the answers."), status=400)
    agreed = request.POST.get("agree") == "yes"
    session: NewSession | None = None
    person_id = request.visit.viewer.person_id
    if person_id is None and not agreed:
        return await _ask_consent(request, PollId(poll_id), OptionId(option_id))
    if person_id is None:
        session = await dependencies().database.run_async(
            come_in_and_agree,
            name=gettext("Guest"),
            language=request.language,
            label=browser_label(request),
        )
        person_id = session.person_id
    elif agreed:
        await dependencies().database.run_async(give_consent, person_id=person_id)
    try:
        await dependencies().database.run_async(
            cast_ballot,
            poll_id=PollId(poll_id),
            person_id=person_id,
            option_id=OptionId(option_id),
            door="web",
        )
    except ConsentNeeded:
        return await _ask_consent(request, PollId(poll_id), OptionId(option_id))
    response = go(safe_address(request.POST.get("next"), otherwise=f"/polls/{poll_id}?voted=1#result"))
    return response if session is None else keep_session(response, session)


async def _ask_consent(request: PageRequest, poll_id: PollId, option_id: OptionId) -> HttpResponse:
    page = await dependencies().database.read_async(poll_page_of, poll_id=poll_id, person_id=None)
    chosen = next((option for option in page.poll.options if option.id == option_id), None)
    return show(
        request,
        "public/poll_consent.html",
        title=page.poll.question,
        active="polls",
        territory=page.territory,
        poll=page.poll,
        chosen=chosen,
        target=safe_address(request.POST.get("next"), otherwise=""),
    )


async def _shown(
    request: PageRequest, poll_id: PollId, *, error: str = "", status: int = 200
) -> HttpResponse:
    page = await dependencies().database.read_async(
        poll_page_of, poll_id=poll_id, person_id=request.visit.viewer.person_id
    )
    now = dependencies().database.clock.now()
    return show(
        request,
        "public/poll.html",
        title=page.poll.question,
        active="polls",
        territory=page.territory,
        poll=poll_view(page.poll, page.tally, chosen=page.chosen, now=now),
        just_voted="voted" in request.GET and page.chosen is not None,
        changing="change" in request.GET and page.chosen is not None,
        error=error,
        forms=PollWords.current(takes_votes=page.poll.takes_votes),
        status=status,
    )


vote = require_POST(_vote)
