"""Use cases of dashboards: a page is made, filled, ordered, shown, copied and put away."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select, update

from core.dashboards.errors import AddressTaken, TooManyCharts, UnknownDashboard
from core.dashboards.model import DashboardChartRow, DashboardReaderRow, DashboardRow
from core.dashboards.queries import own_dashboard
from core.dashboards.rules import (
    MOST_CHARTS,
    TITLE_LIMIT,
    ChartSpec,
    Dashboard,
    DashboardState,
    checked_address,
    checked_spec,
    moved,
)
from core.identity import Action, require_right, viewer_of
from core.indicators import AccessLevel, catalogue
from core.shared.doors import Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import territories

_BUILT_ON_A_SCREEN = "a page is built beside its own picture, which a messenger does not show"
_CLOSED = {Door.BOT: _BUILT_ON_A_SCREEN, Door.API: _BUILT_ON_A_SCREEN}


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def make_dashboard(
    uow: UnitOfWork,
    *,
    territory_id: TerritoryId,
    address: str,
    title: str,
    level: AccessLevel = AccessLevel.PUBLIC,
    made_by: PersonId | None,
) -> str:
    """Begin a page as a draft; returns its id. made_by: None is the operator of the instance.

    Raises: Forbidden, WrongAddress, AddressTaken, Empty, TooLong.
    """
    if made_by is not None:
        require_right(uow, person_id=made_by, action=Action.RUN_MODELS, territory_id=territory_id)
    values = {
        "id": new_id(),
        "territory_id": territory_id,
        "address": checked_address(address),
        "title": checked_text(title, limit=TITLE_LIMIT),
        "level": level,
        "state": DashboardState.DRAFT,
        "made_by": made_by,
        "changed_at": uow.now,
    }
    # The unique pair, not a SELECT, decides: two people may choose one address in the same second.
    if not uow.insert_new(DashboardRow, values, conflict=("territory_id", "address")):
        raise AddressTaken(address=values["address"])
    uow.audit("dashboard_made", actor=made_by, subject=f"dashboard:{values['id']}")
    return str(values["id"])


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def change_dashboard(
    uow: UnitOfWork,
    *,
    dashboard_id: str,
    title: str,
    level: AccessLevel,
    readers: Collection[PersonId],
    changed_by: PersonId,
) -> None:
    """Change the title and who sees the page; `readers` replaces its named list.

    Raises: UnknownDashboard, Empty, TooLong.
    """
    found = _own(uow, dashboard_id, changed_by)
    kept = checked_text(title, limit=TITLE_LIMIT)
    _touch(uow, found, title=kept, level=level)
    uow.session.execute(delete(DashboardReaderRow).where(DashboardReaderRow.dashboard_id == found.id))
    rows = [{"dashboard_id": found.id, "person_id": one} for one in sorted(set(readers))]
    if rows:
        uow.session.execute(insert(DashboardReaderRow), rows)
    uow.audit("dashboard_changed", actor=changed_by, subject=f"dashboard:{found.id}")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def add_chart(uow: UnitOfWork, *, dashboard_id: str, spec: ChartSpec, added_by: PersonId) -> str:
    """Put a chart at the end of the page; returns its id.

    Raises: UnknownDashboard, TooManyCharts, WrongChart, also for an indicator that they may not see.
    """
    found = _own(uow, dashboard_id, added_by)
    if len(found.charts) >= MOST_CHARTS:
        raise TooManyCharts(most=MOST_CHARTS)
    open_to_them = catalogue(uow, viewer=viewer_of(uow, person_id=added_by))
    places = [place.id for place in territories(uow)]
    chart_id = _put(uow, found.id, checked_spec(spec, indicators=open_to_them, territories=places))
    _touch(uow, found)
    return chart_id


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def move_chart(uow: UnitOfWork, *, dashboard_id: str, chart_id: str, up: bool, moved_by: PersonId) -> None:
    """Let a chart change places with the one above or below. Raises: UnknownDashboard."""
    found = _own(uow, dashboard_id, moved_by)
    order = [chart.id for chart in found.charts]
    if chart_id not in order:
        raise UnknownDashboard
    for position, one in enumerate(moved(order, chart_id, up=up)):
        uow.session.execute(
            update(DashboardChartRow).where(DashboardChartRow.id == one).values(position=position)
        )
    _touch(uow, found)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def remove_chart(uow: UnitOfWork, *, dashboard_id: str, chart_id: str, removed_by: PersonId) -> None:
    """Take a chart off the page. Raises: UnknownDashboard."""
    found = _own(uow, dashboard_id, removed_by)
    gone = (DashboardChartRow.id == chart_id, DashboardChartRow.dashboard_id == found.id)
    uow.session.execute(delete(DashboardChartRow).where(*gone))
    _touch(uow, found)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def set_state(uow: UnitOfWork, *, dashboard_id: str, state: DashboardState, set_by: PersonId | None) -> None:
    """Show the page, take it back to a draft, or put it away. set_by: None is the operator.

    Raises: UnknownDashboard.
    """
    if set_by is not None:
        _own(uow, dashboard_id, set_by)
    values = {"state": state, "changed_at": uow.now}
    uow.session.execute(update(DashboardRow).where(DashboardRow.id == dashboard_id).values(**values))
    uow.audit(f"dashboard_{state}", actor=set_by, subject=f"dashboard:{dashboard_id}")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_CLOSED)
def copy_dashboard(uow: UnitOfWork, *, dashboard_id: str, copied_by: PersonId) -> str:
    """The same page again as a draft of another address; returns its id. Raises: UnknownDashboard."""
    found = _own(uow, dashboard_id, copied_by)
    copy_id = make_dashboard(
        uow,
        territory_id=found.territory_id,
        address=_free_address(uow, found),
        title=found.title,
        level=found.level,
        made_by=copied_by,
    )
    for chart in found.charts:
        _put(uow, copy_id, chart.spec)
    rows = [{"dashboard_id": copy_id, "person_id": one} for one in sorted(found.readers)]
    if rows:
        uow.session.execute(insert(DashboardReaderRow), rows)
    return copy_id


def seed_dashboard(
    uow: UnitOfWork, *, territory_id: TerritoryId, address: str, title: str, charts: Collection[ChartSpec]
) -> None:
    """Give a territory an example page, published; one that is there already stays as people left it."""
    taken = select(DashboardRow.id).where(
        DashboardRow.territory_id == territory_id, DashboardRow.address == address
    )
    if uow.session.execute(taken).first() is not None:
        return
    dashboard_id = make_dashboard(uow, territory_id=territory_id, address=address, title=title, made_by=None)
    for spec in charts:
        _put(uow, dashboard_id, spec)
    set_state(uow, dashboard_id=dashboard_id, state=DashboardState.PUBLISHED, set_by=None)


def forget_dashboard_reader(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Take a person off every named list."""
    uow.session.execute(delete(DashboardReaderRow).where(DashboardReaderRow.person_id == person_id))


