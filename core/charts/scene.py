"""A chart laid out: a few kinds of shapes in pixels, which every renderer can draw and none has to place.

The page draws them as SVG, the worker through kaleido or matplotlib: a new kind of chart is a new layout,
never a new renderer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Role = Literal[
    "ink", "muted", "grid", "paper", "main", "second", "third", "fourth", "fifth", "sixth",
    "good", "warn", "bad", "gold",
]  # fmt: skip
"""What a colour means; which colour that is, each renderer knows (a page has a dark theme)."""

Dash = Literal["solid", "dash", "dot", "dashdot", "longdash"]
Anchor = Literal["start", "middle", "end"]
XY = tuple[float, float]
# In parts of the width of the line.
_DASHES: dict[Dash, tuple[float, ...]] = {
    "solid": (), "dash": (4.0, 2.2), "dot": (1.0, 2.0), "dashdot": (4.0, 1.6, 1.0, 1.6),
    "longdash": (7.0, 3.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points."""

    points: tuple[XY, ...]
    role: Role
    width: float = 1.0
    dash: Dash = "solid"

    @property
    def dashes(self) -> tuple[float, ...]:
        """Lengths of strokes and gaps in pixels; none for a solid line."""
        return tuple(round(part * self.width, 1) for part in _DASHES[self.dash])


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[XY, ...]
    role: Role
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `at` is the middle of its height at the anchored end."""

    text: str
    at: XY
    size: float
    role: Role = "ink"
    anchor: Anchor = "start"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot or a star around its centre, `size` across."""

    symbol: Literal["dot", "star"]
    at: XY
    size: float
    role: Role


Shape = Stroke | Area | Words | Mark
_KINDS: dict[str, type[Shape]] = {"stroke": Stroke, "area": Area, "words": Words, "mark": Mark}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of a size in pixels, its shapes from the bottom up, and its news in words."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    alt: str

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives an equal scene back."""
        shapes = [{"kind": _NAMES[type(shape)], **asdict(shape)} for shape in self.shapes]
        return {"width": self.width, "height": self.height, "shapes": shapes, "alt": self.alt}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`."""
        shapes = tuple(_shape(**shape) for shape in body["shapes"])
        return cls(width=body["width"], height=body["height"], shapes=shapes, alt=body["alt"])


def _shape(*, kind: str, **fields: Any) -> Shape:
    if "at" in fields:
        fields["at"] = tuple(fields["at"])
    if "points" in fields:
        fields["points"] = tuple(tuple(point) for point in fields["points"])
    return _KINDS[kind](**fields)


def box(left: float, top: float, right: float, bottom: float) -> tuple[XY, ...]:
    """The corners of a rectangle."""
    return (left, top), (right, top), (right, bottom), (left, bottom)


def hatching(left: float, top: float, right: float, bottom: float, *, gap: float) -> list[tuple[XY, XY]]:
    """Slanting strokes that fill a rectangle: a status that is seen without colour.

    >>> hatching(0, 0, 10, 10, gap=10)
    [((0, 10), (10, 0))]
    """
    found: list[tuple[XY, XY]] = []
    width, height = right - left, bottom - top
    reach = gap
    while reach < width + height:
        start = (left + max(reach - height, 0), top + min(reach, height))
        end = (left + min(reach, width), top + max(reach - width, 0))
        found.append((start, end))
        reach += gap
    return found


def star(at: XY, size: float) -> tuple[XY, ...]:
    """The corners of a five-pointed star, its first one at the top."""
    outer = (
        (0.0, -0.5), (0.112, -0.155), (0.476, -0.155), (0.182, 0.059), (0.294, 0.405),
        (0.0, 0.191), (-0.294, 0.405), (-0.182, 0.059), (-0.476, -0.155), (-0.112, -0.155),
    )  # fmt: skip
    return tuple((round(at[0] + x * size, 2), round(at[1] + y * size, 2)) for x, y in outer)
