"""Backtest over a panel of territories: the blend beside naive, drift and Theta, from every origin.

References get their textbook normal intervals. Scores are scaled by the usual change of a series up to
the origin, on the working scale, and averaged within an indicator; ratios of indicators are averaged
geometrically, so each indicator counts once.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.scales import choose_scale, from_scale, to_scale
from analytics.statistical import (
    CRPS_LEVELS,
    Array,
    Methods,
    crps,
    drift,
    lone_paths,
    naive,
    panel_paths,
    pooled_paths,
    quantiles,
    roll_methods,
    smoothed_level,
    theta,
    usual_change,
)
from core.indicators import Scale

HORIZON = 5
_FIRST_YEAR = 2000
_LAST_YEAR_AT_LEAST = 2018
_MIN_YEARS = 16
_MIN_TRAINING = 6
_NATION = "00000000"
_LEVELS = (*CRPS_LEVELS, 0.025, 0.975)
_NORMAL = np.array([NormalDist().inv_cdf(level) for level in CRPS_LEVELS])


@dataclass(frozen=True, slots=True)
class Panel:
    """One indicator over territories: `y` is (territory, year) on the working scale, from `first_year`."""

    indicator: str
    first_year: int
    territories: tuple[str, ...]
    y: Array
    scale: Scale


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """Mean scaled CRPS of the blend and of the references, and the coverage of its bands."""

    indicator: str
    forecasts: int
    blend: float
    naive: float
    drift: float
    theta: float
    cover80: float
    cover95: float

    @property
    def against_best(self) -> float:
        """The blend over the best of the references; below 1 is better."""
        return self.blend / min(self.naive, self.drift, self.theta)


@dataclass(frozen=True, slots=True)
class PanelScore:
    """Scores of all indicators over a range of origins, and their geometric mean ratios."""

    indicators: tuple[IndicatorScore, ...]

    def over(self, other: "PanelScore") -> float:
        """CRPS of the blend over that of another blend on the same facts, geometric mean."""
        pairs = zip(self.indicators, other.indicators, strict=True)
        return float(np.exp(np.mean([np.log(ours.blend / theirs.blend) for ours, theirs in pairs])))

    def against(self, reference: str) -> float:
        """CRPS of the blend over that of a reference ("naive", "drift" or "theta"), geometric mean."""
        ratios = [one.blend / getattr(one, reference) for one in self.indicators]
        return float(np.exp(np.mean(np.log(ratios))))

    def hindsight_against(self, reference: str) -> float:
        """The same for a forecaster who knew beforehand which reference would be best for each indicator."""
        ratios = [min(one.naive, one.drift, one.theta) / getattr(one, reference) for one in self.indicators]
        return float(np.exp(np.mean(np.log(ratios))))

    def coverage(self, percent: int) -> float:
        """Share of facts inside the 80 % or 95 % band, over all forecasts."""
        weights = [one.forecasts for one in self.indicators]
        shares = [one.cover80 if percent == 80 else one.cover95 for one in self.indicators]
        return float(np.average(shares, weights=weights))


Blended = tuple[list[int], Array, Array]
"""Places of origins, medians (territory, time, horizon), quantiles (territory, place, horizon, level)."""

Blend = Callable[[Panel], Blended]


def read_panels(file: Path) -> list[Panel]:
    """Panels of the tidy file of regions: every indicator with 16 years that reach 2018.

    Within an indicator: territories (codes of eight digits, without the nation) whose series has no gap
    and covers the usual years, from 2000 on: the nineties are another country.
    """
    values: defaultdict[str, defaultdict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    units: dict[str, str] = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["territory"].isdigit() and row["territory"] != _NATION:
                values[row["indicator"]][row["territory"]][int(row["period"])] = float(row["value"])
                units[row["indicator"]] = row["unit"]
    panels = [_panel(code, units[code], by_territory) for code, by_territory in sorted(values.items())]
    return [panel for panel in panels if panel is not None]


def score_panels(
    panels: Sequence[Panel],
    *,
    first_origin: int,
    last_origin: int = 9999,
    redefined: Mapping[str, int] | None = None,
    blend: Blend | None = None,
) -> PanelScore:
    """Score forecasts for 1 to 5 years ahead whose last known year lies in the range.

    blend: `blend_panel` by default; or `blend_alone`, or one of the two with the marks of new definitions.
    redefined: by indicator, the first year of a new definition. A forecast made before it is then not
    judged by a fact from it on: they are different quantities.
    """
    marks = redefined or {}
    return PanelScore(
        tuple(
            _score(
                panel,
                (blend or blend_panel)(panel),
                _targets(panel, first_origin, last_origin, marks.get(panel.indicator)),
            )
            for panel in panels
        )
    )


def blend_panel(panel: Panel, *, levels: Sequence[float] = _LEVELS, redefined: int | None = None) -> Blended:
    """The blend of the product over a panel, see `analytics.forecasting.forecast_panel`.

    redefined: the first year of another definition, which is known from that year on and not before.
    """
    return _as_said(
        panel, lambda y: pooled_paths(y, HORIZON), pooled=True, levels=tuple(levels), redefined=redefined
    )


def blend_alone(panel: Panel, *, redefined: int | None = None) -> Blended:
    """The same where each territory is forecast as if it had no neighbours."""

    def methods(y: Array) -> Mapping[str, Array]:
        return lone_paths(from_scale(y, panel.scale), scale=panel.scale, steps=HORIZON)

    return _as_said(panel, methods, pooled=False, levels=_LEVELS, redefined=redefined)


def _as_said(
    panel: Panel, methods: Methods, *, pooled: bool, levels: tuple[float, ...], redefined: int | None
) -> Blended:
    y, last = panel.y, panel.y.shape[1] - 1
    places = list(range(_MIN_TRAINING - 1, last))
    new = None if redefined is None else redefined - panel.first_year
    told = roll_methods(y, methods, first=_MIN_TRAINING, pooled=pooled, redefined=new)
    if new is None:
        return places, told.median, quantiles(told, places=places, levels=levels, pooled=pooled)
    before = roll_methods(y[:, :new], methods, first=_MIN_TRAINING, pooled=pooled, redefined=None)
    bands = [
        quantiles(one, places=part, levels=levels, pooled=pooled)
        for one, part in (
            (before, [place for place in places if place < new]),
            (told, [place for place in places if place >= new]),
        )
    ]
    median = np.concatenate([before.median, told.median[:, new:]], axis=1)
    return places, median, np.concatenate(bands, axis=1)


def conditional_ratio(panels: Sequence[Panel], *, first_origin: int) -> float:
    """Error of the blend given the realised national factor over its error without it (A3).

    Given the factor, the mean of the panel is known and only the deviations are forecast: by a
    regression of the panel on its past, scaled to each territory by its past sensitivity.
    """
    ratios = []
    for panel in panels:
        _, median, _ = blend_panel(panel, levels=(0.5,))
        given = _given_factor(panel.y)
        scale = usual_change(panel.y)
        own: list[Array] = []
        conditional: list[Array] = []
        for place, step in _targets(panel, first_origin, 9999):
            fact, size = panel.y[:, place + step], scale[:, place]
            own.append(np.abs(fact - median[:, place, step - 1]) / size)
            conditional.append(np.abs(fact - given[:, place, step - 1]) / size)
        ratios.append(float(np.mean(conditional) / np.mean(own)))
    return float(np.exp(np.mean(np.log(ratios))))


def _panel(code: str, unit: str, by_territory: dict[str, dict[int, float]]) -> Panel | None:
    whole = {
        territory: years
        for territory, years in by_territory.items()
        if max(years) - min(years) + 1 == len(years)
    }
    (first, last), _ = Counter((min(years), max(years)) for years in whole.values()).most_common(1)[0]
    if last < _LAST_YEAR_AT_LEAST or last - first + 1 < _MIN_YEARS:
        return None
    territories = sorted(t for t, years in whole.items() if min(years) <= first and max(years) >= last)
    begin = max(first, _FIRST_YEAR)
    table = np.array([[whole[t][year] for year in range(begin, last + 1)] for t in territories])
    scale = choose_scale(table, unit)
    return Panel(code, begin, tuple(territories), to_scale(table, scale), scale)


def _targets(
    panel: Panel, first_origin: int, last_origin: int, redefined: int | None = None
) -> list[tuple[int, int]]:
    """(place of the origin, steps ahead) of every fact that can be checked."""
    length = panel.y.shape[1]
    new = length if redefined is None else redefined - panel.first_year
    return [
        (place, step)
        for place in range(_MIN_TRAINING - 1, length - 1)
        if first_origin <= panel.first_year + place <= last_origin
        for step in range(1, HORIZON + 1)
        if place + step < length and not place < new <= place + step
    ]


def _score(panel: Panel, blended: Blended, targets: Sequence[tuple[int, int]]) -> IndicatorScore:
    places, _, bands = blended
    y, scale = panel.y, usual_change(panel.y)
    scores: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)
    references = _references(y)
    for place, step in targets:
        fact, size = y[:, place + step], scale[:, place]
        band = bands[:, place - places[0], step - 1]
        scores["blend"].append(crps(fact, band[:, : len(CRPS_LEVELS)]) / size)
        scores["cover80"].append((band[:, 9] <= fact) & (fact <= band[:, 89]))
        scores["cover95"].append((band[:, -2] <= fact) & (fact <= band[:, -1]))
        for name, (median, spread) in references.items():
            around = spread[:, place, step - 1, None] * _NORMAL
            scores[name].append(crps(fact - median[:, place, step - 1], around) / size)
    means = {name: float(np.mean(each)) for name, each in scores.items()}
    return IndicatorScore(panel.indicator, forecasts=int(np.size(scores["blend"])), **means)


def _references(y: Array) -> dict[str, tuple[Array, Array]]:
    """Median and standard deviation, (territory, time, horizon), of three textbook forecasts.

    Hyndman and Athanasopoulos, Forecasting: principles and practice, 3rd edition, 5.5; for Theta the
    variance of exponential smoothing, 8.1.
    """
    steps = np.arange(1, HORIZON + 1)
    count = np.arange(y.shape[1])
    changes = np.concatenate([np.zeros((y.shape[0], 1)), np.diff(y, axis=1)], axis=1)
    squares = np.cumsum(changes**2, axis=1) / np.maximum(count, 1)
    means = (y - y[:, :1]) / np.maximum(count, 1)
    around = np.maximum(squares - means**2, 0.0) * count / np.maximum(count - 1, 1)
    window = np.clip(count, 1, 6)[:, None]
    _, alpha, variance = smoothed_level(y)
    smoothing = 1.0 + (steps - 1) * alpha[:, :, None] ** 2
    return {
        "naive": (naive(y, HORIZON), _root(squares[:, :, None] * steps)),
        "drift": (drift(y, HORIZON), _root(around[:, :, None] * steps * (1.0 + steps / window))),
        "theta": (theta(y, HORIZON), _root(variance[:, :, None] * smoothing)),
    }


def _root(variance: Array) -> Array:
    return np.sqrt(np.maximum(variance, 1e-18))


def _given_factor(y: Array) -> Array:
    """Path of each territory when the mean of the panel is known: its deviation, and its sensitivity.

    The sensitivity is the slope of its growth on the growth of the mean, shrunk to 1; both come from the
    past of the origin.
    """
    common = y.mean(axis=0, keepdims=True)
    deviation = y - common
    growth = np.diff(common, axis=1)
    own = np.diff(y, axis=1)
    paths = np.full((*y.shape, HORIZON), np.nan)
    unconditional = panel_paths(deviation, HORIZON)["panel_drift"]
    for place in range(_MIN_TRAINING - 1, y.shape[1] - 1):
        known, answers = growth[:, :place], own[:, :place]
        centred = known - known.mean()
        slope = (centred * (answers - answers.mean(axis=1, keepdims=True))).sum(axis=1)
        spread = (centred**2).sum()
        sensitivity = (slope + spread) / (2.0 * spread)
        steps = min(HORIZON, y.shape[1] - 1 - place)
        expected = common[:, place, None] + known.mean() * np.arange(1, steps + 1)
        surprise = common[:, place + 1 : place + 1 + steps] - expected
        paths[:, place, :steps] = (
            common[:, place + 1 : place + 1 + steps]
            + unconditional[:, place, :steps]
            + (sensitivity - 1.0)[:, None] * surprise
        )
    return paths
