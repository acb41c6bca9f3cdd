"""From a chart to a PNG that always comes: cache, warm Chrome, one retry, then the fall-back."""

import hashlib
import json
import logging
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.charts.browser import RECYCLE_AFTER, BrowserMissing, DrawingFailed, WarmBrowser
from analytics.charts.scenes import Figure, draw_scene_fallback, scene_figure
from core.charts import Scene

Renderer = Literal["cache", "chrome", "matplotlib"]

_CACHE_FILES = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A PNG, who drew it and how long that took (milliseconds)."""

    png: bytes
    renderer: Renderer
    took_ms: float


class Painter:
    """Draws charts in one process with one warm browser. `cache_dir` is made when needed."""

    def __init__(
        self,
        *,
        browser_path: str | None = None,
        cache_dir: Path | None = None,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        self.browser = WarmBrowser(browser_path, recycle_after=recycle_after)
        self._cache_dir = cache_dir

    def draw_scene(self, scene: Scene) -> Drawing:
        """Draw a chart that is laid out: from the cache, by Chrome (tried twice), else by matplotlib."""
        figure = scene_figure(scene)
        started = time.perf_counter()
        cached = self._cached(figure)
        if cached is not None:
            return Drawing(cached, "cache", _since(started))
        try:
            png = self._by_browser(figure)
        except DrawingFailed as error:
            # A fall-back drawing is not cached: the next one deserves Chrome again.
            _log.warning("chart_drawn_by_fallback reason=%s", error)
            return Drawing(draw_scene_fallback(scene), "matplotlib", _since(started))
        self._keep(figure, png)
        return Drawing(png, "chrome", _since(started))

    def warm(self) -> bool:
        """Start the browser ahead of the first chart; False if charts will be drawn by the fall-back."""
        try:
            self.browser.warm()
        except DrawingFailed as error:
            _log.warning("chart_browser_unavailable reason=%s", error)
            return False
        return True

    def close(self) -> None:
        """Stop the browser."""
        self.browser.close()

    def _by_browser(self, figure: Figure) -> bytes:
        try:
            return self.browser.draw(figure)
        except BrowserMissing:
            raise
        except DrawingFailed as error:
            _log.warning("chart_browser_restarted reason=%s", error)
            return self.browser.draw(figure)

    def _cached(self, figure: Figure) -> bytes | None:
        if self._cache_dir is None:
            return None
        try:
            return (self._cache_dir / _file_name(figure)).read_bytes()
        except FileNotFoundError:
            return None

    def _keep(self, figure: Figure, png: bytes) -> None:
        """Store a drawing whole or not at all; a full cache loses its oldest files."""
        if self._cache_dir is None:
            return
        self._cache_dir.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._cache_dir, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(png)
        Path(name).replace(self._cache_dir / _file_name(figure))
        files = sorted(self._cache_dir.glob("*.png"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_CACHE_FILES]:
            old.unlink(missing_ok=True)


def _file_name(figure: Figure) -> str:
    canonical = json.dumps(figure, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest() + ".png"


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
