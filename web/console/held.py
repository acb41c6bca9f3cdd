"""Held values at the console: what looks wrong, the decision with its reason, the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.identity import people
from core.indicators import (
    Doubt,
    HeldKey,
    HeldState,
    HeldValue,
    accept_held,
    accept_held_release,
    catalogue,
    held_values,
    reject_held,
)
from core.shared.errors import DomainError, Invalid
from core.store import Reading
from core.territories import territory
from core.uploads import uploads_of
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.indicators.views import Speaker
from web.page_request import PageRequest
from web.sessions import go

JOURNAL_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDesk:
    """What waits for a decision, what was decided, and the names for both."""

    waiting: list[HeldValue]
    decided: list[HeldValue]
    speakers: dict[str, Speaker]
    places: dict[str, str]
    people: dict[str, str]
    # The viewer's own uploads by the vintage that they brought: others' reports are not theirs to read.
    uploads: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A held value in words."""

    key: str
    address: str
    title: str
    place: str
    period: str
    value: str
    expected: str
    before: str
    why: str
    state: str
    decided_by: str
    one: HeldValue


async def _held(request: PageRequest) -> HttpResponse:
    """The list and the decision."""
    if request.method != "POST":
        return await _shown(request)
    try:
        await _decide(request)
    except DomainError as refusal:
        return await _shown(request, refusal)
    return go("/console/data/held?decided=1")


async def _decide(request: PageRequest) -> None:
    sent, person_id = request.POST, request.visit.person().id
    decision, reason = str(sent.get("do", "")), str(sent.get("reason", ""))
    if decision.startswith("release:"):
        opened = await open_desk(request, "data", lambda _reading, desk: desk.places["data"])
        await dependencies().database.run_async(
            accept_held_release,
            vintage=_vintage(decision),
            territory_ids=opened.item,
            decided_by=person_id,
            reason=reason,
        )
        return
    command = {"accept": accept_held, "reject": reject_held}.get(decision)
    if command is None:
        raise Invalid
    keys = [_key(str(text)) for text in sent.getlist("key")]
    await dependencies().database.run_async(command, keys=keys, decided_by=person_id, reason=reason)


def _vintage(decision: str) -> int:
    number = decision.partition(":")[2]
    if not number.isdecimal():
        raise Invalid
    return int(number)


def _key(text: str) -> HeldKey:
    try:
        return HeldKey.parse(text)
    except ValueError as wrong:
        raise Invalid from wrong


async def _shown(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    language, asked = request.language, str(request.GET.get("indicator", ""))

    def held_desk(reading: Reading, desk: Desk) -> HeldDesk:
        places, person_id = desk.places["data"], desk.person_id
        waiting = held_values(reading, person_id=person_id, territory_ids=places, indicator=asked or None)
        journal = held_values(
            reading, person_id=person_id, territory_ids=places, state=None, indicator=asked or None
        )
        decided = [one for one in journal if one.state is not HeldState.PENDING][:JOURNAL_SHOWN]
        found = people(reading, person_ids=[one.decided_by for one in decided if one.decided_by])
        return HeldDesk(
            waiting=waiting,
            decided=decided,
            speakers={
                one.code: Speaker(indicator=one, language=language)
                for one in catalogue(reading, viewer=desk.viewer)
            },
            places={place: territory(reading, territory_id=place).name(language) for place in places},
            people={person_id: one.display_name for person_id, one in found.items()},
            uploads={
                one.vintage: one.id
                for one in uploads_of(reading, person_id=person_id).items
                if one.vintage is not None
            },
        )

    opened: Opened[HeldDesk] = await open_desk(request, "data", held_desk)
    desk = opened.item
    return show_desk(
        request,
        opened,
        "data/held.html",
        title=gettext("Values to decide"),
        current="held",
        releases=_by_release(desk),
        decided=[_row(one, desk) for one in desk.decided],
        asked=asked,
        told=bool(request.GET.get("decided")),
        sent=request.POST,
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 409,
    )


def _by_release(desk: HeldDesk) -> list[tuple[HeldValue, Sequence[HeldRow], str]]:
    """The rows of each release with the upload that brought it; its first value stands for the release."""
    found: list[tuple[HeldValue, Sequence[HeldRow], str]] = []
    for vintage, group in groupby(desk.waiting, key=lambda one: one.key.vintage):
        values = list(group)
        found.append((values[0], [_row(one, desk) for one in values], desk.uploads.get(vintage, "")))
    return found


def _row(one: HeldValue, desk: HeldDesk) -> HeldRow:
    say = desk.speakers[one.key.indicator]
    return HeldRow(
        key=str(one.key),
        address=one.key.indicator,
        title=say.indicator.title(say.language),
        place=desk.places[one.key.territory_id],
        period=say.period(one.key.period),
        value=say.value(one.value),
        expected=say.bare(one.expected),
        before="" if one.before is None else say.bare(one.before),
        why=doubt_words(one.doubt),
        state=_state_words(one.state),
        decided_by=desk.people.get(one.decided_by or "", ""),
        one=one,
    )


def doubt_words(doubt: Doubt) -> str:
    """Why a value is held, in a few words."""
    return {
        Doubt.JUMP: gettext("far off its usual change"),
        Doubt.UNIT: gettext("looks like another unit"),
        Doubt.SIGN: gettext("another sign than ever before"),
    }[doubt]


def _state_words(state: HeldState) -> str:
    return {
        HeldState.PENDING: gettext("waits"),
        HeldState.ACCEPTED: gettext("accepted"),
        HeldState.REJECTED: gettext("rejected"),
        HeldState.SUPERSEDED: gettext("a newer value came"),
    }[state]


held = require_http_methods(["GET", "HEAD", "POST"])(_held)
