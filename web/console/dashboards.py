"""Dashboards at the console: made, filled, ordered, shown, copied and put away by forms alone."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.dashboards import (
    MANY_SERIES,
    MOST_CHARTS,
    MOST_INDICATORS,
    MOST_TERRITORIES,
    ChartKind,
    ChartSpec,
    DashboardState,
    UnknownDashboard,
    WrongChart,
    add_chart,
    change_dashboard,
    copy_dashboard,
    make_dashboard,
    move_chart,
    own_dashboard,
    remove_chart,
    set_state,
)
from core.identity import Action, Person, Viewer, people_who_may
from core.indicators import AccessLevel, Indicator, catalogue
from core.shared.errors import DomainError
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading
from core.territories import Territory, territories
from web.console.desk import Desk
from web.console.frame import nothing, open_desk, show_desk
from web.console.queue import dashboard_state_words
from web.dashboards.pages import OpenDashboard, seen_by
from web.dashboards.views import chart_cards, hidden_words, kind_words, level_words
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """A dashboard with what its forms offer."""

    opened: OpenDashboard
    places: list[Territory]
    indicators: list[Indicator]
    staff: list[Person]


def at_desk(reading: Reading, viewer: Viewer, dashboard_id: str) -> AtDesk:
    """A dashboard of the viewer's territories. Raises: UnknownDashboard."""
    found = own_dashboard(reading, viewer=viewer, dashboard_id=dashboard_id)
    places = territories(reading)
    territory = next(one for one in places if one.id == found.territory_id)
    return AtDesk(
        opened=seen_by(reading, viewer, territory, found),
        places=places,
        indicators=catalogue(reading, viewer=viewer),
        staff=people_who_may(reading, action=Action.SEE_CONSOLE, territory_id=territory.id),
    )


def own_places(reading: Reading, desk: Desk) -> list[Territory]:
    """The territories of this desk."""
    return [place for place in territories(reading) if place.id in desk.places["dashboards"]]


