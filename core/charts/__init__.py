"""Charts: one description of each, laid out once and drawn by the page, by kaleido and by matplotlib."""

from core.charts.description import (
    Chart,
    Column,
    Columns,
    Figure,
    Grid,
    Head,
    Line,
    LineStyle,
    Measure,
    OverTime,
    Row,
    Rows,
    Spread,
    Status,
)
from core.charts.drawing import draw
from core.charts.frame import CARD, PHONE, PICTURE, Frame, nice_ticks
from core.charts.scene import Area, Mark, Role, Scene, Shape, Stroke, Words, star
from core.charts.telling import alt_text, as_table, figures_of, status_words
from core.charts.words import place, short_period

__all__ = [
    "CARD",
    "PHONE",
    "PICTURE",
    "Area",
    "Chart",
    "Column",
    "Columns",
    "Figure",
    "Frame",
    "Grid",
    "Head",
    "Line",
    "LineStyle",
    "Mark",
    "Measure",
    "OverTime",
    "Role",
    "Row",
    "Rows",
    "Scene",
    "Shape",
    "Spread",
    "Status",
    "Stroke",
    "Words",
    "alt_text",
    "as_table",
    "draw",
    "figures_of",
    "nice_ticks",
    "place",
    "short_period",
    "star",
    "status_words",
]
