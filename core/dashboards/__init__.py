"""Dashboards: pages of charts that an analyst makes without code, and the charts of an answer in a chat."""

from core.dashboards.commands import (
    add_chart,
    change_dashboard,
    copy_dashboard,
    forget_dashboard_reader,
    make_dashboard,
    move_chart,
    remove_chart,
    seed_dashboard,
    set_state,
)
from core.dashboards.describing import described, plan_status
from core.dashboards.errors import (
    AddressTaken,
    TooManyCharts,
    UnknownDashboard,
    WrongAddress,
    WrongChart,
)
from core.dashboards.materials import Materials, materials_for
from core.dashboards.queries import (
    dashboard_at,
    dashboard_shown_since,
    dashboards_for,
    own_dashboard,
    own_dashboards,
)
from core.dashboards.rules import (
    MANY_SERIES,
    MOST_CHARTS,
    MOST_INDICATORS,
    MOST_TERRITORIES,
    ChartKind,
    ChartSpec,
    Dashboard,
    DashboardChart,
    DashboardState,
    visible_charts,
)

__all__ = [
    "MANY_SERIES",
    "MOST_CHARTS",
    "MOST_INDICATORS",
    "MOST_TERRITORIES",
    "AddressTaken",
    "ChartKind",
    "ChartSpec",
    "Dashboard",
    "DashboardChart",
    "DashboardState",
    "Materials",
    "TooManyCharts",
    "UnknownDashboard",
    "WrongAddress",
    "WrongChart",
    "add_chart",
    "change_dashboard",
    "copy_dashboard",
    "dashboard_at",
    "dashboard_shown_since",
    "dashboards_for",
    "described",
    "forget_dashboard_reader",
    "make_dashboard",
    "materials_for",
    "move_chart",
    "own_dashboard",
    "own_dashboards",
    "plan_status",
    "remove_chart",
    "seed_dashboard",
    "set_state",
    "visible_charts",
]
