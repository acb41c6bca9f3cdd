"""How far a blend may miss: quantiles made of its own past errors, wider when there were few of them.

Classic intervals of short annual series are far too narrow (a nominal 95 % holds .72 to .84 of the
facts), so nothing here assumes a distribution: the spread at each horizon is what the same procedure has
missed by, and errors are put on one ruler to share their shape.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from analytics.statistical.methods import Array

DISCOUNT = 0.85
"""What a fact counts against one that arrived a period later."""

_PRIOR_ORIGINS = 4.0
_SHARED = 10.0
"""Past errors at which a territory is believed half against the panel."""


def arrived(y: Array, paths: Array, *, first: int, redefined: int | None = None) -> Array:
    """Errors by the time when the fact arrived: (..., series, time, horizon); NaN where there is none.

    `paths` is (..., series, time, horizon) by origin. Origins with fewer than `first` observations do not
    count, and neither does a forecast made before the time `redefined` of a fact from it on: they are of
    different quantities. What stands at time t was known at t: a cumulative sum never looks ahead.
    """
    errors = np.full(paths.shape, np.nan)
    for step in range(1, paths.shape[-1] + 1):
        begin = first - 1 + step
        if begin >= y.shape[1]:
            break
        errors[..., begin:, step - 1] = y[:, begin:] - paths[..., first - 1 : y.shape[1] - step, step - 1]
        if redefined is not None:
            errors[..., redefined : redefined + step, step - 1] = np.nan
    return errors


def discounted(values: Array) -> Array:
    """Running sum along time (the last axis but one), each period fading by `DISCOUNT`; NaN counts as 0."""
    sums = np.nan_to_num(values)
    for place in range(1, sums.shape[-2]):
        sums[..., place, :] += DISCOUNT * sums[..., place - 1, :]
    return sums


def error_quantiles(
    y: Array,
    errors: Array,
    *,
    places: Sequence[int],
    levels: Sequence[float],
    pooled: bool,
    redefined: int | None = None,
) -> Array:
    """Quantiles (series, place, horizon, level) of the error to come after each of `places`.

    errors: of the blend, from `arrived`. pooled: the series share the shape of the error and part of its
    size; otherwise each series stands alone. redefined: time of the first value of another definition; with
    k values of it the band is wider by the root of 1 + 1/k².
    """
    spread, origins = _spread(y, errors, pooled=pooled, redefined=redefined)
    out = np.empty((y.shape[0], len(places), errors.shape[2], len(levels)))
    steps = np.arange(errors.shape[2])
    for row, place in enumerate(places):
        known = errors[:, : place + 1]
        age = place - np.arange(place + 1)[None, :, None] + 0 * steps
        sizes = spread[:, place, None]
        z = known / sizes
        weight = np.where(np.isnan(z), 0.0, DISCOUNT**age)
        z, weight = np.nan_to_num(z), np.broadcast_to(weight, z.shape)
        shape = (1, -1) if pooled else (y.shape[0], -1)
        half = _half_quantiles(z.reshape(shape), weight.reshape(shape), levels)
        # The errors of a lone series overlap, so two origins count as one; a panel has its other series.
        tails = _student_ratio(levels, origins[:, place, None] / (1.0 if pooled else 2.0))
        out[:, row] = _widening(place, redefined) * sizes[:, 0, :, None] * (half * tails)[:, None, :]
    return out


def _widening(place: int, redefined: int | None) -> float:
    """What errors of another definition say of this one is doubtful, and the less so the more is known of it.

    Chosen on artificial breaks, see docs/analytics.md, «Log of variants».
    """
    if redefined is None or place < redefined:
        return 1.0
    return float(np.sqrt(1.0 + 1.0 / (place + 1 - redefined) ** 2))


def _spread(y: Array, errors: Array, *, pooled: bool, redefined: int | None) -> tuple[Array, Array]:
    """Mean absolute error (series, time, horizon) to expect at each time, and origins it was learned from.

    A horizon with few facts borrows from the square-root growth of the first one; it never shrinks with
    the horizon.
    """
    known = ~np.isnan(errors)
    sums, counts = discounted(np.abs(errors)), discounted(known.astype(float))
    if pooled:
        totals, weights = sums.sum(axis=0, keepdims=True), counts.sum(axis=0, keepdims=True)
        counts = counts.mean(axis=0, keepdims=True)
    else:
        totals, weights = sums, counts
    own = totals / np.maximum(weights, 1e-12)
    growth = np.sqrt(np.arange(1, errors.shape[2] + 1))
    usual = _usual_change(y, pooled=pooled, redefined=redefined)
    prior = np.where(weights[:, :, :1] > 0, own[:, :, :1], usual) * growth
    common = (counts * own + _PRIOR_ORIGINS * prior) / (counts + _PRIOR_ORIGINS)
    floor = np.maximum(np.abs(y).mean(axis=1), 1e-9)[:, None, None] * 1e-6
    common = np.maximum(np.maximum.accumulate(common, axis=2), floor if not pooled else floor.min())
    return common * _ratio(sums, counts, common, pooled=pooled), np.broadcast_to(counts[:, :, 0], y.shape)


def _usual_change(y: Array, *, pooled: bool, redefined: int | None) -> Array:
    """Mean absolute change up to each time, but for the one between two definitions."""
    changes = np.concatenate([np.zeros((y.shape[0], 1)), np.abs(np.diff(y, axis=1))], axis=1)
    counted = np.arange(y.shape[1]) > 0
    if redefined is not None:
        changes[:, redefined], counted[redefined] = 0.0, False
    usual = np.cumsum(changes, axis=1) / np.maximum(np.cumsum(counted), 1)
    return np.asarray((usual.mean(axis=0, keepdims=True) if pooled else usual)[:, :, None])


def _ratio(sums: Array, counts: Array, common: Array, *, pooled: bool) -> Array:
    """How much larger the errors of a series are than the panel's, shrunk to 1."""
    if not pooled:
        return np.ones(common.shape)
    facts = counts.sum(axis=2, keepdims=True)
    own = (sums / common).sum(axis=2, keepdims=True) / np.maximum(facts, 1e-12)
    # Errors of neighbouring horizons overlap: two of them count as one.
    trust = facts / 2.0
    return np.asarray((trust * own + _SHARED) / (trust + _SHARED))


