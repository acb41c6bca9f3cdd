"""Does what the clock asks for: pruning, reconciling. What must not be missed is a row with a due time."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence

import structlog
from prometheus_client import Counter

from app import lifeline
from app.schedule import Chore, schedule
from app.settings import Settings
from app.wiring import open_database
from core.store import Database

logger = structlog.get_logger()

_done = Counter("s24_chores_total", "Chores done by the clock", ["chore", "outcome"])


def main(settings: Settings) -> None:
    """Do each chore at its interval until SIGTERM; the first round comes after one interval."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = open_database(settings)
    lifeline.report_ready()
    try:
        keep_doing(list(schedule(settings.files_folder)), database, stop)
    finally:
        database.close()


def keep_doing(chores: Sequence[Chore], database: Database, stop: threading.Event) -> None:
    """Do each chore at its interval until `stop` is set."""
    due = {chore.name: time.monotonic() + chore.every_s for chore in chores}
    while not stop.is_set():
        now = time.monotonic()
        for chore in chores:
            if due[chore.name] <= now:
                _do(chore, database)
                # From the end of the work: a slow chore does not pile up.
                due[chore.name] = time.monotonic() + chore.every_s
        stop.wait(max(0.05, min(due.values()) - time.monotonic()))


def _do(chore: Chore, database: Database) -> None:
    try:
        changed = chore.run(database)
    except Exception:
        # One chore must not keep the others from being done.
        logger.exception("chore_failed", chore=chore.name)
        _done.labels(chore.name, "failed").inc()
        return
    _done.labels(chore.name, "done").inc()
    if changed:
        logger.info("chore_done", chore=chore.name, changed=changed)
