"""The season of monthly and quarterly series, taken off before a method runs and put back after it."""

import numpy as np

from analytics.statistical.methods import Array

_SEASONAL_TEST = 1.645


def pattern_of(y: Array, season: int) -> Array:
    """Additive pattern (series, season) of series (series, time), indexed by position modulo `season`.

    The pattern is all zeros when a series is shorter than two and a half years or shows no season by
    the 90 % autocorrelation test of the M3 and M4 competitions.
    """
    return np.array([_pattern(each, season) for each in y])


def _pattern(y: Array, season: int) -> Array:
    if y.size < 2.5 * season or not _is_seasonal(y, season):
        return np.zeros(season)
    window = np.ones(season + 1) / season
    window[[0, -1]] /= 2.0
    half = season // 2
    trend = np.convolve(y, window, mode="valid")
    detrended = y[half : half + trend.size] - trend
    position = np.arange(half, half + trend.size) % season
    pattern = np.array([np.median(detrended[position == k]) for k in range(season)])
    return np.asarray(pattern - pattern.mean())


def _is_seasonal(y: Array, season: int) -> bool:
    x = np.diff(y)
    x = x - x.mean()
    variance = float(x @ x)
    if variance <= 0.0:
        return False
    acf = np.array([float(x[lag:] @ x[:-lag]) / variance for lag in range(1, season + 1)])
    limit = _SEASONAL_TEST * np.sqrt((1.0 + 2.0 * float(np.sum(acf[:-1] ** 2))) / x.size)
    return bool(acf[-1] > limit)
