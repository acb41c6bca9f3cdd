"""One instance on one folder: the lock, the address file, and what a killed predecessor left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded_redis import REDIS_PROGRAMS
from app.lifeline import kill_quietly, marked, working_in
from app.supervisor.children import MARK

_LOCK_WAIT_S = 3.0


class InstanceRunningError(Exception):
    """Another supervisor works on the same folder."""

    def __init__(self, var: Path) -> None:
        address = read_address(var)
        where = f" at {address}" if address else ""
        super().__init__(
            f"Strategy24 already runs on {var}{where}. Stop it with Ctrl-C in its terminal, "
            "or set STRATEGY24_VAR to another folder to run a second one beside it."
        )


@contextmanager
def exclusive(var: Path, *, wait_s: float = _LOCK_WAIT_S) -> Iterator[None]:
    """Hold the folder for one supervisor (or a restore); the kernel frees it when this process dies.

    Waits a moment for a predecessor that is just ending. Raises: InstanceRunningError.
    """
    var.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(var / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, var, wait_s)
        yield
    finally:
        os.close(descriptor)


def is_running(var: Path) -> bool:
    """Tell whether a supervisor works on the folder now."""
    if not (var / "supervisor.lock").exists():
        return False
    try:
        with exclusive(var, wait_s=0):
            return False
    except InstanceRunningError:
        return True


def processes_of(var: Path) -> list[int]:
    """Return the processes that a supervisor of this folder has started and that live; Linux only."""
    suffix = f"@{var}"
    found = marked(MARK, lambda mark: mark.endswith(suffix))
    return found + [pid for name in REDIS_PROGRAMS for pid in working_in(var / "redis", program=name)]


def end_leftovers(var: Path) -> int:
    """Kill processes of this folder that outlived their supervisor; returns how many there were.

    Call it under the lock: then no living supervisor can own them. Two Redis appending to one file, for
    example, would spoil it.
    """
    found = processes_of(var)
    for pid in found:
        kill_quietly(pid, signal.SIGKILL)
    return len(found)


def read_address(var: Path) -> str | None:
    """Return the address that the supervisor of this folder has written, if any."""
    try:
        return (var / "address").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


@contextmanager
def published_address(var: Path, address: str) -> Iterator[None]:
    """Keep the address in `var/address` while the instance runs."""
    path = var / "address"
    partial = path.with_suffix(".new")
    partial.write_text(f"{address}\n", encoding="ascii")
    partial.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def prepare_metrics(folder: Path) -> None:
    """Empty the folder in which processes keep their metrics; those of the last start would count twice."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def forget_metrics(folder: Path, pid: int) -> None:
    """Drop the live gauges of a process that ended; its counters stay in the sums.

    What `prometheus_client.multiprocess.mark_process_dead` does, without the import in the supervisor.
    """
    for path in folder.glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)


def _acquire(descriptor: int, var: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise InstanceRunningError(var) from None
            time.sleep(0.05)
        else:
            return
