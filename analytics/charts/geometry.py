"""Where things stand on a fan chart: both renderers place by the same numbers."""

import itertools
import math
import textwrap
from dataclasses import dataclass

from analytics.charts.chart import FanChart, Layout
from analytics.charts.look import BOLD_LETTER, LETTER, SIZES, Sizes, spread
from analytics.charts.words import end_words, notes_words, target_words
from core.indicators import PERIODS_IN_YEAR, Band, Period, format_number

_HEADROOM = 0.09
_EDGE = 26

XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A text with the point it belongs to and the place where it stands (both in data coordinates)."""

    kind: str
    text: str
    point: XY
    at: XY


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything that is placed, in data coordinates (x in years, y in units of the indicator).

    `margins` are left, right, top, bottom in pixels.
    """

    sizes: Sizes
    margins: tuple[int, int, int, int]
    title: tuple[str, ...]
    notes: tuple[str, ...]
    history: tuple[tuple[str, float, float], ...]
    ahead: tuple[tuple[str, float, float], ...]
    bands: dict[Band, tuple[XY, ...]]
    x_range: XY
    y_range: XY
    x_ticks: tuple[float, ...]
    y_ticks: tuple[tuple[float, str], ...]
    end_labels: tuple[Label, ...]
    threshold_label: Label | None
    target_label: Label | None

    @property
    def last(self) -> tuple[str, float, float]:
        """The last fact: period, x, value."""
        return self.history[-1]


def place(period: str) -> float:
    """The year axis coordinate of a period: a year stands at its number, a month inside it.

    >>> place("2024"), place("2024-07")
    (2024.0, 2024.5)
    """
    parsed = Period.parse(period)
    return parsed.year + (parsed.number - 1) / PERIODS_IN_YEAR[parsed.frequency]


def geometry(chart: FanChart, layout: Layout) -> Geometry:
    """Compute the places of a chart with at least one fact.

    Raises: ValueError without any fact.
    """
    if not chart.history:
        raise ValueError("a chart needs at least one fact")
    sizes = SIZES[layout]
    shown = chart.history[-sizes.history[Period.parse(chart.history[-1][0]).frequency] :]
    history = tuple((period, place(period), value) for period, value in shown)
    points = chart.forecast.points if chart.forecast else ()
    ahead = tuple((point.period, place(point.period), point.median) for point in points)
    bands = _bands(chart, sizes)
    y_range = _y_range(chart, history, ahead, bands)
    x_range = _x_range(chart, history, ahead)
    y_ticks = _y_ticks(chart, y_range)
    title = _wrapped(chart.title, sizes.title_letters)
    notes = notes_words(chart, layout, bands=bool(bands))
    margins = _margins(chart, sizes, y_ticks, lines=(len(title), len(notes)))
    canvas = _Canvas(sizes=sizes, margins=margins, x_range=x_range, y_range=y_range)
    ink = canvas.ink(history, ahead, bands)
    threshold = _threshold_label(chart, canvas, ink)
    return Geometry(
        sizes=sizes,
        margins=margins,
        title=title,
        notes=notes,
        history=history,
        ahead=ahead,
        bands=bands,
        x_range=x_range,
        y_range=y_range,
        x_ticks=_x_ticks(x_range, int(canvas.width / (sizes.axis * LETTER * 4 + sizes.axis))),
        y_ticks=y_ticks,
        end_labels=_end_labels(chart, ahead, canvas),
        threshold_label=threshold,
        target_label=_target_label(chart, canvas, ink, threshold) if layout == "wide" else None,
    )


def _bands(chart: FanChart, sizes: Sizes) -> dict[Band, tuple[XY, ...]]:
    if chart.forecast is None:
        return {}
    found: dict[Band, tuple[XY, ...]] = {}
    levels: tuple[Band, ...] = (95, 80, 50)
    for level in levels:
        bounds = [point.band(level) for point in chart.forecast.points]
        if level in sizes.bands and all(bound is not None for bound in bounds):
            found[level] = tuple(bound for bound in bounds if bound is not None)
    return found


def _y_range(
    chart: FanChart,
    history: tuple[tuple[str, float, float], ...],
    ahead: tuple[tuple[str, float, float], ...],
    bands: dict[Band, tuple[XY, ...]],
) -> XY:
    values = [value for _, _, value in (*history, *ahead)]
    values += [bound for bounds in bands.values() for pair in bounds for bound in pair]
    values += [mark.value for mark in (chart.threshold, chart.target) if mark is not None]
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1.0) * _HEADROOM
    # A positive quantity does not get an axis that goes below zero just for looks.
    bottom = max(low - room, 0.0) if low >= 0 else low - room
    return bottom, high + room


