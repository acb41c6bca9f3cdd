"""One child process: started in a group of its own, watched, restarted with back-off, ended for sure."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from app.lifeline import descendants, kill_quietly, marked

logger = structlog.get_logger()

STOP_LIMIT_S = 10.0
"""How long a child may take to end by itself after SIGTERM."""

MARK = "S24_CHILD"
"""Environment variable that everything started by a child inherits: NAME@INSTANCE."""

_FIRST_DELAY_S = 0.25
_LONGEST_DELAY_S = 30.0
_HEALTHY_AFTER_S = 20.0
_FAILURES_REPORTED = 3


class State(StrEnum):
    """What a child is doing."""

    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"
    """Dead, and to be started again after a pause."""
    FAILING = "failing"
    """Died repeatedly before it was ready; still tried, at long intervals."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """What to start and how to know that it works."""

    name: str
    instance: str
    """What tells the processes of this instance from those of others: its folder."""
    command: Sequence[str]
    environment: dict[str, str]
    probe: Callable[[], Awaitable[bool]] | None = None
    """Asked every 20 ms until it says yes; without one the child reports through `--ready-fd`."""
    descriptors: tuple[int, ...] = ()
    """Open files the child inherits."""
    runs_once: bool = False
    """Ready when it has ended with code 0; never restarted."""
    start_limit_s: float = 60.0


@dataclass(slots=True, kw_only=True)
class Child:
    """A child under watch. `on_line` receives every line it prints, `on_trouble` a text for people."""

    spec: ChildSpec
    on_line: Callable[[str, str], None]
    on_trouble: Callable[[str], None]
    on_end: Callable[[int], None] = lambda _pid: None
    state: State = State.STARTING
    restarts: int = 0
    pid: int | None = None
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=25))
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    gave_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the child has failed so often that waiting for it makes no sense."""
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Start the child and keep it running until `stop` is called (or it has run once)."""
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._live()
            if self._stopping.is_set() or (self.spec.runs_once and code == 0):
                break
            was_ready = self.ready.is_set()
            healthy = was_ready and time.monotonic() - started > _HEALTHY_AFTER_S
            failures = 1 if healthy else failures + 1
            self.ready.clear()
            self._report(code, failures, was_ready=was_ready)
            if self.spec.runs_once:
                self.gave_up.set()
                break
            self.state = State.FAILING if failures >= _FAILURES_REPORTED else State.WAITING
            await self._pause(min(_FIRST_DELAY_S * 2 ** (failures - 1), _LONGEST_DELAY_S))
            self.restarts += 1
        self.state = State.ENDED
        self._gone.set()

    async def stop(self) -> None:
        """End the child and everything it has started; returns when all of it is gone."""
        self._stopping.set()
        self.gave_up.set()
        pid = self.pid
        if pid is None:
            return
        kill_quietly(pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._gone.wait(), STOP_LIMIT_S)
        except TimeoutError:
            logger.warning("child_killed", name=self.spec.name, pid=pid, after_s=STOP_LIMIT_S)
            self._kill_family()

    def kill(self) -> None:
        """End the child and everything it has started at once."""
        self._stopping.set()
        self._kill_family()

    async def _live(self) -> int:
        """Run the child once; returns its exit code."""
        self.state = State.STARTING
        listening, speaking = os.pipe()
        try:
            transport, protocol = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Output(self._line),
                *self._command(speaking),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**self.spec.environment, MARK: self._mark},
                pass_fds=(speaking, *self.spec.descriptors),
                start_new_session=True,
            )
        finally:
            os.close(speaking)
        self.pid = transport.get_pid()
        readiness = asyncio.create_task(self._become_ready(listening))
        try:
            code = await protocol.ended
            if self.spec.runs_once and code == 0:
                self._mark_ready()
        finally:
            readiness.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await readiness
            self._kill_family()
            transport.close()
            self.on_end(self.pid)
            self.pid = None
        return code

    def _command(self, ready_descriptor: int) -> list[str]:
        if self.spec.probe or self.spec.runs_once:
            return list(self.spec.command)
        return [part.replace("{ready_fd}", str(ready_descriptor)) for part in self.spec.command]

    async def _become_ready(self, listening: int) -> None:
        try:
            if self.spec.runs_once:
                return
            async with asyncio.timeout(self.spec.start_limit_s):
                if self.spec.probe is None:
                    await _readable(listening)
                    if not os.read(listening, 16):
                        return
                else:
                    while not await self.spec.probe():  # noqa: ASYNC110  # a foreign program sends no event
                        await asyncio.sleep(0.02)
            self._mark_ready()
        except TimeoutError:
            self.on_trouble(
                f"{self.spec.name} is not ready after {self.spec.start_limit_s:.0f} s; restarting it."
            )
            self._kill_family()
        finally:
            os.close(listening)

    @property
    def _mark(self) -> str:
        return f"{self.spec.name}@{self.spec.instance}"

    def _kill_family(self) -> None:
        """Kill the child's group, and whatever else was started under its mark: Chrome leaves the group."""
        if self.pid is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for pid in {*descendants(self.pid), *marked(MARK, lambda mark: mark == self._mark)}:
            kill_quietly(pid, signal.SIGKILL)

    def _mark_ready(self) -> None:
        self.state = State.READY
        self.ready.set()

    def _line(self, line: str) -> None:
        self.tail.append(line)
        self.on_line(self.spec.name, line)

    def _report(self, code: int, failures: int, *, was_ready: bool) -> None:
        logger.warning("child_died", name=self.spec.name, code=code, failures=failures, was_ready=was_ready)
        if failures == _FAILURES_REPORTED or self.spec.runs_once:
            said = "\n".join(f"    {line}" for line in self.tail) or "    (nothing)"
            ending = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            times = "" if self.spec.runs_once else f" {failures} times in a row"
            self.on_trouble(f"{self.spec.name} {ending}{times}. What it said last:\n{said}")
        if failures >= _FAILURES_REPORTED:
            self.gave_up.set()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


class _Output(asyncio.SubprocessProtocol):
    """Cuts the child's output into lines; does not wait for grandchildren that hold the pipe open."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._on_line = on_line
        self._partial = b""
        self._transport: asyncio.SubprocessTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101  # for the type checker
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._on_line(line.decode(errors="replace").rstrip("\r"))

    def process_exited(self) -> None:
        code = self._transport.get_returncode() if self._transport else None
        # What the child wrote last may still be on its way through the pipe.
        asyncio.get_running_loop().call_later(0.02, self._settle, code if code is not None else -1)

    def _settle(self, code: int) -> None:
        if self._partial:
            self._on_line(self._partial.decode(errors="replace"))
            self._partial = b""
        if not self.ended.done():
            self.ended.set_result(code)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    arrived = asyncio.Event()
    loop.add_reader(descriptor, arrived.set)
    try:
        await arrived.wait()
    finally:
        loop.remove_reader(descriptor)
