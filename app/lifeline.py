"""Children that cannot outlive their parent, even when the parent is killed with SIGKILL.

The parent holds the writing end of a pipe and gives the reading end to the child as its standard input.
The kernel closes the writing end whatever way the parent dies, so the end-of-file is the one reliable news
of its death. Our own processes watch for it in a thread (`end_with_parent`); foreign programs such as
redis-server run under a small shell that watches for them (`guarded`). Nothing polls, so idling is free.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

_ready_descriptors: list[int] = []

GRACE_S = 8.0
"""How long an orphaned process may take to end by itself before its whole group is killed."""

# The shell's own standard input becomes descriptor 3, so that the program cannot eat the end-of-file.
# `wait` returns early when a trapped signal arrives, hence the loop.
_GUARD = """
exec 3<&0 </dev/null
stop=$1; shift
"$@" 3<&- &
child=$!
trap 'kill -s $stop $child 2>/dev/null' TERM INT HUP
(
    trap '' TERM INT HUP
    read -r _ <&3
    kill -s $stop $child 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        kill -s 0 $child 2>/dev/null || exit
        sleep 0.5
    done
    kill -s KILL $child 2>/dev/null
) &
watcher=$!
wait $child; code=$?
while kill -s 0 $child 2>/dev/null; do wait $child; code=$?; done
kill -s KILL $watcher 2>/dev/null
exit $code
"""


def guarded(command: Sequence[str], *, stop_signal: Literal["TERM", "INT"] = "TERM") -> list[str]:
    """Return a command line that runs `command` and ends it when standard input reaches its end.

    The signals TERM, INT and HUP sent to the guard reach the program as `stop_signal`; the guard ends with
    the program's exit code.
    """
    return ["/bin/sh", "-c", _GUARD, "guard", stop_signal, *command]


def end_with_parent() -> None:
    """Watch standard input and end this process, with all its descendants, at its end-of-file.

    Holds in forked children as well: an rq work horse starts a watcher of its own.
    """
    os.register_at_fork(after_in_child=_watch_in_thread)
    _watch_in_thread()


def use_ready_descriptor(descriptor: int | None) -> None:
    """Tell through which descriptor of the supervisor `report_ready` speaks; None: nobody listens."""
    _ready_descriptors.clear()
    if descriptor is not None:
        _ready_descriptors.append(descriptor)


def report_ready() -> None:
    """Tell the supervisor that this process does its work now; harmless when repeated or started by hand."""
    while _ready_descriptors:
        descriptor = _ready_descriptors.pop()
        os.write(descriptor, b"ready")
        os.close(descriptor)


def descendants(pid: int) -> list[int]:
    """Return the processes started by `pid`, directly or not, parents first; none where /proc is absent."""
    children: dict[int, list[int]] = {}
    for process, parent in _parents():
        children.setdefault(parent, []).append(process)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        offspring = children.get(waiting.pop(0), [])
        found.extend(offspring)
        waiting.extend(offspring)
    return found


def marked(variable: str, wanted: Callable[[str], bool]) -> list[int]:
    """Return the other processes of this user whose environment variable satisfies `wanted`; Linux only."""
    prefix = f"{variable}=".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            lines = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        values = [
            line.removeprefix(prefix).decode(errors="replace") for line in lines if line.startswith(prefix)
        ]
        if values and wanted(values[0]) and int(entry.parent.name) != os.getpid():
            found.append(int(entry.parent.name))
    return found


def working_in(folder: Path, *, program: str) -> list[int]:
    """Return the processes of a program whose working folder is `folder`; Linux only.

    For programs that write their title over their environment, as redis-server does; `marked` misses them.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if entry.readlink() == folder and program.encode() in entry.with_name("cmdline").read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def kill_quietly(pid: int, signal_number: int) -> None:
    """Send a signal to a process that may have ended meanwhile or may not be ours."""
    try:
        os.kill(pid, signal_number)
    except (ProcessLookupError, PermissionError):
        return


def _watch_in_thread() -> None:
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(0, 4096):
        continue
    # Descendants first: once this process is gone they belong to init and can no longer be found.
    offspring = descendants(os.getpid())
    for pid in (*offspring, os.getpid()):
        kill_quietly(pid, signal.SIGTERM)
    time.sleep(GRACE_S)
    for pid in {*offspring, *descendants(os.getpid())}:
        kill_quietly(pid, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = entry.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        # The program's name stands in brackets and may hold spaces and brackets itself.
        yield int(entry.parent.name), int(stat.rpartition(")")[2].split()[1])
