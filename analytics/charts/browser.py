"""One kept Chrome that draws plotly figures: a start costs seconds, a warm drawing a third of one.

kaleido's own synchronous server waits for ever when its thread dies, so the same `Kaleido` lives
here in a thread of ours, and every wait has an end. After any error the browser is thrown away.
"""

import asyncio
import os
import shutil
import signal
import threading
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from kaleido import Kaleido

from analytics.charts.scenes import Figure

RECYCLE_AFTER = 200
"""Drawings after which the browser is started anew: its memory grows slowly."""

START_TIMEOUT_S = 30.0
DRAW_TIMEOUT_S = 15.0
_STOP_TIMEOUT_S = 5.0

_T = TypeVar("_T")


class DrawingFailed(Exception):
    """The browser could not draw; it has been thrown away and the next drawing starts a new one."""


class BrowserMissing(DrawingFailed):
    """There is no Chrome or Chromium on this machine."""


def find_browser(configured: str | None = None) -> str | None:
    """Find Chrome: the configured path, then the usual names on PATH; None if there is none."""
    if configured and shutil.which(configured):
        return configured
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


class WarmBrowser:
    """A browser kept between drawings. Not for several threads at once: a lock queues them."""

    def __init__(self, path: str | None = None, *, recycle_after: int = RECYCLE_AFTER) -> None:
        self._path = path
        self._recycle_after = recycle_after
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kaleido: Kaleido | None = None
        self._drawn = 0

    @property
    def process_id(self) -> int | None:
        """Process id of the running Chrome, for health pages and tests."""
        process = getattr(self._kaleido, "subprocess", None)
        return None if process is None else int(process.pid)

    def warm(self) -> None:
        """Start the browser now, so that the first drawing does not wait for it.

        Raises: BrowserMissing, DrawingFailed.
        """
        with self._lock:
            self._started()

    def draw(self, figure: Figure) -> bytes:
        """Draw a figure as PNG.

        Raises: BrowserMissing, DrawingFailed (the browser is stopped then).
        """
        with self._lock:
            if self._drawn >= self._recycle_after:
                self._stop()
            kaleido = self._started()
            size = {"format": "png", "width": figure["layout"]["width"], "height": figure["layout"]["height"]}
            try:
                png: bytes = self._wait(kaleido.calc_fig(figure, opts={**size, "scale": 1}), DRAW_TIMEOUT_S)
            except DrawingFailed:
                self._stop()
                raise
            self._drawn += 1
            return png

    def close(self) -> None:
        """Stop the browser and leave no process behind."""
        with self._lock:
            self._stop()

    def _started(self) -> Kaleido:
        if self._kaleido is not None and self._alive():
            return self._kaleido
        self._stop()
        path = find_browser(self._path)
        if path is None:
            raise BrowserMissing("no Chrome or Chromium was found")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="charts-browser", daemon=True).start()
        try:
            self._kaleido = self._wait(self._open(path), START_TIMEOUT_S)
        except DrawingFailed:
            self._stop()
            raise
        return self._kaleido

    async def _open(self, path: str) -> Kaleido:
        # mathjax=False: the default page loads a script from the network before it draws.
        # The sandbox is off by default in choreographer; as root Chrome refuses to start with it.
        self._kaleido = Kaleido(n=1, timeout=DRAW_TIMEOUT_S, mathjax=False, path=path)
        await self._kaleido.open()
        return self._kaleido

    def _alive(self) -> bool:
        process = getattr(self._kaleido, "subprocess", None)
        return process is not None and process.poll() is None

    def _wait(self, work: Coroutine[Any, Any, _T], timeout_s: float) -> _T:
        if self._loop is None:
            work.close()
            raise DrawingFailed("the browser is not running")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout_s)
        except FutureTimeoutError as error:
            future.cancel()
            raise DrawingFailed(f"no answer within {timeout_s:g} s") from error
        except Exception as error:
            # Whatever a browser dies of (pipe closed, tab crashed, bad JSON) ends as one thing here.
            raise DrawingFailed(str(error) or type(error).__name__) from error

    def _stop(self) -> None:
        kaleido, loop = self._kaleido, self._loop
        self._drawn = 0
        if kaleido is not None and loop is not None:
            try:
                self._wait(kaleido.close(), _STOP_TIMEOUT_S)
            except DrawingFailed:
                self._kill(kaleido)
        self._kaleido = None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
        self._loop = None

    def _kill(self, kaleido: Kaleido) -> None:
        process = getattr(kaleido, "subprocess", None)
        if process is None or process.poll() is not None:
            return
        # Chrome was started as the leader of its own session: the group takes its children along.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_TIMEOUT_S)
