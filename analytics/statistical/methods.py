"""Simple methods of forecasting series on an additive scale, each run from every origin in one pass.

A method takes (series, time) and gives (series, time, horizon): what it would have said after each
observation, knowing nothing later. The last time is the forecast, the earlier ones are its backtest.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_DAMPING = 0.9
_DRIFT_YEARS = 6
_ALPHAS = np.linspace(0.05, 1.0, 20)
# Dynamic Theta divides by powers of 1 - alpha, so 1 itself stays out.
_THETA_ALPHAS = np.linspace(0.1, 0.99, 24)
_HOLT = np.array(
    [
        (level, trend, damping)
        for level in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
        for trend in (0.05, 0.2, 0.4, 0.7)
        for damping in (0.8, 0.9, 0.98)
    ]
).T
_FIRST_TREND = 4
_TRUSTED_FROM = 5
"""Observations below which a method with several parameters says what the naive one says."""


def naive(y: Array, steps: int) -> Array:
    """Repeat the last value.

    >>> naive(np.array([[1.0, 3.0]]), 2)[0, -1].tolist()
    [3.0, 3.0]
    """
    return np.repeat(y[:, :, None], steps, axis=2)


def drift(y: Array, steps: int, *, season: int = 1, damping: float = 1.0) -> Array:
    """Continue the mean growth of the last six years (all of it if shorter), fading with `damping` a year.

    >>> drift(np.array([[1.0, 2.0, 3.0]]), 2)[0, -1].tolist()
    [4.0, 5.0]
    """
    place = np.arange(y.shape[1])
    window = np.minimum(place, _DRIFT_YEARS * season)
    growth = (y - y[:, place - window]) / np.maximum(window, 1)
    fading = np.cumsum(damping ** (np.arange(1, steps + 1) / season))
    return np.asarray(y[:, :, None] + growth[:, :, None] * fading)


def damped_drift(y: Array, steps: int, *, season: int = 1) -> Array:
    """Six-year drift that fades by 10 % a year.

    >>> damped_drift(np.array([[1.0, 2.0, 3.0]]), 2)[0, -1].round(2).tolist()
    [3.9, 4.71]
    """
    return drift(y, steps, season=season, damping=_DAMPING)


def theta(y: Array, steps: int) -> Array:
    """Theta method of Assimakopoulos and Nikolopoulos (2000) as exponential smoothing with half the trend.

    Hyndman and Billah (2003), equation 8: the smoothed level plus half of the least-squares slope.
    The smoothing constant is chosen on a grid by one-step errors.

    >>> theta(np.array([[5.0, 5.0, 5.0, 5.0]]), 2)[0, -1].round(6).tolist()
    [5.0, 5.0]
    """
    level, alpha, _ = smoothed_level(y)
    n = np.arange(1, y.shape[1] + 1)
    ahead = np.arange(steps) + ((1.0 - (1.0 - alpha) ** n) / alpha)[:, :, None]
    return np.asarray(level[:, :, None] + 0.5 * _slopes(y)[:, :, None] * ahead)


def smoothed_level(y: Array) -> tuple[Array, Array, Array]:
    """Simple exponential smoothing up to each time: level, best constant, mean squared one-step error."""
    count, length = y.shape
    levels = np.repeat(y[:, :1], _ALPHAS.size, axis=1)
    squares = np.zeros_like(levels)
    level, alpha, variance = np.array(y), np.ones_like(y), np.zeros_like(y)
    rows = np.arange(count)
    for place in range(1, length):
        error = y[:, place, None] - levels
        squares += error**2
        levels += _ALPHAS * error
        best = np.argmin(squares, axis=1)
        level[:, place], alpha[:, place] = levels[rows, best], _ALPHAS[best]
        variance[:, place] = squares[rows, best] / place
    return level, alpha, variance


def damped_holt(y: Array, steps: int) -> Array:
    """Exponential smoothing with a damped additive trend (Gardner and McKenzie 1985), constants by grid.

    >>> damped_holt(np.arange(12.0)[None], 2)[0, -1].round(1).tolist()
    [12.0, 12.9]
    """
    count, length = y.shape
    by_level, by_trend, damping = _HOLT
    start = y[:, min(_FIRST_TREND, length - 1)] - y[:, 0]
    level = np.repeat(y[:, :1], damping.size, axis=1)
    trend = np.repeat(start[:, None] / max(min(_FIRST_TREND, length - 1), 1), damping.size, axis=1)
    squares = np.zeros_like(level)
    paths = naive(y, steps)
    rows, ahead = np.arange(count), np.arange(1, steps + 1)
    for place in range(1, length):
        expected = level + damping * trend
        error = y[:, place, None] - expected
        squares += error**2
        level = expected + by_level * error
        trend = damping * trend + by_level * by_trend * error
        if place + 1 >= _TRUSTED_FROM:
            best = np.argmin(squares, axis=1)
            fading = np.cumsum(damping[best, None] ** ahead, axis=1)
            paths[:, place] = level[rows, best, None] + trend[rows, best, None] * fading
    return paths


def dynamic_theta(y: Array, steps: int) -> Array:
    """Dynamic optimised Theta of Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler (2016).

    For a given smoothing constant the one-step errors are linear in the first level and in the share of
    the trend (their 1 - 1/theta), so both come from least squares; the constant comes from a grid.

    >>> dynamic_theta(np.full((1, 8), 5.0), 2)[0, -1].round(6).tolist()
    [5.0, 5.0]
    """
    intercepts, slopes, means = _running_trend(y)
    level, share, alpha = _theta_states(y, intercepts, slopes)
    return _theta_ahead(y, steps, (level, share, alpha), (intercepts, slopes, means))


def _slopes(y: Array) -> Array:
    """Least-squares slope of the first n values, for each n."""
    n = np.arange(1, y.shape[1] + 1)
    products = np.cumsum(y * (n - 1), axis=1) - (n - 1) / 2.0 * np.cumsum(y, axis=1)
    return np.asarray(products * 12.0 / np.maximum(n * (n**2 - 1.0), 1.0))


def _running_trend(y: Array) -> tuple[Array, Array, Array]:
    """Intercept, slope and mean of the first n values for n = 0..length, in the recursions of the paper."""
    count, length = y.shape
    slopes, means = np.zeros((count, length + 1)), np.zeros((count, length + 1))
    for n in range(1, length + 1):
        value = y[:, n - 1]
        if n > 1:
            slopes[:, n] = ((n - 2) * slopes[:, n - 1] + 6.0 / n * (value - means[:, n - 1])) / (n + 1)
        means[:, n] = ((n - 1) * means[:, n - 1] + value) / n
    intercepts = means - (np.arange(length + 1) + 1) / 2.0 * slopes
    return intercepts, slopes, means


def _theta_states(y: Array, intercepts: Array, slopes: Array) -> tuple[Array, Array, Array]:
    """Level, share of the trend and smoothing constant after each observation."""
    count, length = y.shape
    alphas = _THETA_ALPHAS
    carried = np.zeros((count, alphas.size))
    moments = np.zeros((6, count, alphas.size))
    level, share, alpha = np.array(y), np.zeros_like(y), np.ones_like(y)
    rows = np.arange(count)
    for place in range(length):
        fade = (1.0 - alphas) ** place
        gain = (1.0 - (1.0 - alphas) ** (place + 1)) / alphas
        trend = fade * intercepts[:, place, None] + gain * slopes[:, place, None]
        error = y[:, place, None] - carried
        moments += np.stack(
            [np.broadcast_to(fade * fade, error.shape), fade * trend, trend**2, fade * error,
             trend * error, error**2]
        )  # fmt: skip
        carried = alphas * y[:, place, None] + (1.0 - alphas) * carried
        if place + 1 >= _TRUSTED_FROM:
            first, shares, squares = _least_squares(moments)
            best = np.argmin(squares, axis=1)
            alpha[:, place], share[:, place] = alphas[best], shares[rows, best]
            level[:, place] = carried[rows, best] + (1.0 - alphas[best]) ** (place + 1) * first[rows, best]
    return level, share, alpha


def _least_squares(moments: Array) -> tuple[Array, Array, Array]:
    """First level, share of the trend (0..1) and squared errors, from the moments of two regressors."""
    ff, ft, tt, fe, te, ee = moments
    determinant = ff * tt - ft**2
    known = determinant > 1e-12 * ff * tt
    share = np.where(known, (ff * te - ft * fe) / np.where(known, determinant, 1.0), 0.0)
    share = np.clip(share, 0.0, 1.0)
    first = (fe - share * ft) / ff
    squares = ee - 2 * first * fe - 2 * share * te + first**2 * ff + 2 * first * share * ft + share**2 * tt
    return first, share, squares


def _theta_ahead(
    y: Array, steps: int, states: tuple[Array, Array, Array], trends: tuple[Array, Array, Array]
) -> Array:
    level, share, alpha = states
    intercept, slope, mean = (each[:, 1:].copy() for each in trends)
    n = np.arange(1, y.shape[1] + 1)
    paths = np.empty((*y.shape, steps))
    for step in range(1, steps + 1):
        at = n + step
        fade, gain = (1.0 - alpha) ** (at - 1), (1.0 - (1.0 - alpha) ** at) / alpha
        expected = level + share * (fade * intercept + gain * slope)
        paths[:, :, step - 1] = expected
        level = alpha * expected + (1.0 - alpha) * level
        slope = ((at - 2) * slope + 6.0 / at * (expected - mean)) / (at + 1)
        mean = ((at - 1) * mean + expected) / at
        intercept = mean - (at + 1) / 2.0 * slope
    return paths
