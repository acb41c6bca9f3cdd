"""The models of the workshop: a file arrives, is read by a worker, is accepted or refused with its line."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.scenarios import ModelState, ScenarioModel, UnknownModel, add_model, model_text, models_in
from core.shared.errors import DomainError, Invalid
from core.shared.ids import TerritoryId
from core.shared.language import N_
from core.store import Reading
from core.territories import Territory, territories
from web.console.desk import Desk
from web.console.frame import open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

_MOST_BYTES = 500_000


class NotAText(Invalid):
    """The file is no text in UTF-8, or there is none."""

    code = "not_a_text"
    message = N_("Choose a model file: a TOML text in UTF-8 of at most 500 KB.")


def own_models(reading: Reading, desk: Desk) -> tuple[list[Territory], list[ScenarioModel]]:
    """The territories of this desk and their models."""
    places = desk.places["scenarios"]
    return (
        [place for place in territories(reading) if place.id in places],
        models_in(reading, territory_ids=places),
    )


def own_model(reading: Reading, desk: Desk, model_id: str) -> tuple[ScenarioModel, str]:
    """One of them with its text. Raises: UnknownModel."""
    if model_id not in {one.id for one in models_in(reading, territory_ids=desk.places["scenarios"])}:
        raise UnknownModel
    return model_text(reading, model_id=model_id)


async def _models(request: PageRequest) -> HttpResponse:
    """The models, and the form of a new one."""
    if request.method != "POST":
        return await _list(request)
    try:
        file = request.FILES.get("file")
        model_id = await dependencies().database.run_async(
            add_model,
            territory_id=TerritoryId(str(request.POST.get("territory", ""))),
            file_name=_name(file),
            text=_text(file),
            added_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _list(request, refusal)
    return go(f"/console/scenarios/models/{model_id}")


async def model_item(request: PageRequest, model_id: str) -> HttpResponse:
    """One model: what its file says, or what is wrong with it."""
    opened = await open_desk(request, "scenarios", lambda reading, desk: own_model(reading, desk, model_id))
    model, text = opened.item
    outline = model.outline or {}
    return show_desk(
        request,
        opened,
        "workshop/model.html",
        title=model.name,
        current="models",
        model=model,
        waiting=model.state is ModelState.WAITING,
        refusal="" if model.refusal is None else model.refusal[request.language],
        text=text,
        equations=[
            (outline["indicators"][name]["title"], one["words"][request.language], one["text"])
            for name, one in outline.get("equations", {}).items()
        ],
        drivers=[one["title"] for one in outline.get("drivers", {}).values()],
        scenarios=[one["title"] for one in outline.get("scenarios", {}).values()],
    )


async def _list(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(request, "scenarios", own_models)
    places, models = opened.item
    return show_desk(
        request,
        opened,
        "workshop/models.html",
        title=gettext("Models"),
        current="models",
        models=models,
        places=[(one.id, one.name(request.language)) for one in places],
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


def _name(file: object) -> str:
    return str(getattr(file, "name", "")) or "model.toml"


def _text(file: object) -> str:
    read = getattr(file, "read", None)
    content: bytes = b"" if read is None else read(_MOST_BYTES + 1)
    if not content or len(content) > _MOST_BYTES:
        raise NotAText
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAText from error


models = require_http_methods(["GET", "HEAD", "POST"])(_models)
