"""The audience's side: starts the client in C, or its twin in Python, and asks what arrived."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

from bench.hub.machine import Child, Trouble
from bench.hub.wire import Step, script_bytes

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Group:
    """Followers who all do the same at their opening."""

    steps: Sequence[Step]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What has reached the audience since the last reset; ages from publication to arrival in ms."""

    deliveries: int
    least: int
    """Deliveries to the one who got least."""
    frames: int
    bytes: int
    closed: int
    cpu_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    last_p50_ms: float
    """Of the last receiver of each publication; true only while one is under way at a time."""
    last_p99_ms: float

    @property
    def per_frame(self) -> float:
        """Publications in a frame, on average."""
        return self.deliveries / max(1, self.frames)


@dataclass(frozen=True, slots=True)
class Opened:
    """How the opening went."""

    connected: int
    failed: int
    seconds: float


class Audience:
    """Many followers in one process of ours, pinned beside the server's core."""

    def __init__(
        self,
        groups: Sequence[Group],
        *,
        port: int,
        core: int,
        folder: Path,
        websocket: bool = True,
        per_publication: int | None = None,
        at_once: bool = False,
    ) -> None:
        self.size = sum(group.count for group in groups)
        self.per_publication = per_publication or self.size
        self._completions, writing = os.pipe()
        arguments = [str(port), "ws" if websocket else "raw", str(self.per_publication), str(writing)]
        arguments += [str(int(at_once)), *_scripts(groups, folder)]
        command = [*client_command(folder), *arguments]
        log = folder / "client.log"
        self.child = Child(command, core=core, log=log, answers=True, descriptors=[writing])
        os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.stop()
        os.close(self._completions)

    def opened(self, *, timeout_s: float = 180.0) -> Opened:
        """Wait until everybody follows. Raises: Trouble if somebody was not let in."""
        found = Opened(**json.loads(self.child.line(timeout_s=timeout_s)))
        if found.failed:
            raise Trouble(f"{found.failed} of {self.size} clients were not let in")
        return found

    def reset(self) -> None:
        """Begin to count anew."""
        self.child.tell("reset")

    def arrived(self) -> Arrived:
        """What has arrived since the last reset."""
        return Arrived(**json.loads(self.child.ask("stats")))

    def completed(self, *, timeout_s: float) -> int:
        """Wait for publications that everybody has; how many more there are, 0: none for so long."""
        if not select.select([self._completions], [], [], timeout_s)[0]:
            return 0
        return len(os.read(self._completions, 65536))


def compiled(source: Path, folder: Path) -> Path | None:
    """The program of a C file, compiled into `folder`; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    program = folder / source.stem
    if not program.exists():
        subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)
    return program


@cache
def client_command(folder: Path) -> tuple[str, ...]:
    """The client that this machine can run: in C, or its twin in Python."""
    program = compiled(_HERE / "client.c", folder)
    return (sys.executable, "-P", str(_HERE / "client_twin.py")) if program is None else (str(program),)


def _scripts(groups: Sequence[Group], folder: Path) -> list[str]:
    arguments: list[str] = []
    for number, group in enumerate(groups):
        path = folder / f"script-{number}"
        path.write_bytes(script_bytes(group.steps))
        arguments += [str(path), str(group.count)]
    return arguments
