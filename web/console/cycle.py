"""The board «Цикл данных»: the steps of a period with owners, terms, facts and the place to do each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.alerts import RuleKind, open_alerts
from core.cycles import (
    DASHBOARD,
    STEP_WORDS,
    Board,
    BoardStep,
    Cycle,
    Step,
    StepState,
    UnknownCycle,
    begin_cycle,
    confirm_step,
    cycle_board,
    cycle_words,
    cycles_in,
    owns_a_step,
    plan_step,
    reopen_step,
)
from core.identity import Action, Person, Viewer, people, staff
from core.indicators import catalogue
from core.shared.errors import DomainError, Forbidden, Invalid, RefusalKind
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.shared.language import translate
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, territory
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.console.passports import member_words
from web.dependencies import dependencies
from web.indicators.passports import person_words
from web.page_request import PageRequest
from web.sessions import go
from web.statuses import STATUSES

MISSING_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleList:
    """The cycles that a desk may open, and where it may begin one."""

    cycles: list[tuple[Cycle, Territory]]
    places: list[Territory]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCycle:
    """A board and what is needed to read it."""

    board: Board
    place: Territory
    keeper: bool
    staff: list[Viewer]
    named: Mapping[PersonId, Person]
    titles: Mapping[str, str]
    late: list[tuple[AlertId, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step in words. ``act`` is where it is done: an address and what the link says."""

    code: str
    title: str
    what: str
    state: StepState
    state_words: str
    owner: str
    owner_id: str
    due: date
    found: str
    missing: list[str]
    more: int
    act: tuple[str, str]
    may_confirm: bool
    confirmed: str
    note: str


def cycle_list(reading: Reading, desk: Desk) -> CycleList:
    """All of it. Raises: Forbidden for those who load no data and own no step."""
    places = territories_where(reading, desk.viewer, Action.LOAD_DATA)
    found = cycles_in(reading, territory_ids=places, person_id=desk.person_id)
    if not places and not found:
        raise Forbidden
    return CycleList(
        cycles=[(one, territory(reading, territory_id=one.territory_id)) for one in found],
        places=[territory(reading, territory_id=place) for place in places],
    )


def open_cycle(reading: Reading, desk: Desk, cycle_id: str, request: PageRequest) -> OpenCycle:
    """One board. Raises: UnknownCycle for those who load no data of the place and own no step."""
    board = cycle_board(reading, cycle_id=cycle_id)
    place_id = board.cycle.territory_id
    keeper = place_id in territories_where(reading, desk.viewer, Action.LOAD_DATA)
    if not keeper and not owns_a_step(reading, cycle_id=cycle_id, person_id=desk.person_id):
        raise UnknownCycle
    involved = {one for step in board.steps for one in (step.plan.owner, step.plan.confirmed_by) if one}
    titles = {one.code: one.title(request.language) for one in catalogue(reading, viewer=desk.viewer)}
    return OpenCycle(
        board=board,
        place=territory(reading, territory_id=place_id),
        keeper=keeper,
        staff=staff(reading) if keeper else [],
        named=people(reading, person_ids=list(involved)),
        titles=titles,
        late=[
            (card.alert.id, titles.get(card.indicator.code, ""))
            for card in open_alerts(reading, viewer=desk.viewer)
            if card.alert.rule.kind is RuleKind.STALENESS and card.alert.territory_id == place_id
        ],
    )


async def _cycles(request: PageRequest) -> HttpResponse:
    """The cycles; sent, a new one begins."""
    if request.method != "POST":
        return await _list(request)
    try:
        cycle_id = await dependencies().database.run_async(
            begin_cycle,
            territory_id=TerritoryId(str(request.POST.get("territory", ""))),
            period=str(request.POST.get("period", "")),
            begun_by=request.visit.person().id,
        )
    except Invalid as refusal:
        return await _list(request, refusal)
    return go(f"/console/cycle/{cycle_id}")


async def board(request: PageRequest, cycle_id: str) -> HttpResponse:
    """One cycle with its steps."""
    return await _board(request, cycle_id)


async def _change(request: PageRequest, cycle_id: str, step: str) -> HttpResponse:
    """Plan a step, say that it is done, or take that back."""
    sent, run, mine = request.POST, dependencies().database.run_async, request.visit.person().id
    try:
        about, what = _step(step), str(sent.get("do", ""))
        if what == "plan":
            owner = PersonId(str(sent.get("owner", ""))) if sent.get("owner") else None
            due = _day(str(sent.get("due", "")))
            await run(plan_step, cycle_id=cycle_id, step=about, owner=owner, due=due, planned_by=mine)
        elif what == "confirm":
            note = str(sent.get("note", ""))
            await run(confirm_step, cycle_id=cycle_id, step=about, note=note, confirmed_by=mine)
        elif what == "reopen":
            await run(reopen_step, cycle_id=cycle_id, step=about, reopened_by=mine)
        else:
            raise Invalid
    except DomainError as refusal:
        if refusal.kind is not RefusalKind.INVALID:
            raise
        return await _board(request, cycle_id, refusal)
    return go(f"/console/cycle/{cycle_id}#{step}")


