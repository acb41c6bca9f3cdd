"""What an analyst does with a run that is done: other conditions, a decision, a target, an effect card."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.contact import conversation_numbered
from core.effects import IndicatorEffect, RunPassport, attach_effect_card
from core.identity import ANONYMOUS
from core.indicators import catalogue
from core.scenarios import UnknownRun
from core.shared.errors import DomainError
from core.shared.ids import PersonId
from core.store import UnitOfWork
from web.console.frame import Opened, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go, safe_address
from web.workshop.forms import condition_rows, with_conditions, with_question
from web.workshop.pages import OpenRun, answered_run, ask_again, show_run
from web.workshop.views import Answer


async def _conditions(request: PageRequest, run_id: str) -> HttpResponse:
    """The table of drivers and add-factors of one scenario; sent, it is another run."""
    opened = await answered_run(request, run_id)
    run, body = opened.item.run, opened.item.body or {}
    wanted = str((request.POST if request.method == "POST" else request.GET).get("scenario", ""))
    scenario = wanted if wanted in body["scenarios"] else body["main"]
    if request.method == "POST":
        try:
            changed = with_conditions(body, run.request, scenario, request.POST)
            return await ask_again(request, run, changed)
        except DomainError as refusal:
            return _table(request, opened, scenario, refusal)
    return _table(request, opened, scenario)


async def _question(request: PageRequest, run_id: str) -> HttpResponse:
    """A decision to judge, or a target to search for; sent, it is another run."""
    opened = await answered_run(request, run_id)
    if request.method == "POST":
        try:
            asked = with_question(opened.item.run.request, request.POST)
            return await ask_again(request, opened.item.run, asked)
        except DomainError as refusal:
            return _questions(request, opened, refusal)
    return _questions(request, opened)


async def _attach(request: PageRequest, run_id: str) -> HttpResponse:
    """Attach the effects of the run's decision to a conversation; back to where it was asked for."""
    opened = await answered_run(request, run_id)
    number = str(request.POST.get("number", "")).strip()
    try:
        await dependencies().database.run_async(
            attach, opened=opened.item, number=number, analyst_id=request.visit.person().id
        )
    except DomainError as refusal:
        return await show_run(request, run_id, refusal=refusal)
    attached = f"/console/scenarios/{run_id}?attached={number}"
    return go(safe_address(request.POST.get("then"), otherwise=attached))


def attach(uow: UnitOfWork, *, opened: OpenRun, number: str, analyst_id: PersonId) -> None:
    """Attach what the run says of the indicators that everybody may see. Raises: what the core raises."""
    run, body = opened.run, opened.body
    if body is None or run.request.decision is None or not body["decision"]:
        raise UnknownRun
    known = {one.code for one in catalogue(uow, viewer=ANONYMOUS)}
    conversation_numbered(uow, number=number)
    attach_effect_card(
        uow,
        conversation_number=number,
        analyst_id=analyst_id,
        title=run.request.decision.title,
        effects=[
            IndicatorEffect(
                indicator=one["variable"],
                year=body["years"][-1],
                low=one["low"][-1],
                median=one["median"][-1],
                high=one["high"][-1],
            )
            for one in body["decision"]["effects"]
            if one["variable"] in known
        ],
        passport=RunPassport(
            model=run.model.digest, scenario=body["main"], vintage=run.vintage, seed=run.request.seed
        ),
    )


def _table(
    request: PageRequest, opened: Opened[OpenRun], scenario: str, refusal: DomainError | None = None
) -> HttpResponse:
    run, body = opened.item.run, opened.item.body or {}
    drivers, equations = condition_rows(body, run.request, scenario)
    return show_desk(
        request,
        opened,
        "workshop/conditions.html",
        title=gettext("Conditions"),
        current=run.id,
        run=run,
        scenario=scenario,
        scenarios=body["scenarios"].items(),
        years=body["years"],
        drivers=drivers,
        equations=equations,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


def _questions(
    request: PageRequest, opened: Opened[OpenRun], refusal: DomainError | None = None
) -> HttpResponse:
    run, body = opened.item.run, opened.item.body or {}
    outline = run.model.outline or {"projects": {}, "sectors": {}}
    return show_desk(
        request,
        opened,
        "workshop/questions.html",
        title=gettext("What if"),
        current=run.id,
        run=run,
        sent=request.POST,
        sectors=outline["sectors"].items(),
        projects=outline["projects"].items(),
        indicators=Answer(body, request.language).indicators,
        instruments=[
            *((name, one["title"]) for name, one in body["drivers"].items()),
            *Answer(body, request.language).indicators,
        ],
        years=body["years"],
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


conditions = require_http_methods(["GET", "HEAD", "POST"])(_conditions)
question = require_http_methods(["GET", "HEAD", "POST"])(_question)
attach_effects = require_POST(_attach)
