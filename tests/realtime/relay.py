"""The relay in small: publishes what waits in the outbox, as the product's own does for hubs."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.shared.facts import Fact, encode_fact
from core.store import Database, mark_sent, waiting_facts
from realtime.bus import FACTS


@dataclass(slots=True)
class SmallRelay:
    """Publishes after each commit, and every ``look_s`` what another ``Database`` has committed.

    With ``drops`` it marks facts as sent that nobody was told of.
    """

    database: Database
    redis_url: str
    look_s: float = 0.2
    drops: bool = False
    # redis-py may swallow a cancellation that comes while a command is under way.
    stopping: bool = False
    _woken: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Publish until stopped; a Redis that is away is tried again."""
        self.database.on_commit = self._wake
        async with Redis.from_url(self.redis_url) as redis:
            while not self.stopping:
                self._woken = False
                try:
                    await self.publish_once(redis)
                except (RedisError, OSError):
                    await asyncio.sleep(0.05)
                await self._nap()

    def _wake(self, _facts: list[Fact]) -> None:
        self._woken = True

    async def _nap(self) -> None:
        """Rest until something is committed: asking every 10 ms was most of what a waiting test did."""
        waking = time.monotonic() + self.look_s
        while not (self._woken or self.stopping) and time.monotonic() < waking:
            await asyncio.sleep(0.01)

    async def publish_once(self, redis: Redis) -> None:
        """Publish what waits now."""
        waiting = await self.database.read_async(waiting_facts, limit=200)
        if not waiting:
            return
        if not self.drops:
            await redis.publish(FACTS, json.dumps([encode_fact(fact.recorded) for fact in waiting]))
        await self.database.run_async(mark_sent, rows=[fact.row for fact in waiting])
