"""Charts: the same figure everywhere, always a picture, and words for those who do not see it."""

import os
import signal
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from analytics.charts import FanChart, Layout, Painter, Target, Threshold, alt_text, fan_figure, find_browser
from analytics.charts.geometry import geometry
from analytics.charts.scenes import draw_scene_fallback, scene_figure
from analytics.forecasting import forecast
from core.charts import PICTURE, Scene, Words, draw
from tests.core.chart_examples import examples

VALUES = [9.8, 9.1, 8.7, 8.4, 7.9, 7.2, 6.6, 6.1, 5.9, 8.1, 7.4, 6.6, 5.7, 5.4, 5.2, 5.6, 5.5, 5.1, 4.9, 6.1]
CHART = FanChart(
    title="Уровень безработицы",
    subtitle="Заречный",
    source="синтетические данные",
    unit="%",
    history=tuple((str(2006 + place), value) for place, value in enumerate(VALUES)),
    forecast=forecast(VALUES, last_period="2025", unit="%"),
    threshold=Threshold(5.5, "порог 5,5 %"),
    target=Target("2030", 4.2, "Цель 2030: 4,2 %", 0.23),
    language="en",
)


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Painter]:
    if find_browser() is None:
        pytest.fail("no Chrome or Chromium: install the package chromium")
    opened = Painter(cache_dir=tmp_path_factory.mktemp("charts"))
    yield opened
    opened.close()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("layout", "size"), [("wide", (1200, 700)), ("phone", (960, 960))])
def test_chrome_draws_the_chart_small_enough_for_a_messenger(
    painter: Painter, layout: Layout, size: tuple[int, int]
) -> None:
    drawing = painter.draw_chart(CHART, layout=layout)

    assert drawing.renderer == "chrome"
    assert size_of(drawing.png) == size
    assert len(drawing.png) <= 150 * 1024


def test_the_same_chart_is_drawn_once(painter: Painter) -> None:
    chart = replace(CHART, title="Дважды")

    first = painter.draw_chart(chart)
    second = painter.draw_chart(chart)

    assert (first.renderer, second.renderer) == ("chrome", "cache")
    assert first.png == second.png


def test_a_killed_chrome_is_started_anew_within_the_same_drawing(painter: Painter) -> None:
    painter.warm()
    pid = painter.browser.process_id
    assert pid is not None

    os.killpg(pid, signal.SIGKILL)
    drawing = painter.draw_chart(replace(CHART, title="После смерти"))

    assert drawing.renderer == "chrome"
    assert painter.browser.process_id != pid


def test_without_chrome_the_fall_back_draws_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    painter = Painter(cache_dir=tmp_path / "cache")
    painter.draw_chart(CHART)
    started = time.perf_counter()

    drawing = painter.draw_chart(CHART)

    assert drawing.renderer == "matplotlib"
    assert size_of(drawing.png) == (1200, 700)
    assert time.perf_counter() - started < 2.0
    assert not painter.warm()


def test_a_scene_is_drawn_small_enough_once_and_without_chrome_as_well(
    painter: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = draw(examples()["contributions"], PICTURE, language="ru")

    first, second = painter.draw_scene(scene), painter.draw_scene(scene)
    monkeypatch.setenv("PATH", str(tmp_path))
    alone = Painter(cache_dir=tmp_path / "cache").draw_scene(scene)

    assert (first.renderer, second.renderer, alone.renderer) == ("chrome", "cache", "matplotlib")
    assert first.png == second.png
    assert size_of(first.png) == size_of(alone.png) == (1200, 700)
    assert max(len(first.png), len(alone.png)) <= 150 * 1024


def test_every_shape_of_a_scene_is_in_the_figure_and_its_words_stay_text() -> None:
    for chart in examples().values():
        scene = draw(chart, PICTURE, language="ru")
        layout = scene_figure(scene)["layout"]
        assert len(layout["shapes"]) + len(layout["annotations"]) == len(scene.shapes)
        assert layout["meta"]["alt"] == scene.alt
        assert draw_scene_fallback(scene).startswith(b"\x89PNG")
    marked = Scene(100, 50, (Words("<b>&", (1, 2), 10, bold=True),), "")
    assert scene_figure(marked)["layout"]["annotations"][0]["text"] == "<b>&lt;b&gt;&amp;</b>"


def test_a_browser_is_recycled_after_its_share_of_drawings() -> None:
    painter = Painter(recycle_after=1)
    painter.draw_chart(CHART)
    first = painter.browser.process_id

    painter.draw_chart(replace(CHART, title="Вторая"))

    assert painter.browser.process_id != first
    painter.close()
    assert painter.browser.process_id is None


def test_the_words_beside_the_chart_hold_its_news() -> None:
    words = alt_text(CHART)

    assert "Уровень безработицы, 2025: 6.1\u00a0%." in words
    assert "Threshold 5.5\u00a0%: the last fact is above it." in words
    assert "Forecast for 2030" in words


def test_the_figure_carries_the_words_and_the_separators_of_the_language() -> None:
    figure = fan_figure(replace(CHART, language="ru"))

    assert figure["layout"]["separators"] == ",\u202f"
    assert figure["layout"]["meta"]["alt"]


def test_names_with_markup_stay_text() -> None:
    figure = fan_figure(replace(CHART, title="<b>x</b><script>", source="a&b"))

    texts = [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert "<b>&lt;b&gt;x&lt;/b&gt;&lt;script&gt;</b>" in texts
    assert "Source: a&amp;b" in texts


def test_labels_at_the_right_edge_never_touch() -> None:
    flat = [5.0 + 0.001 * place for place in range(20)]
    chart = replace(CHART, history=tuple((str(2006 + i), v) for i, v in enumerate(flat)), target=None)
    chart = replace(chart, forecast=forecast(flat, last_period="2025", unit="%"))

    geo = geometry(chart, "wide")

    height = geo.sizes.height - geo.margins[2] - geo.margins[3]
    per_pixel = (geo.y_range[1] - geo.y_range[0]) / height
    places = sorted(label.at[1] / per_pixel for label in geo.end_labels)
    assert min(upper - lower for lower, upper in pairwise(places)) >= 34


def test_a_single_fact_without_forecast_is_drawn() -> None:
    chart = FanChart(title="Один", subtitle="", source="х", unit="шт.", history=(("2025", 0.0),))

    assert len(fan_figure(chart)["data"]) == 1


def test_a_chart_without_facts_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one fact"):
        fan_figure(replace(CHART, history=()))
