"""Dashboards over the API: their figures, for those who may see them."""

from ninja import Router

from core.dashboards import DashboardChart, Materials, described
from core.shared.language import Language
from web.api.callers import ANYBODY, ApiRequest
from web.api.shapes import DashboardChartOut, DashboardOut, DashboardPageOut, FigureOut
from web.dashboards.pages import open_dashboard, plain_figures, shelf
from web.dependencies import dependencies

router = Router(tags=["indicators and alerts"])


@router.get("/territories/{slug}/dashboards", response=list[DashboardOut], auth=ANYBODY)
async def dashboard_list(request: ApiRequest, slug: str) -> list[DashboardOut]:
    """The dashboards of a territory that the caller may open, by title."""
    _, found = await dependencies().database.read_async(shelf, slug=slug, viewer=request.auth)
    return [DashboardOut(address=one.address, title=one.title, charts=count) for one, count in found]


@router.get("/territories/{slug}/dashboards/{address}", response=DashboardPageOut, auth=ANYBODY)
async def dashboard_page(request: ApiRequest, slug: str, address: str) -> DashboardPageOut:
    """A dashboard with the figures of the charts that the caller may see."""
    found = await dependencies().database.read_async(
        open_dashboard, slug=slug, address=address, viewer=request.auth
    )
    return DashboardPageOut(
        address=address,
        title=found.dashboard.title,
        charts=[_chart(one, found.materials, request.language) for one in found.charts],
    )


def _chart(chart: DashboardChart, materials: Materials, language: Language) -> DashboardChartOut:
    spec = chart.spec
    made = described(spec, materials, language)
    return DashboardChartOut(
        id=chart.id,
        kind=spec.kind,
        level=spec.level,
        title=spec.title if made is None else made.head.title,
        subtitle="" if made is None else made.head.subtitle,
        indicators=list(spec.indicators),
        territories=[materials.places[one].slug for one in spec.territories if one in materials.places],
        figures=[]
        if made is None
        else [
            FigureOut(name=name, period=period, value=value) for name, period, value in plain_figures(made)
        ],
    )
