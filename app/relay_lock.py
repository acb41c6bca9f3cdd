"""One relay at a time: a lock that its holder's death sets free, whatever way it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.relay import Held
from core.store import Database

# Any number that nothing else of ours uses as an advisory lock.
_ADVISORY_KEY = 24_000_001


@contextmanager
def relay_lock(database: Database, *, folder: Path) -> Iterator[Held | None]:
    """Try to become the relay; yields None if another is, else a function that says if we still are.

    PostgreSQL: an advisory lock of a connection of its own, gone with the connection. SQLite: flock on
    ``folder/relay.lock``, gone with the process.
    """
    if database.url.startswith("sqlite"):
        with _file_lock(folder / "relay.lock") as held:
            yield held
    else:
        with _advisory_lock(database) as held:
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
def _advisory_lock(database: Database) -> Iterator[Held | None]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        yield (lambda: _alive(connection)) if taken.scalar_one() else None
        # Closing the connection for good, not giving it back to the pool, sets the lock free.
        connection.invalidate()


def _alive(connection: Connection) -> bool:
    try:
        connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True
