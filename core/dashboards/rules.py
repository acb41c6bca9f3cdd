"""What a dashboard and its charts are, and who may see them: values and pure decisions."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.dashboards.errors import WrongAddress, WrongChart
from core.identity import Viewer
from core.indicators import AccessLevel, Indicator, levels_seen_by
from core.shared.ids import PersonId, TerritoryId

MOST_CHARTS = 20
MOST_INDICATORS, MOST_TERRITORIES = 4, 4
TITLE_LIMIT = 120
_ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS_LIMIT = 40


class ChartKind(StrEnum):
    """How the figures are shown."""

    FAN = "fan"
    PLAN = "plan"
    SCENARIOS = "scenarios"
    CONTRIBUTIONS = "contributions"
    RANKING = "ranking"
    LINES = "lines"
    BARS = "bars"
    NUMBER = "number"
    TABLE = "table"


MANY_SERIES = frozenset({ChartKind.LINES, ChartKind.TABLE})
"""Kinds that show several indicators and territories; the others show one of each."""


class DashboardState(StrEnum):
    """A draft is seen by those who make dashboards, an archived one by nobody but them."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """What a chart shows. `since`: the first period that is shown, all if empty.

    level: who sees it besides what the page and the indicators ask for.
    """

    kind: ChartKind
    indicators: tuple[str, ...]
    territories: tuple[TerritoryId, ...]
    since: str = ""
    title: str = ""
    level: AccessLevel = AccessLevel.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardChart:
    """A chart in its place."""

    id: str
    spec: ChartSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page of charts of a territory. `readers`: the named list of a restricted page or chart."""

    id: str
    territory_id: TerritoryId
    address: str
    title: str
    level: AccessLevel
    state: DashboardState
    changed_at: datetime
    made_by: PersonId | None
    readers: frozenset[PersonId]
    charts: tuple[DashboardChart, ...]


def sees(viewer: Viewer, level: AccessLevel, readers: Collection[PersonId]) -> bool:
    """Whether a level lets the viewer through; a named list is that of the dashboard."""
    if level is AccessLevel.RESTRICTED:
        return viewer.person_id is not None and viewer.person_id in readers
    return level in levels_seen_by(viewer)


def visible_charts(dashboard: Dashboard, viewer: Viewer, hidden: Collection[str]) -> list[DashboardChart]:
    """The charts of a page that the viewer has reached, without those of closed levels and indicators."""
    return [
        chart
        for chart in dashboard.charts
        if sees(viewer, chart.spec.level, dashboard.readers)
        and not any(code in hidden for code in chart.spec.indicators)
    ]


def checked_address(text: str) -> str:
    """An address in the form in which it is kept. Raises: WrongAddress.

    >>> checked_address(" Jobs-2027 ")
    'jobs-2027'
    """
    address = text.strip().lower()
    if len(address) > _ADDRESS_LIMIT or not _ADDRESS.fullmatch(address):
        raise WrongAddress
    return address


def checked_spec(
    spec: ChartSpec, *, indicators: Sequence[Indicator], territories: Collection[TerritoryId]
) -> ChartSpec:
    """The chart, if it can be drawn. indicators, territories: those that whoever makes it may choose.

    Raises: WrongChart.
    """
    known = {one.code: one for one in indicators}
    most = (MOST_INDICATORS, MOST_TERRITORIES) if spec.kind in MANY_SERIES else (1, 1)
    chosen = (spec.indicators, spec.territories)
    if not all(1 <= len(set(one)) == len(one) <= limit for one, limit in zip(chosen, most, strict=True)):
        raise WrongChart
    if not set(spec.indicators) <= known.keys() or not set(spec.territories) <= set(territories):
        raise WrongChart
    if spec.kind is ChartKind.LINES and len({known[code].unit for code in spec.indicators}) > 1:
        raise WrongChart
    if spec.since and not (spec.since.isdecimal() and len(spec.since) == len("2000")):
        raise WrongChart
    return spec


def moved(order: Sequence[str], chart_id: str, *, up: bool) -> list[str]:
    """The order after a chart has changed places with its neighbour; at the edge it stays.

    >>> moved(["a", "b", "c"], "b", up=True), moved(["a", "b"], "b", up=False)
    (['b', 'a', 'c'], ['a', 'b'])
    """
    found = list(order)
    here = found.index(chart_id)
    there = here - 1 if up else here + 1
    if 0 <= there < len(found):
        found[here], found[there] = found[there], found[here]
    return found
