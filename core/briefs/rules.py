"""What a brief is, and how much a new value surprises: pure decisions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import stdev
from zoneinfo import ZoneInfo

from core.indicators import Forecast, Good, Indicator, Point
from core.territories import Territory

SENT_AT = time(8)
LISTED = 5
WEEK = timedelta(days=7)
# Below it a change is a tremor that nobody needs to read of on a Monday.
LEAST_SURPRISE = 0.5
# Half of an 80 % interval of a normal distribution, in its standard deviations.
_HALF_OF_80 = 1.2816
_LEAST_CHANGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that came within the week. `surprise` counts standard deviations, above zero for good news."""

    indicator: Indicator
    territory: Territory
    last: Point
    previous: Point
    surprise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The week of a territory and of those below it, as one person may know of it.

    `late` are indicators whose data are overdue; `unanswered` counts citizens who wait longer than the norm;
    `missed` and `overdue` count commitments and assignments whose term has passed.
    """

    territory: Territory
    week: date
    worsened: tuple[Change, ...]
    improved: tuple[Change, ...]
    late: tuple[tuple[Indicator, Territory], ...]
    unanswered: int
    missed: int
    overdue: int

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing to tell."""
        counted = self.unanswered or self.missed or self.overdue
        return not (self.worsened or self.improved or self.late or counted)


def week_begun(now: datetime, zone: str) -> date | None:
    """The Monday whose brief is due now: all Monday from eight o'clock on, by the clock of the place."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date() if local.weekday() == 0 and local.time() >= SENT_AT else None


def last_monday(now: datetime, zone: str) -> date:
    """The Monday of the week that goes on by the clock of the place."""
    day = now.astimezone(ZoneInfo(zone)).date()
    return day - timedelta(days=day.weekday())


def surprise(points: Sequence[Point], forecast: Forecast | None, good: Good) -> float | None:
    """How far the last value lies from what was expected, in standard deviations, above zero for good news.

    Expected is the forecast for that very period made before it was known; without one, no change, and the
    deviation is that of the changes so far. None if nothing can be told or the indicator has no good side.
    """
    if good == "none" or len(points) < 2:
        return None
    last = points[-1]
    expected = (
        None if forecast is None else next((p for p in forecast.points if p.period == last.period), None)
    )
    band = None if expected is None else expected.band(80)
    if expected is not None and band is not None:
        moved, spread = last.value - expected.median, (band[1] - band[0]) / 2 / _HALF_OF_80
    else:
        changes = [after.value - before.value for before, after in pairwise(points)]
        moved, spread = changes[-1], _usual(changes[:-1])
    if not spread or not math.isfinite(moved / spread):
        return None
    return moved / spread if good == "up" else -moved / spread


def _usual(changes: Sequence[float]) -> float:
    """The spread of the changes so far, 0 if there are too few."""
    return stdev(changes) if len(changes) >= _LEAST_CHANGES else 0.0
