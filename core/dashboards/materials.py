"""Everything that the charts of a page need, read in as many statements for one chart as for twenty."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.alerts import AlertRule, RuleKind, rules_in
from core.dashboards.rules import ChartKind, ChartSpec
from core.identity import Viewer
from core.indicators import (
    Forecast,
    Indicator,
    Point,
    Target,
    all_series,
    all_targets,
    catalogue,
    latest_forecasts,
)
from core.scenarios import published_results
from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories import Territory, territories

Series = tuple[TerritoryId, str]
"""Territory and code of an indicator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What the viewer may see of the data behind some charts; `results`: published scenarios."""

    indicators: Mapping[str, Indicator]
    places: Mapping[TerritoryId, Territory]
    points: Mapping[Series, tuple[Point, ...]]
    forecasts: Mapping[Series, Forecast]
    targets: Mapping[Series, tuple[Target, ...]]
    thresholds: Mapping[Series, AlertRule]
    results: Mapping[TerritoryId, Mapping[str, Any]]

    def neighbours(self, place: TerritoryId) -> list[Territory]:
        """The territory and those of its kind under the same one above."""
        own = self.places[place]
        kin = (own.kind, own.parent_id)
        return [one for one in self.places.values() if (one.kind, one.parent_id) == kin]


def materials_for(reading: Reading, *, viewer: Viewer, specs: Sequence[ChartSpec]) -> Materials:
    """Read what these charts show. An indicator that the viewer may not see is not in it at all."""
    wanted = {code for spec in specs for code in spec.indicators}
    open_to_them = {one.code: one for one in catalogue(reading, viewer=viewer) if one.code in wanted}
    places = {one.id: one for one in territories(reading)}
    shown = {place for spec in specs for place in spec.territories if place in places}
    ranked = _beside(places, specs)
    codes = set(open_to_them)
    kinds = {spec.kind for spec in specs}
    told = kinds & {ChartKind.SCENARIOS, ChartKind.CONTRIBUTIONS}
    return Materials(
        indicators=open_to_them,
        places=places,
        points=all_series(reading, territory_ids=shown | ranked, indicators=codes),
        forecasts=latest_forecasts(reading, territory_ids=shown, indicators=codes)
        if ChartKind.FAN in kinds
        else {},
        targets=all_targets(reading, territory_ids=shown, indicators=codes)
        if kinds & {ChartKind.FAN, ChartKind.PLAN}
        else {},
        thresholds=_thresholds(reading, places, shown) if ChartKind.FAN in kinds else {},
        results=published_results(reading, viewer=viewer, territory_ids=shown) if told else {},
    )


def _beside(places: Mapping[TerritoryId, Territory], specs: Collection[ChartSpec]) -> set[TerritoryId]:
    """The neighbours whose figures a ranking needs."""
    own = [
        places[one]
        for spec in specs
        if spec.kind is ChartKind.RANKING
        for one in spec.territories
        if one in places
    ]
    kin = {(one.kind, one.parent_id) for one in own}
    return {one.id for one in places.values() if (one.kind, one.parent_id) in kin}


def _thresholds(
    reading: Reading, places: Mapping[TerritoryId, Territory], shown: Collection[TerritoryId]
) -> dict[Series, AlertRule]:
    """The gravest threshold of each series; one set for a territory above holds as well."""
    above = {one: _ancestry(places, one) for one in shown}
    rules = rules_in(reading, territory_ids={place for chain in above.values() for place in chain})
    found: dict[Series, AlertRule] = {}
    for rule in rules:
        if rule.kind is RuleKind.THRESHOLD:
            for place, chain in above.items():
                if rule.territory_id in chain:
                    found.setdefault((place, rule.indicator), rule)
    return found


def _ancestry(places: Mapping[TerritoryId, Territory], place: TerritoryId) -> list[TerritoryId]:
    chain: list[TerritoryId] = []
    upwards: TerritoryId | None = place
    while upwards is not None:
        chain.append(upwards)
        upwards = places[upwards].parent_id
    return chain
