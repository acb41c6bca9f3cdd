"""Runs a supervisor as a real process and watches it from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.lifeline import kill_quietly, marked, working_in
from app.settings import PROJECT
from app.supervisor.children import MARK


@dataclass(slots=True, kw_only=True)
class Instance:
    """A running supervisor, what it printed, and the processes that belong to its folder."""

    process: subprocess.Popen[bytes]
    var: Path
    log: Path

    def output(self) -> str:
        """Return everything printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern: str, *, seconds: float = 30, times: int = 1) -> re.Match[str]:
        """Wait until a pattern was printed; returns its last match."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = list(re.finditer(pattern, self.output()))
            if len(found) >= times:
                return found[-1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"{pattern!r} was not printed {times} times:\n{self.output()}")

    def pids(self, name: str = "") -> list[int]:
        """Return the processes of this folder, or of one child of it."""
        found = marked(MARK, lambda mark: mark.startswith(name) and mark.endswith(f"@{self.var}"))
        if "redis".startswith(name.rstrip("@")):
            found += working_in(self.var / "redis", program="redis-server")
        return found

    def nothing_left(self, *, seconds: float = 10, but: Collection[int] = ()) -> bool:
        """Wait until no process of this folder lives, `but` these."""
        deadline = time.monotonic() + seconds
        while set(self.pids()) != set(but) and time.monotonic() < deadline:
            time.sleep(0.02)
        return set(self.pids()) == set(but)

    def terminate(self) -> int:
        """Ask it to end; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def running(command: list[str], *, var: Path, **settings: str) -> Iterator[Instance]:
    """Run `command` as an instance on the folder `var`; everything of it is gone afterwards."""
    log = var.with_suffix(f".{time.monotonic_ns()}.log")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "STRATEGY24_VAR": str(var), **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            # Held open until this process ends: `--until-stdin-closes` ends the instance with it.
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
    instance = Instance(process=process, var=var.resolve(), log=log)
    try:
        yield instance
    finally:
        process.kill()
        process.wait()
        for pid in instance.pids():
            kill_quietly(pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
