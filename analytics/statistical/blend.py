"""The blend: several simple methods, weighted by how they did on facts that were already known.

The error of a point forecast is its CRPS, so the weights are CRPS weights: inverse to the discounted mean
absolute error over all horizons up to the one in question, shrunk to equal weights while facts are few.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.statistical.fan import arrived, discounted, error_quantiles
from analytics.statistical.methods import Array

_PRIOR_FACTS = 1.0


@dataclass(frozen=True, slots=True)
class Rolled:
    """A blend of series `y` (series, time) run from every origin.

    median: (series, time, horizon), what was said after each observation. weights: (method, series or 1,
    time, horizon). errors: (series, time, horizon) by the time when the fact arrived, see `fan.arrived`.
    redefined: time of the first value of another definition, None if all are of one.
    """

    y: Array
    methods: tuple[str, ...]
    median: Array
    weights: Array
    errors: Array
    redefined: int | None = None


def roll(
    y: Array, paths: Mapping[str, Array], *, first: int, pooled: bool, redefined: int | None = None
) -> Rolled:
    """Blend `paths` (each: series, time, horizon) of series `y` (series, time) from every origin.

    first: observations before errors start to count. pooled: the weights are shared by all series and
    their mean is taken; otherwise each series has its own weights, which are learned from little, and
    the weighted median is taken: one method that runs away must not move it. redefined: time of the first
    value of another definition; nothing is learned from an error that crosses it.
    """
    stacked = np.stack(list(paths.values()))
    weights = _weights(y, stacked, first=first, pooled=pooled, redefined=redefined)
    median = np.einsum("mpth,msth->sth", weights, stacked) if pooled else weighted_median(stacked, weights)
    errors = arrived(y, median, first=first, redefined=redefined)
    return Rolled(y, tuple(paths), median, weights, errors, redefined)


def quantiles(rolled: Rolled, *, places: list[int], levels: tuple[float, ...], pooled: bool) -> Array:
    """Quantiles (series, place, horizon, level) of the blend said after each of `places`."""
    around = error_quantiles(
        rolled.y, rolled.errors, places=places, levels=levels, pooled=pooled, redefined=rolled.redefined
    )
    return np.asarray(rolled.median[:, places, :, None] + around)


def weighted_median(values: Array, weights: Array) -> Array:
    """Median along the first axis, linear between values.

    >>> weighted_median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 1.0])).item()
    2.0
    """
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    heavy = np.take_along_axis(np.broadcast_to(weights, values.shape), order, axis=0)
    place = (np.cumsum(heavy, axis=0) - 0.5 * heavy) / heavy.sum(axis=0)
    right = np.clip((place < 0.5).sum(axis=0), 1, len(values) - 1)[None]
    low, high = (np.take_along_axis(place, at, axis=0)[0] for at in (right - 1, right))
    below, above = (np.take_along_axis(ranked, at, axis=0)[0] for at in (right - 1, right))
    share = np.clip((0.5 - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    return np.asarray(below + share * (above - below))


def _weights(y: Array, stacked: Array, *, first: int, pooled: bool, redefined: int | None) -> Array:
    scale = usual_change(y)
    errors = np.abs(arrived(y, stacked, first=first, redefined=redefined))
    for step in range(1, stacked.shape[-1] + 1):
        errors[..., step:, step - 1] /= scale[:, :-step]
    known = ~np.isnan(errors[0])
    sums = np.cumsum(discounted(errors), axis=-1)
    counts = np.cumsum(discounted(known.astype(float)), axis=-1)
    if pooled:
        sums, counts = sums.mean(axis=1, keepdims=True), counts.mean(axis=0, keepdims=True)
    mean = sums / np.maximum(counts, 1e-12)
    inverse = 1.0 / np.maximum(mean, 1e-3 * mean.max(axis=0) + 1e-12)
    own = inverse / inverse.sum(axis=0)
    trust = counts / (counts + _PRIOR_FACTS)
    return np.asarray(trust * own + (1.0 - trust) / len(stacked))


def usual_change(y: Array) -> Array:
    """Mean absolute change up to each time, the unit of scaled errors (Hyndman and Koehler 2006).

    A series that has hardly moved so far is measured by a twentieth of the usual change of all.
    """
    changes = np.cumsum(np.abs(np.diff(y, axis=1)), axis=1) / np.arange(1, y.shape[1])
    changes = np.concatenate([changes[:, :1], changes], axis=1)
    usual = np.maximum(changes.mean(axis=0), 1e-12)
    return np.asarray(np.maximum(changes, 0.05 * usual))