def _own(uow: UnitOfWork, dashboard_id: str, person_id: PersonId) -> Dashboard:
    # Locked: two people who add or move charts of one page take turns.
    uow.session.execute(select(DashboardRow.id).where(DashboardRow.id == dashboard_id).with_for_update())
    return own_dashboard(uow, viewer=viewer_of(uow, person_id=person_id), dashboard_id=dashboard_id)


def _put(uow: UnitOfWork, dashboard_id: str, spec: ChartSpec) -> str:
    last = select(DashboardChartRow.position).where(DashboardChartRow.dashboard_id == dashboard_id)
    position = max(uow.session.execute(last).scalars(), default=-1) + 1
    values = {
        "id": new_id(),
        "dashboard_id": dashboard_id,
        "position": position,
        "kind": spec.kind,
        "indicators": list(spec.indicators),
        "territories": list(spec.territories),
        "since": spec.since,
        "title": spec.title.replace("\x00", "").strip()[:TITLE_LIMIT],
        "level": spec.level,
    }
    uow.session.execute(insert(DashboardChartRow), [values])
    return str(values["id"])


def _touch(uow: UnitOfWork, found: Dashboard, **values: object) -> None:
    changed = update(DashboardRow).where(DashboardRow.id == found.id)
    uow.session.execute(changed.values(changed_at=uow.now, **values))


def _free_address(uow: UnitOfWork, found: Dashboard) -> str:
    taken = set(
        uow.session.execute(
            select(DashboardRow.address).where(DashboardRow.territory_id == found.territory_id)
        ).scalars()
    )
    numbered = (f"{found.address[:34]}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in numbered if one not in taken)
