"""Three ways to load a server, each ending with what the audience got and what it cost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from bench.hub.client import Arrived
from bench.hub.halls import Hall
from bench.hub.machine import Trouble

# Publications under way at a time: a third of what shares a frame when 200 people write to one room
# (`publications_per_frame_one_room_pg`), a little more than when 50 do.
OUTSTANDING: Final = 32
FEW_OUTSTANDING: Final = 8
WARM_UP_S: Final = 1.0
SLICE_S: Final = 0.1
QUIET_S: Final = 0.02
# Stock Channels takes a fifth of a second for a publication; who is silent for longer has lost something.
SILENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Load:
    """What one measured stretch of time brought and cost."""

    seconds: float
    server_cpu_s: float
    client_cpu_s: float
    arrived: Arrived

    @property
    def per_cpu_s(self) -> float:
        """Deliveries per CPU-second of the server."""
        return self.arrived.deliveries / self.server_cpu_s

    def __str__(self) -> str:
        got = self.arrived
        return (
            f"{self.per_cpu_s:,.0f} deliveries per CPU-second, {got.deliveries / self.seconds:,.0f}/s,"
            f" {self.arrived.frames:,} frames, {got.bytes / max(1, got.deliveries):.0f} bytes each,"
            f" p50 {got.p50_ms:.1f} p99 {got.p99_ms:.1f} ms,"
            f" server {self.server_share:.0%}, client {self.client_share:.0%}"
        )

    @property
    def client_share(self) -> float:
        """How busy the client was, 1.0: all the time."""
        return self.client_cpu_s / self.seconds

    @property
    def server_share(self) -> float:
        """How busy the server was."""
        return self.server_cpu_s / self.seconds


class _Stretch:
    """Measures from its making to `end`."""

    def __init__(self, hall: Hall) -> None:
        hall.server.assert_ours()
        self._hall = hall
        self._client_cpu_s = hall.audience.arrived().cpu_s
        hall.audience.reset()
        self._server_cpu_s, self._began = hall.server.cpu_s(), time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return time.monotonic() - self._began

    @property
    def cpu_s(self) -> float:
        """What it has cost the server."""
        return self._hall.server.cpu_s() - self._server_cpu_s

    def end(self) -> Load:
        """What has come since. Raises: Trouble if the server closed somebody."""
        arrived = self._hall.audience.arrived()
        seconds, cpu_s = self.seconds, self.cpu_s
        if arrived.closed:
            raise Trouble(f"the server closed {arrived.closed} of {self._hall.audience.size} clients")
        return Load(seconds, cpu_s, arrived.cpu_s - self._client_cpu_s, arrived)


class _Window:
    """Knows how many publications are under way."""

    def __init__(self, hall: Hall) -> None:
        self._publisher, self._audience, self._under_way = hall.publisher, hall.audience, 0

    def publish(self, count: int = 1) -> None:
        """Send some more, and notice which of the others have reached everybody."""
        self._publisher.publish(count)
        self._under_way += count - self._audience.completed(timeout_s=0)

    def run(self, seconds: float, *, outstanding: int) -> None:
        """Keep so many under way for so long. Raises: Trouble when deliveries stop coming."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._under_way < outstanding:
                self._publisher.publish(outstanding - self._under_way)
                self._under_way = outstanding
            self._await_some()

    def drain(self) -> None:
        """Wait for all that is under way. Raises: Trouble when deliveries stop coming."""
        while self._under_way > 0:
            self._await_some()

    def _await_some(self) -> None:
        done = self._audience.completed(timeout_s=SILENCE_S)
        if not done:
            raise Trouble(f"{self._under_way} publications have not reached everybody in {SILENCE_S:.0f} s")
        self._under_way -= done


def saturate(hall: Hall, *, seconds: float, outstanding: int = OUTSTANDING) -> Load:
    """As fast as it goes with so many publications outstanding."""
    window = _Window(hall)
    window.run(WARM_UP_S, outstanding=outstanding)
    stretch = _Stretch(hall)
    # On a busy machine the server gets little CPU in that time, and a little is badly known.
    while stretch.seconds < seconds or (stretch.cpu_s < seconds / 2 and stretch.seconds < 5 * seconds):
        window.run(SLICE_S, outstanding=outstanding)
    load = stretch.end()
    window.drain()
    return load


def one_by_one(hall: Hall, *, count: int) -> Load:
    """Lone messages into quiet: the next one goes a while after everybody has the one before."""
    window = _Window(hall)
    window.run(0.1, outstanding=1)
    window.drain()
    stretch = _Stretch(hall)
    for _ in range(count):
        time.sleep(QUIET_S)
        window.publish()
        window.drain()
    return stretch.end()


def paced(hall: Hall, *, per_s: float, seconds: float) -> Load:
    """A steady rate, whether or not the server keeps up; what is late is waited for at the end."""
    stretch = _Stretch(hall)
    window = _Window(hall)
    began = time.monotonic()
    for number in range(round(per_s * seconds)):
        time.sleep(max(0.0, began + number / per_s - time.monotonic()))
        window.publish()
    window.drain()
    return stretch.end()
