"""Values that leave the path of their own history: shown to a person, and the wildest held until one decides.

A shock is just what officials must learn of at once, so not every unusual value is held. Of 22,668 values of
the real panel of regions 0.75 % lie beyond `LIMIT_DEVIATIONS` and 0.06 % beyond `HELD_DEVIATIONS`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.indicators import PERIODS_IN_YEAR, Doubt, Period

LIMIT_DEVIATIONS = 6.0
HELD_DEVIATIONS = 12.0
_MIN_CHANGES = 5
_TO_SIGMA = 1.4826
# Rounded official figures often stand still: half a per cent of the level is no jump at all.
_FLOOR_SHARE = 0.005
# A step of two orders of magnitude is no economy but another unit; a short history needs more of a step.
_UNIT_RATIO = 90.0
_UNIT_RATIO_SHORT = 300.0
_SIGN_HISTORY = 3


@dataclass(frozen=True, slots=True)
class Jump:
    """A value more than `LIMIT_DEVIATIONS` robust deviations off its usual change, or of another sign.

    `expected` is the previous value plus the usual change; `ratio` is value / expected, None at zero.
    `doubt` says why the value is held, None if it is only unusual.
    """

    row: int
    territory_id: str
    indicator: str
    period: Period
    value: float
    expected: float
    doubt: Doubt | None

    @property
    def ratio(self) -> float | None:
        """How many times the value is off; near 1000 or 0.001 it smells of another unit."""
        return self.value / self.expected if self.expected else None


def find_jumps(
    series: Mapping[tuple[str, str], Sequence[tuple[Period, float]]],
    rows: Mapping[tuple[str, str, Period], int],
) -> tuple[Jump, ...]:
    """Look for jumps among the new values (`rows` gives their row numbers) within whole series."""
    found: list[Jump] = []
    for (territory_id, indicator), points in series.items():
        # As it would be without the jumps: after a single mistake the next right value is none.
        smooth = list(points)
        for place, (period, value) in enumerate(points):
            row = rows.get((territory_id, indicator, period))
            odd = None if row is None else _odd_both_ways(points, smooth, place)
            if row is None or odd is None:
                continue
            doubt, expected = odd
            smooth[place] = (period, expected)
            found.append(
                Jump(
                    row=row,
                    territory_id=territory_id,
                    indicator=indicator,
                    period=period,
                    value=value,
                    expected=expected,
                    doubt=doubt,
                )
            )
    return tuple(sorted(found, key=lambda jump: jump.row))


def _odd_both_ways(
    points: Sequence[tuple[Period, float]], smooth: Sequence[tuple[Period, float]], place: int
) -> tuple[Doubt | None, float] | None:
    """What is wrong with a value and what was expected.

    It must be off both from what was and from what seemed right: so a new level is one jump, and a mistake
    is one jump.
    """
    found = _odd([*smooth[:place], points[place]])
    if found is None or _odd(points[: place + 1]) is None:
        return None
    return found


def _odd(points: Sequence[tuple[Period, float]]) -> tuple[Doubt | None, float] | None:
    """Whether the last value is odd by those before it, and what was expected."""
    *before, value = [value for _, value in points]
    if not before:
        return None
    one_sign = len(before) >= _SIGN_HISTORY and len({one > 0 for one in before if one}) == 1
    if one_sign and value * before[-1] < 0:
        return Doubt.SIGN, before[-1]
    measured = _deviation(points, len(before))
    if measured is None:
        return (Doubt.UNIT, before[-1]) if _times(value, before[-1]) >= _UNIT_RATIO_SHORT else None
    expected, deviations = measured
    if deviations <= LIMIT_DEVIATIONS:
        return None
    if _times(value, expected) >= _UNIT_RATIO:
        return Doubt.UNIT, expected
    return (Doubt.JUMP if deviations > HELD_DEVIATIONS else None), expected


def _times(value: float, expected: float) -> float:
    """How many times the one is the other, the larger by the smaller; 1 where it cannot be told.

    >>> _times(5000.0, 5.0), _times(5.0, 5000.0), _times(0.0, 5.0)
    (1000.0, 1000.0, 1.0)
    """
    if not value or not expected:
        return 1.0
    ratio = abs(value / expected)
    return max(ratio, 1 / ratio)


def _deviation(points: Sequence[tuple[Period, float]], place: int) -> tuple[float, float] | None:
    """(expected value, robust deviations off) of one value against the changes before it."""
    history = [value for _, value in points[: place + 1]]
    season = PERIODS_IN_YEAR[points[place][0].frequency]
    lag = season if place > season + _MIN_CHANGES else 1
    if place - lag < _MIN_CHANGES:
        return None
    positive = min(history) > 0
    y = [math.log(value) for value in history] if positive else history
    changes = [after - before for before, after in zip(y, y[lag:], strict=False)]
    last = changes.pop()
    usual = _quantile(changes, 0.5)
    off = [abs(change - usual) for change in changes]
    # The median deviation is near zero for series that mostly stand still, so the larger ones count too.
    deviation = max(
        _TO_SIGMA * _quantile(off, 0.5), _quantile(off, 0.9) / 3.0, _floor(history, positive=positive)
    )
    expected = y[-1 - lag] + usual
    return math.exp(expected) if positive else expected, abs(last - usual) / deviation


def _floor(history: Sequence[float], *, positive: bool) -> float:
    if positive:
        return _FLOOR_SHARE
    return max(_quantile([abs(value) for value in history], 0.5) * _FLOOR_SHARE, 1e-9)


def _quantile(values: Sequence[float], share: float) -> float:
    """Quantile by linear interpolation. A file has many short series: a list beats an array fivefold here.

    >>> _quantile([3.0, 1.0, 2.0, 4.0], 0.5)
    2.5
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
