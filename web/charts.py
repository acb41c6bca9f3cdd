"""The geometry of a fan chart: from numbers to the shapes of an SVG. Pure; no words are made here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts import nice_ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An observed value. ``words`` is the whole sentence for the reader of this point."""

    period: str
    value: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A forecast value with the ends of its 50, 80 and 95 % bands."""

    period: str
    value: float
    band_50: tuple[float, float]
    band_80: tuple[float, float]
    band_95: tuple[float, float]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A value to reach, at the period with this index among the seen and the expected ones."""

    index: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """What is drawn. ``threshold`` is the value that raises an alert, in the unit of the series.

    ``redefined``: the index of the first seen value of another definition than those before it.
    """

    seen: tuple[Seen, ...]
    ahead: tuple[Ahead, ...] = ()
    threshold: float | None = None
    goals: tuple[Goal, ...] = ()
    redefined: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Size and margins of a drawing in its own units; text is 13 units high."""

    width: int
    height: int
    left: int = 48
    right: int = 16
    top: int = 16
    bottom: int = 32
    most_periods: int = 8


WIDE = Frame(width=720, height=320, right=36)
NARROW = Frame(width=358, height=280, left=36, right=30, most_periods=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A tick of an axis: where, and the number or the period at it."""

    at: float
    value: float
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One period of the drawing, for inspection by pointer or keyboard."""

    x: float
    y: float
    words: str
    forecast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Shapes ready for a template. Paths are SVG path data."""

    frame: Frame
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    history: str
    forecast: str
    bands: tuple[str, str, str]
    threshold_y: float | None
    now_x: float | None
    # Between the last value of the former definition and the first of the one that holds now.
    break_x: float | None
    dots: tuple[Dot, ...]
    last: Dot
    goals: tuple[tuple[float, float], ...]

    @property
    def plot_right(self) -> int:
        """The right edge of the plotting area."""
        return self.frame.width - self.frame.right

    @property
    def plot_bottom(self) -> int:
        """The lower edge of the plotting area."""
        return self.frame.height - self.frame.bottom


def draw(fan: Fan, frame: Frame) -> Drawing:
    """Lay the series out in the frame. Raises: ValueError without a single observed value."""
    if not fan.seen:
        raise ValueError("a chart needs at least one observed value")
    scale = _Scale.of(fan, frame)
    seen = [
        Dot(x=scale.x(i), y=scale.y(p.value), words=p.words, forecast=False) for i, p in enumerate(fan.seen)
    ]
    first_ahead = len(seen)
    ahead = [
        Dot(x=scale.x(first_ahead + i), y=scale.y(p.value), words=p.words, forecast=True)
        for i, p in enumerate(fan.ahead)
    ]
    periods = [p.period for p in fan.seen] + [p.period for p in fan.ahead]
    return Drawing(
        frame=frame,
        rows=tuple(Mark(at=scale.y(v), value=v) for v in scale.ticks),
        columns=_columns(periods, scale, frame.most_periods),
        history=_history(seen, fan.redefined),
        forecast=_line([(dot.x, dot.y) for dot in (seen[-1], *ahead)]) if ahead else "",
        bands=(
            _band([p.band_95 for p in fan.ahead], seen[-1], first_ahead, scale),
            _band([p.band_80 for p in fan.ahead], seen[-1], first_ahead, scale),
            _band([p.band_50 for p in fan.ahead], seen[-1], first_ahead, scale),
        ),
        threshold_y=None if fan.threshold is None else scale.y(fan.threshold),
        now_x=seen[-1].x if ahead else None,
        break_x=None
        if fan.redefined is None
        else round((seen[fan.redefined - 1].x + seen[fan.redefined].x) / 2, 1),
        dots=(*seen, *ahead),
        last=seen[-1],
        goals=tuple((scale.x(goal.index), scale.y(goal.value)) for goal in fan.goals),
    )


def sparkline(values: Sequence[float], *, width: int = 120, height: int = 32, pad: int = 3) -> str:
    """Points of a small polyline without axes; empty for fewer than two values."""
    if len(values) < 2:
        return ""
    low, span = min(values), max(values) - min(values) or 1
    step = (width - 2 * pad) / (len(values) - 1)
    inner = height - 2 * pad
    return " ".join(
        f"{pad + i * step:.1f},{pad + inner * (1 - (v - low) / span):.1f}" for i, v in enumerate(values)
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    frame: Frame
    periods: int
    ticks: tuple[float, ...]

    @classmethod
    def of(cls, fan: Fan, frame: Frame) -> "_Scale":
        values = [p.value for p in fan.seen]
        values += [end for p in fan.ahead for end in p.band_95]
        values += [goal.value for goal in fan.goals]
        values += [] if fan.threshold is None else [fan.threshold]
        return cls(frame, len(fan.seen) + len(fan.ahead), nice_ticks(min(values), max(values)))

    def x(self, index: int) -> float:
        room = self.frame.width - self.frame.left - self.frame.right
        return round(
            self.frame.left + (room * index / (self.periods - 1) if self.periods > 1 else room / 2), 1
        )

    def y(self, value: float) -> float:
        room = self.frame.height - self.frame.top - self.frame.bottom
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.frame.top + room * (1 - (value - low) / (high - low)), 1)


def _columns(periods: Sequence[str], scale: _Scale, most: int) -> tuple[Mark, ...]:
    step = max(math.ceil(len(periods) / most), 1)
    # Counted back from the end: the last period is the one people look for.
    shown = sorted(range(len(periods) - 1, -1, -step))
    return tuple(Mark(at=scale.x(i), value=i, period=periods[i]) for i in shown)


def _history(seen: Sequence[Dot], redefined: int | None) -> str:
    """The line of the facts; values of two definitions are not joined."""
    parts = [seen] if redefined is None else [seen[:redefined], seen[redefined:]]
    return "".join(_line([(dot.x, dot.y) for dot in part]) for part in parts)


def _line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def _band(ends: Sequence[tuple[float, float]], start: Dot, first: int, scale: _Scale) -> str:
    if not ends:
        return ""
    upper = [(scale.x(first + i), scale.y(high)) for i, (_, high) in enumerate(ends)]
    lower = [(scale.x(first + i), scale.y(low)) for i, (low, _) in enumerate(ends)]
    return _line([(start.x, start.y), *upper, *reversed(lower)]) + "Z"
