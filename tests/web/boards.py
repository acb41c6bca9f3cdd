"""A dashboard with a chart of every kind, for the tests that open pages."""

from core.dashboards import (
    ChartKind,
    ChartSpec,
    DashboardState,
    add_chart,
    make_dashboard,
    own_dashboard,
    set_state,
)
from core.identity import viewer_of
from tests.town import VERA, Town

ADDRESS = "passport"


def give_dashboard(town: Town, *, code: str, title: str = "Паспорт территории") -> str:
    """A published page of Vera's with every kind of chart about one indicator; its id."""
    vera, place = town.people[VERA], town.territory.id
    dashboard_id = town.database.run(
        make_dashboard, territory_id=place, address=ADDRESS, title=title, made_by=vera
    )
    for kind in ChartKind:
        spec = ChartSpec(kind=kind, indicators=(code,), territories=(place,))
        town.database.run(add_chart, dashboard_id=dashboard_id, spec=spec, added_by=vera)
    town.database.run(set_state, dashboard_id=dashboard_id, state=DashboardState.PUBLISHED, set_by=vera)
    return dashboard_id


def charts_of(town: Town, dashboard_id: str) -> list[str]:
    """The ids of its charts in their order."""
    viewer = town.database.read(viewer_of, person_id=town.people[VERA])
    found = town.database.read(own_dashboard, viewer=viewer, dashboard_id=dashboard_id)
    return [chart.id for chart in found.charts]
