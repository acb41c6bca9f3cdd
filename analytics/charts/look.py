"""Colours, sizes and words of the charts: one place for plotly and for the fall-back."""

from dataclasses import dataclass
from itertools import pairwise

from analytics.charts.chart import Layout

INK = "#1b1f24"
MUTED = "#57606a"
GRID = "#e3e7ec"
PAPER = "#ffffff"
BASE = "#1f5fbf"
OCHRE = "#a86400"
BAD = "#b42318"
GOLD = "#e0a21b"
# The bands lie upon each other, so the inner ones gather colour.
BAND_ALPHA = {95: 0.13, 80: 0.20, 50: 0.32}
FONT = "DejaVu Sans, Segoe UI, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels of one layout. `history` is the number of facts shown, `bands` those that are drawn."""

    width: int
    height: int
    title: int
    subtitle: int
    axis: int
    label: int
    value: int
    source: int
    line: int
    marker: int
    history: dict[str, int]
    bands: tuple[int, ...]
    title_letters: int
    box_letters: int


SIZES: dict[Layout, Sizes] = {
    "wide": Sizes(
        width=1200,
        height=700,
        title=42,
        subtitle=27,
        axis=27,
        label=28,
        value=50,
        source=21,
        line=5,
        marker=11,
        history={"A": 24, "Q": 40, "M": 60},
        bands=(95, 80, 50),
        title_letters=40,
        box_letters=22,
    ),
    "phone": Sizes(
        width=960,
        height=960,
        title=52,
        subtitle=37,
        axis=37,
        label=39,
        value=68,
        source=28,
        line=7,
        marker=15,
        history={"A": 9, "Q": 12, "M": 18},
        bands=(80,),
        title_letters=25,
        box_letters=20,
    ),
}

LETTER = 0.62
"""Mean width of a letter of the chart's type, in parts of its size; a bold one takes `BOLD_LETTER`."""

BOLD_LETTER = 0.71


def rgba(colour: str, alpha: float) -> str:
    """A colour of six hex digits with transparency, as browsers write it.

    >>> rgba("#1f5fbf", 0.2)
    'rgba(31,95,191,0.2)'
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def spread(places: list[float], gap: float) -> list[float]:
    """Push labels apart until neighbours are at least `gap` away, moving each as little as need be.

    >>> spread([100.0, 110.0, 300.0], 34)
    [88.0, 122.0, 300.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(len(places) * 4):
        for lower, upper in pairwise(order):
            lack = gap - (moved[upper] - moved[lower])
            if lack > 1e-9:
                moved[lower] -= lack / 2
                moved[upper] += lack / 2
    return moved
