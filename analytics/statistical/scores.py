"""Scores of forecasts: how sharp and how true quantiles are, and the errors of the M competitions."""

from collections.abc import Sequence

import numpy as np

from analytics.statistical.methods import Array

CRPS_LEVELS = tuple(float(level) for level in np.arange(1, 100) / 100)
"""The percentiles over which `crps` averages."""


def crps(error: Array, quantiles: Array) -> Array:
    """Continuous ranked probability score as twice the mean quantile loss over `CRPS_LEVELS`.

    error: fact minus any reference; quantiles: of the same difference, levels on the last axis. Gneiting
    and Ranjan (2011), equation 3. In units of the error; for a point it is the absolute error.
    """
    above = error[..., None] - quantiles
    levels = np.asarray(CRPS_LEVELS)
    return np.asarray(2.0 * np.mean(np.where(above > 0, levels * above, (levels - 1.0) * above), axis=-1))


def smape(forecast: Array, fact: Array) -> float:
    """Symmetric mean absolute percentage error of the M3 competition, in per cent (0..200).

    >>> smape(np.array([90.0]), np.array([110.0]))
    20.0
    """
    return float(np.mean(200.0 * np.abs(forecast - fact) / (np.abs(forecast) + np.abs(fact))))


def mase(forecast: Array, fact: Array, history: Sequence[Array]) -> float:
    """Mean absolute scaled error: per series by the mean absolute change of its history.

    >>> mase(np.array([[3.0]]), np.array([[5.0]]), [np.array([0.0, 1.0, 2.0])])
    2.0
    """
    scale = np.array([np.mean(np.abs(np.diff(each))) for each in history])
    return float(np.mean(np.abs(forecast - fact) / scale[:, None]))
