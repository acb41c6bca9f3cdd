"""What the neighbours know: a series as the movement of the whole panel plus its own deviation from it."""

import numpy as np

from analytics.statistical.methods import Array, damped_drift, damped_holt, naive, theta

MIN_SERIES = 8
"""Series below which nothing is pooled."""

_RIDGE = 0.02
_LONGEST = 6
_MIN_HISTORY = 4
_MIN_ORIGINS = 2


def pooled_paths(y: Array, steps: int) -> dict[str, Array]:
    """All methods of a panel: three that see each series alone, two that see its neighbours."""
    return {
        "naive": naive(y, steps),
        "theta": theta(y, steps),
        "damped_holt": damped_holt(y, steps),
        **panel_paths(y, steps),
    }


def panel_paths(y: Array, steps: int) -> dict[str, Array]:
    """Two methods for (series, time) of one indicator over comparable territories, from every origin.

    The mean of the panel goes on by damped drift or by damped Holt; the deviation of each series from it
    is a ridge regression on its own past growth, its coefficients shared by all series. Our own, after
    the measurement that the common part makes two fifths of the error (docs/analytics.md).
    """
    common = y.mean(axis=0, keepdims=True)
    deviation = _deviations(y - common, steps)
    return {
        "panel_drift": damped_drift(common, steps) + deviation,
        "panel_holt": damped_holt(common, steps) + deviation,
    }


def _deviations(d: Array, steps: int) -> Array:
    features = _features(d)
    _, length, width = features.shape
    squares = np.einsum("stj,stk->tjk", features, features)
    squares[: _MIN_HISTORY - 1] = 0.0
    seen = np.cumsum(squares, axis=0)
    paths = np.repeat(d[:, :, None], steps, axis=2)
    for step in range(1, steps + 1):
        first = _MIN_HISTORY - 1 + _MIN_ORIGINS - 1 + step
        if first >= length:
            break
        moved = d[:, step:] - d[:, :-step]
        limit = np.quantile(np.abs(moved), 0.99, axis=0)
        products = np.einsum("stj,st->tj", features[:, :-step], np.clip(moved, -limit, limit))
        products[: _MIN_HISTORY - 1] = 0.0
        known, answers = seen[first - step : length - step], np.cumsum(products, axis=0)[first - step :]
        ridge = np.einsum("tjj->tj", known)[:, :, None] * np.eye(width) * _RIDGE
        floor = np.eye(width) * 1e-12 * (1.0 + np.abs(known).max())
        slopes = np.linalg.solve(known + ridge + floor, answers[:, :, None])[:, :, 0]
        paths[:, first:, step - 1] += np.einsum("stj,tj->st", features[:, first:], slopes)
    return paths


def _features(d: Array) -> Array:
    """Growth of the last 1, 3, 6 years and of all of them, and the level against its last six years."""
    length = d.shape[1]
    place = np.arange(length)
    sums = np.concatenate([np.zeros((d.shape[0], 1)), np.cumsum(d, axis=1)], axis=1)

    def growth(longest: int) -> Array:
        window = np.minimum(place, longest)
        return np.asarray((d - d[:, place - window]) / np.maximum(window, 1))

    window = np.minimum(place + 1, _LONGEST)
    recent = (sums[:, place + 1] - sums[:, place + 1 - window]) / window
    return np.stack([growth(1), growth(3), growth(_LONGEST), growth(length), d - recent], axis=2)
