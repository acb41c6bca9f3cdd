"""The scenarios of a territory as citizens see them, with «Как посчитано?»."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from core.identity import Viewer
from core.scenarios import ScenarioRun, model_text, published_result, published_run
from core.store import Reading
from core.territories import Territory, territory_by_slug
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.workshop.pages import shown_answer
from web.workshop.views import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The run that a territory has published, and what the viewer may see of it."""

    territory: Territory
    run: ScenarioRun | None
    body: dict[str, Any] | None
    text: str


def published(reading: Reading, *, slug: str, viewer: Viewer) -> Published:
    """The published run of a territory, if there is one. Raises: UnknownTerritory."""
    place = territory_by_slug(reading, slug=slug)
    run = published_run(reading, territory_id=place.id)
    if run is None:
        return Published(territory=place, run=None, body=None, text="")
    return Published(
        territory=place,
        run=run,
        body=published_result(reading, viewer=viewer, run_id=run.id),
        text=model_text(reading, model_id=run.model.id)[1],
    )


async def scenarios(request: PageRequest, slug: str) -> HttpResponse:
    """Where the territory goes, by scenario, and how that was computed."""
    found = await dependencies().database.read_async(published, slug=slug, viewer=request.visit.viewer)
    answer = None if found.body is None else Answer(found.body, request.language)
    of = "" if answer is None else answer.chosen(str(request.GET.get("of", "")))
    return show(
        request,
        "workshop/public.html",
        title=gettext("Forecast by scenario"),
        active="indicators",
        territory=found.territory,
        **shown_answer(answer, of),
    )


async def model_file(request: PageRequest, slug: str) -> HttpResponse:
    """The file of the published model. Raises: Http404 without one."""
    found = await dependencies().database.read_async(published, slug=slug, viewer=request.visit.viewer)
    if found.run is None:
        raise Http404
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-model.toml"'
    return response
