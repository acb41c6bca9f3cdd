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
from core.charts.events import DrawingSettled
from core.charts.frame import CARD, PHONE, PICTURE, Frame, nice_ticks
from core.charts.pictures import (
    DRAW_SCENE,
    Drawing,
    drawing,
    drawing_key,
    may_see_drawing,
    order_drawing,
    scene_at_work,
    settle_drawing,
)
from core.charts.scene import Area, Mark, Role, Scene, Shape, Stroke, Words, star
from core.charts.sentences import in_short
from core.charts.telling import alt_text, as_table, figures_of, status_words
from core.charts.words import place, short_period

__all__ = [
    "CARD",
    "DRAW_SCENE",
    "PHONE",
    "PICTURE",
    "Area",
    "Chart",
    "Column",
    "Columns",
    "Drawing",
    "DrawingSettled",
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
    "drawing",
    "drawing_key",
    "figures_of",
    "in_short",
    "may_see_drawing",
    "nice_ticks",
    "order_drawing",
    "place",
    "scene_at_work",
    "settle_drawing",
    "short_period",
    "star",
    "status_words",
]
