"""Charts of the core on a page: their scenes as the attributes of SVG, made once for all templates."""

from dataclasses import dataclass, field

from core.charts import CARD, Area, Chart, Frame, Grid, Mark, Scene, Shape, Stroke, as_table, draw, star
from core.charts import Words as Said
from core.shared.language import Language

PAGE = Frame(width=720, height=340, text=13, line=2.5)
"""The frame of a chart that has a page to itself; on a phone it is drawn as a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One shape: a path with its look, or a text with its place. Numbers are words, free of any locale."""

    css: str
    d: str = ""
    width: str = ""
    dash: str = ""
    opacity: str = ""
    x: str = ""
    y: str = ""
    size: str = ""
    anchor: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneView:
    """A scene for the template."""

    width: int
    height: int
    shapes: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOnPage:
    """A chart as a page shows it: for a desk and for a phone, in words, as a table."""

    chart: Chart
    language: Language
    alt: str = field(init=False)
    table: Grid = field(init=False)
    wide: SceneView = field(init=False)
    narrow: SceneView = field(init=False)

    def __post_init__(self) -> None:
        wide, narrow = (draw(self.chart, frame, language=self.language) for frame in (PAGE, CARD))
        object.__setattr__(self, "alt", wide.alt)
        object.__setattr__(self, "table", as_table(self.chart, self.language))
        object.__setattr__(self, "wide", scene_view(wide))
        object.__setattr__(self, "narrow", scene_view(narrow))


def scene_view(scene: Scene) -> SceneView:
    """The shapes of a scene as the attributes of SVG."""
    return SceneView(
        width=scene.width, height=scene.height, shapes=tuple(_drawn(one) for one in scene.shapes)
    )


def _drawn(shape: Shape) -> Drawn:
    role = f"plot-role--{shape.role}"
    match shape:
        case Stroke(points, _, width):
            dash = " ".join(f"{part:g}" for part in shape.dashes)
            return Drawn(css=f"plot__stroke {role}", d=_path(points), width=f"{width:g}", dash=dash)
        case Area(points, _, opacity):
            return Drawn(css=f"plot__area {role}", d=f"{_path(points)}Z", opacity=f"{opacity:g}")
        case Mark("star", at, size):
            return Drawn(css=f"plot__mark {role}", d=f"{_path(star(at, size))}Z")
        case Mark(_, (x, y), size):
            half = f"{size / 2:g}"
            arc = f"a{half},{half},0,1,0"
            d = f"M{x - size / 2:g},{y:g}{arc},{size:g},0{arc},{-size:g},0Z"
            return Drawn(css=f"plot__mark {role}", d=d)
        case Said(text, (x, y), size, _, anchor, bold):
            css = f"plot__words {role}{' plot__words--bold' if bold else ''}"
            place = {"x": f"{x:g}", "y": f"{y + size * 0.35:g}", "size": f"{size:g}"}
            return Drawn(css=css, text=text, anchor=anchor, **place)


def _path(points: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)
