"""Forecasts of a series whose definition changed: no difference between two definitions is ever learned.

The level comes from values of the new definition alone. The older part is moved, as a whole, to where the
first new value is just what was expected of it; what is taken from it is how the quantity changes and how
far forecasts miss. How it changes is believed by half with one new value, by two thirds with two. Chosen on
artificial breaks, see docs/analytics.md, «Log of variants».
"""

from collections.abc import Callable, Mapping

import numpy as np

from analytics.statistical.blend import Rolled, roll
from analytics.statistical.methods import Array

Methods = Callable[[Array], Mapping[str, Array]]
"""Paths (series, time, horizon) by name, "naive" among them, of series (series, time), all on the working
scale."""


def roll_methods(y: Array, methods: Methods, *, first: int, pooled: bool, redefined: int | None) -> Rolled:
    """Blend the paths of `methods` from every origin, as `roll` does.

    redefined: time of the first value of another definition. The blend is then that of the moved series,
    its `y`; what was said before that time, in the older definition, is the blend of `y[:, :redefined]`.
    """
    if redefined is None:
        return roll(y, methods(y), first=first, pooled=pooled)
    moved = joined(y, methods, first=first, pooled=pooled, redefined=redefined)
    paths = methods(moved)
    belief = _belief(y.shape[1], redefined)[:, None]
    held = {name: paths["naive"] + belief * (path - paths["naive"]) for name, path in paths.items()}
    return roll(moved, held, first=first, pooled=pooled, redefined=redefined)


def joined(y: Array, methods: Methods, *, first: int, pooled: bool, redefined: int) -> Array:
    """The series with their older part moved to where the first new value is what the blend expected."""
    level = y[:, redefined, None]
    # Not every method says the same on another level, so the older one is forgotten first.
    older = y[:, :redefined] - y[:, redefined - 1, None] + level
    expected = roll(older, methods(older), first=first, pooled=pooled).median[:, -1, :1]
    return np.concatenate([older + level - expected, y[:, redefined:]], axis=1)


def _belief(length: int, redefined: int) -> Array:
    """By time: how far a movement learned from the older definition is believed of the new one."""
    known = np.maximum(np.arange(length) + 1 - redefined, 0)
    return np.where(known > 0, known / (known + 1.0), 1.0)
