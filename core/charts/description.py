"""What a chart shows, in one form for the page, the picture and the table: data and translated names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.indicators import format_number, with_sign, with_unit
from core.shared.language import N_, Language, translate

LineStyle = Literal["history", "main", "second", "third", "fourth", "fifth", "sixth"]
"""Colour and dash of a line together, so that it reads without colour."""

Status = Literal["met", "missed", "ahead"]
"""How a plan stands: reached by the fact, not reached, its period is still to come."""

NBSP = "\u00a0"
_POINTS = N_("pp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands over and under a chart; `note` says how to read it."""

    title: str
    subtitle: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How the figures of a chart are said."""

    language: Language
    unit: str = ""
    decimals: int = 1

    def bare(self, value: float) -> str:
        """A figure as it stands on the chart: with its unit only if that is a sign of per cent."""
        return self.whole(value) if self.unit == "%" else self.plain(value)

    def plain(self, value: float) -> str:
        """A figure without its unit."""
        return format_number(self.language, value, decimals=self.decimals)

    def whole(self, value: float) -> str:
        """A figure with its unit."""
        if not self.unit:
            return self.plain(value)
        return with_unit(self.language, value, self.unit, decimals=self.decimals)

    def change(self, value: float) -> str:
        """A change with its sign; one of a percentage is counted in percentage points."""
        unit = translate(self.language, _POINTS) if self.unit == "%" else self.unit
        return f"{with_sign(self.language, value, decimals=self.decimals)}{NBSP}{unit}".rstrip(NBSP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Values by period in order of time. `points` are joined; `named` ends with its name and last value."""

    name: str
    style: LineStyle
    points: tuple[tuple[str, float], ...]
    named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A band of probability around the main line: (period, low, high)."""

    percent: int
    points: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """Lines over time: a fan, scenarios side by side, several territories or indicators.

    `now`: the period of the last fact, where the forecast begins. `goals`: (period, value) to be reached.
    `crossed`: the last fact is on the wrong side of the threshold. `limit` and `ahead` are words at the
    threshold and over the forecast, for a picture that goes alone.
    """

    head: Head
    measure: Measure
    lines: tuple[Line, ...]
    spreads: tuple[Spread, ...] = ()
    now: str | None = None
    threshold: float | None = None
    goals: tuple[tuple[str, float], ...] = ()
    crossed: bool = False
    limit: str = ""
    ahead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One period: the fact, what was planned for it, and how that stands."""

    period: str
    value: float | None
    goal: float | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Bars by period, with what was planned where there is a plan."""

    head: Head
    measure: Measure
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bar with a name; `own` is the one that the chart is about."""

    name: str
    value: float
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Named bars under each other. `steps`: each begins where the last one ended (a waterfall).

    `places`: they are in order, so each has its place. `signed`: the values are changes.
    """

    head: Head
    measure: Measure
    rows: tuple[Row, ...]
    steps: bool = False
    places: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its trend. `verdict` judges the change, whose words stand in `change`."""

    head: Head
    measure: Measure
    points: tuple[tuple[str, float], ...]
    change: str
    verdict: Literal["good", "bad", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: the heads of its columns, and rows of words whose first cell is a name."""

    head: Head
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Chart = OverTime | Columns | Rows | Figure | Grid


def with_steps(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Where each bar of a waterfall begins and ends.

    >>> with_steps([Row(name="a", value=2.0), Row(name="b", value=-0.5)])
    [(0.0, 2.0), (2.0, 1.5)]
    """
    ends: list[tuple[float, float]] = []
    reached = 0.0
    for row in rows:
        ends.append((reached, reached + row.value))
        reached += row.value
    return ends
