"""The fan chart as a plotly figure in plain JSON values: no plotly is imported to build it.

The same figure is drawn by plotly in the browser and by kaleido for messengers.
"""

from typing import Any

from analytics.charts.chart import FanChart, Layout
from analytics.charts.geometry import Geometry, Label, geometry, place
from analytics.charts.look import BAD, BAND_ALPHA, BASE, FONT, GOLD, GRID, INK, MUTED, OCHRE, PAPER, rgba
from analytics.charts.words import FORECAST, SOURCE, alt_text, figure_words
from core.indicators import period_words
from core.shared.language import translate

Figure = dict[str, Any]
"""A plotly figure, `data` and `layout`; JSON values only. The alternative text is `layout.meta.alt`."""


def fan_figure(chart: FanChart, *, layout: Layout = "wide") -> Figure:
    """Build the figure.

    Raises: ValueError if the chart has no fact.
    """
    geo = geometry(chart, layout)
    traces = [*_bands(geo), *_threshold(chart, geo)]
    if geo.ahead:
        traces.append(_median(chart, geo))
    traces += [_history(chart, geo), *_target(chart)]
    return {
        "data": traces,
        "layout": {
            **_frame(chart, geo, layout),
            "xaxis": _x_axis(geo),
            "yaxis": _y_axis(geo),
            "shapes": _shapes(geo),
            "annotations": [*_headings(chart, geo), *_labels(chart, geo)],
        },
    }


def _frame(chart: FanChart, geo: Geometry, layout: Layout) -> Figure:
    left, right, top, bottom = geo.margins
    return {
        "width": geo.sizes.width,
        "height": geo.sizes.height,
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "separators": ",\u202f" if chart.language == "ru" else ".,",
        "font": {"family": FONT, "size": geo.sizes.axis, "color": INK},
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "showlegend": False,
        "hovermode": "x unified",
        "meta": {"alt": alt_text(chart), "layout": layout},
    }


def _bands(geo: Geometry) -> list[Figure]:
    traces: list[Figure] = []
    for level, bounds in geo.bands.items():
        xs = [geo.last[1], *(x for _, x, _ in geo.ahead)]
        lower = [geo.last[2], *(low for low, _ in bounds)]
        upper = [geo.last[2], *(high for _, high in bounds)]
        traces.append(
            {
                "type": "scatter",
                "name": f"{level} %",
                "x": xs + xs[::-1],
                "y": upper + lower[::-1],
                "fill": "toself",
                "mode": "lines",
                "line": {"width": 0},
                "fillcolor": rgba(BASE, BAND_ALPHA[level]),
                "hoverinfo": "skip",
            }
        )
    return traces


def _history(chart: FanChart, geo: Geometry) -> Figure:
    others = len(geo.history) - 1
    return {
        "type": "scatter",
        "name": chart.title,
        "mode": "lines+markers",
        "x": [x for _, x, _ in geo.history],
        "y": [value for _, _, value in geo.history],
        **_hover(chart, [period for period, _, _ in geo.history]),
        "line": {"color": INK, "width": geo.sizes.line * 0.75},
        "marker": {
            "color": [INK] * others + [last_colour(chart)],
            "size": [geo.sizes.marker] * others + [geo.sizes.marker * 1.9],
            # An array of sizes makes plotly draw at 70 % unless it is told otherwise.
            "opacity": 1,
            "line": {"color": PAPER, "width": 2},
        },
        "cliponaxis": False,
    }


def _median(chart: FanChart, geo: Geometry) -> Figure:
    return {
        "type": "scatter",
        "name": translate(chart.language, FORECAST),
        "mode": "lines",
        "x": [geo.last[1], *(x for _, x, _ in geo.ahead)],
        "y": [geo.last[2], *(value for _, _, value in geo.ahead)],
        **_hover(chart, [period for period, _, _ in (geo.last, *geo.ahead)]),
        "line": {"color": BASE, "width": geo.sizes.line},
        "cliponaxis": False,
    }


def _hover(chart: FanChart, periods: list[str]) -> Figure:
    return {
        "customdata": [period_words(chart.language, period) for period in periods],
        "hovertemplate": f"%{{customdata}}: %{{y:,.{chart.decimals}f}} {escaped(chart.unit)}<extra></extra>",
    }


def _threshold(chart: FanChart, geo: Geometry) -> list[Figure]:
    if chart.threshold is None:
        return []
    return [
        {
            "type": "scatter",
            "name": chart.threshold.label,
            "mode": "lines",
            "x": list(geo.x_range),
            "y": [chart.threshold.value] * 2,
            "line": {"color": OCHRE, "width": geo.sizes.line * 0.75, "dash": "longdash"},
            "hoverinfo": "skip",
        }
    ]


