"""Forecasts of whole panels for a release: comparable territories tell each other how an indicator moves."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np

from analytics.forecasting import MIN_PANEL_YEARS, forecast_panel
from analytics.scales import choose_scale
from analytics.statistical import MIN_SERIES
from core.indicators import Forecast, Indicator, Point, all_series, gapless_tail
from core.shared.ids import TerritoryId
from core.store import Database
from core.territories import TerritoryKind, territories

log = logging.getLogger(__name__)

_Key = tuple[str, TerritoryKind, str]
"""Indicator, kind of territory and last period: what the series of a panel have in common."""


class Panels:
    """The panels of one vintage, each made when the first of its series is asked for.

    redefined: first periods of new definitions by indicator.
    """

    def __init__(self, database: Database, *, vintage: int, redefined: Mapping[str, str]) -> None:
        self._database = database
        self._vintage = vintage
        self._redefined = redefined
        self._kinds = {place.id: place.kind for place in database.read(territories)}
        self._made: dict[_Key, Mapping[TerritoryId, Forecast]] = {}

    def forecast(
        self, territory_id: TerritoryId, shown: Indicator, points: Collection[Point]
    ) -> Forecast | None:
        """The forecast of a gapless series by its panel; None if it belongs to none and stands alone."""
        kind = self._kinds[territory_id]
        peers = [place for place, other in self._kinds.items() if other == kind]
        if shown.frequency != "A" or len(points) < MIN_PANEL_YEARS or len(peers) < MIN_SERIES:
            return None
        key = shown.code, kind, max(point.period for point in points)
        if key not in self._made:
            self._made[key] = self._panel(shown, peers, last=key[2])
        return self._made[key].get(territory_id)

    def _panel(
        self, shown: Indicator, peers: Collection[TerritoryId], *, last: str
    ) -> Mapping[TerritoryId, Forecast]:
        found = self._database.read(
            all_series, territory_ids=peers, indicators={shown.code}, as_of=self._vintage
        )
        tails = {place: gapless_tail(points) for (place, _), points in found.items()}
        members = _members(
            {
                place: tail
                for place, tail in tails.items()
                if tail[-1].period == last and len(tail) >= MIN_PANEL_YEARS
            },
            shown,
        )
        if len(members) < MIN_SERIES:
            return {}
        try:
            made = forecast_panel(
                list(members.values()),
                last_period=last,
                unit=shown.unit,
                redefined_in=self._redefined.get(shown.code, ""),
            )
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            # Each of its series is still forecast alone.
            log.exception("panel_not_forecast indicator=%s last=%s", shown.code, last)
            return {}
        return dict(zip(members, made, strict=True))


def _members(
    tails: Mapping[TerritoryId, tuple[Point, ...]], shown: Indicator
) -> dict[TerritoryId, list[float]]:
    """Values of the series that live on the usual scale, cut to the years that keep most of them in all."""
    values = {place: [point.value for point in tail] for place, tail in sorted(tails.items())}
    scales = {place: choose_scale(np.array(known), shown.unit) for place, known in values.items()}
    usual = Counter(scale for scale in scales.values() if scale != "plain").most_common(1)
    if not usual:
        return {}
    alike = {place: known for place, known in values.items() if scales[place] == usual[0][0]}
    lengths = sorted(map(len, alike.values()))
    years = max(lengths, key=lambda length: length * sum(other >= length for other in lengths))
    return {place: known[-years:] for place, known in alike.items() if len(known) >= years}
