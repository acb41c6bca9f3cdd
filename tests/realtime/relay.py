"""The relay in small: publishes what waits in the outbox, as the product's own does for hubs."""

import asyncio
import json
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.shared.facts import encode_fact
from core.store import Database, mark_sent, waiting_facts
from realtime.bus import FACTS


@dataclass(slots=True)
class SmallRelay:
    """Publishes every ``pause_s``. With ``drops`` it marks facts as sent that nobody was told of."""

    database: Database
    redis_url: str
    pause_s: float = 0.01
    drops: bool = False
    # redis-py may swallow a cancellation that comes while a command is under way.
    stopping: bool = False

    async def run(self) -> None:
        """Publish until stopped; a Redis that is away is tried again."""
        async with Redis.from_url(self.redis_url) as redis:
            while not self.stopping:
                try:
                    await self.publish_once(redis)
                except (RedisError, OSError):
                    await asyncio.sleep(0.05)
                await asyncio.sleep(self.pause_s)

    async def publish_once(self, redis: Redis) -> None:
        """Publish what waits now."""
        waiting = await self.database.read_async(waiting_facts, limit=200)
        if not waiting:
            return
        if not self.drops:
            await redis.publish(FACTS, json.dumps([encode_fact(fact.recorded) for fact in waiting]))
        await self.database.run_async(mark_sent, rows=[fact.row for fact in waiting])
