"""The geometry of scenarios side by side: history, the fan of the main one, a line for each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from web.charts import Frame, Mark, nice_ticks

WIDE = Frame(width=720, height=340, right=176)
NARROW = Frame(width=358, height=300, left=44, right=120, most_periods=3)
_LABEL_GAP = 17.0
_STYLES = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A scenario: its title, its end in words, and its medians by year."""

    title: str
    end_words: str
    values: tuple[float, ...]
    main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is drawn. Bands are of the main scenario, (low, high) by year ahead."""

    years: tuple[int, ...]
    history: Mapping[int, float]
    paths: tuple[Path, ...]
    band_80: tuple[tuple[float, float], ...]
    band_95: tuple[tuple[float, float], ...]
    targets: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One scenario ready for a template; ``style`` is its colour and dash, so it reads without colour."""

    title: str
    end_words: str
    style: str
    path: str
    label_y: float
    end: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesDrawing:
    """Shapes ready for a template. Paths are SVG path data."""

    frame: Frame
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    history: str
    band_80: str
    band_95: str
    lines: tuple[Line, ...]
    now_x: float
    goals: tuple[tuple[float, float], ...]

    @property
    def plot_right(self) -> int:
        """The right edge of the plotting area."""
        return self.frame.width - self.frame.right

    @property
    def label_x(self) -> int:
        """Where the names of the scenarios begin."""
        return self.plot_right + 10

    @property
    def plot_bottom(self) -> int:
        """The lower edge of the plotting area."""
        return self.frame.height - self.frame.bottom


def draw_lines(shown: Comparison, frame: Frame) -> LinesDrawing:
    """Lay the scenarios out in the frame."""
    at = _Scale(shown, frame)
    last = max(shown.history)
    start = at.point(last, shown.history[last])
    others = iter(_STYLES)
    lines = []
    for one in shown.paths:
        points = [start, *(at.point(year, v) for year, v in zip(shown.years, one.values, strict=True))]
        style = "main" if one.main else next(others, _STYLES[-1])
        lines.append((one, style, points))
    labels = _spread([points[-1][1] for _, _, points in lines], frame)
    return LinesDrawing(
        frame=frame,
        rows=tuple(Mark(at=at.y(value), value=value) for value in at.ticks),
        columns=at.columns(),
        history=_joined([at.point(year, value) for year, value in shown.history.items()]),
        band_80=_band(shown, shown.band_80, start, at),
        band_95=_band(shown, shown.band_95, start, at),
        lines=tuple(
            Line(
                title=one.title, end_words=one.end_words, style=style, path=_joined(points),
                label_y=label, end=points[-1],
            )
            for (one, style, points), label in zip(lines, labels, strict=True)
        ),
        now_x=start[0],
        goals=tuple(at.point(year, value) for year, value in shown.targets.items()),
    )  # fmt: skip


class _Scale:
    def __init__(self, shown: Comparison, frame: Frame) -> None:
        self._frame = frame
        self._years = [*shown.history, *shown.years]
        values = [*shown.history.values(), *(v for one in shown.paths for v in one.values)]
        values += [end for ends in shown.band_95 for end in ends] + list(shown.targets.values())
        self.ticks = nice_ticks(min(values), max(values))

    def point(self, year: int, value: float) -> tuple[float, float]:
        frame, first, last = self._frame, self._years[0], self._years[-1]
        room = frame.width - frame.left - frame.right
        return round(frame.left + room * (year - first) / max(last - first, 1), 1), self.y(value)

    def y(self, value: float) -> float:
        frame, low, high = self._frame, self.ticks[0], self.ticks[-1]
        room = frame.height - frame.top - frame.bottom
        return round(frame.top + room * (1 - (value - low) / (high - low)), 1)

    def columns(self) -> tuple[Mark, ...]:
        step = -(-len(self._years) // self._frame.most_periods)
        shown = self._years[::-1][::step]
        return tuple(Mark(at=self.point(year, 0)[0], value=year, period=str(year)) for year in shown)


def _spread(wanted: Sequence[float], frame: Frame) -> list[float]:
    """Places of labels near their lines, none on another.

    >>> _spread([100.0, 102.0, 200.0], WIDE)
    [92.5, 109.5, 200.0]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = list(wanted)
    for _ in range(20):
        for upper, lower in pairwise(order):
            lack = _LABEL_GAP * (2 if frame.right < 150 else 1) - (placed[lower] - placed[upper])
            if lack > 0.01:
                placed[upper] -= lack / 2
                placed[lower] += lack / 2
    return [round(one, 1) for one in placed]


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def _band(
    shown: Comparison, ends: Sequence[tuple[float, float]], start: tuple[float, float], at: _Scale
) -> str:
    upper = [at.point(year, high) for year, (_, high) in zip(shown.years, ends, strict=True)]
    lower = [at.point(year, low) for year, (low, _) in zip(shown.years, ends, strict=True)]
    return _joined([start, *upper, *reversed(lower)]) + "Z"