def _half_quantiles(z: Array, weight: Array, levels: Sequence[float]) -> Array:
    """Weighted quantiles of errors with both signs kept equally likely; normal ones if none has arrived."""
    both, weights = np.concatenate([z, -z], axis=1), np.concatenate([weight, weight], axis=1)
    order = np.argsort(both, axis=1)
    both, weights = np.take_along_axis(both, order, 1), np.take_along_axis(weights, order, 1)
    total = weights.sum(axis=1, keepdims=True)
    places = (np.cumsum(weights, axis=1) - 0.5 * weights) / np.where(total > 0, total, 1.0)
    normal = np.array([NormalDist().inv_cdf(level) for level in levels]) * np.sqrt(np.pi / 2.0)
    rows = [
        np.interp(levels, place[w > 0], row[w > 0]) if (w > 0).any() else normal
        for place, row, w in zip(places, both, weights, strict=True)
    ]
    return np.array(rows)


def _student_ratio(levels: Sequence[float], origins: Array) -> Array:
    """Quantile of Student's t over the normal one, with as many degrees of freedom as origins.

    All series and horizons of one origin share their shock, so a hundred errors from four origins are
    four. Cornish-Fisher expansion: Abramowitz and Stegun (1964), 26.7.5.
    """
    z2 = np.array([NormalDist().inv_cdf(level) for level in levels]) ** 2
    k = np.maximum(origins, 2.0)
    return np.asarray(
        1.0
        + (z2 + 1.0) / (4.0 * k)
        + (5.0 * z2**2 + 16.0 * z2 + 3.0) / (96.0 * k**2)
        + (3.0 * z2**3 + 19.0 * z2**2 + 17.0 * z2 - 15.0) / (384.0 * k**3)
    )
