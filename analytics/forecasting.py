"""The first honest forecast: three simple methods blended by how they did before.

Naive, damped drift and Theta are each run from every past origin; the weight of a method at a
horizon comes from its errors that were already known at that origin, and the bands come from the
errors of the blend itself. Nothing is tuned on the values that are reported as the error.

Only numpy: a worker starts in a third of a second, and a re-run with the same seed and the same
history gives the same bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.methods import METHODS, Array, method_paths
from analytics.scales import choose_scale, from_scale, to_scale
from core.indicators import (
    LEVELS,
    MEDIAN,
    PERIODS_IN_YEAR,
    Backtest,
    Forecast,
    ForecastPoint,
    MethodWeight,
    Period,
    Scale,
)

PROCEDURE = "blend-1"
"""Name of the procedure in the passport; changes whenever the numbers may change."""

DEFAULT_HORIZONS = {"A": 5, "Q": 8, "M": 12}
_MIN_FOR_BLEND = 4
_MIN_TRAINING = {"A": 6, "Q": 10, "M": 26}
_MAX_ORIGINS = 60
# Weight of the prior "all methods are equal", counted in origins: with four past
# errors we believe them half.
_PRIOR_ORIGINS = 4.0
_DRAWS = 4000
# The check of coverage draws anew at each origin; a tenth of the draws moves it by less than a fact does.
_CHECK_DRAWS = 400
_NOT_CHECKED = Backtest(
    origins=0, mae=None, mase=None, relative_mae=None, coverage80=None, coverage95=None, mae_by_horizon=()
)


@dataclass(frozen=True, slots=True)
class _Past:
    """Errors of the past on the working scale; NaN where the fact is not known yet.

    `by_method` is (method, origin, horizon), `of_blend` is (origin, horizon).
    """

    origins: tuple[int, ...]
    by_method: NDArray[np.float64]
    of_blend: NDArray[np.float64]


def forecast(
    values: Sequence[float],
    *,
    last_period: str,
    unit: str = "",
    horizon: int | None = None,
    seed: int = 24,
) -> Forecast:
    """Forecast a gapless series that ends at `last_period`.

    `unit` helps to choose the scale (a share stays between 0 and 100 %). With fewer than four values
    the forecast is naive; with one value no spread is known and no band is drawn.

    Raises: ValueError if there is no value, or a value is not finite.
    """
    history = np.asarray(values, dtype=np.float64)
    if history.size == 0 or not np.isfinite(history).all():
        raise ValueError("a forecast needs at least one finite value")
    last = Period.parse(last_period)
    steps = horizon or DEFAULT_HORIZONS[last.frequency]
    scale = choose_scale(history, unit)
    if history.size < _MIN_FOR_BLEND:
        return _naive_only(history, last=last, steps=steps, scale=scale, seed=seed)
    return _blended(history, last=last, steps=steps, scale=scale, seed=seed)


def _blended(history: Array, *, last: Period, steps: int, scale: Scale, seed: int) -> Forecast:
    season = PERIODS_IN_YEAR[last.frequency]
    y = to_scale(history, scale)
    past = _past_errors(y, season=season, steps=steps, first=_first_origin(y.size, last.frequency))
    weights = _weights(past.by_method, known_at=None, origins=past.origins)
    paths = method_paths(y, steps=steps, season=season)
    median = np.einsum("mh,mh->h", weights, paths)
    spread = _spread(past.of_blend, y, steps)
    z = _standardised(past.of_blend, spread)
    quantiles = _quantiles(median, spread, z, seed=seed)
    return Forecast(
        points=_points(median, quantiles, last=last, scale=scale),
        weights=tuple(
            MethodWeight(name, tuple(float(w) for w in row))
            for name, row in zip(METHODS, weights, strict=True)
        ),
        backtest=_backtest(history, y, past, season=season, scale=scale),
        scale=scale,
        seed=seed,
        last_period=str(last),
        history_length=int(history.size),
        procedure=PROCEDURE,
    )


def _first_origin(length: int, frequency: str) -> int:
    return min(_MIN_TRAINING[frequency], max(3, length // 2))


def _past_errors(y: Array, *, season: int, steps: int, first: int) -> _Past:
    """Run every method from every past origin, and the blend with the weights known at that origin."""
    origins = tuple(range(first, y.size))[-_MAX_ORIGINS:]
    by_method = np.full((len(METHODS), len(origins), steps), np.nan)
    paths = np.full((len(METHODS), len(origins), steps), np.nan)
    for row, origin in enumerate(origins):
        ahead = min(steps, y.size - origin)
        paths[:, row] = method_paths(y[:origin], steps=steps, season=season)
        by_method[:, row, :ahead] = y[origin : origin + ahead] - paths[:, row, :ahead]
    of_blend = np.full((len(origins), steps), np.nan)
    for row, origin in enumerate(origins):
        weights = _weights(by_method, known_at=origin, origins=origins)
        ahead = min(steps, y.size - origin)
        blend = np.einsum("mh,mh->h", weights, paths[:, row])
        of_blend[row, :ahead] = y[origin : origin + ahead] - blend[:ahead]
    return _Past(origins=origins, by_method=by_method, of_blend=of_blend)


def _weights(by_method: NDArray[np.float64], *, known_at: int | None, origins: Sequence[int]) -> Array:
    """Weights (method, horizon) from the errors whose facts were known at that origin (all if None).

    Inverse squared mean absolute error, pooled over the horizons up to this one, shrunk to equal weights.
    """
    errors = np.abs(by_method)
    count_methods, _, steps = errors.shape
    if known_at is not None:
        fact_at = np.asarray(origins)[:, None] + np.arange(steps)[None, :]
        errors = np.where(fact_at[None] < known_at, errors, np.nan)
    known = ~np.isnan(errors)
    sums = np.cumsum(np.where(known, errors, 0.0).sum(axis=1), axis=1)
    counts = np.cumsum(known.sum(axis=1), axis=1)
    equal = np.full((count_methods, steps), 1.0 / count_methods)
    mae = sums / np.maximum(counts, 1)
    floor = np.maximum(mae.max(axis=0), 1e-12) * 1e-3
    inverse = 1.0 / np.maximum(mae, floor) ** 2
    own = np.where(counts > 0, inverse / inverse.sum(axis=0), equal)
    origins_known = known[0].sum(axis=0)
    trust = origins_known / (origins_known + _PRIOR_ORIGINS)
    return np.asarray(trust * own + (1.0 - trust) * equal)


def _spread(of_blend: NDArray[np.float64], y: Array, steps: int) -> Array:
    """Root mean squared error of the blend at each horizon, never shrinking with the horizon.

    A horizon with few facts borrows from the square-root growth of the earlier ones.
    """
    known = ~np.isnan(of_blend)
    counts = known.sum(axis=0)
    squares = np.where(known, of_blend, 0.0) ** 2
    own = squares.sum(axis=0) / np.maximum(counts, 1)
    first = own[0] if counts[0] else float(np.mean(np.diff(y) ** 2))
    prior = first * np.arange(1, steps + 1)
    blended = (counts * own + _PRIOR_ORIGINS * prior) / (counts + _PRIOR_ORIGINS)
    floor = max(float(np.std(y)), abs(float(np.mean(y))), 1e-9) * 1e-6
    return np.maximum(np.maximum.accumulate(np.sqrt(blended)), floor)


def _standardised(of_blend: NDArray[np.float64], spread: Array) -> Array:
    """Errors of all horizons on one ruler, both signs kept."""
    z = (of_blend / spread)[~np.isnan(of_blend)]
    return z if z.size else np.zeros(1)


def _quantiles(median: Array, spread: Array, z: Array, *, seed: int, draws: int = _DRAWS) -> Array:
    """Quantiles (level, horizon): seeded smoothed bootstrap of the past errors, widened for few of them.

    The errors of different horizons from one origin overlap, so they count as few. Mixing in a
    Student t keeps the tails that a dozen of observed errors cannot show.
    """
    rng = np.random.default_rng(seed)
    effective = max(z.size / max(spread.size, 1), 2.0)
    picked = rng.choice(np.concatenate([z, -z]), size=draws)
    tail = rng.standard_t(df=min(max(effective - 1.0, 3.0), 30.0), size=draws)
    from_tail = rng.random(draws) < 1.0 / (1.0 + effective / 8.0)
    sample = np.where(from_tail, tail, picked + 0.15 * rng.standard_normal(draws))
    half = np.quantile(np.abs(sample), [1.0 - 2.0 * level for level in LEVELS[:MEDIAN]])
    unit = np.concatenate([-half, [0.0], half[::-1]]) * np.sqrt(1.0 + 1.0 / effective)
    return np.asarray(median[None, :] + unit[:, None] * spread[None, :])


def _points(
    median: Array, quantiles: Array | None, *, last: Period, scale: Scale
) -> tuple[ForecastPoint, ...]:
    medians = from_scale(median, scale)
    if quantiles is None:
        return tuple(ForecastPoint(str(last.next(h + 1)), float(m)) for h, m in enumerate(medians))
    bands = from_scale(quantiles, scale)
    return tuple(
        ForecastPoint(str(last.next(h + 1)), float(m), tuple(float(q) for q in bands[:, h]))
        for h, m in enumerate(medians)
    )


def _backtest(history: Array, y: Array, past: _Past, *, season: int, scale: Scale) -> Backtest:
    """Error of the blend in units of the indicator, and coverage of bands made from earlier errors only."""
    absolute = _absolute_errors(history, y, past, scale)
    known = ~np.isnan(absolute)
    if not known.any():
        return _NOT_CHECKED
    lag = season if history.size > 2 * season else 1
    naive = float(np.mean(np.abs(history[lag:] - history[:-lag])))
    mae = float(np.mean(absolute[known]))
    standing = float(np.mean(_standing_errors(history, past)[known]))
    covered = _past_coverage(y, past)
    return Backtest(
        origins=int(known.any(axis=1).sum()),
        mae=mae,
        mase=mae / naive if naive > 0 else None,
        relative_mae=mae / standing if standing > 0 else None,
        coverage80=covered[0],
        coverage95=covered[1],
        mae_by_horizon=tuple(
            float(np.mean(absolute[known[:, h], h])) if known[:, h].any() else None
            for h in range(known.shape[1])
        ),
    )


def _absolute_errors(history: Array, y: Array, past: _Past, scale: Scale) -> NDArray[np.float64]:
    absolute = np.full_like(past.of_blend, np.nan)
    for row, origin in enumerate(past.origins):
        ahead = min(absolute.shape[1], y.size - origin)
        predicted = from_scale(y[origin : origin + ahead] - past.of_blend[row, :ahead], scale)
        absolute[row, :ahead] = np.abs(history[origin : origin + ahead] - predicted)
    return absolute


def _standing_errors(history: Array, past: _Past) -> NDArray[np.float64]:
    """Absolute errors of “it stays as it is” from the same origins."""
    errors = np.full_like(past.of_blend, np.nan)
    for row, origin in enumerate(past.origins):
        ahead = min(errors.shape[1], history.size - origin)
        errors[row, :ahead] = np.abs(history[origin : origin + ahead] - history[origin - 1])
    return errors


def _past_coverage(y: Array, past: _Past) -> tuple[float | None, float | None]:
    """Shares of facts inside the 80 % and 95 % bands that could have been drawn at each origin."""
    steps = past.of_blend.shape[1]
    inside: list[tuple[bool, bool]] = []
    for row in range(4, len(past.origins)):
        origin = past.origins[row]
        fact_at = np.asarray(past.origins)[:, None] + np.arange(steps)[None, :]
        seen = np.where(fact_at < origin, past.of_blend, np.nan)
        spread = _spread(seen, y[:origin], steps)
        unit = _quantiles(np.zeros(steps), spread, _standardised(seen, spread), seed=row, draws=_CHECK_DRAWS)
        for h in range(min(steps, y.size - origin)):
            error = abs(float(past.of_blend[row, h]))
            inside.append((error <= unit[LEVELS.index(0.9), h], error <= unit[LEVELS.index(0.975), h]))
    if not inside:
        return None, None
    shares = np.mean(np.asarray(inside), axis=0)
    return float(shares[0]), float(shares[1])


def _naive_only(history: Array, *, last: Period, steps: int, scale: Scale, seed: int) -> Forecast:
    """Fewer than four values: repeat the last one, and say so; a spread needs at least one change."""
    y = to_scale(history, scale)
    median = np.full(steps, y[-1])
    quantiles = None
    if y.size > 1:
        step = float(np.sqrt(np.mean(np.diff(y) ** 2)))
        spread = np.maximum(step, abs(float(y[-1])) * 1e-6) * np.sqrt(np.arange(1, steps + 1))
        quantiles = _quantiles(median, spread, np.diff(y) / max(step, 1e-12), seed=seed)
    return Forecast(
        points=_points(median, quantiles, last=last, scale=scale),
        weights=(MethodWeight("naive", (1.0,) * steps),),
        backtest=_NOT_CHECKED,
        scale=scale,
        seed=seed,
        last_period=str(last),
        history_length=int(history.size),
        procedure=PROCEDURE,
    )
