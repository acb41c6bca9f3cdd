"""When a publication leaves: a lone one at once, those of a busy audience together, so that the core lasts.

Sending costs a system call a follower (about 4 µs), whatever the frame holds, so several publications
in one frame cost little more than one. What that buys is paid for in waiting; hence three regimes:

- *lone*: the last round carried one publication or was long ago. It leaves in the same turn of the loop.
- *busy*: the last round carried several. The next collects for ``BUSY_WINDOW_S``, or until as many have come
  as the last ones carried: people who answer each other, or a relay's run, come in bursts, and a burst that
  is there gains nothing by waiting (and its sockets grow cold in the caches meanwhile).
- *over budget*: sending takes more than ``SHARE`` of a core. The window grows with what a round has
  cost, measured in CPU time, up to ``LONGEST_WINDOW_S``.

A round goes through its audience in slices, and the loop serves others between two of them: a small
room waits for a slice of a huge one, never for all of it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from realtime import measures

log = logging.getLogger(__name__)

SHARE: Final = 0.7
BUSY_WINDOW_S: Final = 0.010
LONGEST_WINDOW_S: Final = 0.250
# A room that was silent for this long after a round is not busy any more.
QUIET_AFTER_S: Final = 0.050
MEASURED_EVERY_S: Final = 0.25
STRETCH_STEP: Final = 1.25
MOST_STRETCH: Final = 25.0


class Budget:
    """What the sending of this process costs its core, and by how much windows are stretched for it.

    One room keeps within ``SHARE`` by its own window; ``stretch`` is for several that do not know of
    each other. Times in seconds of the event loop, costs in seconds of CPU.
    """

    __slots__ = ("_since", "_spent", "load", "stretch")

    def __init__(self) -> None:
        self.load = 0.0
        self.stretch = 1.0
        self._spent = 0.0
        self._since = 0.0

    def spend(self, cost_s: float, *, now: float) -> None:
        """A round has cost so much."""
        self._spent += cost_s
        passed = now - self._since
        if passed < MEASURED_EVERY_S:
            return
        self.load = self._spent / passed
        step = STRETCH_STEP if self.load > SHARE else 1 / STRETCH_STEP
        self.stretch = min(MOST_STRETCH, max(1.0, self.stretch * step))
        self._spent, self._since = 0.0, now

    def pause_s(self, cost_s: float) -> float:
        """The pause after which rounds of this cost take ``SHARE`` of the core."""
        return min(LONGEST_WINDOW_S, cost_s * (1 / SHARE - 1) * self.stretch)

    def window_s(self, cost_s: float) -> float:
        """For how long a busy audience whose rounds cost so much collects at most."""
        return max(BUSY_WINDOW_S, self.pause_s(cost_s))


class Rounds:
    """The rounds of one audience.

    ``serve`` sends what waits, a slice at each step of its iterator. ``failed`` is called when it breaks
    off: some have been sent what others have not.
    """

    __slots__ = (
        "_budget",
        "_cost_s",
        "_ended_at",
        "_expected",
        "_failed",
        "_gathered",
        "_last_gathered",
        "_running",
        "_serve",
        "_timer",
    )

    def __init__(
        self, serve: Callable[[], Iterator[None]], *, budget: Budget, failed: Callable[[], None]
    ) -> None:
        self._serve = serve
        self._failed = failed
        self._budget = budget
        self._gathered = 0
        self._last_gathered = 0
        # How many come together here: soon more, slowly fewer, so that a steady flow keeps its windows.
        self._expected = 0
        self._cost_s = 0.0
        self._ended_at = float("-inf")
        self._timer: asyncio.Handle | None = None
        self._running: Iterator[None] | None = None

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is being sent."""
        return self._timer is None and self._running is None

    def gather(self, publications: int = 1) -> None:
        """Something waits to be sent; it leaves soon."""
        before, self._gathered = self._gathered, self._gathered + publications
        if self.idle:
            self._schedule()
        elif self._timer is not None and before < self._expected <= self._gathered:
            self._timer.cancel()
            self._schedule()

    def cancel(self) -> None:
        """Send nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._running = None
        self._gathered = 0

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        wait_s = self._wait_s(now=loop.time())
        self._timer = loop.call_later(wait_s, self._begin) if wait_s > 0 else loop.call_soon(self._begin)

    def _wait_s(self, *, now: float) -> float:
        since_s = now - self._ended_at
        window_s = self._budget.window_s(self._cost_s)
        busy = self._last_gathered > 1 or self._budget.load > SHARE
        if not busy or since_s > window_s + QUIET_AFTER_S:
            return 0.0
        if self._gathered >= self._expected and self._budget.load <= SHARE:
            return self._budget.pause_s(self._cost_s) - since_s
        # Its own window is counted from the last round's end, but what comes together is to leave together.
        return max(BUSY_WINDOW_S, window_s - since_s)

    def _begin(self) -> None:
        self._timer = None
        self._last_gathered, self._gathered = self._gathered, 0
        self._expected = max(self._last_gathered, self._expected - 1)
        self._cost_s = 0.0
        self._running = self._serve()
        self._step()

    def _step(self) -> None:
        if self._running is None:
            return
        begun = time.thread_time()
        try:
            more = next(self._running, _DONE) is not _DONE
        except Exception:
            log.exception("live_round_failed")
            measures.failed_rounds.inc()
            self.cancel()
            self._failed()
            return
        self._cost_s += time.thread_time() - begun
        if more:
            asyncio.get_running_loop().call_soon(self._step)
        else:
            self._end()

    def _end(self) -> None:
        self._running = None
        self._ended_at = asyncio.get_running_loop().time()
        self._budget.spend(self._cost_s, now=self._ended_at)
        if self._gathered:
            self._schedule()


_DONE: Final = object()
