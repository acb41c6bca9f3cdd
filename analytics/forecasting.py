"""Forecasts of a series or of a panel: simple methods blended by how they did before, bands of their errors.

The weights at each past origin come from errors already known there, and so do the bands, so what is
reported about the past is what would have been said then. Where the definition of the indicator changed,
the level comes from the new one alone (`analytics.statistical.redefinition`). Methods, blend and fan live in
`analytics.statistical`, where whole panels run through the same code.

Only numpy: a worker starts in a third of a second, and a re-run gives the same bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.scales import choose_scale, from_scale, to_scale
from analytics.statistical import (
    Array,
    Rolled,
    error_quantiles,
    lone_paths,
    pooled_paths,
    quantiles,
    roll_methods,
)
from core.indicators import (
    LEVELS,
    PERIODS_IN_YEAR,
    Backtest,
    Forecast,
    ForecastPoint,
    MethodWeight,
    Period,
    Scale,
)

PROCEDURE, PANEL_PROCEDURE = "blend-3", "panel-2"
"""Names of the procedures in the passport; they change whenever the numbers may change."""

DEFAULT_HORIZONS = {"A": 5, "Q": 8, "M": 12}
MIN_PANEL_YEARS = 10
_MIN_FOR_BLEND = 4
_MIN_TRAINING = {"A": 6, "Q": 10, "M": 26}
_MAX_ORIGINS = 60
# Bands are checked only where some errors had arrived to make them of.
_MIN_ORIGINS_FOR_BANDS = 4
_NOT_CHECKED = Backtest(
    origins=0, mae=None, mase=None, relative_mae=None, coverage80=None, coverage95=None, mae_by_horizon=()
)


def forecast(
    values: Sequence[float],
    *,
    last_period: str,
    unit: str = "",
    horizon: int | None = None,
    seed: int = 24,
    redefined_in: str = "",
) -> Forecast:
    """Forecast a gapless series that ends at `last_period`.

    `unit` helps to choose the scale (a share stays between 0 and 100 %). `redefined_in`: the first period of
    another definition, empty if there is none; while no value of it is known, the forecast is of the older
    one. With fewer than four values
    the forecast is naive; with one value no spread is known and no band is drawn. `seed` goes into the
    passport; nothing is drawn at random here.

    Raises: ValueError if there is no value, or a value is not finite.
    """
    history = np.asarray(values, dtype=np.float64)
    if history.size == 0 or not np.isfinite(history).all():
        raise ValueError("a forecast needs at least one finite value")
    last = Period.parse(last_period)
    steps = horizon or DEFAULT_HORIZONS[last.frequency]
    scale = choose_scale(history, unit)
    make = _naive_only if history.size < _MIN_FOR_BLEND else _blended
    made = make(
        history, last=last, steps=steps, scale=scale, seed=seed,
        redefined=_place(redefined_in, last, history.size),
    )  # fmt: skip
    return replace(made, redefined_in=redefined_in)


def forecast_panel(
    histories: Sequence[Sequence[float]],
    *,
    last_period: str,
    unit: str = "",
    horizon: int | None = None,
    seed: int = 24,
    redefined_in: str = "",
) -> list[Forecast]:
    """Forecast annual series of one indicator over comparable territories together, in their order.

    All of them are gapless, end at `last_period` and are equally long. From eight territories on this is
    better than each alone (docs/analytics.md, «What was measured»); the weights are shared. `redefined_in`
    is that of `forecast`.

    Raises: ValueError if it is no such table, or if a value is not finite or not above zero.
    """
    table = np.asarray(histories, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < MIN_PANEL_YEARS or not np.isfinite(table).all():
        raise ValueError(f"a panel needs series of one length, {MIN_PANEL_YEARS} finite values or more")
    scale = choose_scale(table, unit)
    if scale == "plain":
        raise ValueError("a panel needs values above zero, or its largest territory is all of it")
    last = Period.parse(last_period)
    y = to_scale(table, scale)
    first, steps = _MIN_TRAINING["A"], horizon or DEFAULT_HORIZONS["A"]
    redefined = _place(redefined_in, last, table.shape[1])
    rolled = roll_methods(
        y, lambda known: pooled_paths(known, steps), first=first, pooled=True, redefined=redefined
    )
    if redefined is not None:
        table = from_scale(rolled.y, scale)
    places = list(range(first - 1, table.shape[1]))
    bands = quantiles(rolled, places=places, levels=LEVELS, pooled=True)
    told = [
        _told(
            table[row], rolled, bands[row], row=row, first=first, last=last, scale=scale, seed=seed,
            procedure=PANEL_PROCEDURE,
        )
        for row in range(len(table))
    ]  # fmt: skip
    return [replace(one, redefined_in=redefined_in) for one in told]


def _place(redefined_in: str, last: Period, length: int) -> int | None:
    """Place of the first value of another definition; None if all the values are of one."""
    if not redefined_in:
        return None
    place = length - 1 - (last.ordinal - Period.parse(redefined_in).ordinal)
    return place if 0 < place < length else None


def _blended(
    history: Array, *, last: Period, steps: int, scale: Scale, seed: int, redefined: int | None
) -> Forecast:
    season = PERIODS_IN_YEAR[last.frequency]
    y = to_scale(history, scale)[None]
    first = _first_origin(history.size, last.frequency)

    def methods(known: Array) -> Mapping[str, Array]:
        values = history[None] if known is y else from_scale(known, scale)
        begin = min(first, known.shape[1])
        return lone_paths(values, scale=scale, steps=steps, season=season, first=begin)

    rolled = roll_methods(y, methods, first=first, pooled=False, redefined=redefined)
    if redefined is not None:
        history = from_scale(rolled.y[0], scale)
    places = list(range(first - 1, history.size))
    bands = quantiles(rolled, places=places, levels=LEVELS, pooled=False)[0]
    return _told(
        history, rolled, bands, row=0, first=first, last=last, scale=scale, seed=seed, procedure=PROCEDURE
    )


def _told(
    history: Array,
    rolled: Rolled,
    bands: Array,
    *,
    row: int,
    first: int,
    last: Period,
    scale: Scale,
    seed: int,
    procedure: str,
) -> Forecast:
    """The forecast of one row of a blend, with what the blend would have said of it before."""
    weights = np.broadcast_to(rolled.weights, (len(rolled.methods), *rolled.median.shape))[:, row, -1]
    return Forecast(
        points=_points(rolled.median[row, -1], bands[-1], last=last, scale=scale),
        weights=tuple(
            MethodWeight(name, tuple(float(w) for w in by_horizon))
            for name, by_horizon in zip(rolled.methods, weights, strict=True)
        ),
        backtest=_backtest(
            history,
            from_scale(rolled.median[row], scale),
            from_scale(bands, scale),
            first=first,
            season=PERIODS_IN_YEAR[last.frequency],
            redefined=rolled.redefined,
        ),
        scale=scale,
        seed=seed,
        last_period=str(last),
        history_length=int(history.size),
        procedure=procedure,
    )  # fmt: skip


def _first_origin(length: int, frequency: str) -> int:
    return max(min(_MIN_TRAINING[frequency], max(3, length // 2)), length - _MAX_ORIGINS)


def _points(median: Array, bands: Array | None, *, last: Period, scale: Scale) -> tuple[ForecastPoint, ...]:
    medians = from_scale(median, scale)
    if bands is None:
        return tuple(ForecastPoint(str(last.next(h + 1)), float(m)) for h, m in enumerate(medians))
    shown = from_scale(bands, scale)
    return tuple(
        ForecastPoint(str(last.next(h + 1)), float(m), tuple(float(q) for q in shown[h]))
        for h, m in enumerate(medians)
    )


def _backtest(
    history: Array, median: Array, bands: Array, *, first: int, season: int, redefined: int | None
) -> Backtest:
    """Error of the blend in units of the indicator, and coverage of bands made from earlier errors only.

    What was said in one definition is not judged by a fact of another.
    """
    origins = np.arange(first - 1, history.size - 1)
    steps = bands.shape[1]
    at = origins[:, None] + 1 + np.arange(steps)
    known = at < history.size
    if redefined is not None:
        known &= (origins[:, None] >= redefined) | (at < redefined)
    if not known.any():
        return _NOT_CHECKED
    facts = history[np.minimum(at, history.size - 1)]
    errors = np.where(known, np.abs(facts - median[origins]), np.nan)
    standing = np.abs(facts - history[origins, None])
    lag = season if history.size > 2 * season else 1
    usual = float(np.mean(np.abs(history[lag:] - history[:-lag])))
    mae, naive = float(np.nanmean(errors)), float(standing[known].mean())
    covered = _coverage(facts, known, bands[:-1])
    return Backtest(
        origins=int(known.any(axis=1).sum()),
        mae=mae,
        mase=mae / usual if usual > 0 else None,
        relative_mae=mae / naive if naive > 0 else None,
        coverage80=covered[0],
        coverage95=covered[1],
        mae_by_horizon=tuple(
            float(errors[known[:, h], h].mean()) if known[:, h].any() else None for h in range(steps)
        ),
    )


def _coverage(facts: Array, known: NDArray[np.bool_], bands: Array) -> tuple[float | None, float | None]:
    checked = known.copy()
    checked[:_MIN_ORIGINS_FOR_BANDS] = False
    if not checked.any():
        return None, None
    low95, low80 = bands[..., 0], bands[..., LEVELS.index(0.1)]
    high80, high95 = bands[..., LEVELS.index(0.9)], bands[..., -1]
    inside80, inside95 = (low80 <= facts) & (facts <= high80), (low95 <= facts) & (facts <= high95)
    return float(inside80[checked].mean()), float(inside95[checked].mean())


def _naive_only(
    history: Array, *, last: Period, steps: int, scale: Scale, seed: int, redefined: int | None
) -> Forecast:
    """Fewer than four values: repeat the last one, and say so.

    A spread needs at least one change, and the one between two definitions is none.
    """
    y = to_scale(history, scale)
    median = np.full(steps, y[-1])
    bands = None
    if y.size > (1 if redefined is None else 2):
        no_errors = np.full((1, y.size, steps), np.nan)
        around = error_quantiles(
            y[None], no_errors,
            places=[y.size - 1], levels=LEVELS, pooled=False, redefined=redefined,
        )  # fmt: skip
        bands = median[:, None] + around[0, 0]
    return Forecast(
        points=_points(median, bands, last=last, scale=scale),
        weights=(MethodWeight("naive", (1.0,) * steps),),
        backtest=_NOT_CHECKED,
        scale=scale,
        seed=seed,
        last_period=str(last),
        history_length=int(history.size),
        procedure=PROCEDURE,
    )
