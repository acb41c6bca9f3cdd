"""Methods for a series that stands alone: four of them on the working scale, three on the plain one too."""

from collections.abc import Callable

import numpy as np

from analytics.scales import to_scale
from analytics.statistical.methods import Array, damped_drift, damped_holt, dynamic_theta, naive
from analytics.statistical.seasons import pattern_of
from core.indicators import Scale

METHODS = (
    "naive",
    "damped_drift",
    "dynamic_theta",
    "damped_holt",
    "damped_drift_plain",
    "dynamic_theta_plain",
    "damped_holt_plain",
)
"""Names of all methods; the plain ones are absent when the working scale is plain."""

_PERCENT = 100.0
_NEAREST = 0.01
"""How near to zero (and to 100 % for a share) a plain path may come, as a part of the last distance."""


def lone_paths(
    values: Array, *, scale: Scale, steps: int, season: int = 1, first: int = 1
) -> dict[str, Array]:
    """Paths (series, time, horizon) by origin, on the working scale. `values` are in units: (series, time).

    A growth that is even in roubles and one that is even in per cent are both common; which it is cannot
    be told from twenty points, so both are tried. first: observations at the first origin that matters;
    a seasonal series says the naive thing before it.
    """
    working = to_scale(values, scale)
    paths = dict(zip(METHODS, _by_season(working, steps, season=season, first=first), strict=False))
    if scale != "plain":
        plain = _by_season(values, steps, season=season, first=first)
        for name, path in zip(METHODS[4:], plain[1:], strict=True):
            paths[name] = to_scale(_kept_inside(path, values, scale), scale)
    return paths


def _by_season(y: Array, steps: int, *, season: int, first: int) -> list[Array]:
    """Four methods on series without their season, which is added back.

    The season is estimated anew at each origin, so each origin has a series of its own; all of them run
    through the methods together.
    """
    if season == 1:
        return _four(y, steps, season)
    count, length = y.shape
    places = np.arange(first - 1, length)
    patterns = np.stack([pattern_of(y[:, : place + 1], season) for place in places], axis=1)
    levels = y[:, None] - patterns[:, :, np.arange(length) % season]
    ahead = (places[:, None] + 1 + np.arange(steps)) % season
    season_ahead = patterns[:, np.arange(places.size)[:, None], ahead]
    found = []
    for paths in _four(levels.reshape(-1, length), steps, season):
        own = paths.reshape(count, places.size, length, steps)[:, np.arange(places.size), places]
        found.append(naive(y, steps))
        found[-1][:, places] = own + season_ahead
    return found


_Method = Callable[[Array, int], Array]


def _four(y: Array, steps: int, season: int) -> list[Array]:
    methods: tuple[_Method, ...] = (naive, dynamic_theta, damped_holt)
    still, theta, holt = (method(y, steps) for method in methods)
    return [still, damped_drift(y, steps, season=season), theta, holt]


def _kept_inside(path: Array, values: Array, scale: Scale) -> Array:
    """A straight line may leave the range of the indicator; it stops just before the edge."""
    last = values[:, :, None]
    inside = np.maximum(path, _NEAREST * last)
    if scale == "logit":
        inside = np.minimum(inside, _PERCENT - _NEAREST * (_PERCENT - last))
    return np.asarray(inside)
