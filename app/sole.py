"""What one process alone may do at a time: a lock that its holder's death sets free, whatever way it dies."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core.store import Database

log = logging.getLogger(__name__)

Role = Literal["relay", "bots"]
# Whether the lock is still ours.
Held = Callable[[], bool]

WAIT_FOR_LOCK_S = 1.0
# Any numbers that nothing else of ours uses as advisory locks.
_ADVISORY_KEYS: Mapping[Role, int] = {"relay": 24_000_001, "bots": 24_000_002}


async def work_alone(
    database: Database,
    role: Role,
    *,
    folder: Path,
    stop: asyncio.Event,
    work: Callable[[Held], Awaitable[None]],
) -> None:
    """Work whenever no other process does, until ``stop``; otherwise stand by and ask once a second.

    work: gets a function that says whether the lock is still ours, and ends soon after it is not.
    """
    while not stop.is_set():
        with sole(database, role, folder=folder) as held:
            if held is not None:
                await work(held)
                continue
        await asyncio.sleep(WAIT_FOR_LOCK_S)


@contextmanager
def sole(database: Database, role: Role, *, folder: Path) -> Iterator[Held | None]:
    """Try to be the one in this role; yields None if another is, else a function that says if we still are.

    PostgreSQL: an advisory lock of a connection of its own, gone with the connection. SQLite: flock on
    ``folder/ROLE.lock``, gone with the process.
    """
    if database.url.startswith("sqlite"):
        with _file_lock(folder / f"{role}.lock") as held:
            yield held
    else:
        with _advisory_lock(database, role) as held:
            yield held


@contextmanager
def _file_lock(path: Path) -> Iterator[Held | None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield lambda: True
    finally:
        os.close(descriptor)


@contextmanager
def _advisory_lock(database: Database, role: Role) -> Iterator[Held | None]:
    key = _ADVISORY_KEYS[role]
    connection = _locked(database, key)
    if connection is None:
        yield None
        return
    try:
        yield lambda: _alive(connection)
    finally:
        # Said, so that it is free now: of a closed connection PostgreSQL learns in its own time.
        if not connection.invalidated:
            with suppress(DBAPIError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        # For good, not back to the pool: whatever became of the words before, the lock ends with it.
        connection.invalidate()
        connection.close()


def _locked(database: Database, key: int) -> Connection | None:
    """A connection that holds the lock; None if another holds it or the database does not answer."""
    try:
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
            return connection
    except DBAPIError as failure:
        log.warning("lock_unreachable reason=%s", type(failure.orig).__name__)
        return None
    connection.close()
    return None


def _alive(connection: Connection) -> bool:
    try:
        connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True
