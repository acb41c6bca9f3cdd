"""Charts as PNG for messengers: drawn by a warm Chrome, and by matplotlib when there is none."""

from analytics.charts.browser import find_browser
from analytics.charts.drawing import Drawing, Painter

__all__ = [
    "Drawing",
    "Painter",
    "find_browser",
]
