"""Bars laid out: by period with what was planned, and by name in order or in steps."""

import math
from dataclasses import dataclass, replace

from core.charts.description import Column, Columns, Row, Rows, Status, with_steps
from core.charts.frame import BOLD_LETTER, LETTER, Frame, Plot, Scale, fitted, wide
from core.charts.scene import Area, Role, Shape, Stroke, Words, box, hatching
from core.charts.words import short_period

MOST_ROWS = 10
"""More rows than this cannot be read in a messenger."""

_LIFTED_FROM = 2.4
"""Heights of a letter that a row needs to hold its name over its bar."""

STATUS_MARKS: dict[Status, str] = {"met": "✓", "missed": "✗", "ahead": "…"}
_STATUS_ROLES: dict[Status, Role] = {"met": "good", "missed": "bad", "ahead": "muted"}


def columns_shapes(chart: Columns, plot: Plot) -> list[Shape]:
    """Bars by period, what was planned as a line across each, the status as a mark and a pattern."""
    values = [one for column in chart.columns for one in (column.value, column.goal) if one is not None]
    # Room over the highest bar for its words.
    lowered = replace(plot, top=plot.top + plot.frame.text * 1.6)
    scale = Scale.over(lowered, [0.0, *values], chart.measure.language)
    slot = (plot.right - scale.left) / len(chart.columns)
    shapes = scale.shapes(plot.right)
    for place, column in enumerate(chart.columns):
        slots = _Slot(chart, scale, plot.frame, scale.left + slot * place, slot, place)
        shapes += [*slots.bar(column), *slots.plan(column), *slots.words(column)]
    return shapes


@dataclass(frozen=True, slots=True)
class _Slot:
    """The room of one period."""

    chart: Columns
    scale: Scale
    frame: Frame
    left: float
    width: float
    place: int

    @property
    def middle(self) -> float:
        return round(self.left + self.width / 2, 1)

    def bar(self, column: Column) -> list[Shape]:
        if column.value is None:
            return []
        half = self.width * 0.32
        top, bottom = sorted((self.scale.y(column.value), self.scale.y(0.0)))
        place = (self.middle - half, top, self.middle + half, bottom)
        if column.status != "missed":
            return [Area(box(*place), "good" if column.status == "met" else "main", 0.85)]
        return _hatched(place, "bad", self.frame)

    def plan(self, column: Column) -> list[Shape]:
        if column.goal is None:
            return []
        y, half = self.scale.y(column.goal), self.width * 0.42
        line = Stroke(
            ((self.middle - half, y), (self.middle + half, y)), "ink", self.frame.line * 1.2, "solid"
        )
        if column.value is not None:
            return [line]
        edges = box(self.middle - self.width * 0.32, y, self.middle + self.width * 0.32, self.scale.y(0.0))
        return [Stroke((*edges, edges[0]), "muted", self.frame.line * 0.5, "dash"), line]

    def words(self, column: Column) -> list[Shape]:
        size, text = self.frame.text, short_period(column.period)
        step = max(math.ceil(wide(text, size) * 1.1 / self.width), 1)
        shown = (len(self.chart.columns) - 1 - self.place) % step == 0
        at = (self.middle, self.scale.bottom + size * 1.1)
        period: list[Shape] = [Words(text, at, size, "muted", "middle")] if shown else []
        return [*period, *self._figure(column)]

    def _figure(self, column: Column) -> list[Shape]:
        """The value over the bar where it fits, always over the last one, and the mark of the status."""
        value = column.value if column.value is not None else column.goal
        if value is None:
            return []
        size, last = self.frame.text, self.place == len(self.chart.columns) - 1
        y = (
            min(self.scale.y(one) for one in (column.value, column.goal, 0.0) if one is not None)
            - size * 0.75
        )
        text, shapes = self.chart.measure.plain(value), list[Shape]()
        if last or wide(text, size) < self.width:
            x = min(self.middle, self.scale.plot.right - wide(text, size) / 2)
            shapes.append(Words(text, (x, y), size, "ink", "middle", bold=last))
            y -= size * 1.1
        if column.status is not None:
            mark, role = STATUS_MARKS[column.status], _STATUS_ROLES[column.status]
            shapes.append(Words(mark, (self.middle, y), size, role, "middle", bold=True))
        return shapes


def rows_shapes(chart: Rows, plot: Plot) -> list[Shape]:
    """Bars under each other; of a long ranking its beginning, its end and the neighbours of one's own."""
    shown = shown_rows(chart)
    height = (plot.bottom - plot.top) / max(len(shown), 4 if plot.frame.headed else 1)
    bench = _Bench.of(chart, plot, [row for _, row in shown], height)
    spans = with_steps([row for _, row in shown]) if chart.steps else [(0.0, row.value) for _, row in shown]
    if chart.steps and shown:
        # The last bar is the sum and stands on the ground.
        spans[-1] = (0.0, shown[-1][1].value)
    shapes: list[Shape] = []
    if not bench.lifted and (bench.low < 0 or chart.steps):
        zero = bench.x(0.0)
        bottom = plot.top + height * len(shown)
        shapes.append(Stroke(((zero, plot.top), (zero, bottom)), "muted", plot.frame.line * 0.4))
    for line, ((place, row), span) in enumerate(zip(shown, spans, strict=True)):
        name = f"{place}. {row.name}" if chart.places else row.name
        shapes += bench.row(row, name, span, plot.top + height * (line + 0.5))
    return shapes


