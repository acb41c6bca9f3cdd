"""Notifications ``/me/notices``: the matrix of events and channels; and the link that ends a mailing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.briefs import choosable_by
from core.delivery import (
    CHOOSABLE,
    EVENT_WORDS,
    LARGEST_BUDGET,
    PRESET_WORDS,
    WHEN_WORDS,
    EventKind,
    Preferences,
    Preset,
    When,
    budgets_of,
    choose_budget,
    choose_notice,
    choose_preset,
    preferences_of,
)
from core.identity import Action, Viewer, identities_of
from core.shared.errors import Invalid
from core.shared.ids import PersonId
from core.shared.language import N_
from core.spaces import territories_where
from core.store import Reading, UnitOfWork
from messengers import Carrier
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import go

E = TypeVar("E", bound=StrEnum)

# The names that people know; the site's own chat is there for everybody.
_CHANNELS = {
    "telegram": "Telegram",
    "max": "MAX",
    "vk": "VK",
    "email": N_("E-mail"),
    "web": N_("Chat on the site"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One choice: the field's name, what it chooses for, and what is chosen."""

    name: str
    channel: str
    chosen: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of event over all channels of the person."""

    title: str
    cells: list[Cell]


def wishes_of(reading: Reading, *, person_id: PersonId) -> tuple[Preferences, list[str]]:
    """The person's preferences and the channels that they have."""
    linked = {one.provider for one in identities_of(reading, person_id=person_id)}
    return preferences_of(reading, person_id=person_id), [
        name for name in _CHANNELS if name in linked or name == Carrier.WEB
    ]


def budget_of(reading: Reading, *, viewer: Viewer) -> int | None:
    """How many alerts a day are enough for the viewer, None for whoever gets none."""
    person_id = viewer.person_id
    if person_id is None or not territories_where(reading, viewer, Action.HANDLE_ALERTS):
        return None
    return budgets_of(reading, person_ids=[person_id])[person_id]


def choose_all(uow: UnitOfWork, *, person_id: PersonId, choices: dict[tuple[EventKind, str], When]) -> None:
    """Choose several cells at once. Raises: Invalid."""
    for (event, channel), choice in choices.items():
        choose_notice(uow, person_id=person_id, event=event, channel=channel, choice=choice)


async def notices(request: PageRequest) -> HttpResponse:
    """The page."""
    person = request.visit.person()
    budget = await dependencies().database.read_async(budget_of, viewer=request.visit.viewer)
    wanted, channels = await dependencies().database.read_async(wishes_of, person_id=person.id)
    return show(
        request,
        "account/notices.html",
        title=gettext("Notifications"),
        active="me",
        presets=[
            (preset.value, gettext(words), preset is wanted.preset and not wanted.choices)
            for preset, words in PRESET_WORDS.items()
        ],
        choices=[(when.value, gettext(words)) for when, words in WHEN_WORDS.items()],
        lines=[_line(event, channels, wanted) for event in choosable_by(request.visit.viewer)],
        budget=budget,
        largest_budget=LARGEST_BUDGET,
        saved=request.GET.get("saved") == "1",
    )


async def _change_preset(request: PageRequest) -> HttpResponse:
    """One choice for everything."""
    preset = _known(Preset, str(request.POST.get("preset", "")))
    await dependencies().database.run_async(choose_preset, person_id=request.visit.person().id, preset=preset)
    return go("/me/notices?saved=1")


async def _change_matrix(request: PageRequest) -> HttpResponse:
    """The whole matrix as it was sent."""
    choices = {
        (event, channel): _known(When, str(request.POST[f"{event}-{channel}"]))
        for event in CHOOSABLE
        for channel in _CHANNELS
        if f"{event}-{channel}" in request.POST
    }
    await dependencies().database.run_async(choose_all, person_id=request.visit.person().id, choices=choices)
    return go("/me/notices?saved=1")


async def _change_budget(request: PageRequest) -> HttpResponse:
    """How many alerts a day. What is no number is refused."""
    try:
        per_day = int(str(request.POST.get("per_day", "")))
    except ValueError as wrong:
        raise Invalid from wrong
    await dependencies().database.run_async(
        choose_budget, person_id=request.visit.person().id, per_day=per_day
    )
    return go("/me/notices?saved=1")


def _line(event: EventKind, channels: list[str], wanted: Preferences) -> Line:
    return Line(
        title=gettext(EVENT_WORDS[event]),
        cells=[
            Cell(
                name=f"{event}-{channel}",
                channel=gettext(_CHANNELS[channel]),
                chosen=wanted.when(event, channel),
            )
            for channel in channels
        ],
    )


def _known(kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise Invalid from error


change_budget = require_POST(_change_budget)
change_preset = require_POST(_change_preset)
change_matrix = require_POST(_change_matrix)
