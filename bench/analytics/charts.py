"""A7: a fan chart drawn by a warm browser and by the fall-back, and how large the picture is."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

from analytics.charts import Painter, find_browser
from analytics.forecasting import forecast
from core.charts import PICTURE, Head, Line, Measure, OverTime, Spread, draw

_DRAWINGS = 9
_VALUES = [9.8, 9.1, 8.7, 8.4, 7.9, 7.2, 6.6, 6.1, 5.9, 8.1, 7.4, 6.6, 5.7, 5.4, 5.2, 5.6, 5.5, 5.1, 4.9, 6.1]


def measure(browser: Path | None) -> dict[str, float | None]:
    """Median milliseconds of wall time a chart, and the largest picture in KB; null without a browser."""
    figures: dict[str, float | None] = {"a7_warm_ms": None, "a7_kb": None}
    if browser is None and find_browser() is None:
        print("no Chrome or Chromium: A7 is not measured but for the fall-back")
    else:
        painter = Painter(browser_path=str(browser) if browser else None)
        figures["a7_warm_ms"], size = _drawn(painter, "chrome")
        figures["a7_kb"] = size / 1024
        painter.close()
    path = os.environ["PATH"]
    # The painter looks for a browser on PATH; the fall-back is what it does when there is none.
    os.environ["PATH"] = "/nowhere"
    try:
        figures["a7_fallback_ms"], _ = _drawn(Painter(), "matplotlib")
    finally:
        os.environ["PATH"] = path
    return figures


def _drawn(painter: Painter, renderer: str) -> tuple[float, int]:
    """Median milliseconds and the largest size in bytes, after one chart to warm up."""
    made = forecast(_VALUES, last_period="2025", unit="%").points
    history = tuple((str(2006 + place), value) for place, value in enumerate(_VALUES))
    last = history[-1]
    ends = [(point.period, point.band(80) or (point.median, point.median)) for point in made]
    chart = OverTime(
        head=Head(title="Уровень безработицы", subtitle="Заречный", source="синтетические данные"),
        measure=Measure(language="ru", unit="%"),
        lines=(
            Line(name="", style="history", points=history, named=False),
            Line(name="прогноз", style="main", points=(last, *((one.period, one.median) for one in made))),
        ),
        spreads=(Spread(percent=80, points=((*last, last[1]), *((period, *pair) for period, pair in ends))),),
        now="2025",
        threshold=5.5,
        goals=(("2030", 4.2),),
        crossed=True,
        limit="порог 5,5 %",
        ahead="прогноз",
    )
    painter.draw_scene(draw(chart, PICTURE, language="ru"))
    taken, sizes = [], []
    for number in range(_DRAWINGS):
        head = replace(chart.head, title=f"Уровень безработицы, {number}")
        began = time.perf_counter()
        drawing = painter.draw_scene(draw(replace(chart, head=head), PICTURE, language="ru"))
        taken.append(1000 * (time.perf_counter() - began))
        assert drawing.renderer == renderer, drawing.renderer
        sizes.append(len(drawing.png))
    return statistics.median(taken), max(sizes)
