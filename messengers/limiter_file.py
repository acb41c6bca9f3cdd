"""The twin of the Redis ledger in a file: for one machine, without a server.

A small SQLite database of its own, never the one of the domain: a place taken is worth nothing after a
restart, and its writes must not wait behind a town's votes.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from messengers.limiter_ledger import Answer, Ask, LedgerAway, Scope, Standing

BUSY_LIMIT_S = 2.0
FORGET_EVERY = 1000

R = TypeVar("R")


class FileLedger:
    """The ledger that the processes of one machine share; ``path`` is a file on a local disk."""

    def __init__(self, path: Path, *, clock_us: Callable[[], int] | None = None) -> None:
        self._path = path
        self._clock_us = clock_us or (lambda: time.time_ns() // 1000)
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._taken = 0

    async def take(self, ask: Ask) -> Answer:
        """Take a place if one is within reach. Raises: LedgerAway."""
        return await asyncio.to_thread(self._locked, lambda page: _take(page, ask))

    async def hold(self, carrier: str, chat: str | None, *, wait_s: float, scope: Scope) -> bool:
        """Let nothing out before ``wait_s`` is over; whether that is for all. Raises: LedgerAway."""
        return await asyncio.to_thread(
            self._locked, lambda page: _hold(page, carrier, chat, wait_us=int(wait_s * 1e6), scope=scope)
        )

    async def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _locked(self, step: "Callable[[_Page], R]") -> R:
        try:
            with self._lock, self._transaction() as connection:
                page = _Page(connection, self._clock_us())
                self._taken += 1
                if self._taken % FORGET_EVERY == 0:
                    page.forget_past()
                return step(page)
        except sqlite3.Error as error:
            raise LedgerAway(type(error).__name__) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection = self._connection or _opened(self._path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


class _Page:
    """The ledger at one moment, under its lock."""

    def __init__(self, connection: sqlite3.Connection, now_us: int) -> None:
        self._connection = connection
        self.now = now_us

    def moment(self, carrier: str, name: str) -> int:
        """The moment kept under a name, 0 if none is."""
        return self._row(carrier, name)[0]

    def said(self, carrier: str, name: str) -> str:
        """The word kept with a moment that has not passed."""
        at, word = self._row(carrier, name)
        return word if at > self.now else ""

    def keep(self, carrier: str, name: str, at_us: int, word: str = "") -> None:
        """Keep a moment."""
        self._connection.execute("REPLACE INTO place VALUES (?, ?, ?)", (f"{carrier}:{name}", at_us, word))

    def forget_past(self) -> None:
        """Chats that may be written to again need no row."""
        self._connection.execute("DELETE FROM place WHERE at_us <= ?", (self.now,))

    def _row(self, carrier: str, name: str) -> tuple[int, str]:
        found: tuple[int, str] | None = self._connection.execute(
            "SELECT at_us, word FROM place WHERE key = ?", (f"{carrier}:{name}",)
        ).fetchone()
        return found or (0, "")


def _take(page: _Page, ask: Ask) -> Answer:
    pause = page.moment(ask.carrier, "pause")
    if pause > page.now:
        return _not_yet(Standing.PAUSED, pause - page.now)
    place = max(page.now, page.moment(ask.carrier, "all"))
    ready = 0
    if ask.chat is not None:
        chat_pause = page.moment(ask.carrier, f"pause:{ask.chat}")
        if chat_pause > page.now:
            return _not_yet(Standing.CHAT, chat_pause - page.now)
        ready = page.moment(ask.carrier, f"chat:{ask.chat}")
        if ready - ask.chat_burst_us > place:
            return _not_yet(Standing.CHAT, ready - ask.chat_burst_us - place)
    if place - page.now > ask.reach_us:
        return _not_yet(Standing.LINE, place - page.now - ask.reach_us)
    page.keep(ask.carrier, "all", place + ask.step_us)
    if ask.chat is not None and ask.chat_step_us:
        page.keep(ask.carrier, f"chat:{ask.chat}", max(place, ready) + ask.chat_step_us)
    return Answer(Standing.GRANTED, _seconds(place - page.now), place)


def _hold(page: _Page, carrier: str, chat: str | None, *, wait_us: int, scope: Scope) -> bool:
    until = page.now + wait_us
    everybody = scope is Scope.ALL or chat is None
    if scope is Scope.UNKNOWN and chat is not None:
        refused = page.said(carrier, "refused")
        everybody = refused not in {"", chat}
        if not everybody:
            page.keep(carrier, "refused", until, chat)
    name = "pause" if everybody else f"pause:{chat}"
    page.keep(carrier, name, max(until, page.moment(carrier, name)))
    return everybody


def _not_yet(standing: Standing, us: int) -> Answer:
    return Answer(standing, _seconds(us), 0)


def _seconds(us: int) -> float:
    # Whole milliseconds rounded up, as the twin in Redis says them.
    return -(-us // 1000) / 1000


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_LIMIT_S, isolation_level=None, check_same_thread=False)
    _switch_to_wal(connection)
    # No wait for the disk at a commit: only the order of places within one run of the machine matters.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS place (key TEXT PRIMARY KEY, at_us INTEGER, word TEXT) WITHOUT ROWID"
    )
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch a file to WAL; of several who make it at once, the others wait.

    SQLite answers "locked" to this statement without waiting, whatever the time-out says.
    """
    deadline = time.monotonic() + BUSY_LIMIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
        else:
            return
