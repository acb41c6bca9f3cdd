"""A7: a fan chart drawn by a warm browser and by the fall-back, and how large the picture is."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from pathlib import Path

from analytics.charts import FanChart, Painter, Target, Threshold, find_browser
from analytics.forecasting import forecast

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
    chart = FanChart(
        title="Уровень безработицы",
        subtitle="Заречный",
        source="синтетические данные",
        unit="%",
        history=tuple((str(2006 + place), value) for place, value in enumerate(_VALUES)),
        forecast=forecast(_VALUES, last_period="2025", unit="%"),
        threshold=Threshold(5.5, "порог 5,5 %"),
        target=Target("2030", 4.2, "Цель 2030: 4,2 %", 0.23),
        language="ru",
    )
    painter.draw_chart(chart)
    taken, sizes = [], []
    for number in range(_DRAWINGS):
        began = time.perf_counter()
        drawing = painter.draw_chart(replace(chart, title=f"Уровень безработицы, {number}"))
        taken.append(1000 * (time.perf_counter() - began))
        assert drawing.renderer == renderer, drawing.renderer
        sizes.append(len(drawing.png))
    return statistics.median(taken), max(sizes)
