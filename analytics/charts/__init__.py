"""Charts as PNG for messengers: drawn by a warm Chrome, and by matplotlib when there is none."""

from analytics.charts.browser import find_browser
from analytics.charts.chart import FanChart, Layout, Target, Threshold
from analytics.charts.drawing import Drawing, Painter
from analytics.charts.figure import Figure, fan_figure
from analytics.charts.words import alt_text

__all__ = [
    "Drawing",
    "FanChart",
    "Figure",
    "Layout",
    "Painter",
    "Target",
    "Threshold",
    "alt_text",
    "fan_figure",
    "find_browser",
]
