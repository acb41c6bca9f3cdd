"""Broadcasts at the console: writing one, a second person's look, how far it is, the stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.delivery import (
    Broadcast,
    BroadcastState,
    DeliveryState,
    EventKind,
    approve_broadcast,
    audience_of,
    broadcast,
    broadcast_counts,
    propose_broadcast,
    reject_broadcast,
    stop_broadcast,
    time_left,
)
from core.identity import Person, people
from core.shared.errors import DomainError, Forbidden, Invalid
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading, run_once
from core.territories import Territory, territories, territory
from messengers import RATES, Carrier
from web.console.desk import Desk
from web.console.frame import nothing, open_desk, show_desk
from web.console.queue import state_words
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go
from web.words import time_left as time_words

EVENTS = (EventKind.NEWS, EventKind.WARNINGS)

Counts = Mapping[tuple[str, DeliveryState], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastForm:
    """What was typed, kept when it is looked at or refused."""

    territory_id: str = ""
    event: EventKind = EventKind.NEWS
    title: str = ""
    text: str = ""
    key: str = ""

    @classmethod
    def of(cls, request: PageRequest) -> "BroadcastForm":
        """The form as it was sent."""
        sent = request.POST
        warning = str(sent.get("event", "")) == EventKind.WARNINGS
        return cls(
            territory_id=str(sent.get("territory", "")),
            event=EventKind.WARNINGS if warning else EventKind.NEWS,
            title=str(sent.get("title", "")),
            text=str(sent.get("text", "")),
            key=str(sent.get("key", ""))[:64],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBroadcast:
    """A broadcast with its place, the people who decided on it, and how far its messages are."""

    broadcast: Broadcast
    place: Territory
    people: dict[PersonId, Person]
    counts: Counts

    def count(self, *states: DeliveryState) -> int:
        """Messages in these states over all carriers."""
        return sum(count for (_, state), count in self.counts.items() if state in states)

    @property
    def eta(self) -> timedelta:
        """How long it still takes at the limits of the messengers."""
        return longest_wait(self.counts, not_asked=self.broadcast.audience - self.broadcast.asked)


def longest_wait(counts: Counts, *, not_asked: int) -> timedelta:
    """Until the slowest messenger is through; whoever is not asked yet may be on that one."""
    slowest = max(one.step_us for name, one in RATES.items() if name in set(Carrier))
    rest = time_left(not_asked, per_second=1e6 / slowest)
    waits = [
        time_left(count, per_second=1e6 / RATES[carrier].step_us)
        for (carrier, state), count in counts.items()
        if carrier in RATES and state in {DeliveryState.PENDING, DeliveryState.SENDING}
    ]
    return rest + max(waits, default=timedelta(0))


def own_places(reading: Reading, desk: Desk) -> list[Territory]:
    """The territories to which this desk may write."""
    return [place for place in territories(reading) if place.id in desk.places["broadcasts"]]


def open_broadcast(reading: Reading, desk: Desk, broadcast_id: str) -> OpenBroadcast:
    """One broadcast of the desk's territories. Raises: UnknownBroadcast, Forbidden."""
    found = broadcast(reading, broadcast_id=broadcast_id)
    if found.territory_id not in desk.places["broadcasts"]:
        raise Forbidden
    named = [found.created_by, found.decided_by, found.stopped_by]
    return OpenBroadcast(
        broadcast=found,
        place=territory(reading, territory_id=found.territory_id),
        people=people(reading, person_ids=[one for one in named if one is not None]),
        counts=broadcast_counts(reading, broadcast_id=broadcast_id),
    )


