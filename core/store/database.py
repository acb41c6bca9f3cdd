"""Transactions: one per use case, retried as a whole, in this one place."""

import asyncio
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from core.shared.clock import Clock, SystemClock
from core.shared.errors import DomainError, RefusalKind
from core.shared.facts import Fact
from core.shared.language import N_
from core.store.unit_of_work import Reading, UnitOfWork

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 8
SQLITE_BUSY_S = 10
# serialization_failure and deadlock_detected
_RETRYABLE_SQLSTATES = {"40001", "40P01"}


class StoreUnavailable(DomainError):
    """The database did not answer; nothing was changed, or the answer of the commit was lost."""

    code = "store_unavailable"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The service is restarting. Send it again in a minute: it will not be counted twice.")


@dataclass(slots=True)
class Database:
    """The door to the store.

    ``on_commit`` is called after each commit with the facts it recorded; it is a wake-up for the
    relay and for nothing else, because a process may die before it is reached.
    """

    url: str
    clock: Clock = field(default_factory=SystemClock)
    on_commit: Callable[[list[Fact]], None] | None = None
    pool_size: int = 10
    engine: Engine = field(init=False)
    # SQLite has one writer, and who finds it busy looks again after 1, 2, 5 and up to 100 ms, in no order.
    # Those of one process stand in line instead: each begins as soon as the one before it has ended.
    _writing: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.engine = _engine(self.url, self.pool_size)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """One transaction without retry, for tests and scripts; doors call ``run``."""
        with self._turn(), self.engine.execution_options(writing=True).connect() as connection:
            transaction = connection.begin()
            uow = UnitOfWork(session=Session(connection), connection=connection, now=self.clock.now())
            try:
                yield uow
                uow.session.flush()
            except BaseException:
                transaction.rollback()
                raise
            finally:
                uow.session.close()
            _commit(transaction)
        self._tell(uow)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A consistent view for queries; it takes no lock and is always rolled back."""
        with self.engine.execution_options(writing=False).connect() as connection:
            session = Session(connection)
            try:
                yield Reading(session=session, connection=connection, now=self.clock.now())
            finally:
                session.close()
                connection.rollback()

    def run(
        self, command: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        """Run one command in one transaction, again from the start if the database asks for it.

        So a command must be re-runnable: no network in it, no clock but the unit of work's.
        Raises: whatever the command raises (nothing is kept then); StoreUnavailable if the database
        does not answer, in which case the caller repeats with the same idempotency key or client id.
        """
        return self._persist(lambda: self._run_once(command, *args, **arguments))

    def read(self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **arguments: P.kwargs) -> R:
        """Answer one query from one consistent view."""

        def once() -> R:
            with self.reading() as reading:
                return query(reading, *args, **arguments)

        return self._persist(once)

    async def run_async(
        self, command: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        """``run`` for doors that live on an event loop; the only bridge between the two worlds."""
        return await asyncio.to_thread(lambda: self.run(command, *args, **arguments))

    async def read_async(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        """``read`` for doors that live on an event loop."""
        return await asyncio.to_thread(lambda: self.read(query, *args, **arguments))

    def _run_once(
        self, command: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        with self.transaction() as uow:
            return command(uow, *args, **arguments)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A writer's turn among those of this process; SQLite keeps it apart from other processes."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        # Whoever waits in vain still asks SQLite, which says that it is locked.
        taken = self._writing.acquire(timeout=SQLITE_BUSY_S)
        try:
            yield
        finally:
            if taken:
                self._writing.release()

    def _persist(self, attempt: Callable[[], R]) -> R:
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except DBAPIError as error:
                if not _may_be_retried(error):
                    raise
                if number == ATTEMPTS:
                    raise StoreUnavailable from error
                log.warning("transaction_retried attempt=%s reason=%s", number, type(error.orig).__name__)
                time.sleep(random.uniform(0.5, 1.0) * 0.01 * 2**number)  # noqa: S311 - jitter, not a secret
        raise StoreUnavailable

    def _tell(self, uow: UnitOfWork) -> None:
        if self.on_commit is not None and (uow.recorded or uow.audited):
            self.on_commit(uow.recorded)


def _commit(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # Nobody knows whether it took effect, so it is not repeated here: the caller repeats with
        # its idempotency key or client id and finds out.
        raise StoreUnavailable from error


def _may_be_retried(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    # An OperationalError is a server that is starting, stopping or gone, or a deadlock.
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate in _RETRYABLE_SQLSTATES or isinstance(error, OperationalError)


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url, pool_size=pool_size, connect_args={"timeout": SQLITE_BUSY_S, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late (reads run outside any transaction), so it is switched
    # off and _begin_sqlite says it.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: an acknowledged message must survive the loss of power, not only of the process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # BEGIN IMMEDIATE takes the write lock at once and waits for it; a plain BEGIN that writes later
    # fails with "database is locked" whatever the time-out says.
    writing = connection.get_execution_options().get("writing", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
