"""Lines over time laid out: a fan, scenarios side by side, several territories or indicators."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.charts.description import Line, LineStyle, OverTime
from core.charts.frame import BOLD_LETTER, LETTER, Frame, Plot, Scale, fitted, spread, wide
from core.charts.scene import XY, Area, Dash, Mark, Role, Shape, Stroke, Words, box
from core.charts.words import place, short_period
from core.shared.language import N_, translate

_ROLES: dict[LineStyle, Role] = {
    "history": "ink", "main": "main", "second": "second", "third": "third", "fourth": "fourth",
    "fifth": "fifth", "sixth": "sixth",
}  # fmt: skip
_DASHES: dict[LineStyle, Dash] = {
    "history": "solid", "main": "solid", "second": "dash", "third": "dot", "fourth": "dashdot",
    "fifth": "longdash", "sixth": "dash",
}  # fmt: skip
# A picture of one forecast says its two figures in letters that read in a thumbnail.
_LARGE = 1.75
_MOST_DOTS = 40
_SAID_BAND = 80
_UP_TO, _FROM = N_("to {value}"), N_("from {value}")
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

    @property
    def alone(self) -> bool:
        """Whether the picture is about one forecast, with all the room for its figures."""
        return _alone(self.chart, self.frame)

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
    if plot.frame.headed and chart.ahead:
        # Room over the plot for the words of the forecast.
        plot = replace(plot, top=plot.top + plot.frame.text * 1.4)
    field = _field(chart, plot)
    return [
        *_spreads(field),
        *field.scale.shapes(field.right),
        *_columns(field),
        *_threshold(field),
        *(shape for line in chart.lines for shape in _line(field, line)),
        *_goals(field),
        *_limit(field),
        *_last_fact(field),
        *_ends(field),
    ]


def _alone(chart: OverTime, frame: Frame) -> bool:
    named = sum(line.named for line in chart.lines)
    return frame.headed and (bool(chart.ahead) if named == 1 else named == 0)


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
    if _alone(chart, plot.frame) and chart.ahead:
        sizes = ((words, size, bold) for _, words, size, bold in _forecast_ends(chart, plot.frame))
        return max(wide(words, size, letter=BOLD_LETTER if bold else LETTER) for words, size, bold in sizes)
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
        if frame.headed and field.chart.ahead:
            words = f"{field.chart.ahead} →"
            at_edge = min(x, field.scale.plot.right - wide(words, frame.text))
            shapes.append(
                Words(words, (at_edge, field.scale.plot.top - frame.text * 0.7), frame.text, "muted")
            )
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
    stroke = Stroke(points, role, width, _DASHES[line.style])
    if not field.alone or line.style != "history" or len(points) > _MOST_DOTS:
        return [stroke]
    return [stroke, *(Mark("dot", one, width * 2.4, role) for one in points)]


def _goals(field: _Field) -> list[Shape]:
    return [Mark("star", field.point(*goal), field.frame.text * 1.3, "gold") for goal in field.chart.goals]


def _last_fact(field: _Field) -> list[Shape]:
    """The news: the last fact in bold over its point."""
    history = next((line for line in field.chart.lines if line.style == "history"), None)
    if history is None:
        return []
    role: Role = "bad" if field.chart.crossed else "ink"
    dot = Mark("dot", field.points(history)[-1], field.frame.line * (4.2 if field.alone else 3.4), role)
    if history.named:
        return [dot]
    words = _news(field, history, role)
    return [Area(_box_of(words), "paper", 0.75), dot, words] if field.alone else [dot, words]


def _news(field: _Field, history: Line, role: Role) -> Words:
    frame, at = field.frame, field.points(history)[-1]
    text = field.chart.measure.bare(history.points[-1][1])
    size = frame.text * (_LARGE if field.alone else 1.15)
    least = field.scale.left + wide(text, size, letter=BOLD_LETTER)
    away = size * 0.95
    y = at[1] - away if at[1] - away > field.scale.plot.top else at[1] + away
    gap = size * 0.25 if field.alone else 4
    return Words(text, (max(at[0] - gap, least), y), size, role, "end", bold=True)


def _box_of(words: Words) -> tuple[XY, ...]:
    """The room of words that end at their place."""
    (x, y), half = words.at, words.size * 0.55
    return box(x - wide(words.text, words.size, letter=BOLD_LETTER), y - half, x, y + half)


def _limit(field: _Field) -> list[Shape]:
    """The words of the threshold above or below its line, where they cover least."""
    value, text, frame = field.chart.threshold, field.chart.limit, field.frame
    if value is None or not text or not frame.headed:
        return []
    half = (wide(text, frame.text, letter=BOLD_LETTER) / 2, frame.text * 0.6)
    y, ink = field.scale.y(value), _ink(field)
    room = field.right - field.scale.left - 2 * half[0] - 16
    xs = [field.scale.left + 8 + half[0] + room * step / 24 for step in range(25)]
    low, high = field.scale.plot.top + half[1], field.scale.bottom - half[1]
    places = [
        (x, y + side * frame.text * 0.85)
        for side in (-1, 1)
        for x in xs
        if low <= y + side * frame.text * 0.85 <= high
    ]

    def covered(at: XY) -> int:
        return sum(abs(x - at[0]) < half[0] + 8 and abs(y - at[1]) < half[1] + 8 for x, y in ink)

    at = min(places or [(xs[0], y)], key=covered)
    return [Words(text, at, frame.text, "warn", "middle", bold=True)]


def _ink(field: _Field) -> list[XY]:
    """Points of everything that words should not lie on, about every six pixels."""
    found = [field.point(*goal) for goal in field.chart.goals]
    for line in field.chart.lines:
        for start, end in pairwise(field.points(line)):
            steps = max(1, round(math.dist(start, end) / 6))
            shares = [step / steps for step in range(steps + 1)]
            found += [
                (start[0] + (end[0] - start[0]) * one, start[1] + (end[1] - start[1]) * one) for one in shares
            ]
        if line.style == "history" and not line.named:
            # The news counts many times over: nothing may lie on it.
            left, top = _box_of(_news(field, line, "ink"))[0]
            right, bottom = _box_of(_news(field, line, "ink"))[2]
            found += [
                (left + (right - left) * i / 8, top + (bottom - top) * j / 4)
                for i in range(9)
                for j in range(5)
            ] * 4
    return found


def _ends(field: _Field) -> list[Shape]:
    """The name and the last value of each line at the right edge, none upon another."""
    named = [line for line in field.chart.lines if line.named]
    if not named:
        return []
    if field.alone:
        return _ends_alone(field)
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


def _forecast_ends(chart: OverTime, frame: Frame) -> list[tuple[float, str, float, bool]]:
    """(value, words, size, bold) of the forecast at its end and of the ends of its band."""
    (line,) = [one for one in chart.lines if one.named]
    last, language = line.points[-1][1], chart.measure.language
    found = [(last, chart.measure.bare(last), frame.text * _LARGE, True)]
    for band in chart.spreads:
        if band.percent == _SAID_BAND:
            _, low, high = band.points[-1]
            for value, words in ((high, _UP_TO), (low, _FROM)):
                said = translate(language, words, value=chart.measure.bare(value))
                found.append((value, said, frame.text, False))
    return found


def _ends_alone(field: _Field) -> list[Shape]:
    frame, ends = field.frame, _forecast_ends(field.chart, field.frame)
    gap = frame.text * (_LARGE + 1) * 0.62
    low, high = field.scale.plot.top + frame.text * 0.6, field.scale.bottom - frame.text * 0.6
    middles = spread([field.scale.y(value) for value, *_ in ends], gap, low=low, high=high)
    x = field.right + frame.text * 0.7
    return [
        Words(words, (x, middle), size, "main" if bold else "muted", bold=bold)
        for (_, words, size, bold), middle in zip(ends, middles, strict=True)
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