async def broadcast_queue(request: PageRequest) -> HttpResponse:
    """The broadcasts with nothing open."""
    opened = await open_desk(request, "broadcasts", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Mailings"))


async def broadcast_item(request: PageRequest, broadcast_id: str) -> HttpResponse:
    """One broadcast and how far it is."""
    return await _shown(request, broadcast_id)


async def _new_broadcast(request: PageRequest) -> HttpResponse:
    """The form; what it will look like and for how many; the proposal once it was looked at."""
    if request.method != "POST":
        return await _form(request, BroadcastForm(key=uuid4().hex))
    form = BroadcastForm.of(request)
    if request.POST.get("step") != "propose":
        return await _form(request, form, looked_at=True)
    person_id = request.visit.person().id
    try:
        broadcast_id = await dependencies().database.run_async(
            run_once,
            # A double click proposes one broadcast.
            key=f"page:{person_id}:{form.key}",
            command=propose_broadcast,
            arguments={
                "territory_id": form.territory_id,
                "created_by": person_id,
                "event": form.event,
                "title": form.title,
                "text": form.text,
            },
            returns=str,
        )
    except DomainError as refusal:
        return await _form(request, form, error=refusal.sentence(request.language), status=400)
    return go(f"/console/broadcasts/{broadcast_id}")


async def _decide(request: PageRequest, broadcast_id: str) -> HttpResponse:
    """Let it out, do not, or stop it."""
    person_id = request.visit.person().id
    database = dependencies().database
    try:
        match request.POST.get("decision"):
            case "approve":
                await database.run_async(approve_broadcast, broadcast_id=broadcast_id, approved_by=person_id)
            case "reject":
                await database.run_async(reject_broadcast, broadcast_id=broadcast_id, rejected_by=person_id)
            case "stop":
                await database.run_async(stop_broadcast, broadcast_id=broadcast_id, stopped_by=person_id)
            case _:
                raise Invalid
    except DomainError as refusal:
        return await _shown(request, broadcast_id, refusal=refusal)
    return go(f"/console/broadcasts/{broadcast_id}")


async def _shown(
    request: PageRequest, broadcast_id: str, *, refusal: DomainError | None = None
) -> HttpResponse:
    opened = await open_desk(
        request, "broadcasts", lambda reading, desk: open_broadcast(reading, desk, broadcast_id)
    )
    item, state = opened.item, opened.item.broadcast.state
    sent = item.count(DeliveryState.SENT)
    settled = sent + item.count(DeliveryState.FAILED, DeliveryState.UNCERTAIN)
    asked_for = max(item.broadcast.audience, sum(item.counts.values()), 1)
    return show_desk(
        request,
        opened,
        "console/broadcast.html",
        title=item.broadcast.title,
        current=broadcast_id,
        item=item,
        broadcast=item.broadcast,
        place=item.place.name(request.language),
        waiting=state is BroadcastState.WAITING,
        sending=state is BroadcastState.SENDING,
        own=item.broadcast.created_by == request.visit.person().id,
        author=item.people[item.broadcast.created_by].display_name,
        decided_by=_name(item, item.broadcast.decided_by),
        state_words=state_words(state),
        sent=sent,
        not_sent=item.count(DeliveryState.FAILED),
        uncertain=item.count(DeliveryState.UNCERTAIN),
        percent=100 if state is BroadcastState.DONE else settled * 100 // asked_for,
        eta=time_words(item.eta),
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 409,
    )


async def _form(
    request: PageRequest,
    form: BroadcastForm,
    *,
    looked_at: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    opened = await open_desk(request, "broadcasts", own_places)
    home = request.visit.home
    chosen = form.territory_id or ("" if home is None else home.id)
    place = next((one for one in opened.item if one.id == chosen), None)
    audience = 0
    if looked_at and place is not None:
        audience = await dependencies().database.read_async(audience_of, territory_id=TerritoryId(place.id))
    return show_desk(
        request,
        opened,
        "console/new_broadcast.html",
        title=gettext("New mailing"),
        current="new",
        form=form,
        places=[(one.id, one.name(request.language)) for one in opened.item],
        chosen_place=chosen,
        place="" if place is None else place.name(request.language),
        looked_at=looked_at and place is not None,
        audience=audience,
        eta=time_words(longest_wait({}, not_asked=audience)),
        error=error,
        status=status,
    )


def _name(item: OpenBroadcast, person_id: PersonId | None) -> str:
    return "" if person_id is None else item.people[person_id].display_name


new_broadcast = require_http_methods(["GET", "HEAD", "POST"])(_new_broadcast)
decide = require_POST(_decide)
