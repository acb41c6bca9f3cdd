"""What the jobs of one worker process share."""

import os
import socket
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from core.jobs import inherit_jobs
from core.store import Database


@dataclass(slots=True, kw_only=True)
class JobContext:
    """The database, the folder of stored files, and how to draw."""

    database: Database
    files_dir: Path
    cache_dir: Path | None = None
    browser_path: str | None = None
    holder: str = field(default_factory=lambda: f"{_machine()}/{os.getpid()}/{uuid.uuid4().hex[:12]}")


_contexts: list[JobContext] = []


def configure(
    *,
    database: Database,
    files_dir: Path,
    cache_dir: Path | None = None,
    browser_path: str | None = None,
) -> None:
    """Give the jobs of this process what they need; called once, before the worker takes any.

    files_dir: folder of core.files. cache_dir: drawn charts, may be wiped. browser_path: Chrome, None
    to look on PATH.
    """
    _contexts[:] = [
        JobContext(database=database, files_dir=files_dir, cache_dir=cache_dir, browser_path=browser_path)
    ]


def context() -> JobContext:
    """What was configured. Raises: RuntimeError if nothing was: the worker started wrongly."""
    if not _contexts:
        raise RuntimeError("analytics.jobs.configure(...) must be called before any job runs")
    return _contexts[0]


def inherit() -> int:
    """Free the jobs of dead workers of this machine; how many. A worker calls it when it starts.

    Without it a job whose worker was killed would wait for the end of its lease.
    """
    return context().database.run(inherit_jobs, is_dead=_is_dead)


def _is_dead(holder: str) -> bool:
    """Whether the worker of this name ran on this machine and is gone; others keep their lease."""
    machine, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if machine != _machine() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        # In a container every worker has the same number; the rest of the name tells them apart.
        return holder != context().holder
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    return socket.gethostname()[:32]