def _target(chart: FanChart) -> list[Figure]:
    if chart.target is None:
        return []
    return [
        {
            "type": "scatter",
            "name": chart.target.label,
            "mode": "markers",
            "x": [place(chart.target.period)],
            "y": [chart.target.value],
            "marker": {"symbol": "star", "size": 34, "color": GOLD, "line": {"color": INK, "width": 2}},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    ]


def _x_axis(geo: Geometry) -> Figure:
    return {
        "range": list(geo.x_range),
        "tickvals": list(geo.x_ticks),
        "ticktext": [f"{int(year)}" for year in geo.x_ticks],
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 8,
        "tickangle": 0,
        "tickcolor": MUTED,
        "linecolor": MUTED,
        "showline": True,
        "tickfont": {"size": geo.sizes.axis, "color": MUTED},
    }


def _y_axis(geo: Geometry) -> Figure:
    return {
        "range": list(geo.y_range),
        "tickvals": [value for value, _ in geo.y_ticks],
        "ticktext": [text for _, text in geo.y_ticks],
        "ticks": "outside",
        "ticklen": 8,
        "tickcolor": PAPER,
        "gridcolor": GRID,
        "zeroline": False,
        "tickfont": {"size": geo.sizes.axis, "color": MUTED},
    }


def _shapes(geo: Geometry) -> list[Figure]:
    if not geo.ahead:
        return []
    x = geo.last[1]
    line = {"color": MUTED, "width": 2, "dash": "dot"}
    return [{"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}]


def _headings(chart: FanChart, geo: Geometry) -> list[Figure]:
    sizes = geo.sizes
    left, right, top, bottom = geo.margins
    heading = {
        "xref": "paper",
        "yref": "paper",
        "x": -left / (sizes.width - left - right),
        "xshift": 24,
        "xanchor": "left",
        "showarrow": False,
        "align": "left",
    }
    source = escaped(translate(chart.language, SOURCE, source=chart.source))
    return [
        {
            **heading,
            "y": 1,
            "yanchor": "top",
            "yshift": top - 16,
            "text": "<b>" + "<br>".join(escaped(line) for line in geo.title) + "</b>",
            "font": {"size": sizes.title, "color": INK},
        },
        {
            **heading,
            "y": 1,
            "yanchor": "top",
            "yshift": top - 24 - len(geo.title) * sizes.title * 1.3,
            "text": "<br>".join(escaped(note) for note in geo.notes),
            "font": {"size": sizes.subtitle, "color": MUTED},
        },
        {
            **heading,
            "y": 0,
            "yanchor": "bottom",
            "yshift": 12 - bottom,
            "text": source,
            "font": {"size": sizes.source, "color": MUTED},
        },
    ]


def _labels(chart: FanChart, geo: Geometry) -> list[Figure]:
    labels = [_last_label(chart, geo), *(_end_label(geo, label) for label in geo.end_labels)]
    if geo.ahead:
        labels.append(
            {
                "x": geo.last[1],
                "xref": "x",
                "y": 1,
                "yref": "paper",
                "xanchor": "left",
                "yanchor": "bottom",
                "xshift": -4,
                "yshift": 0,
                "showarrow": False,
                "font": {"size": geo.sizes.label, "color": MUTED},
                "text": f"{translate(chart.language, FORECAST)} →",
            }
        )
    if geo.threshold_label is not None:
        labels.append(
            {
                **_at(geo.threshold_label.at),
                "xanchor": "center",
                "yanchor": "middle",
                "showarrow": False,
                "text": f"<b>{escaped(geo.threshold_label.text)}</b>",
                "font": {"size": geo.sizes.label, "color": OCHRE},
                "bgcolor": rgba(PAPER, 0.6),
            }
        )
    if geo.target_label is not None:
        labels.append(_target_box(geo.target_label, geo))
    return labels


def _last_label(chart: FanChart, geo: Geometry) -> Figure:
    """The news: the last fact in bold over its point."""
    _, x, value = geo.last
    return {
        **_at((x, value)),
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom",
        "xshift": -geo.sizes.marker,
        "yshift": geo.sizes.marker * 0.6,
        "text": f"<b>{escaped(figure_words(chart, value))}</b>",
        "bgcolor": rgba(PAPER, 0.75),
        "font": {"size": geo.sizes.value, "color": last_colour(chart)},
    }


def _end_label(geo: Geometry, label: Label) -> Figure:
    main = label.kind == "median"
    return {
        **_at(label.at),
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 14,
        "text": f"<b>{escaped(label.text)}</b>" if main else escaped(label.text),
        "font": {"size": geo.sizes.value if main else geo.sizes.label, "color": BASE if main else MUTED},
    }


def _target_box(label: Label, geo: Geometry) -> Figure:
    """The words in a box where nothing is covered; the star in the box is the star on the chart."""
    return {
        **_at(label.at),
        "xanchor": "center",
        "yanchor": "middle",
        "showarrow": False,
        "align": "left",
        "text": escaped(label.text).replace("\n", "<br>"),
        "bgcolor": PAPER,
        "bordercolor": MUTED,
        "borderwidth": 1.5,
        "borderpad": 8,
        "font": {"size": geo.sizes.label * 0.9, "color": INK},
    }


def _at(place: tuple[float, float]) -> Figure:
    return {"x": place[0], "y": place[1], "xref": "x", "yref": "y"}


def last_colour(chart: FanChart) -> str:
    """Red if the last fact is on the wrong side of the threshold; the figure beside it says so as well."""
    return BAD if chart.threshold is not None and chart.threshold.is_crossed(chart.history[-1][1]) else INK


def escaped(text: str) -> str:
    """Text that plotly shows as it is: it reads a few HTML tags in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
