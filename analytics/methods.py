"""Three simple methods of forecasting a series on an additive scale, each in a few lines of numpy."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

METHODS = ("naive", "damped_drift", "theta")
"""Names in the order of the rows of `method_paths`."""

_DAMPING = 0.9
_DRIFT_YEARS = 6
_ALPHAS = np.linspace(0.05, 1.0, 20)
_SEASONAL_TEST = 1.645


def method_paths(y: Array, *, steps: int, season: int) -> Array:
    """Forecast by every method: an array (method, horizon). `season` is 1 for annual series."""
    level, pattern = deseasonalise(y, season)
    paths = np.stack([naive(level, steps), damped_drift(level, steps, season=season), theta(level, steps)])
    ahead = pattern[(y.size + np.arange(steps)) % season]
    return np.asarray(paths + ahead[None, :])


def naive(y: Array, steps: int) -> Array:
    """Repeat the last value.

    >>> naive(np.array([1.0, 3.0]), 2).tolist()
    [3.0, 3.0]
    """
    return np.full(steps, y[-1])


def damped_drift(y: Array, steps: int, *, season: int = 1) -> Array:
    """Continue the mean growth of the last six years (all of it if shorter), fading by 10 % a year.

    >>> damped_drift(np.array([1.0, 2.0, 3.0]), 2).round(2).tolist()
    [3.9, 4.71]
    """
    window = min(y.size - 1, _DRIFT_YEARS * season)
    if window < 1:
        return naive(y, steps)
    drift = (y[-1] - y[-1 - window]) / window
    damping = _DAMPING ** (1.0 / season)
    return np.asarray(y[-1] + drift * np.cumsum(damping ** np.arange(1, steps + 1)))


def theta(y: Array, steps: int) -> Array:
    """Theta method of Assimakopoulos and Nikolopoulos (2000) as exponential smoothing with half the trend.

    Hyndman and Billah (2003), equation 8: the smoothed level plus half of the least-squares slope.
    The smoothing constant is chosen on a grid by one-step errors.

    >>> theta(np.array([5.0, 5.0, 5.0, 5.0]), 2).round(6).tolist()
    [5.0, 5.0]
    """
    n = y.size
    t = np.arange(n)
    slope = float(np.polyfit(t, y, 1)[0]) if n > 2 else float(y[-1] - y[0]) / max(n - 1, 1)
    level, alpha = _smoothed_level(y)
    ahead = np.arange(steps) + (1.0 - (1.0 - alpha) ** n) / alpha
    return np.asarray(level + 0.5 * slope * ahead)


def _smoothed_level(y: Array) -> tuple[float, float]:
    """Last level of simple exponential smoothing, with the constant that had the least squared errors."""
    levels = np.full(_ALPHAS.size, y[0])
    squares = np.zeros(_ALPHAS.size)
    for value in y[1:]:
        error = value - levels
        squares += error**2
        levels = levels + _ALPHAS * error
    best = int(np.argmin(squares))
    return float(levels[best]), float(_ALPHAS[best])


def deseasonalise(y: Array, season: int) -> tuple[Array, Array]:
    """Split a series into itself without season and a pattern indexed by position modulo `season`.

    The pattern is all zeros when the series is annual, shorter than two and a half years, or shows no
    season by the 90 % autocorrelation test of the M3 and M4 competitions.
    """
    nothing = np.zeros(season)
    if season == 1 or y.size < 2.5 * season or not _is_seasonal(y, season):
        return y, nothing
    window = np.ones(season + 1) / season
    window[[0, -1]] /= 2.0
    half = season // 2
    trend = np.convolve(y, window, mode="valid")
    detrended = y[half : half + trend.size] - trend
    position = np.arange(half, half + trend.size) % season
    pattern = np.array([np.median(detrended[position == k]) for k in range(season)])
    pattern -= pattern.mean()
    return y - pattern[np.arange(y.size) % season], pattern


def _is_seasonal(y: Array, season: int) -> bool:
    x = np.diff(y)
    x = x - x.mean()
    variance = float(x @ x)
    if variance <= 0.0:
        return False
    acf = np.array([float(x[lag:] @ x[:-lag]) / variance for lag in range(1, season + 1)])
    limit = _SEASONAL_TEST * np.sqrt((1.0 + 2.0 * float(np.sum(acf[:-1] ** 2))) / x.size)
    return bool(acf[-1] > limit)
