"""The example dashboard of the synthetic town: «Паспорт территории», a chart of every kind."""

from core.dashboards import ChartKind, ChartSpec, seed_dashboard
from core.store import UnitOfWork
from core.territories import Territory, TerritoryKind, territories

_ADDRESS, _TITLE = "passport", "Паспорт территории"
_CHARTS: tuple[tuple[ChartKind, tuple[str, ...], str], ...] = (
    (ChartKind.NUMBER, ("POP",), ""),
    (ChartKind.NUMBER, ("WAGE",), ""),
    (ChartKind.NUMBER, ("UNEMPL",), ""),
    (ChartKind.FAN, ("UNEMPL",), ""),
    (ChartKind.SCENARIOS, ("GMP",), ""),
    (ChartKind.CONTRIBUTIONS, ("GMP",), ""),
    (ChartKind.PLAN, ("WAGE",), ""),
    (ChartKind.RANKING, ("WAGE",), ""),
    (ChartKind.LINES, ("WAGE",), "Зарплата в трёх городах"),
    (ChartKind.BARS, ("POP",), ""),
    (ChartKind.TABLE, ("GMP", "INVEST", "RETAIL"), "Экономика городов"),
)


def seed_board(uow: UnitOfWork) -> None:
    """Make the example page for the first town; again changes nothing."""
    towns = [place for place in territories(uow) if place.kind is TerritoryKind.MUNICIPALITY]
    if not towns:
        return
    own = min(towns, key=lambda town: town.oktmo)
    beside = [town for town in towns if town.parent_id == own.parent_id][:3]
    charts = [_spec(kind, codes, title, own, beside) for kind, codes, title in _CHARTS]
    seed_dashboard(uow, territory_id=own.id, address=_ADDRESS, title=_TITLE, charts=charts)


def _spec(
    kind: ChartKind, codes: tuple[str, ...], title: str, own: Territory, beside: list[Territory]
) -> ChartSpec:
    several = kind in {ChartKind.LINES, ChartKind.TABLE}
    places = tuple(town.id for town in beside) if several else (own.id,)
    return ChartSpec(kind=kind, indicators=codes, territories=places, title=title)
