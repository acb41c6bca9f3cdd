"""Lines over time laid out: a fan, scenarios side by side, several territories or indicators."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.description import Line, LineStyle, OverTime
from core.charts.frame import BOLD_LETTER, Frame, Plot, Scale, fitted, spread, wide
from core.charts.scene import XY, Area, Dash, Mark, Role, Shape, Stroke, Words
from core.charts.words import place, short_period

_ROLES: dict[LineStyle, Role] = {
    "history": "ink", "main": "main", "second": "second", "third": "third", "fourth": "fourth",
    "fifth": "fifth", "sixth": "sixth",
}  # fmt: skip
_DASHES: dict[LineStyle, Dash] = {
    "history": "solid", "main": "solid", "second": "dash", "third": "dot", "fourth": "dashdot",
    "fifth": "longdash", "sixth": "dash",
}  # fmt: skip
# The bands lie upon each other, so the inner ones gather colour.
_OPACITY = {95: 0.13, 80: 0.20, 50: 0.32}


@dataclass(frozen=True, slots=True)
class _Field:
    """The plot with its two axes."""

    chart: OverTime
    scale: Scale
    first: float
    last: float
    right: float

    @property
    def frame(self) -> Frame:
        return self.scale.plot.frame

    def x(self, at: float) -> float:
        room = self.right - self.scale.left
        share = (at - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return round(self.scale.left + room * share, 1)

    def point(self, period: str, value: float) -> XY:
        return self.x(place(period)), self.scale.y(value)

    def points(self, line: Line) -> tuple[XY, ...]:
        return tuple(self.point(period, value) for period, value in line.points)


def over_time_shapes(chart: OverTime, plot: Plot) -> list[Shape]:
    """The shapes of the chart, from the bottom up."""
    field = _field(chart, plot)
    return [
        *_spreads(field),
        *field.scale.shapes(field.right),
        *_columns(field),
        *_threshold(field),
        *(shape for line in chart.lines for shape in _line(field, line)),
        *_goals(field),
        *_last_fact(field),
        *_ends(field),
    ]


def _field(chart: OverTime, plot: Plot) -> _Field:
    values = [value for line in chart.lines for _, value in line.points]
    values += [end for band in chart.spreads for _, low, high in band.points for end in (low, high)]
    values += [value for _, value in chart.goals] + ([] if chart.threshold is None else [chart.threshold])
    at = [place(period) for line in chart.lines for period, _ in line.points]
    at += [place(period) for period, _ in chart.goals]
    right = plot.right - _label_room(chart, plot) - plot.frame.text * 0.7
    return _Field(chart, Scale.over(plot, values, chart.measure.language), min(at), max(at), right)


def _label_room(chart: OverTime, plot: Plot) -> float:
    """How wide the names at the right edge may be: as they need, at most two fifths of the chart."""
    text, most = plot.frame.text, 0.4 * (plot.right - plot.left)
    needed = [
        wide(one, text, letter=BOLD_LETTER)
        for line in chart.lines
        if line.named
        for one in (line.name, chart.measure.bare(line.points[-1][1]))
    ]
    return min(max(needed, default=0.0), most)


def _spreads(field: _Field) -> list[Shape]:
    shapes: list[Shape] = []
    for band in field.chart.spreads:
        upper = [field.point(period, high) for period, _, high in band.points]
        lower = [field.point(period, low) for period, low, _ in reversed(band.points)]
        shapes.append(Area((*upper, *lower), "main", _OPACITY.get(band.percent, 0.2)))
    return shapes


def _columns(field: _Field) -> list[Shape]:
    """The words of the periods, and where the forecast begins."""
    frame, y = field.frame, field.scale.bottom
    shapes: list[Shape] = []
    if field.chart.now is not None:
        x = field.x(place(field.chart.now))
        shapes.append(Stroke(((x, field.scale.plot.top), (x, y)), "muted", frame.line * 0.4, "dot"))
    for at, words in _period_ticks(field):
        shapes.append(Words(words, (field.x(at), y + frame.text * 1.1), frame.text, "muted", "middle"))
    return shapes


def _period_ticks(field: _Field) -> list[tuple[float, str]]:
    room = (field.right - field.scale.left) / (field.frame.text * 3.6)
    most = max(int(room), 1)
    first, last = math.ceil(field.first), math.floor(field.last)
    if last - first >= 1:
        step = next(one for one in (1, 2, 3, 4, 5, 10, 20, 50, 100) if (last - first) / one <= most)
        # Counted back from the end: the last year is the one that people look for.
        return [(float(year), str(year)) for year in range(last, first - 1, -step)]
    periods = sorted({period for line in field.chart.lines for period, _ in line.points}, key=place)
    shown = periods[:: -max(math.ceil(len(periods) / max(most // 2, 1)), 1)]
    return [(place(period), short_period(period)) for period in shown]


def _threshold(field: _Field) -> list[Shape]:
    value = field.chart.threshold
    if value is None:
        return []
    y = field.scale.y(value)
    ends = ((field.scale.left, y), (field.right, y))
    return [Stroke(ends, "warn", field.frame.line * 0.8, "longdash")]


def _line(field: _Field, line: Line) -> list[Shape]:
    points, width = field.points(line), field.frame.line
    role = _ROLES[line.style]
    if len(points) == 1:
        return [Mark("dot", points[0], width * 3, role)]
    return [Stroke(points, role, width, _DASHES[line.style])]


def _goals(field: _Field) -> list[Shape]:
    return [Mark("star", field.point(*goal), field.frame.text * 1.3, "gold") for goal in field.chart.goals]


def _last_fact(field: _Field) -> list[Shape]:
    """The news: the last fact in bold over its point."""
    history = next((line for line in field.chart.lines if line.style == "history"), None)
    if history is None:
        return []
    frame, at = field.frame, field.points(history)[-1]
    dot = Mark("dot", at, frame.line * 3.4, "ink")
    if history.named:
        return [dot]
    text = field.chart.measure.bare(history.points[-1][1])
    size = frame.text * 1.15
    least = field.scale.left + wide(text, size, letter=BOLD_LETTER)
    above = at[1] - frame.text * 1.1
    y = above if above > field.scale.plot.top else at[1] + frame.text * 1.1
    return [dot, Words(text, (max(at[0] - 4, least), y), size, "ink", "end", bold=True)]


def _ends(field: _Field) -> list[Shape]:
    """The name and the last value of each line at the right edge, none upon another."""
    named = [line for line in field.chart.lines if line.named]
    if not named:
        return []
    frame, ends = field.frame, [field.points(line)[-1] for line in named]
    alone = all(not line.name for line in named)
    height = frame.text * (1.2 if alone else 2.5)
    middles = spread(
        [y for _, y in ends],
        height,
        low=field.scale.plot.top + height / 2 - frame.text * 0.6,
        high=field.scale.bottom - height / 2 + frame.text * 0.6,
    )
    return [
        shape
        for line, middle in zip(named, middles, strict=True)
        for shape in _end(field, line, middle, alone=alone)
    ]


def _end(field: _Field, line: Line, middle: float, *, alone: bool) -> Sequence[Shape]:
    frame, role = field.frame, _ROLES[line.style]
    x = field.right + frame.text * 0.7
    value = Words(
        field.chart.measure.bare(line.points[-1][1]),
        (x, middle if alone else middle + frame.text * 0.6),
        frame.text, role, bold=True,
    )  # fmt: skip
    if alone:
        return [value]
    name = fitted(line.name, field.scale.plot.right - x + frame.text * 0.5, frame.text)
    return [Words(name, (x, middle - frame.text * 0.6), frame.text, role), value]
