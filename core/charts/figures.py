"""A single number with its trend, and a table, laid out."""

from core.charts.description import Figure, Grid
from core.charts.frame import BOLD_LETTER, LETTER, Plot, fitted, wide, wrapped
from core.charts.scene import Mark, Role, Shape, Stroke, Words
from core.charts.words import said_period

_VERDICTS: dict[str, Role] = {"good": "good", "bad": "bad", "same": "muted"}
_ARROWS = {1: "▲", -1: "▼", 0: "■"}
_MOST_LINES = 12
_NARROW = ",.\u00a0\u202f "
NARROW_LETTER = 0.38
"""A comma or a space of a bold number in parts of its size: 0.38 and 0.35 in DejaVu Sans Bold."""


def figure_shapes(chart: Figure, plot: Plot) -> list[Shape]:
    """The number as large as there is room, the change in words, the trend below."""
    frame, measure = plot.frame, chart.measure
    period, value = chart.points[-1]
    text = measure.plain(value)
    room = plot.right - plot.left
    size = min(frame.text * 3.6, room * 0.6 / (len(text) * BOLD_LETTER))
    y = plot.top + size * 0.6
    # The unit stands close to its number, which is large: its comma and its spaces count as what they are.
    narrow = sum(one in _NARROW for one in text)
    taken = wide(text, size, letter=BOLD_LETTER) - narrow * size * (BOLD_LETTER - NARROW_LETTER)
    taken += frame.text * 0.4
    unit = fitted(measure.unit, room - taken, frame.text)
    shapes: list[Shape] = [
        Words(text, (plot.left, y), size, "ink", bold=True),
        Words(unit, (plot.left + taken, y + size * 0.2), frame.text, "muted"),
    ]
    y += size * 0.6 + frame.text * 0.7
    for line in wrapped(_trend(chart, said_period(measure.language, period)), room, frame.text, most=2):
        shapes.append(Words(line, (plot.left, y), frame.text, _VERDICTS[chart.verdict]))
        y += frame.text * 1.3
    return [*shapes, *_trend_line(chart, plot, y)]


def _trend(chart: Figure, period: str) -> str:
    if len(chart.points) < 2 or not chart.change:
        return period
    change = chart.points[-1][1] - chart.points[-2][1]
    return f"{_ARROWS[(change > 0) - (change < 0)]} {chart.change}, {period}"


def _trend_line(chart: Figure, plot: Plot, top: float) -> list[Shape]:
    values = [value for _, value in chart.points]
    if len(values) < 2 or plot.bottom - top < plot.frame.text * 2:
        return []
    low, span = min(values), max(values) - min(values) or 1.0
    step = (plot.right - plot.left - plot.frame.text) / (len(values) - 1)
    height = plot.bottom - top - plot.frame.text
    points = tuple(
        (
            round(plot.left + step * place, 1),
            round(top + plot.frame.text * 0.5 + height * (1 - (one - low) / span), 1),
        )
        for place, one in enumerate(values)
    )
    return [
        Stroke(points, "main", plot.frame.line),
        Mark("dot", points[-1], plot.frame.line * 3.4, "main"),
    ]


def grid_shapes(chart: Grid, plot: Plot) -> list[Shape]:
    """The table line by line; what there is no room for is left to the table on the page."""
    frame, rows = plot.frame, chart.rows
    lines = min(len(rows), _MOST_LINES, int((plot.bottom - plot.top) / (frame.text * 1.35)) - 1)
    step = min((plot.bottom - plot.top) / (lines + 1), frame.text * 2)
    edges = _edges(chart, plot, lines)
    shapes = _cells(chart.header, edges, plot, plot.top + step / 2, bold=True)
    for number, row in enumerate(rows[:lines], start=1):
        y = plot.top + step * number
        shapes.append(Stroke(((plot.left, y), (plot.right, y)), "grid", frame.line * 0.4))
        shapes += _cells(row, edges, plot, y + step / 2, bold=False)
    return shapes


def _edges(chart: Grid, plot: Plot, lines: int) -> list[float]:
    """Where each column ends: figures as wide as they are, the names what is left."""
    size = plot.frame.text
    widths = [
        max(wide(row[place], size, letter=LETTER) for row in [chart.header, *chart.rows[:lines]]) + size
        for place in range(1, len(chart.header))
    ]
    room = plot.right - plot.left
    over = sum(widths) / (room * 0.68)
    widths = [one / over for one in widths] if over > 1 else widths
    ends = [plot.right - sum(widths[place:]) for place in range(len(widths))]
    return [*ends, plot.right]


def _cells(row: tuple[str, ...], edges: list[float], plot: Plot, y: float, *, bold: bool) -> list[Shape]:
    size = plot.frame.text
    role: Role = "muted" if bold else "ink"
    shapes: list[Shape] = [
        Words(fitted(row[0], edges[0] - plot.left, size), (plot.left, y), size, role, bold=bold)
    ]
    for place, text in enumerate(row[1:], start=1):
        room = edges[place] - edges[place - 1] - size * 0.3
        shapes.append(Words(fitted(text, room, size), (edges[place], y), size, role, "end", bold=False))
    return shapes
