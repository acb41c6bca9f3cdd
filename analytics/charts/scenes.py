"""A scene of `core.charts` for the two renderers: as a plotly figure, and drawn by matplotlib."""

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from analytics.charts.look import BAD, BASE, FONT, GOLD, GRID, INK, MUTED, OCHRE, PAPER
from core.charts import Area, Mark, Role, Scene, Shape, Stroke, Words, star

COLOURS: dict[Role, str] = {
    "ink": INK, "muted": MUTED, "grid": GRID, "paper": PAPER, "main": BASE, "second": "#17683f", "third": BAD,
    "fourth": OCHRE, "fifth": "#7a3fa0", "sixth": "#0f6f7c", "good": "#17683f", "warn": OCHRE, "bad": BAD,
    "gold": GOLD,
}  # fmt: skip
Figure = dict[str, Any]
"""A plotly figure, `data` and `layout`; JSON values only. The alternative text is `layout.meta.alt`."""

_DPI = 100
_POINT = 72 / _DPI


def scene_figure(scene: Scene) -> Figure:
    """The scene as a plotly figure whose axes are its pixels."""
    axis = {"visible": False, "fixedrange": True}
    return {
        "data": [{"type": "scatter", "x": [], "y": []}],
        "layout": {
            "width": scene.width,
            "height": scene.height,
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "font": {"family": FONT},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
            "xaxis": {**axis, "range": [0, scene.width]},
            "yaxis": {**axis, "range": [scene.height, 0]},
            "shapes": [_shape(one) for one in scene.shapes if not isinstance(one, Words)],
            "annotations": [_annotation(one) for one in scene.shapes if isinstance(one, Words)],
            "meta": {"alt": scene.alt},
        },
    }


def _shape(shape: Stroke | Area | Mark) -> Figure:
    colour = COLOURS[shape.role]
    match shape:
        case Stroke(points, _, width):
            dash = ",".join(f"{part:g}px" for part in shape.dashes) or "solid"
            line = {"color": colour, "width": width, "dash": dash}
            return {"type": "path", "path": _path(points), "line": line}
        case Area(points, _, opacity):
            filled = {"fillcolor": colour, "opacity": opacity, "line": {"width": 0}}
            return {"type": "path", "path": f"{_path(points)}Z", **filled}
        case Mark("star", at, size):
            edge = {"color": INK, "width": 2}
            return {"type": "path", "path": f"{_path(star(at, size))}Z", "fillcolor": colour, "line": edge}
        case Mark(_, (x, y), size):
            half = size / 2
            edge = {"color": PAPER, "width": 2}
            corners = {"x0": x - half, "x1": x + half, "y0": y - half, "y1": y + half}
            return {"type": "circle", **corners, "fillcolor": colour, "line": edge}


def _path(points: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def escaped(text: str) -> str:
    """Text that plotly shows as it is: it reads a few HTML tags in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _annotation(words: Words) -> Figure:
    text = escaped(words.text)
    return {
        "x": words.at[0],
        "y": words.at[1],
        "xref": "x",
        "yref": "y",
        "xanchor": {"start": "left", "middle": "center", "end": "right"}[words.anchor],
        "yanchor": "middle",
        "showarrow": False,
        "borderpad": 0,
        "text": f"<b>{text}</b>" if words.bold else text,
        "font": {"size": words.size, "color": COLOURS[words.role]},
    }


def draw_scene_fallback(scene: Scene) -> bytes:
    """Draw the scene as PNG in this process, without a browser."""
    canvas = Canvas(figsize=(scene.width / _DPI, scene.height / _DPI), dpi=_DPI, facecolor=PAPER)
    axes: Any = canvas.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, scene.width)
    axes.set_ylim(scene.height, 0)
    axes.set_axis_off()
    for order, shape in enumerate(scene.shapes):
        _put(axes, shape, order)
    buffer = io.BytesIO()
    print_png: Any = FigureCanvasAgg(canvas).print_png
    print_png(buffer)
    return buffer.getvalue()


def _put(axes: Any, shape: Shape, order: int) -> None:
    colour = COLOURS[shape.role]
    match shape:
        case Stroke(points, _, width):
            # matplotlib counts dashes in widths of the line.
            style: Any = (0, [part / width for part in shape.dashes]) if shape.dashes else "-"
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, color=colour, linewidth=width * _POINT, linestyle=style, zorder=order)
        case Area(points, _, opacity):
            xs, ys = zip(*points, strict=True)
            axes.fill(xs, ys, facecolor=colour, alpha=opacity, linewidth=0, zorder=order)
        case Mark("star", at, size):
            xs, ys = zip(*star(at, size), strict=True)
            axes.fill(xs, ys, facecolor=colour, edgecolor=INK, linewidth=1.5, zorder=order)
        case Mark(_, at, size):
            size_pt = size * _POINT
            axes.plot(*at, "o", color=colour, markersize=size_pt, markeredgecolor=PAPER, zorder=order)
        case Words(text, at, size, _, anchor, bold):
            side = {"start": "left", "middle": "center", "end": "right"}[anchor]
            weight = "bold" if bold else "normal"
            look = {"fontsize": size * _POINT, "color": colour, "fontweight": weight, "parse_math": False}
            axes.text(*at, text, ha=side, va="center_baseline", zorder=order, **look)
