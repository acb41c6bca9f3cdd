"""The workshop at the console: asking for a run, watching it, comparing its scenarios."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.contact import Conversation, UnknownConversation
from core.effects import proposal_numbered
from core.identity import Viewer
from core.scenarios import (
    ModelState,
    RunRequest,
    RunState,
    ScenarioModel,
    ScenarioRun,
    UnknownRun,
    ask_run,
    cancel_run,
    follow_run,
    models_in,
    publish_run,
    result_of,
    run_for,
    run_state_words,
    visible_part,
)
from core.shared.errors import DomainError, Invalid
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading, UnitOfWork
from core.territories import Territory, territories, territory
from web.console.desk import Desk
from web.console.frame import Opened, nothing, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go
from web.workshop.forms import new_request
from web.workshop.views import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run with its place and, once it is done, the part of its answer that the viewer may see."""

    run: ScenarioRun
    place: Territory
    body: dict[str, Any] | None
    digest: str
    # The conversation that was looked for to attach the effects to.
    proposal: Conversation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a new run may be about."""

    places: list[Territory]
    models: list[ScenarioModel]


def open_run(reading: Reading, viewer: Viewer, run_id: str, number: str = "") -> OpenRun:
    """One run, with the conversation of this number if one is named. Raises: UnknownRun."""
    run = run_for(reading, viewer=viewer, run_id=run_id)
    found = result_of(reading, run_id=run_id)
    body, digest = (None, "") if found is None else (json.loads(found[0]), found[1])
    return OpenRun(
        run=run,
        place=territory(reading, territory_id=run.territory_id),
        body=None if body is None else visible_part(reading, viewer=viewer, body=body),
        digest=digest,
        proposal=_looked_for(reading, viewer, number) if number else None,
    )


def _looked_for(reading: Reading, viewer: Viewer, number: str) -> Conversation | None:
    try:
        year = dependencies().database.clock.now().year
        return proposal_numbered(reading, viewer=viewer, number=number, year=year)
    except UnknownConversation:
        return None


def choice(reading: Reading, desk: Desk) -> Choice:
    """The territories of this desk and the models that are ready."""
    places = desk.places["scenarios"]
    models = models_in(reading, territory_ids=places)
    return Choice(
        places=[place for place in territories(reading) if place.id in places],
        models=[model for model in models if model.state is ModelState.READY],
    )


def ask_runs(
    uow: UnitOfWork,
    *,
    model_id: str,
    territory_ids: list[TerritoryId],
    request: RunRequest,
    asked_by: PersonId,
) -> list[str]:
    """Ask for one run a territory; they are computed side by side. Raises: what ``ask_run`` raises."""
    return [
        ask_run(uow, model_id=model_id, territory_id=one, request=request, asked_by=asked_by)
        for one in territory_ids
    ]


async def run_queue(request: PageRequest) -> HttpResponse:
    """The runs with nothing open."""
    opened = await open_desk(request, "scenarios", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Scenarios"))


async def _new_run(request: PageRequest) -> HttpResponse:
    """The form of a run of a model as its file says."""
    if request.method != "POST":
        return await _form(request)
    sent = request.POST
    try:
        chosen = [TerritoryId(str(one)) for one in sent.getlist("territory")][:50]
        if not chosen:
            raise Invalid
        runs = await dependencies().database.run_async(
            ask_runs,
            model_id=str(sent.get("model", "")),
            territory_ids=chosen,
            request=new_request(sent),
            asked_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _form(request, refusal)
    return go(f"/console/scenarios/{runs[0]}")


async def run_item(request: PageRequest, run_id: str) -> HttpResponse:
    """One run: how far it is, then its scenarios."""
    return await show_run(request, run_id)


async def _cancel(request: PageRequest, run_id: str) -> HttpResponse:
    """Stop a run."""
    person_id = request.visit.person().id
    await dependencies().database.run_async(cancel_run, run_id=run_id, cancelled_by=person_id)
    return go(f"/console/scenarios/{run_id}")


async def _follow(request: PageRequest, run_id: str) -> HttpResponse:
    """Tell whoever asks in their messenger how the run goes."""
    person_id = request.visit.person().id
    followed = await dependencies().database.run_async(follow_run, run_id=run_id, person_id=person_id)
    return go(f"/console/scenarios/{run_id}{'?followed=yes' if followed else ''}")


async def _repeat(request: PageRequest, run_id: str) -> HttpResponse:
    """The same question again: after new data it is another run."""
    opened = await opened_run(request, run_id)
    return await ask_again(request, opened.item.run, opened.item.run.request)


async def _publish(request: PageRequest, run_id: str) -> HttpResponse:
    """Show the run to citizens, or take it back."""
    await dependencies().database.run_async(
        publish_run,
        run_id=run_id,
        published_by=request.visit.person().id,
        public=request.POST.get("public") == "yes",
    )
    return go(f"/console/scenarios/{run_id}")


async def _form(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(request, "scenarios", choice)
    sent, plain = request.POST, RunRequest()
    home = request.visit.home
    return show_desk(
        request,
        opened,
        "workshop/new_run.html",
        title=gettext("New run"),
        current="new",
        models=[(model.id, model.name, model.file_name) for model in opened.item.models],
        chosen_model=str(sent.get("model", "")),
        places=[(one.id, one.name(request.language)) for one in opened.item.places],
        chosen_places=sent.getlist("territory") or ([] if home is None else [home.id]),
        years=sent.get("years", plain.years),
        draws=sent.get("draws", plain.draws),
        seed=sent.get("seed", plain.seed),
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


async def opened_run(request: PageRequest, run_id: str) -> Opened[OpenRun]:
    """One run with the desk around it. Raises: UnknownRun."""
    number = _typed(request)
    return await open_desk(
        request, "scenarios", lambda reading, desk: open_run(reading, desk.viewer, run_id, number)
    )


def _typed(request: PageRequest) -> str:
    return str((request.POST or request.GET).get("number", "")).strip()[:40]


async def answered_run(request: PageRequest, run_id: str) -> Opened[OpenRun]:
    """A run that has an answer. Raises: UnknownRun."""
    opened = await opened_run(request, run_id)
    if opened.item.body is None:
        raise UnknownRun
    return opened


async def ask_again(request: PageRequest, run: ScenarioRun, asked: RunRequest) -> HttpResponse:
    """Ask the model of a run something else about its territory, and go there."""
    run_id = await dependencies().database.run_async(
        ask_run,
        model_id=run.model.id,
        territory_id=run.territory_id,
        request=asked,
        asked_by=request.visit.person().id,
    )
    return go(f"/console/scenarios/{run_id}")


async def show_run(request: PageRequest, run_id: str, *, refusal: DomainError | None = None) -> HttpResponse:
    """The page of a run."""
    opened = await opened_run(request, run_id)
    run, body = opened.item.run, opened.item.body
    answer = None if body is None else Answer(body, request.language)
    of = "" if answer is None else answer.chosen(str(request.GET.get("of", "")))
    return show_desk(
        request,
        opened,
        "workshop/run.html",
        title=run.model.name,
        current=run_id,
        run=run,
        place=opened.item.place.name(request.language),
        slug=opened.item.place.slug,
        synthetic=opened.item.place.synthetic,
        digest=opened.item.digest,
        under_way=not run.state.is_over,
        cancelled=run.state in {RunState.CANCELLED, RunState.FAILED},
        state_words=run_state_words(request.language, run),
        refusal_words="" if run.refusal is None else run.refusal[request.language],
        message_follows=request.GET.get("followed") == "yes",
        attached=str(request.GET.get("attached", ""))[:40],
        number=_typed(request),
        proposal=opened.item.proposal,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 409,
        **shown_answer(answer, of),
    )


def shown_answer(answer: Answer | None, of: str) -> dict[str, Any]:
    """What the template of an answer is given, for the console and for citizens."""
    if answer is None or not of:
        return {"answer": None}
    return {
        "answer": answer,
        "of": of,
        "of_title": answer.title(of),
        "chart": answer.chart(of),
        "rows": answer.table(of),
        "told": answer.told(of),
        "made_of": answer.made_of(of),
        "terms": answer.terms(of),
        "chances": answer.chances(),
        "effects": answer.effects(),
        "found": answer.found(),
        "levers": answer.levers(),
        "equations": answer.equations(),
        "passport": answer.body["passport"],
        "last_year": str(answer.years[-1]),
    }


new_run = require_http_methods(["GET", "HEAD", "POST"])(_new_run)
cancel = require_POST(_cancel)
follow = require_POST(_follow)
repeat = require_POST(_repeat)
publish = require_POST(_publish)