def _x_range(
    chart: FanChart,
    history: tuple[tuple[str, float, float], ...],
    ahead: tuple[tuple[str, float, float], ...],
) -> XY:
    first, last = history[0][1], (ahead or history)[-1][1]
    if chart.target is not None:
        last = max(last, place(chart.target.period))
    room = max(last - first, 1.0) * 0.015
    return first - room, last + room


def _x_ticks(x_range: XY, most: int) -> tuple[float, ...]:
    years = range(math.ceil(x_range[0]), math.floor(x_range[1]) + 1)
    step = next(step for step in (1, 2, 3, 4, 5, 10, 20, 50, 100) if len(years) / step <= most)
    return tuple(float(year) for year in years if (years[-1] - year) % step == 0)


def _y_ticks(chart: FanChart, y_range: XY) -> tuple[tuple[float, str], ...]:
    """Round values, at most seven, with just as many decimals as their step needs."""
    rough = (y_range[1] - y_range[0]) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step >= rough)
    decimals = next(number for number in range(9) if abs(round(step, number) - step) < step * 1e-6)
    first, last = math.ceil(y_range[0] / step), math.floor(y_range[1] / step)
    values = [number * step for number in range(first, last + 1)]
    return tuple((value, format_number(chart.language, value, decimals=decimals)) for value in values)


def _wrapped(text: str, letters: int) -> tuple[str, ...]:
    """Break a title into at most two lines; what does not fit ends with an ellipsis."""
    lines = textwrap.wrap(text, letters) or [""]
    if len(lines) > 2:
        lines = [lines[0], textwrap.shorten(" ".join(lines[1:]), letters, placeholder="…")]
    return tuple(lines)


def _margins(
    chart: FanChart, sizes: Sizes, y_ticks: tuple[tuple[float, str], ...], *, lines: tuple[int, int]
) -> tuple[int, int, int, int]:
    left = max(len(text) for _, text in y_ticks) * sizes.axis * LETTER + _EDGE + 10
    right = _EDGE
    if chart.forecast is not None and chart.forecast.points:
        end = [(text, kind) for kind, text, _ in end_words(chart)]
        widths = [
            len(text) * (sizes.value * BOLD_LETTER if kind == "median" else sizes.label * LETTER)
            for text, kind in end
        ]
        right = int(max(widths)) + _EDGE + 14
    top = _EDGE + lines[0] * sizes.title * 1.28 + lines[1] * sizes.subtitle * 1.35 + sizes.label * 1.5 + 8
    bottom = sizes.axis * 1.9 + sizes.source * 1.9 + 18
    return int(left), right, int(top), int(bottom)


