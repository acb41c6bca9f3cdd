"""From a description to a scene: which layout a chart takes."""

from dataclasses import replace

from core.charts.bars import columns_shapes, rows_shapes
from core.charts.description import Chart, Columns, Figure, Grid, OverTime, Rows
from core.charts.figures import figure_shapes, grid_shapes
from core.charts.frame import Frame, Plot, paper
from core.charts.over_time import over_time_shapes
from core.charts.scene import Scene, Shape
from core.charts.telling import alt_text
from core.shared.language import Language

_ROW_LINES, _NOTE_LINES = 3.2, 4


def draw(chart: Chart, frame: Frame, *, language: Language) -> Scene:
    """Lay the chart out on a frame; the same chart gives the same scene."""
    frame = _cut(chart, frame)
    plot = paper(frame, chart.head, language=language)
    shapes = (*plot.around, *_shapes(chart, plot))
    return Scene(frame.width, frame.height, shapes, alt_text(chart))


def _cut(chart: Chart, frame: Frame) -> Frame:
    """On a page a chart of a few rows takes no more height than they need; a picture keeps its form."""
    if frame.headed or not isinstance(chart, Rows):
        return frame
    lines = max(len(chart.rows), 1) * _ROW_LINES + _NOTE_LINES
    return replace(frame, height=min(frame.height, round(frame.text * lines)))


def _shapes(chart: Chart, plot: Plot) -> list[Shape]:
    match chart:
        case OverTime():
            return over_time_shapes(chart, plot)
        case Columns():
            return columns_shapes(chart, plot)
        case Rows():
            return rows_shapes(chart, plot)
        case Figure():
            return figure_shapes(chart, plot)
        case Grid():
            return grid_shapes(chart, plot)
