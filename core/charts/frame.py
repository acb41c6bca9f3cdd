"""The paper that a chart is laid out on: sizes, the headings, axes, and how wide words are."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.charts.description import Head
from core.charts.scene import Area, Role, Shape, Stroke, Words, box
from core.indicators import format_number
from core.shared.language import N_, Language, translate

LETTER = 0.6
"""Mean width of a letter in parts of its size, generous for DejaVu Sans and for the type of the site."""

BOLD_LETTER = 0.7
_SOURCE = N_("Source: {source}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Sizes in pixels. `headed`: title, subtitle and source are drawn, for a picture that goes alone."""

    width: int
    height: int
    text: float
    line: float
    title: float = 0.0
    ticks: int = 5
    headed: bool = False

    @property
    def edge(self) -> float:
        """The margin at the sides: a card of a page has its own, and the chart stands under its title."""
        return self.text * (0.9 if self.headed else 0.1)


CARD = Frame(width=380, height=270, text=13, line=2.2)
"""A card of a page: drawn at 320 to 460 px, its letters stay from 11 to 15."""

PICTURE = Frame(width=1200, height=700, text=28, line=5, title=42, headed=True)
PHONE = Frame(width=960, height=960, text=37, line=7, title=52, ticks=4, headed=True)
"""A square picture with larger letters, to be read at a width of 320 px."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The area that is left for the chart itself, and what has been drawn around it."""

    frame: Frame
    left: float
    top: float
    right: float
    bottom: float
    around: tuple[Shape, ...]


def paper(frame: Frame, head: Head, *, language: Language) -> Plot:
    """The headings of a picture, or on a card just the note; what is left is the plot."""
    edge = frame.edge
    shapes: list[Shape] = []
    top, bottom = frame.text * 0.55, frame.height - edge * 0.5
    if frame.headed:
        shapes.append(Area(box(0, 0, frame.width, frame.height), "paper"))
        top, said = _headings(frame, head)
        shapes += said
    notes = [head.note] if head.note else []
    if frame.headed and head.source:
        notes.append(translate(language, _SOURCE, source=head.source))
    for note in reversed(notes):
        size = frame.text * (0.85 if frame.headed else 0.92)
        for text in reversed(wrapped(note, frame.width - 2 * edge, size, most=2)):
            shapes.append(Words(text, (edge, bottom - size * 0.6), size, "muted"))
            bottom -= size * 1.35
    return Plot(frame, edge, top, frame.width - edge, bottom - edge * 0.2, tuple(shapes))


def _headings(frame: Frame, head: Head) -> tuple[float, list[Shape]]:
    y = frame.edge * 0.8
    shapes: list[Shape] = []
    for text in wrapped(head.title, frame.width - 2 * frame.edge, frame.title, letter=BOLD_LETTER, most=2):
        shapes.append(Words(text, (frame.edge, y + frame.title * 0.6), frame.title, "ink", bold=True))
        y += frame.title * 1.22
    for text in wrapped(head.subtitle, frame.width - 2 * frame.edge, frame.text, most=2):
        shapes.append(Words(text, (frame.edge, y + frame.text * 0.65), frame.text, "muted"))
        y += frame.text * 1.3
    return y + frame.text * 0.7, shapes


def wide(text: str, size: float, *, letter: float = LETTER) -> float:
    """About how wide a text is."""
    return len(text) * size * letter


def fitted(text: str, room: float, size: float, *, letter: float = LETTER) -> str:
    """The text, cut with an ellipsis if there is no room for it.

    >>> fitted("Трудоспособное население", 60, 10)
    'Трудоспос…'
    """
    most = max(int(room / (size * letter) + 0.01), 2)
    return text if len(text) <= most else text[: most - 1].rstrip(" ,.-") + "…"


def wrapped(text: str, room: float, size: float, *, letter: float = LETTER, most: int) -> list[str]:
    """The text in at most so many lines; what does not fit ends with an ellipsis."""
    if not text:
        return []
    letters = max(int(room / (size * letter)), 4)
    lines = textwrap.wrap(text, letters, break_long_words=True)
    if len(lines) > most:
        lines = [*lines[: most - 1], fitted(" ".join(lines[most - 1 :]), room, size, letter=letter)]
    return lines


def nice_ticks(low: float, high: float, *, about: int = 5) -> tuple[float, ...]:
    """Round numbers that cover the range, about so many.

    >>> nice_ticks(5.2, 7.9)
    (5.0, 6.0, 7.0, 8.0)
    >>> nice_ticks(0, 0)
    (-1.0, -0.5, 0.0, 0.5, 1.0)
    """
    if high <= low:
        low, high = low - 1, high + 1
    raw = (high - low) / max(about - 1, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(round(n * step, 10) for n in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of values of a plot, top down: round ticks with their words."""

    plot: Plot
    ticks: tuple[float, ...]
    words: tuple[str, ...]

    @classmethod
    def over(cls, plot: Plot, values: Sequence[float], language: Language) -> "Scale":
        """An axis that holds all the values."""
        ticks = nice_ticks(min(values), max(values), about=plot.frame.ticks)
        step = ticks[1] - ticks[0]
        decimals = next((n for n in range(6) if abs(round(step, n) - step) < step * 1e-6), 6)
        return cls(plot, ticks, tuple(format_number(language, one, decimals=decimals) for one in ticks))

    @property
    def left(self) -> float:
        """Where the plot begins, right of the words of the ticks."""
        return self.plot.left + max(wide(one, self.plot.frame.text) for one in self.words) + 6

    @property
    def bottom(self) -> float:
        """Where the plot ends, above the words of the periods."""
        return self.plot.bottom - self.plot.frame.text * 1.8

    def y(self, value: float) -> float:
        """Where a value stands."""
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.plot.top + (self.bottom - self.plot.top) * (1 - (value - low) / (high - low)), 1)

    def shapes(self, right: float) -> list[Shape]:
        """The lines of the grid up to `right`, and the words of the ticks."""
        frame, shapes = self.plot.frame, list[Shape]()
        for value, text in zip(self.ticks, self.words, strict=True):
            y = self.y(value)
            zero = value == 0 and self.ticks[0] < 0
            role: Role = "muted" if zero else "grid"
            shapes.append(Stroke(((self.left, y), (right, y)), role, frame.line * 0.4))
            shapes.append(Words(text, (self.left - 6, y), frame.text, "muted", "end"))
        return shapes


def spread(places: Sequence[float], gap: float, *, low: float, high: float) -> list[float]:
    """Push labels apart until neighbours are `gap` away, all between `low` and `high` if they fit.

    >>> spread([100.0, 110.0, 300.0], 34, low=0, high=400)
    [88.0, 122.0, 300.0]
    >>> spread([395.0, 400.0], 30, low=0, high=400)
    [370.0, 400.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(len(places) * 4):
        for upper, lower in pairwise(order):
            lack = gap - (moved[lower] - moved[upper])
            if lack > 1e-9:
                moved[upper] -= lack / 2
                moved[lower] += lack / 2
    for limit, index in enumerate(reversed(order)):
        moved[index] = min(moved[index], high - limit * gap)
    for limit, index in enumerate(order):
        moved[index] = max(moved[index], low + limit * gap)
    return [round(one, 1) for one in moved]
