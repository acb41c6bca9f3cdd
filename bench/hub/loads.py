"""Three ways to load a server, each ending with what the audience got and what it cost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from bench.hub.client import Arrived, Audience
from bench.hub.machine import Child, Trouble
from bench.hub.publishing import Publisher

OUTSTANDING: Final = 8
WARM_UP_S: Final = 1.0
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

    def __init__(self, server: Child, audience: Audience) -> None:
        server.assert_ours()
        self._server, self._audience = server, audience
        self._client_cpu_s = audience.arrived().cpu_s
        audience.reset()
        self._server_cpu_s, self._began = server.cpu_s(), time.monotonic()

    def end(self) -> Load:
        """What has come since."""
        arrived = self._audience.arrived()
        seconds, cpu_s = time.monotonic() - self._began, self._server.cpu_s() - self._server_cpu_s
        if arrived.closed:
            raise Trouble(f"the server closed {arrived.closed} of {self._audience.size} clients")
        return Load(seconds, max(cpu_s, 0.01), arrived.cpu_s - self._client_cpu_s, arrived)


class _Window:
    """Keeps a number of publications under way."""

    def __init__(self, publisher: Publisher, audience: Audience) -> None:
        self._publisher, self._audience, self.under_way = publisher, audience, 0

    def run(self, seconds: float, *, outstanding: int) -> None:
        """Publish for so long. Raises: Trouble when deliveries stop coming."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.under_way < outstanding:
                self._publisher.publish(outstanding - self.under_way)
                self.under_way = outstanding
            self.await_some()

    def drain(self) -> None:
        """Wait for all that is under way."""
        while self.under_way > 0:
            self.await_some()

    def await_some(self) -> None:
        """Wait until at least one publication has reached everybody."""
        done = self._audience.completed(timeout_s=SILENCE_S)
        if not done:
            raise Trouble(f"{self.under_way} publications have not reached everybody in {SILENCE_S:.0f} s")
        self.under_way -= done


def saturate(
    publisher: Publisher, audience: Audience, server: Child, *, seconds: float, warm_up_s: float = WARM_UP_S
) -> Load:
    """As fast as it goes with eight publications outstanding."""
    window = _Window(publisher, audience)
    window.run(warm_up_s, outstanding=OUTSTANDING)
    stretch = _Stretch(server, audience)
    window.run(seconds, outstanding=OUTSTANDING)
    load = stretch.end()
    window.drain()
    return load


def one_by_one(
    publisher: Publisher, audience: Audience, server: Child, *, count: int, pause_s: float = 0.02
) -> Load:
    """Lone messages into quiet: the next one goes a while after everybody has the one before."""
    window = _Window(publisher, audience)
    window.run(0.1, outstanding=1)
    window.drain()
    stretch = _Stretch(server, audience)
    for _ in range(count):
        time.sleep(pause_s)
        publisher.publish(1)
        window.under_way = 1
        window.drain()
    return stretch.end()


def paced(publisher: Publisher, audience: Audience, server: Child, *, per_s: float, seconds: float) -> Load:
    """A steady rate, whether or not the server keeps up; what is late is waited for at the end."""
    stretch = _Stretch(server, audience)
    window = _Window(publisher, audience)
    began = time.monotonic()
    for number in range(round(per_s * seconds)):
        pause = began + number / per_s - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        publisher.publish(1)
        window.under_way += 1
        window.under_way -= audience.completed(timeout_s=0)
    window.drain()
    return stretch.end()
