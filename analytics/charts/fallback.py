"""The same fan chart by matplotlib: for machines without Chrome, and for the moment when Chrome dies."""

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from analytics.charts.chart import FanChart, Layout
from analytics.charts.figure import last_colour
from analytics.charts.geometry import Geometry, Label, geometry, place
from analytics.charts.look import BAND_ALPHA, BASE, GOLD, GRID, INK, MUTED, OCHRE, PAPER
from analytics.charts.words import FORECAST, SOURCE, figure_words
from core.shared.language import translate

_DPI = 100
# matplotlib counts type in points at 72 to the inch, the look in pixels.
_POINT = 72 / _DPI


def draw_fallback(chart: FanChart, *, layout: Layout = "wide") -> bytes:
    """Draw the chart as PNG in this process, in about a tenth of a second.

    Raises: ValueError if the chart has no fact.
    """
    geo = geometry(chart, layout)
    width, height = geo.sizes.width, geo.sizes.height
    left, right, top, bottom = geo.margins
    canvas = Canvas(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=PAPER)
    axes = canvas.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    _frame(axes, geo)
    _lines(axes, chart, geo)
    _labels(axes, chart, geo)
    _headings(canvas, chart, geo)
    buffer = io.BytesIO()
    print_png: Any = FigureCanvasAgg(canvas).print_png
    print_png(buffer)
    return buffer.getvalue()


def _frame(axes: Any, geo: Geometry) -> None:
    axes.set_xlim(*geo.x_range)
    axes.set_ylim(*geo.y_range)
    axes.set_xticks(list(geo.x_ticks), [f"{int(year)}" for year in geo.x_ticks])
    axes.set_yticks([value for value, _ in geo.y_ticks], [text for _, text in geo.y_ticks])
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(labelsize=geo.sizes.axis * _POINT, colors=MUTED)
    axes.tick_params(axis="y", length=0)


def _lines(axes: Any, chart: FanChart, geo: Geometry) -> None:
    width = geo.sizes.line * _POINT
    ahead_x = [geo.last[1], *(x for _, x, _ in geo.ahead)]
    for level, bounds in geo.bands.items():
        lower = [geo.last[2], *(low for low, _ in bounds)]
        upper = [geo.last[2], *(high for _, high in bounds)]
        axes.fill_between(ahead_x, lower, upper, color=BASE, alpha=BAND_ALPHA[level], linewidth=0)
    if chart.threshold is not None:
        axes.plot(
            geo.x_range, [chart.threshold.value] * 2, color=OCHRE, linewidth=width * 0.75, dashes=(10, 5)
        )
    if geo.ahead:
        axes.axvline(geo.last[1], color=MUTED, linewidth=1.5, linestyle=":")
        axes.plot(ahead_x, [geo.last[2], *(value for _, _, value in geo.ahead)], color=BASE, linewidth=width)
    xs, ys = [x for _, x, _ in geo.history], [value for _, _, value in geo.history]
    dot = geo.sizes.marker * _POINT
    axes.plot(xs, ys, color=INK, linewidth=width * 0.75, marker="o", markersize=dot, markeredgecolor=PAPER)
    axes.plot(xs[-1], ys[-1], "o", color=last_colour(chart), markersize=dot * 1.9, markeredgecolor=PAPER)
    if chart.target is not None:
        x = place(chart.target.period)
        axes.plot(x, chart.target.value, "*", color=GOLD, markersize=26, markeredgecolor=INK, clip_on=False)


def _labels(axes: Any, chart: FanChart, geo: Geometry) -> None:
    _, x, value = geo.last
    axes.annotate(
        figure_words(chart, value),
        (x, value),
        xytext=(-8, 8),
        textcoords="offset points",
        ha="right",
        fontsize=geo.sizes.value * _POINT,
        color=last_colour(chart),
        fontweight="bold",
        parse_math=False,
        bbox={"facecolor": PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 1},
    )
    for label in geo.end_labels:
        main = label.kind == "median"
        axes.annotate(
            label.text,
            label.at,
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            parse_math=False,
            fontsize=(geo.sizes.value if main else geo.sizes.label) * _POINT,
            annotation_clip=False,
            color=BASE if main else MUTED,
            fontweight="bold" if main else "normal",
        )
    size = geo.sizes.label * _POINT
    if geo.ahead:
        words = f"{translate(chart.language, FORECAST)} →"
        axes.text(x, 1.015, words, transform=axes.get_xaxis_transform(), fontsize=size, color=MUTED)
    if geo.threshold_label is not None:
        label = geo.threshold_label
        axes.text(
            *label.at,
            label.text,
            ha="center",
            va="center",
            fontsize=size,
            color=OCHRE,
            fontweight="bold",
            parse_math=False,
        )
    if geo.target_label is not None:
        _target_box(axes, geo.target_label, size * 0.9)


def _target_box(axes: Any, label: Label, size: float) -> None:
    axes.text(
        *label.at,
        label.text,
        ha="center",
        va="center",
        fontsize=size,
        color=INK,
        parse_math=False,
        bbox={"facecolor": PAPER, "edgecolor": MUTED, "boxstyle": "square,pad=0.4"},
    )


def _headings(canvas: Canvas, chart: FanChart, geo: Geometry) -> None:
    sizes = geo.sizes
    x = 24 / sizes.width
    title, notes = "\n".join(geo.title), "\n".join(geo.notes)
    canvas.text(
        x,
        1 - 22 / sizes.height,
        title,
        va="top",
        fontsize=sizes.title * _POINT,
        color=INK,
        fontweight="bold",
        parse_math=False,
    )
    y = 1 - (30 + len(geo.title) * sizes.title * 1.3) / sizes.height
    canvas.text(x, y, notes, va="top", fontsize=sizes.subtitle * _POINT, color=MUTED, parse_math=False)
    source = translate(chart.language, SOURCE, source=chart.source)
    canvas.text(x, 16 / sizes.height, source, fontsize=sizes.source * _POINT, color=MUTED, parse_math=False)