async def dashboard_queue(request: PageRequest) -> HttpResponse:
    """The dashboards with nothing open."""
    opened = await open_desk(request, "dashboards", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Dashboards"))


async def _new(request: PageRequest) -> HttpResponse:
    """The form of a new page."""
    if request.method != "POST":
        return await _new_form(request)
    sent = request.POST
    try:
        dashboard_id = await dependencies().database.run_async(
            make_dashboard,
            territory_id=TerritoryId(str(sent.get("territory", ""))),
            address=str(sent.get("address", "")),
            title=str(sent.get("title", "")),
            made_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _new_form(request, refusal)
    return go(f"/console/dashboards/{dashboard_id}")


async def _new_form(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(request, "dashboards", own_places)
    home = request.visit.home
    return show_desk(
        request,
        opened,
        "dashboards/new.html",
        title=gettext("New dashboard"),
        current="new",
        sent=request.POST,
        places=[(one.id, one.name(request.language)) for one in opened.item],
        chosen=str(request.POST.get("territory", "" if home is None else home.id)),
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


async def _item(request: PageRequest, dashboard_id: str) -> HttpResponse:
    """One page with its forms; sent, its title and who sees it are changed."""
    if request.method != "POST":
        return await _form(request, dashboard_id)
    sent = request.POST
    try:
        await dependencies().database.run_async(
            change_dashboard,
            dashboard_id=dashboard_id,
            title=str(sent.get("title", "")),
            level=_level(sent.get("level")),
            readers=[PersonId(str(one)) for one in sent.getlist("reader")],
            changed_by=request.visit.person().id,
        )
    except UnknownDashboard:
        raise
    except DomainError as refusal:
        return await _form(request, dashboard_id, refusal)
    return go(f"/console/dashboards/{dashboard_id}")


async def _add(request: PageRequest, dashboard_id: str) -> HttpResponse:
    """Put a chart on the page."""
    try:
        await dependencies().database.run_async(
            add_chart,
            dashboard_id=dashboard_id,
            spec=_spec(request),
            added_by=request.visit.person().id,
        )
    except UnknownDashboard:
        raise
    except DomainError as refusal:
        return await _form(request, dashboard_id, refusal)
    return go(f"/console/dashboards/{dashboard_id}#charts")


async def _arrange(request: PageRequest, dashboard_id: str, chart_id: str) -> HttpResponse:
    """Move a chart up or down, or take it away."""
    person_id, database = request.visit.person().id, dependencies().database
    step = request.POST.get("do")
    if step == "remove":
        await database.run_async(
            remove_chart, dashboard_id=dashboard_id, chart_id=chart_id, removed_by=person_id
        )
        return go(f"/console/dashboards/{dashboard_id}#charts")
    await database.run_async(
        move_chart, dashboard_id=dashboard_id, chart_id=chart_id, up=step == "up", moved_by=person_id
    )
    return go(f"/console/dashboards/{dashboard_id}#chart-{chart_id}")


async def _state(request: PageRequest, dashboard_id: str) -> HttpResponse:
    """Show the page, take it back, or put it away."""
    wanted = str(request.POST.get("state", ""))
    state = DashboardState(wanted) if wanted in set(DashboardState) else DashboardState.DRAFT
    await dependencies().database.run_async(
        set_state, dashboard_id=dashboard_id, state=state, set_by=request.visit.person().id
    )
    return go(f"/console/dashboards/{dashboard_id}")


async def _copy(request: PageRequest, dashboard_id: str) -> HttpResponse:
    """The same page again, as a draft."""
    copy_id = await dependencies().database.run_async(
        copy_dashboard, dashboard_id=dashboard_id, copied_by=request.visit.person().id
    )
    return go(f"/console/dashboards/{copy_id}")


async def _form(request: PageRequest, dashboard_id: str, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(
        request, "dashboards", lambda reading, desk: at_desk(reading, desk.viewer, dashboard_id)
    )
    found, language, sent = opened.item, request.language, request.POST
    dashboard = found.opened.dashboard
    return show_desk(
        request,
        opened,
        "dashboards/edit.html",
        title=dashboard.title,
        current=dashboard_id,
        dashboard=dashboard,
        slug=found.opened.territory.slug,
        state_words=dashboard_state_words(dashboard.state),
        shown=dashboard.state is DashboardState.PUBLISHED,
        archived=dashboard.state is DashboardState.ARCHIVED,
        cards=chart_cards(found.opened.charts, found.opened.materials, language),
        full=len(dashboard.charts) >= MOST_CHARTS,
        hidden_words=hidden_words(len(dashboard.charts) - len(found.opened.charts)),
        kinds=[(kind.value, kind_words(kind)) for kind in ChartKind],
        levels=[(level.value, level_words(level)) for level in AccessLevel],
        indicators=[
            (one.code, f"{one.title(language)}, {one.unit_words(language)}") for one in found.indicators
        ],
        places=[(one.id, one.name(language)) for one in found.places],
        staff=[(one.id, one.display_name, one.id in dashboard.readers) for one in found.staff],
        more_indicators=[gettext("Indicator %(n)d") % {"n": n} for n in range(2, MOST_INDICATORS + 1)],
        more_places=[gettext("Territory %(n)d") % {"n": n} for n in range(2, MOST_TERRITORIES + 1)],
        sent=sent,
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 400,
    )


def _spec(request: PageRequest) -> ChartSpec:
    """A chart as the form says it; kinds that show one series take the first choice. Raises: WrongChart."""
    sent = request.POST
    wanted = str(sent.get("kind", ""))
    if wanted not in set(ChartKind):
        raise WrongChart
    kind = ChartKind(wanted)
    indicators = [str(one) for one in sent.getlist("indicator") if one]
    places = [TerritoryId(str(one)) for one in sent.getlist("territory") if one]
    several = kind in MANY_SERIES
    return ChartSpec(
        kind=kind,
        indicators=tuple(dict.fromkeys(indicators)) if several else tuple(indicators[:1]),
        territories=tuple(dict.fromkeys(places)) if several else tuple(places[:1]),
        since=str(sent.get("since", "")).strip(),
        title=str(sent.get("title", "")).strip(),
        level=_level(sent.get("level")),
    )


def _level(wanted: object) -> AccessLevel:
    """What is not known closes, so that a broken form opens nothing."""
    return AccessLevel(str(wanted)) if wanted in set(AccessLevel) else AccessLevel.RESTRICTED


new_dashboard = require_http_methods(["GET", "HEAD", "POST"])(_new)
dashboard_item = require_http_methods(["GET", "HEAD", "POST"])(_item)
add = require_POST(_add)
arrange = require_POST(_arrange)
state = require_POST(_state)
copy = require_POST(_copy)