def _end_labels(
    chart: FanChart, ahead: tuple[tuple[str, float, float], ...], canvas: "_Canvas"
) -> tuple[Label, ...]:
    if not ahead:
        return ()
    wanted = end_words(chart)
    gap = (canvas.sizes.value + canvas.sizes.label) * 0.62
    x = ahead[-1][1]
    at = spread([canvas.down(value) for _, _, value in wanted], gap)
    return tuple(
        Label(kind, text, (x, value), (x, canvas.value_at(y)))
        for (kind, text, value), y in zip(wanted, at, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Canvas:
    """The plot area in pixels: x to the right, y down from its top."""

    sizes: Sizes
    margins: tuple[int, int, int, int]
    x_range: XY
    y_range: XY

    @property
    def width(self) -> float:
        return self.sizes.width - self.margins[0] - self.margins[1]

    @property
    def height(self) -> float:
        return self.sizes.height - self.margins[2] - self.margins[3]

    def right(self, x: float) -> float:
        return (x - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * self.width

    def down(self, value: float) -> float:
        return (self.y_range[1] - value) / (self.y_range[1] - self.y_range[0]) * self.height

    def x_at(self, right: float) -> float:
        return self.x_range[0] + right / self.width * (self.x_range[1] - self.x_range[0])

    def value_at(self, down: float) -> float:
        return self.y_range[1] - down / self.height * (self.y_range[1] - self.y_range[0])

    def ink(
        self,
        history: tuple[tuple[str, float, float], ...],
        ahead: tuple[tuple[str, float, float], ...],
        bands: dict[Band, tuple[XY, ...]],
    ) -> list[XY]:
        """Points in pixels that a label should not cover: the line, the fan, the last value's figure.

        The line counts three times: words upon it cannot be read, words upon the fan can.
        """
        line = [(self.right(x), self.down(value)) for _, x, value in (*history, *ahead)]
        points = [point for a, b in itertools.pairwise(line) for point in _along(a, b)] * 3
        for bounds in bands.values():
            edges = [(self.right(x), pair) for (_, x, _), pair in zip(ahead, bounds, strict=True)]
            points += [
                (x, self.down(low + (high - low) * share / 6))
                for x, (low, high) in edges
                for share in range(7)
            ]
        x, y = self.right(history[-1][1]), self.down(history[-1][2])
        value = self.sizes.value
        points += [(x - value * step / 2, y - value * rise / 2) for step in range(8) for rise in range(1, 3)]
        return points

    def emptiest(self, box: XY, centres: list[XY], ink: list[XY], anchor: XY) -> XY:
        """The centre at which a box covers the least ink; of equals the one nearest to the anchor."""

        def cost(centre: XY) -> tuple[int, float]:
            covered = sum(
                abs(x - centre[0]) < box[0] / 2 + 8 and abs(y - centre[1]) < box[1] / 2 + 8 for x, y in ink
            )
            return covered, math.dist(centre, anchor)

        return min(centres, key=cost)


def _along(a: XY, b: XY) -> list[XY]:
    """Points on a stroke about every six pixels, so that a steep one weighs what it covers."""
    steps = max(1, round(math.dist(a, b) / 6))
    return [
        (a[0] + (b[0] - a[0]) * step / steps, a[1] + (b[1] - a[1]) * step / steps)
        for step in range(steps + 1)
    ]


def _threshold_label(chart: FanChart, canvas: _Canvas, ink: list[XY]) -> Label | None:
    """Above its line, or below it where the line of facts runs right over the words."""
    if chart.threshold is None:
        return None
    size = canvas.sizes.label
    box = (len(chart.threshold.label) * size * BOLD_LETTER, size * 1.1)
    line = canvas.down(chart.threshold.value)
    last = canvas.width - box[0] / 2 - 8
    places = [(box[0] / 2 + 8 + (last - box[0] / 2 - 8) * step / 24) for step in range(25)]
    centres = [(x, line + side * size * 0.75) for side in (-1, 1) for x in places]
    anchor = (0.0, line - size * 40)
    found = canvas.emptiest(box, centres, ink, anchor)
    return _label(
        "threshold", chart.threshold.label, (canvas.x_range[0], chart.threshold.value), found, canvas
    )


def _target_label(chart: FanChart, canvas: _Canvas, ink: list[XY], threshold: Label | None) -> Label | None:
    if chart.target is None:
        return None
    words = f"★ {target_words(chart.language, chart.target)}"
    text = "\n".join(textwrap.wrap(words, canvas.sizes.box_letters))
    lines = text.split("\n")
    size = canvas.sizes.label * 0.9
    box = (max(map(len, lines)) * size * LETTER + 24, len(lines) * size * 1.35 + 20)
    across = [box[0] / 2 + (canvas.width - box[0]) * step / 16 for step in range(17)]
    downwards = [box[1] / 2 + 4 + (canvas.height - box[1] - 12) * step / 12 for step in range(13)]
    star = (canvas.right(place(chart.target.period)), canvas.down(chart.target.value))
    taken = [*ink, *((star[0] + dx, star[1]) for dx in (-20, 0, 20))]
    if threshold is not None:
        y = canvas.down(threshold.at[1])
        half = len(threshold.text) * canvas.sizes.label * BOLD_LETTER / 2
        x = canvas.right(threshold.at[0])
        taken += [(x + half * share / 6, y) for share in range(-6, 7)]
        taken += [(canvas.width * share / 40, canvas.down(threshold.point[1])) for share in range(41)]
    found = canvas.emptiest(box, [(x, y) for x in across for y in downwards], taken, star)
    return _label("target", text, (place(chart.target.period), chart.target.value), found, canvas)


def _label(kind: str, text: str, point: XY, pixels: XY, canvas: _Canvas) -> Label:
    return Label(kind, text, point, (canvas.x_at(pixels[0]), canvas.value_at(pixels[1])))
