"""Statistical forecasts of series and panels, without a model of the economy."""

from analytics.statistical.blend import Rolled, quantiles, roll, usual_change
from analytics.statistical.fan import error_quantiles
from analytics.statistical.lone import METHODS, lone_paths
from analytics.statistical.methods import (
    Array,
    damped_holt,
    drift,
    dynamic_theta,
    naive,
    smoothed_level,
    theta,
)
from analytics.statistical.panel import MIN_SERIES, panel_paths, pooled_paths
from analytics.statistical.redefinition import Methods, joined, roll_methods
from analytics.statistical.scores import CRPS_LEVELS, crps, mase, smape

__all__ = [
    "CRPS_LEVELS",
    "METHODS",
    "MIN_SERIES",
    "Array",
    "Methods",
    "Rolled",
    "crps",
    "damped_holt",
    "drift",
    "dynamic_theta",
    "error_quantiles",
    "joined",
    "lone_paths",
    "mase",
    "naive",
    "panel_paths",
    "pooled_paths",
    "quantiles",
    "roll",
    "roll_methods",
    "smape",
    "smoothed_level",
    "theta",
    "usual_change",
]