def shown_rows(chart: Rows) -> list[tuple[int, Row]]:
    """The rows that a chart has room for, with their places.

    >>> towns = tuple(Row(name=str(n), value=-n, own=n == 15) for n in range(1, 21))
    >>> [n for n, _ in shown_rows(Rows(head=None, measure=None, rows=towns, places=True))]
    [1, 2, 3, 4, 13, 14, 15, 16, 17, 20]
    """
    rows = list(enumerate(chart.rows, start=1))
    if len(rows) <= MOST_ROWS or not chart.places:
        return rows[:MOST_ROWS]
    own = next((place for place, row in rows if row.own), 1)
    wanted = [own, len(rows), 1, own - 1, own + 1, 2, 3, own - 2, own + 2, *range(4, len(rows))]
    kept = list(dict.fromkeys(place for place in wanted if 1 <= place <= len(rows)))[:MOST_ROWS]
    return [rows[place - 1] for place in sorted(kept)]


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where names end and bars begin. `lifted`: names stand over their bars, for there is room."""

    chart: Rows
    plot: Plot
    start: float
    end: float
    low: float
    high: float
    height: float
    lifted: bool

    @classmethod
    def of(cls, chart: Rows, plot: Plot, rows: list[Row], height: float) -> "_Bench":
        size = plot.frame.text
        names = max((_name_room(chart, row, size) for row in rows), default=0.0)
        most = 0.42 * (plot.right - plot.left)
        lifted = names > most and height > size * _LIFTED_FROM
        start = plot.left if lifted else plot.left + min(names, most) + size * 0.5
        # Figures stand right of their bars, even of those that go down: one side to read.
        said = max((wide(_said(chart, row), size, letter=BOLD_LETTER) for row in rows), default=0.0)
        ends = [end for pair in with_steps(rows[:-1]) for end in pair] if chart.steps else []
        values = [0.0, *(row.value for row in rows), *ends]
        low, high = min(values), max(values)
        return cls(
            chart,
            plot,
            start,
            plot.right - said - size * 0.6,
            low,
            high if high > low else 1.0,
            height,
            lifted,
        )

    def x(self, value: float) -> float:
        return round(self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low), 1)

    def row(self, row: Row, name: str, span: tuple[float, float], middle: float) -> list[Shape]:
        size = self.plot.frame.text
        half = min(self.height * (0.2 if self.lifted else 0.32), size * 0.75)
        y = middle + self.height * 0.18 if self.lifted else middle
        left, right = sorted((self.x(span[0]), self.x(span[1])))
        place = (left, y - half, max(right, left + 2), y + half)
        at = (max(right, self.x(0.0)) + size * 0.4, y)
        value = Words(_said(self.chart, row), at, size, "ink", bold=row.own)
        return [self._name(row, name, middle), *self._bar(row, place), value]

    def _name(self, row: Row, name: str, middle: float) -> Words:
        size, left = self.plot.frame.text, self.plot.left
        room = (self.plot.right if self.lifted else self.start - size * 0.5) - left
        y = middle - self.height * 0.26 if self.lifted else middle
        text = fitted(name, room, size, letter=BOLD_LETTER if row.own else LETTER)
        return Words(text, (left, y), size, "ink", bold=row.own)

    def _bar(self, row: Row, place: tuple[float, float, float, float]) -> list[Shape]:
        if self.chart.signed and row.value < 0:
            return _hatched(place, "third", self.plot.frame)
        if row.own:
            return [Area(box(*place), "ink" if self.chart.steps else "main", 0.85)]
        return [Area(box(*place), "muted", 0.5) if self.chart.places else Area(box(*place), "main", 0.85)]


def _name_room(chart: Rows, row: Row, size: float) -> float:
    text = f"00. {row.name}" if chart.places else row.name
    return wide(text, size, letter=BOLD_LETTER if row.own else LETTER)


def _said(chart: Rows, row: Row) -> str:
    return chart.measure.change(row.value) if chart.signed else chart.measure.bare(row.value)


def _hatched(place: tuple[float, float, float, float], role: Role, frame: Frame) -> list[Shape]:
    """A bar that is told from the others without colour."""
    strokes = hatching(*place, gap=frame.text * 0.5)
    width = frame.line * 0.5
    return [
        Area(box(*place), role, 0.18),
        *(Stroke(ends, role, width) for ends in strokes),
        Stroke((*box(*place), box(*place)[0]), role, width),
    ]
