"""Whether an instance can do its work now: database, its tables, Redis; with a reason where it cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import redis
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.schema import at_newest_step
from core.store import Database

_LIMIT_S = 2.0
# Anybody may ask, so that a thousand questions a second cost one look.
_KEPT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """`checks` holds "ok" or the reason, by what was looked at."""

    ready: bool
    checks: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Health:
    """Looks at most once a second at what this instance stands on."""

    database: Database
    redis_url: str
    _kept: HealthReport | None = None
    _kept_until: float = 0.0
    _tables_seen: bool = False
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def report(self) -> HealthReport:
        """Return what was found, at most one second old."""
        async with self._lock:
            if self._kept is None or time.monotonic() >= self._kept_until:
                self._kept = await self._look()
                self._kept_until = time.monotonic() + _KEPT_S
            return self._kept

    async def _look(self) -> HealthReport:
        found = await asyncio.gather(
            _within(asyncio.to_thread(self._database)),
            _within(asyncio.to_thread(self._migrations)),
            _within(self._redis()),
        )
        checks = dict(zip(("database", "migrations", "redis"), found, strict=True))
        return HealthReport(ready=all(each == "ok" for each in found), checks=checks)

    def _database(self) -> str:
        return _asked(self._select)

    def _select(self) -> None:
        # Not through `read`, which tries again for seconds before it gives up.
        with self.database.reading() as reading:
            reading.session.execute(text("SELECT 1"))

    def _migrations(self) -> str:
        if self._tables_seen:
            return "ok"
        outcome = _asked(self._see_tables)
        if outcome == "ok" and not self._tables_seen:
            return "the tables are not of this version: run ./run migrate"
        return outcome

    def _see_tables(self) -> None:
        self._tables_seen = at_newest_step(self.database)

    async def _redis(self) -> str:
        try:
            async with redis.asyncio.Redis.from_url(self.redis_url, socket_timeout=_LIMIT_S) as client:
                await client.ping()
        except (redis.RedisError, OSError) as error:
            return f"no answer: {type(error).__name__}"
        return "ok"


def _asked(question: Callable[[], object]) -> str:
    try:
        question()
    except SQLAlchemyError as error:
        return f"no answer: {type(error).__name__}"
    return "ok"


async def _within(look: Coroutine[Any, Any, str]) -> str:
    try:
        return await asyncio.wait_for(look, _LIMIT_S)
    except TimeoutError:
        return f"no answer within {_LIMIT_S:.0f} s"
