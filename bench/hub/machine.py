"""The machine under measurement: two of its cores, its descriptors, processes that are our own children."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

START_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 10.0
_PR_SET_PDEATHSIG: Final = 1
_libc = ctypes.CDLL(None)


class Trouble(Exception):
    """Something could not be measured; the text says what and why."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Where the measured server runs, and where everything else does."""

    server: int
    others: int

    @classmethod
    def choose(cls) -> Self:
        """The last two cores that this process may use; one core serves as both."""
        allowed = sorted(os.sched_getaffinity(0))
        return cls(server=allowed[-1], others=allowed[0])


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU and memory of a process at one moment."""

    cpu_s: float
    rss_kb: int
    pss_kb: int


def listening_socket() -> socket.socket:
    """A listening socket on a port that the system chose."""
    opened = socket.create_server(("127.0.0.1", 0), backlog=4096)
    opened.set_inheritable(True)
    return opened


def free_port() -> int:
    """A port for programs that open it themselves."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(reached: Callable[[], bool], child: Child) -> None:
    """Wait until something of a child's becomes true. Raises: Trouble when it ends or takes too long."""
    deadline = time.monotonic() + START_LIMIT_S
    while not reached():
        if not child.alive or time.monotonic() > deadline:
            raise Trouble(f"{child.name} did not start:\n{child.last_words()}")
        time.sleep(0.02)


class Child:
    """A process of ours on one core, which ends with the `with` block and with this process.

    With `answers` its standard output is for `line` and `ask`; else it goes to the log, as nobody would
    read it and a full pipe would stop the process.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        core: int,
        log: Path,
        answers: bool = False,
        descriptors: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._core = core
        self.log = log
        self.name = Path(command[0]).name
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if answers else output,
                stderr=output,
                pass_fds=descriptors,
                env=environment,
                preexec_fn=lambda: _settle(core),  # noqa: PLW1509 - we start children from one thread
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, command: str, *, timeout_s: float = START_LIMIT_S) -> str:
        """Write a line and return the next one. Raises: Trouble."""
        self.tell(command)
        return self.line(timeout_s=timeout_s)

    def tell(self, command: str) -> None:
        """Write a line that has no answer. Raises: Trouble when it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{command}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError as gone:
            raise Trouble(f"{self.name} ended:\n{self.last_words()}") from gone

    def line(self, *, timeout_s: float = START_LIMIT_S) -> str:
        """The next line it prints. Raises: Trouble when it ends or says nothing for so long."""
        output: IO[bytes] | None = self._process.stdout
        assert output is not None
        if not select.select([output], [], [], timeout_s)[0]:
            raise Trouble(f"{self.name} said nothing for {timeout_s:.0f} s")
        found = output.readline().decode()
        if not found:
            raise Trouble(f"{self.name} ended:\n{self.last_words()}")
        return found.rstrip("\n")

    def assert_ours(self) -> None:
        """What is measured must be our own child on its own core, not whoever answers on a port."""
        assert _parent(self.pid) == os.getpid(), f"{self.pid} is no child of ours"
        assert os.sched_getaffinity(self.pid) == {self._core}, f"{self.pid} is not pinned"

    def cpu_s(self) -> float:
        """CPU-seconds of all its threads so far, user and system, to the nanosecond."""
        clock = ctypes.c_int()
        if _libc.clock_getcpuclockid(self.pid, ctypes.byref(clock)) != 0:
            raise Trouble(f"{self.name} ended:\n{self.last_words()}")
        return time.clock_gettime(clock.value)

    def usage(self) -> Usage:
        """What it has taken of the machine so far."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
        return Usage(cpu_s=self.cpu_s(), rss_kb=sizes["Rss"], pss_kb=sizes["Pss"])

    def last_words(self) -> str:
        """The end of what it wrote to its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        """End it: TERM, and after a while KILL."""
        if self.alive:
            self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


def _settle(core: int) -> None:
    # Whatever way we die, the measured processes must not stay behind and warm the machine.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.sched_setaffinity(0, {core})


def _parent(pid: int) -> int:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    # The program's name stands in brackets and may hold spaces and brackets itself.
    return int(text.rpartition(")")[2].split()[1])
