"""Values that leave the path of their own history: loaded, but shown to a person."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.indicators import PERIODS_IN_YEAR, Period

LIMIT_DEVIATIONS = 6.0
_MIN_CHANGES = 5
_TO_SIGMA = 1.4826
# Rounded official figures often stand still: half a per cent of the level is no jump at all.
_FLOOR_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Jump:
    """A loaded value that is more than `LIMIT_DEVIATIONS` robust deviations off its usual change.

    `expected` is the previous value plus the usual change; `ratio` is value / expected, None at zero.
    """

    row: int
    territory_id: str
    indicator: str
    period: Period
    value: float
    expected: float
    deviations: float

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
        new = [place for place, (period, _) in enumerate(points) if (territory_id, indicator, period) in rows]
        for place in new:
            period, value = points[place]
            measured = _deviation(points, place)
            if measured is None or measured[1] <= LIMIT_DEVIATIONS:
                continue
            found.append(
                Jump(
                    row=rows[(territory_id, indicator, period)],
                    territory_id=territory_id,
                    indicator=indicator,
                    period=period,
                    value=value,
                    expected=measured[0],
                    deviations=measured[1],
                )
            )
    return tuple(sorted(found, key=lambda jump: jump.row))


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
