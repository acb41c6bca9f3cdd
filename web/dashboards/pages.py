"""Dashboards as they are read: the list of a territory, a page, the figures of one chart."""

import csv
import io
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext

from core.charts import Chart, figures_of
from core.dashboards import (
    Dashboard,
    DashboardChart,
    Materials,
    UnknownDashboard,
    dashboard_at,
    dashboards_for,
    described,
    materials_for,
    visible_charts,
)
from core.identity import Viewer
from core.indicators import hidden_from
from core.store import Reading
from core.territories import Territory, territory_by_slug
from web.dashboards.views import chart_cards, chart_count_words
from web.dependencies import dependencies
from web.indicators.pages import plain_cell
from web.page_request import PageRequest
from web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDashboard:
    """A page with what the viewer may see of it, from one consistent view."""

    territory: Territory
    dashboard: Dashboard
    charts: list[DashboardChart]
    materials: Materials


def seen_by(reading: Reading, viewer: Viewer, territory: Territory, dashboard: Dashboard) -> OpenDashboard:
    """The charts of a page that the viewer has reached, with all they need: read at once."""
    charts = visible_charts(dashboard, viewer, hidden_from(reading, viewer=viewer))
    return OpenDashboard(
        territory=territory,
        dashboard=dashboard,
        charts=charts,
        materials=materials_for(reading, viewer=viewer, specs=[chart.spec for chart in charts]),
    )


def open_dashboard(reading: Reading, *, slug: str, address: str, viewer: Viewer) -> OpenDashboard:
    """A published page. Raises: UnknownTerritory, UnknownDashboard."""
    territory = territory_by_slug(reading, slug=slug)
    found = dashboard_at(reading, viewer=viewer, territory_id=territory.id, address=address)
    return seen_by(reading, viewer, territory, found)


def shelf(reading: Reading, *, slug: str, viewer: Viewer) -> tuple[Territory, list[tuple[Dashboard, int]]]:
    """The pages of a territory that the viewer may open, and how many charts they will see there.

    Raises: UnknownTerritory.
    """
    territory = territory_by_slug(reading, slug=slug)
    hidden = hidden_from(reading, viewer=viewer)
    found = dashboards_for(reading, viewer=viewer, territory_id=territory.id)
    return territory, [(one, len(visible_charts(one, viewer, hidden))) for one in found]


async def dashboard_list(request: PageRequest, slug: str) -> HttpResponse:
    """The dashboards of a territory."""
    territory, found = await dependencies().database.read_async(shelf, slug=slug, viewer=request.visit.viewer)
    return show(
        request,
        "dashboards/list.html",
        title=gettext("Dashboards"),
        active="indicators",
        territory=territory,
        dashboards=[(one.title, one.address, chart_count_words(count)) for one, count in found],
    )


async def dashboard(request: PageRequest, slug: str, address: str) -> HttpResponse:
    """One dashboard."""
    found = await dependencies().database.read_async(
        open_dashboard, slug=slug, address=address, viewer=request.visit.viewer
    )
    return show(
        request,
        "dashboards/dashboard.html",
        title=found.dashboard.title,
        active="indicators",
        territory=found.territory,
        address=address,
        cards=chart_cards(found.charts, found.materials, request.language),
    )


def plain_figures(made: Chart) -> list[tuple[str, str, str | float]]:
    """(name, period, value) of a chart for programs: without the digits that only a computer believes in."""
    return [
        (name, period, value if isinstance(value, str) else round(value, 6))
        for name, period, value in figures_of(made)
    ]


async def chart_data(request: PageRequest, slug: str, address: str, chart_id: str) -> HttpResponse:
    """The figures of one chart as CSV, figures with a point. Raises: UnknownDashboard."""
    found = await dependencies().database.read_async(
        open_dashboard, slug=slug, address=address, viewer=request.visit.viewer
    )
    chart = next((one for one in found.charts if one.id == chart_id), None)
    made = None if chart is None else described(chart.spec, found.materials, request.language)
    if made is None:
        raise UnknownDashboard
    output = io.StringIO()
    # The mark makes spreadsheets read the Cyrillic letters as what they are.
    output.write("\ufeff")
    table = csv.writer(output)
    table.writerow(["chart", "name", "period", "value"])
    for name, period, value in plain_figures(made):
        cell = plain_cell(value) if isinstance(value, str) else value
        table.writerow([plain_cell(made.head.title), plain_cell(name), plain_cell(period), cell])
    response = HttpResponse(output.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{address}.csv"'
    return response