async def _list(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    opened: Opened[CycleList] = await open_desk(request, None, cycle_list, beside="data")
    year = dependencies().database.clock.now().year
    return show_desk(
        request,
        opened,
        "data/cycles.html",
        title=gettext("The cycle of data"),
        current="cycle",
        cycles=[(one.id, cycle_words(request.language, one, place)) for one, place in opened.item.cycles],
        places=[(place.id, place.name(request.language)) for place in opened.item.places],
        periods=[str(year - 1), *(f"{at}-Q{quarter}" for at in (year, year - 1) for quarter in (4, 3, 2, 1))],
        sent=request.POST,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else STATUSES[refusal.kind],
    )


async def _board(request: PageRequest, cycle_id: str, refusal: DomainError | None = None) -> HttpResponse:
    opened: Opened[OpenCycle] = await open_desk(
        request, None, lambda reading, desk: open_cycle(reading, desk, cycle_id, request), beside="data"
    )
    one = opened.item
    steps = [_step_view(step, one, opened.desk, request) for step in one.board.steps]
    return show_desk(
        request,
        opened,
        "data/cycle.html",
        title=cycle_words(request.language, one.board.cycle, one.place),
        current="cycle",
        cycle=one.board.cycle,
        steps=steps,
        done=sum(step.state is StepState.DONE for step in steps),
        keeper=one.keeper,
        candidates=[(member.person_id, member_words(member)) for member in one.staff],
        late=one.late,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else STATUSES[refusal.kind],
    )


def _step(text: str) -> Step:
    try:
        return Step(text)
    except ValueError as wrong:
        raise Invalid from wrong


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid from wrong


def _step_view(step: BoardStep, one: OpenCycle, desk: Desk, request: PageRequest) -> StepView:
    plan, found = step.plan, step.found
    # What is hidden from the viewer is counted, never named.
    missing = [one.titles[code] for code in found.missing if code in one.titles]
    by_word = plan.confirmed_at is not None and not step.by_facts
    confirmer = one.named.get(plan.confirmed_by) if plan.confirmed_by else None
    return StepView(
        code=plan.step,
        title=translate(request.language, STEP_WORDS[plan.step]),
        what=_what_words(plan.step),
        state=step.state,
        state_words=_state_words(step),
        owner=person_words(one.named.get(plan.owner)) if plan.owner else gettext("nobody yet"),
        owner_id=plan.owner or "",
        due=plan.due,
        found=_found_words(step),
        missing=missing[:MISSING_SHOWN],
        more=len(found.missing) - len(missing[:MISSING_SHOWN]),
        act=_act(step, one),
        may_confirm=plan.step not in {Step.FILL, Step.REFRESH}
        and step.state is not StepState.DONE
        and (one.keeper or plan.owner == desk.person_id),
        confirmed=person_words(confirmer) if by_word else "",
        note=plan.note if by_word else "",
    )


def _state_words(step: BoardStep) -> str:
    if step.state is StepState.DONE:
        return gettext("done") if step.by_facts else gettext("done, as said")
    return {
        StepState.OPEN: gettext("not yet"),
        StepState.SOON: gettext("due soon"),
        StepState.OVERDUE: gettext("overdue"),
    }[step.state]


def _what_words(step: Step) -> str:
    """What the step is about, in one line."""
    return {
        Step.FILL: gettext("Every figure of the period is loaded."),
        Step.FACTORS: gettext("The conditions of the model are those that act on the economy now."),
        Step.EQUATIONS: gettext("The equations are checked and, where needed, corrected."),
        Step.CONSEQUENCES: gettext(
            "The model has been run on the new data, with the decisions in preparation."
        ),
        Step.REFRESH: gettext("The forecasts are made anew and no value waits for a decision."),
        Step.PAGES: gettext("The new forecast and its charts are shown to citizens."),
        Step.ACCESS: gettext("Who sees which indicator is looked through."),
    }[step]


def _found_words(step: BoardStep) -> str:
    """What the facts say."""
    found = step.found
    if step.plan.step is Step.FILL:
        return ngettext(
            "%(have)d of %(of)d figure is there", "%(have)d of %(of)d figures are there", found.of
        ) % {"have": found.have, "of": found.of}
    if not found.done:
        return ""
    return {
        Step.FACTORS: gettext("A run with changed conditions is there."),
        Step.EQUATIONS: gettext("A new version of the model has been read."),
        Step.CONSEQUENCES: gettext("A run since the beginning of the cycle is there."),
        Step.REFRESH: gettext("All is forecast as of data vintage %(vintage)s.") % {"vintage": found.thing},
        Step.PAGES: gettext("A dashboard made or changed since the beginning of the cycle is shown.")
        if found.thing.startswith(DASHBOARD)
        else gettext("A run since the beginning of the cycle is published."),
        Step.ACCESS: gettext("Levels or lists were changed since the beginning of the cycle."),
    }[step.plan.step]


def _act(step: BoardStep, one: OpenCycle) -> tuple[str, str]:
    """Where the step is done, or what has done it."""
    thing = step.found.thing
    return {
        Step.FILL: ("/console/data/new", gettext("Load a file")),
        Step.FACTORS: (
            (f"/console/scenarios/{thing}/conditions", gettext("To the conditions"))
            if thing
            else ("/console/scenarios/new", gettext("To the workshop"))
        ),
        Step.EQUATIONS: ("/console/scenarios/models", gettext("To the models")),
        Step.CONSEQUENCES: (
            (f"/console/scenarios/{thing}", gettext("To the run"))
            if thing
            else ("/console/scenarios/new", gettext("New run"))
        ),
        Step.REFRESH: ("/console/data/held", gettext("Values to decide")),
        Step.PAGES: (
            (_shown_at(one, thing), gettext("The page that citizens see"))
            if thing
            else ("/console/dashboards", gettext("To the dashboards"))
        ),
        Step.ACCESS: ("/console/data/passports", gettext("To the passports")),
    }[step.plan.step]


def _shown_at(one: OpenCycle, thing: str) -> str:
    if thing.startswith(DASHBOARD):
        return f"/t/{one.place.slug}/dashboards/{thing.removeprefix(DASHBOARD)}"
    return f"/t/{one.place.slug}/scenarios"


cycles = require_http_methods(["GET", "HEAD", "POST"])(_cycles)
change = require_POST(_change)
