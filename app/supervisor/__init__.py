"""Starts all processes of an instance in order, keeps them alive, and ends them together.

Order: redis, migrate (which also seeds), web, bots, relay, workers, cron; each when its predecessor works.
A child that dies is started again after a growing pause; one that keeps dying is shown with its last words.
The supervisor holds no data: kill it, or everything, and the next start goes on from `var`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from app.embedded_redis import RedisServerNotFoundError, forget_socket
from app.settings import Settings
from app.supervisor.announcement import farewell, started, welcome
from app.supervisor.children import Child, ChildSpec
from app.supervisor.console import Console
from app.supervisor.instance import (
    InstanceRunningError,
    end_leftovers,
    exclusive,
    forget_metrics,
    prepare_metrics,
    published_address,
)
from app.supervisor.network import NoFreePortError, listen
from app.supervisor.plan import plan, public_url

__all__ = ["Supervisor", "run_instance"]

logger = structlog.get_logger()

_SAME_REQUEST_S = 1.0
# Without these nothing works, so their failure at the start ends the start.
_ESSENTIAL = frozenset({"redis", "migrate", "web"})


class Planner(Protocol):
    """Says which children an instance consists of."""

    def __call__(self, settings: Settings, *, port: int, listening: int) -> list[ChildSpec]:
        """Return the children; `listening` is the open socket on `port`."""


def run_instance(settings: Settings, *, planner: Planner = plan) -> int:
    """Run everything until SIGTERM, SIGINT or SIGHUP; returns the exit code."""
    try:
        with exclusive(settings.var):
            leftovers = end_leftovers(settings.var)
            if leftovers:
                logger.warning("leftovers_killed", processes=leftovers)
            prepare_metrics(settings.metrics_folder)
            with listen(settings.host, settings.port) as listener:
                port = int(listener.getsockname()[1])
                os.set_inheritable(listener.fileno(), True)
                specs = planner(settings, port=port, listening=listener.fileno())
                address = public_url(settings, port=port)
                with published_address(settings.var, address):
                    return asyncio.run(_run(settings, specs, address))
    except (InstanceRunningError, NoFreePortError, RedisServerNotFoundError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # the terminal of the person who started it
        return 1


class Supervisor:
    """Children under one roof; `run` returns when `stop` was called or an essential child could not start."""

    def __init__(
        self,
        specs: Sequence[ChildSpec],
        *,
        console: Console,
        essential: frozenset[str] = _ESSENTIAL,
        on_end: Callable[[int], None] = lambda _pid: None,
    ) -> None:
        self.children = [
            Child(spec=spec, on_line=console.line, on_trouble=console.block, on_end=on_end) for spec in specs
        ]
        self._essential = essential
        self._stopping = asyncio.Event()
        self._hurry_from = 0.0
        self._watches: list[asyncio.Task[None]] = []

    def stop(self) -> None:
        """Begin to end everything; called again a second later or more, end it at once."""
        now = asyncio.get_running_loop().time()
        if not self._stopping.is_set():
            # `timeout` sends its signal to the process and again to its group: that is one request.
            self._hurry_from = now + _SAME_REQUEST_S
            self._stopping.set()
        elif now >= self._hurry_from:
            for child in self.children:
                child.kill()

    @property
    def stopping(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping.is_set()

    async def start(self, name: str) -> bool:
        """Start one child and wait until it works; False when it cannot be waited for."""
        child = next(each for each in self.children if each.spec.name == name)
        self._watches.append(asyncio.create_task(child.watch(), name=f"watch {name}"))
        waits = [asyncio.create_task(event.wait()) for event in (child.ready, child.gave_up, self._stopping)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return child.ready.is_set()

    async def wait(self) -> None:
        """Wait until `stop` is called."""
        await self._stopping.wait()

    async def end(self) -> None:
        """End all children: those that came last first, redis after everybody who needs it."""
        first, *others = self.children
        await asyncio.gather(*(child.stop() for child in reversed(others)))
        await first.stop()
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)

    def is_essential(self, name: str) -> bool:
        """Tell whether nothing works without this child."""
        return name in self._essential


async def _run(settings: Settings, specs: list[ChildSpec], address: str) -> int:
    console = Console([spec.name for spec in specs])
    supervisor = Supervisor(
        specs, console=console, on_end=lambda pid: forget_metrics(settings.metrics_folder, pid)
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.stop)
    try:
        if not await _start_all(supervisor, settings, console, address):
            return 0 if supervisor.stopping else 1
        await supervisor.wait()
        return 0
    finally:
        console.block(farewell())
        await supervisor.end()
        forget_socket(settings.redis_folder)


async def _start_all(supervisor: Supervisor, settings: Settings, console: Console, address: str) -> bool:
    failing = []
    for child in supervisor.children:
        name = child.spec.name
        works = await supervisor.start(name)
        if supervisor.stopping or (not works and supervisor.is_essential(name)):
            return False
        if not works:
            failing.append(name)
        if name == "web":
            console.block(welcome(address))
    telling = asyncio.create_task(started(settings, address=address, failing=failing))
    stopping = asyncio.create_task(supervisor.wait())
    await asyncio.wait([telling, stopping], return_when=asyncio.FIRST_COMPLETED)
    if telling.done():
        console.block(telling.result())
    telling.cancel()
    stopping.cancel()
    return True
