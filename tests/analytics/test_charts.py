"""Charts: the same figure everywhere, always a picture, and words for those who do not see it."""

import os
import signal
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.charts import Painter, find_browser
from analytics.charts.scenes import draw_scene_fallback, scene_figure
from core.charts import PICTURE, Scene, Words, draw
from tests.core.chart_examples import examples

SCENE = draw(examples()["fan"], PICTURE, language="ru")


def named(title: str) -> Scene:
    """The same chart under another title."""
    chart = examples()["fan"]
    return draw(replace(chart, head=replace(chart.head, title=title)), PICTURE, language="ru")


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


def test_a_killed_chrome_is_started_anew_within_the_same_drawing(painter: Painter) -> None:
    painter.warm()
    pid = painter.browser.process_id
    assert pid is not None

    os.killpg(pid, signal.SIGKILL)
    drawing = painter.draw_scene(named("После смерти"))

    assert drawing.renderer == "chrome"
    assert painter.browser.process_id != pid


def test_a_scene_is_drawn_small_enough_once_and_without_chrome_as_well(
    painter: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = painter.draw_scene(SCENE), painter.draw_scene(SCENE)
    monkeypatch.setenv("PATH", str(tmp_path))
    lonely = Painter(cache_dir=tmp_path / "cache")
    alone = lonely.draw_scene(SCENE)

    assert (first.renderer, second.renderer, alone.renderer) == ("chrome", "cache", "matplotlib")
    assert not lonely.warm()
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
    painter.draw_scene(SCENE)
    first = painter.browser.process_id

    painter.draw_scene(named("Вторая"))

    assert painter.browser.process_id != first
    painter.close()
    assert painter.browser.process_id is None
