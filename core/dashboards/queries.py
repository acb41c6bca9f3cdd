"""Questions about dashboards."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from core.dashboards.errors import UnknownDashboard
from core.dashboards.model import DashboardChartRow, DashboardReaderRow, DashboardRow
from core.dashboards.rules import (
    ChartKind,
    ChartSpec,
    Dashboard,
    DashboardChart,
    DashboardState,
    sees,
)
from core.identity import Action, Viewer
from core.indicators import AccessLevel
from core.shared.ids import PersonId, TerritoryId
from core.spaces import territories_where
from core.store import Reading


def dashboards_for(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId) -> list[Dashboard]:
    """The published dashboards of a territory that the viewer may open, by title."""
    rows = reading.session.execute(
        select(DashboardRow)
        .where(DashboardRow.territory_id == territory_id, DashboardRow.state == DashboardState.PUBLISHED)
        .order_by(DashboardRow.title, DashboardRow.id)
    ).scalars()
    return [one for one in _whole(reading, rows) if sees(viewer, one.level, one.readers)]


def dashboard_at(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId, address: str) -> Dashboard:
    """A published dashboard. Raises: UnknownDashboard, also for a closed one."""
    rows = reading.session.execute(
        select(DashboardRow).where(
            DashboardRow.territory_id == territory_id,
            DashboardRow.address == address,
            DashboardRow.state == DashboardState.PUBLISHED,
        )
    ).scalars()
    found = next(iter(_whole(reading, rows)), None)
    if found is None or not sees(viewer, found.level, found.readers):
        raise UnknownDashboard
    return found


def dashboard_shown_since(reading: Reading, *, territory_id: TerritoryId, since: datetime) -> str:
    """The address of the page for everybody that was changed or shown last since a moment, "" if none was."""
    found = reading.session.execute(
        select(DashboardRow.address)
        .where(
            DashboardRow.territory_id == territory_id,
            DashboardRow.state == DashboardState.PUBLISHED,
            DashboardRow.level == AccessLevel.PUBLIC,
            DashboardRow.changed_at >= since,
        )
        .order_by(DashboardRow.changed_at.desc(), DashboardRow.id)
        .limit(1)
    ).scalar_one_or_none()
    return "" if found is None else found


def own_dashboards(
    reading: Reading, *, viewer: Viewer, territory_ids: Collection[TerritoryId]
) -> list[Dashboard]:
    """All dashboards of these territories for somebody who makes them there, the last changed first."""
    rows = reading.session.execute(
        select(DashboardRow)
        .where(DashboardRow.territory_id.in_(territory_ids))
        .order_by(DashboardRow.changed_at.desc(), DashboardRow.id)
    ).scalars()
    return [one for one in _whole(reading, rows) if _may_arrange(viewer, one)]


def own_dashboard(reading: Reading, *, viewer: Viewer, dashboard_id: str) -> Dashboard:
    """A dashboard of a territory where the viewer may make them. Raises: UnknownDashboard."""
    rows = reading.session.execute(select(DashboardRow).where(DashboardRow.id == dashboard_id)).scalars()
    found = next(iter(_whole(reading, rows)), None)
    places = territories_where(reading, viewer, Action.RUN_MODELS)
    if found is None or found.territory_id not in places or not _may_arrange(viewer, found):
        raise UnknownDashboard
    return found


def _may_arrange(viewer: Viewer, dashboard: Dashboard) -> bool:
    # Whoever makes pages reads no page that was closed to all but a list, unless it is their own.
    closed = dashboard.level is AccessLevel.RESTRICTED
    return not closed or viewer.person_id in dashboard.readers or viewer.person_id == dashboard.made_by


def _whole(reading: Reading, rows: Iterable[DashboardRow]) -> list[Dashboard]:
    """Dashboards with their charts and lists: two statements, however many they are."""
    found = list(rows)
    ids = [row.id for row in found]
    charts: dict[str, list[DashboardChart]] = {one: [] for one in ids}
    readers: dict[str, set[PersonId]] = {one: set() for one in ids}
    if ids:
        wanted = select(DashboardChartRow).where(DashboardChartRow.dashboard_id.in_(ids))
        for row in reading.session.execute(wanted.order_by(DashboardChartRow.position)).scalars():
            charts[row.dashboard_id].append(_as_chart(row))
        named = select(DashboardReaderRow).where(DashboardReaderRow.dashboard_id.in_(ids))
        for reader in reading.session.execute(named).scalars():
            readers[reader.dashboard_id].add(PersonId(reader.person_id))
    return [_as_dashboard(row, charts[row.id], readers[row.id]) for row in found]


def _as_dashboard(row: DashboardRow, charts: list[DashboardChart], readers: set[PersonId]) -> Dashboard:
    return Dashboard(
        id=row.id,
        territory_id=TerritoryId(row.territory_id),
        address=row.address,
        title=row.title,
        level=AccessLevel(row.level),
        state=DashboardState(row.state),
        changed_at=row.changed_at,
        made_by=None if row.made_by is None else PersonId(row.made_by),
        readers=frozenset(readers),
        charts=tuple(charts),
    )


def _as_chart(row: DashboardChartRow) -> DashboardChart:
    return DashboardChart(
        id=row.id,
        spec=ChartSpec(
            kind=ChartKind(row.kind),
            indicators=tuple(row.indicators),
            territories=tuple(TerritoryId(one) for one in row.territories),
            since=row.since,
            title=row.title,
            level=AccessLevel(row.level),
        ),
    )
