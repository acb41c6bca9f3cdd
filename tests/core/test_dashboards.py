"""Dashboards: made without code, closed by page, chart and indicator, read in few statements."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from core.charts import Columns, OverTime, Rows
from core.dashboards import (
    MOST_CHARTS,
    AddressTaken,
    ChartKind,
    ChartSpec,
    DashboardState,
    TooManyCharts,
    UnknownDashboard,
    WrongAddress,
    WrongChart,
    add_chart,
    change_dashboard,
    copy_dashboard,
    dashboard_at,
    dashboards_for,
    described,
    make_dashboard,
    materials_for,
    move_chart,
    own_dashboard,
    own_dashboards,
    remove_chart,
    set_state,
    visible_charts,
)
from core.identity import ANONYMOUS, Viewer, viewer_of
from core.indicators import AccessLevel, Target, register_indicators, set_target
from core.shared.errors import Forbidden
from tests.town import ANNA, IVANOV, VERA, Town
from tests.web.figures import UNEMPLOYMENT, publish_unemployment


@pytest.fixture
def town(town: Town) -> Town:
    publish_unemployment(town, 6.0, 6.4, 6.1)
    return town


def page_of(town: Town, *, level: AccessLevel = AccessLevel.PUBLIC, address: str = "jobs") -> str:
    return town.database.run(
        make_dashboard,
        territory_id=town.territory.id,
        address=address,
        title="Работа",
        level=level,
        made_by=town.people[VERA],
    )


def put(town: Town, page: str, kind: ChartKind = ChartKind.NUMBER, **fields: Any) -> str:
    spec = ChartSpec(kind=kind, indicators=("UNEMP",), territories=(town.territory.id,))
    return town.database.run(
        add_chart, dashboard_id=page, spec=replace(spec, **fields), added_by=town.people[VERA]
    )


def show(town: Town, page: str, state: DashboardState = DashboardState.PUBLISHED) -> None:
    town.database.run(set_state, dashboard_id=page, state=state, set_by=town.people[VERA])


def viewer(town: Town, name: str | None) -> Viewer:
    return ANONYMOUS if name is None else town.database.read(viewer_of, person_id=town.people[name])


def order_of(town: Town, page: str) -> list[str]:
    found = town.database.read(own_dashboard, viewer=viewer(town, VERA), dashboard_id=page)
    return [chart.id for chart in found.charts]


def addresses(town: Town, name: str | None) -> list[str]:
    place = town.territory.id
    found = town.database.read(dashboards_for, viewer=viewer(town, name), territory_id=place)
    return [one.address for one in found]


def test_a_page_is_filled_ordered_shown_copied_and_put_away(town: Town) -> None:
    page, vera = page_of(town), town.people[VERA]
    first, second, third = put(town, page), put(town, page, ChartKind.FAN), put(town, page, ChartKind.BARS)

    town.database.run(move_chart, dashboard_id=page, chart_id=third, up=True, moved_by=vera)
    town.database.run(move_chart, dashboard_id=page, chart_id=first, up=True, moved_by=vera)
    assert order_of(town, page) == [first, third, second]
    town.database.run(remove_chart, dashboard_id=page, chart_id=first, removed_by=vera)
    assert addresses(town, None) == []
    show(town, page)
    assert addresses(town, None) == ["jobs"]

    copy = town.database.run(copy_dashboard, dashboard_id=page, copied_by=vera)
    made = town.database.read(own_dashboard, viewer=viewer(town, VERA), dashboard_id=copy)
    assert (made.address, made.state, len(made.charts)) == ("jobs-2", DashboardState.DRAFT, 2)
    show(town, page, DashboardState.ARCHIVED)
    assert addresses(town, None) == []
    mine = town.database.read(own_dashboards, viewer=viewer(town, VERA), territory_ids=[town.territory.id])
    assert {one.id for one in mine} == {page, copy}


def test_what_makes_no_page_and_no_chart_is_refused(town: Town) -> None:
    page = page_of(town)
    rent = replace(UNEMPLOYMENT, code="RENT", unit="руб.")
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT, rent])

    with pytest.raises(AddressTaken):
        page_of(town)
    with pytest.raises(WrongAddress):
        page_of(town, address="работа")
    for wrong in (
        {"indicators": ("NOPE",)},
        {"indicators": ("UNEMP", "RENT")},
        {"indicators": ("UNEMP", "RENT"), "kind": ChartKind.LINES},
        {"territories": ()},
        {"since": "давно"},
    ):
        with pytest.raises(WrongChart):
            put(town, page, **wrong)
    for _ in range(MOST_CHARTS):
        put(town, page)
    with pytest.raises(TooManyCharts):
        put(town, page)
    with pytest.raises(Forbidden):
        town.database.run(
            make_dashboard,
            territory_id=town.territory.id,
            address="x",
            title="x",
            made_by=town.people[IVANOV],
        )
    with pytest.raises(UnknownDashboard):
        town.database.run(move_chart, dashboard_id=page, chart_id="x", up=True, moved_by=town.people[ANNA])


def test_a_page_and_a_chart_are_seen_by_their_level_and_the_named_list(town: Town) -> None:
    page, place = page_of(town, level=AccessLevel.RESTRICTED), town.territory.id
    put(town, page)
    put(town, page, level=AccessLevel.OFFICIAL)
    town.database.run(
        change_dashboard,
        dashboard_id=page,
        title="Работа",
        level=AccessLevel.RESTRICTED,
        readers=[town.people[ANNA]],
        changed_by=town.people[VERA],
    )
    show(town, page)

    assert (addresses(town, ANNA), addresses(town, IVANOV)) == (["jobs"], [])
    with pytest.raises(UnknownDashboard):
        town.database.read(dashboard_at, viewer=viewer(town, IVANOV), territory_id=place, address="jobs")
    seen = town.database.read(dashboard_at, viewer=viewer(town, ANNA), territory_id=place, address="jobs")
    assert len(visible_charts(seen, viewer(town, ANNA), hidden=set())) == 1
    assert visible_charts(seen, viewer(town, VERA), hidden={"UNEMP"}) == []


def test_a_chart_tells_of_facts_plans_and_neighbours(town: Town) -> None:
    place = town.territory.id
    for period, value, op in (("2026", 7.0, "<="), ("2030", 5.0, "<=")):
        target = Target(period=period, value=value, op=op)  # type: ignore[arg-type] # two literals above
        town.database.run(set_target, indicator="UNEMP", territory_id=place, target=target, set_by=None)
    specs = {kind: ChartSpec(kind=kind, indicators=("UNEMP",), territories=(place,)) for kind in ChartKind}
    materials = town.database.read(materials_for, viewer=ANONYMOUS, specs=list(specs.values()))

    charts = {kind: described(spec, materials, "ru") for kind, spec in specs.items()}

    fan, plan = charts[ChartKind.FAN], charts[ChartKind.PLAN]
    assert isinstance(fan, OverTime)
    assert fan.goals == (("2030", 5.0),)
    assert isinstance(plan, Columns)
    assert [column.status for column in plan.columns] == [None, None, "met", "ahead"]
    # One town alone has no place among others, and nothing has been published of scenarios.
    assert not isinstance(charts[ChartKind.RANKING], Rows)
    assert charts[ChartKind.SCENARIOS] is charts[ChartKind.CONTRIBUTIONS] is None
    hidden = town.database.read(materials_for, viewer=ANONYMOUS, specs=[])
    assert described(specs[ChartKind.FAN], hidden, "ru") is None


def test_twenty_charts_are_read_in_as_many_statements_as_nine(town: Town) -> None:
    said: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    every = [
        ChartSpec(kind=kind, indicators=("UNEMP",), territories=(town.territory.id,)) for kind in ChartKind
    ]
    event.listen(town.database.engine, "before_cursor_execute", heard)
    counts = []
    for specs in (every, (every * 3)[:MOST_CHARTS]):
        said.clear()
        town.database.read(materials_for, viewer=ANONYMOUS, specs=specs)
        counts.append(len([one for one in said if one.lstrip().startswith(("SELECT", "WITH"))]))

    assert counts[0] == counts[1] <= 8
