"""Waiting for a wake-up that may get lost: a Redis message or one second, whichever comes first."""

import asyncio
import contextlib
import logging
import random
from typing import Self

import redis
import redis.asyncio

log = logging.getLogger(__name__)

POLL_S = 1.0
LEAVE_S = 1.0


class Alarm:
    """Rings when something is published on the channel. Use as an async context manager."""

    def __init__(self, redis_url: str, channel: str) -> None:
        self._url = redis_url
        self._channel = channel
        self._rung = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen(), name=f"alarm {self._channel}")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.cancel()
            # redis-py 8 may swallow a cancellation, so leaving is not made to wait for it.
            await asyncio.wait({self._listener}, timeout=LEAVE_S)

    def ring(self) -> None:
        """Wake the waiter from within this process."""
        self._rung.set()

    async def wait(self, timeout_s: float = POLL_S) -> None:
        """Return at the next ring, at once if it rang since the last wait, or after ``timeout_s``."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), timeout_s)
        self._rung.clear()

    async def _listen(self) -> None:
        while True:
            try:
                async with redis.asyncio.Redis.from_url(self._url) as client, client.pubsub() as channel:
                    await channel.subscribe(self._channel)
                    async for _ in channel.listen():
                        self._rung.set()
            except (redis.RedisError, OSError) as error:
                log.warning("alarm_deaf channel=%s reason=%s", self._channel, type(error).__name__)
                await asyncio.sleep(random.uniform(0.2, 0.6))  # noqa: S311 - jitter
