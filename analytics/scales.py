"""The scale on which a series is forecast, so that a price stays positive and a share below 100 %."""

import numpy as np
from numpy.typing import NDArray

from core.indicators import Scale

_PERCENT = 100.0


def choose_scale(values: NDArray[np.float64], unit: str) -> Scale:
    """Choose log for positive series, logit for shares, plain for the rest.

    An index such as «% к предыдущему году» is no share: it passes 100 freely.

    >>> choose_scale(np.array([4.8, 5.1]), "%")
    'logit'
    >>> choose_scale(np.array([104.0, 98.0]), "% к предыдущему году")
    'log'
    >>> choose_scale(np.array([-1.5, 0.3]), "млн руб.")
    'plain'
    """
    if not (values > 0).all():
        return "plain"
    share = unit.startswith("%") and not unit.startswith("% к")
    return "logit" if share and (values < _PERCENT).all() else "log"


def to_scale(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Bring values of an indicator to the working scale."""
    if scale == "log":
        return np.log(values)
    if scale == "logit":
        return np.asarray(np.log(values / (_PERCENT - values)))
    return values


def from_scale(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Bring values of the working scale back to units of the indicator."""
    if scale == "log":
        return np.asarray(np.exp(np.clip(values, -700.0, 700.0)))
    if scale == "logit":
        return np.asarray(_PERCENT / (1.0 + np.exp(-np.clip(values, -700.0, 700.0))))
    return values
