"""Redis between processes: it carries facts and nudges, never truth.

A PUBLISH that nobody hears is gone, so every loss of the link is reported through ``on_link`` and the hub
then compares what it has shown with the database (realtime.healing).
"""

import asyncio
import json
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from realtime import measures
from realtime.subscription import Subscription

log = logging.getLogger(__name__)

FACTS: Final = "s24:facts"
PRESENCE: Final = "s24:presence"
NUDGE_INBOX: Final = "s24:nudge:inbox"

FIRST_RETRY_S: Final = 0.05
LAST_RETRY_S: Final = 2.0
COMMAND_TIMEOUT_S: Final = 2.0
# A link that says nothing for this long is asked whether it is still there, and is lost when it has not
# answered by then. A revocation that nobody hears must leave time for a look at the database within 2 s.
ASKED_AFTER_S: Final = 0.5
LOST_AFTER_S: Final = 1.25
LISTEN_S: Final = 0.25
# If it was this process that stood still, the answers are there and have not been read.
LEAST_ASKED: Final = 2
MOST_PUBLISHING: Final = 1_000

Listener = Callable[[Any], None]


@dataclass(slots=True)
class Bus:
    """Listens on Redis channels for as long as the hub lives and publishes short messages.

    ``listeners`` get the decoded JSON of each message; they must not wait. ``on_link`` is told True after
    each (re)connection, when all channels are subscribed, and False when the link is lost.
    """

    url: str
    listeners: Mapping[str, Listener]
    on_link: Callable[[bool], None]
    up: bool = False
    # redis-py may swallow a cancellation that comes while a command is under way, so it is not enough.
    stopping: bool = False
    _redis: Redis | None = None
    _publishing: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Listen until cancelled or ``stopping``; reconnect with growing, jittered pauses."""
        self._redis = self._connect()
        pause = FIRST_RETRY_S
        try:
            while not self.stopping:
                try:
                    await self._listen(self._redis)
                except (RedisError, OSError, TimeoutError) as error:
                    if self.up:
                        pause = FIRST_RETRY_S
                    self._lost(error)
                # All hubs lose a restarted Redis in the same moment and must not come back in one.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
                pause = min(LAST_RETRY_S, pause * 2)
        finally:
            await self._close()

    def publish(self, channel: str, message: object) -> None:
        """Tell other processes, best effort: without Redis it is dropped, and they poll."""
        if len(self._publishing) >= MOST_PUBLISHING:
            return
        task = asyncio.create_task(self._publish(channel, json.dumps(message)))
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    def _connect(self) -> Redis:
        # The plain pool raises at its hundredth connection instead of waiting for a free one.
        pool = BlockingConnectionPool.from_url(
            self.url,
            max_connections=16,
            timeout=COMMAND_TIMEOUT_S,
            socket_connect_timeout=COMMAND_TIMEOUT_S,
            socket_timeout=COMMAND_TIMEOUT_S,
        )
        return Redis(connection_pool=pool)

    async def _listen(self, redis: Redis) -> None:
        connection = redis.connection_pool.make_connection()  # type: ignore[no-untyped-call] # redis-py's own
        try:
            await connection.connect()
            subscription = Subscription(tuple(self.listeners), ready=self._linked, heard=self._heard)
            subscription.take(connection)
            while not self.stopping:
                lost = await subscription.lost_within(LISTEN_S)
                if lost is not None:
                    raise lost
                silent_s = asyncio.get_running_loop().time() - subscription.silent_since
                if silent_s > LOST_AFTER_S and subscription.asked >= LEAST_ASKED:
                    raise TimeoutError("Redis does not answer")
                if silent_s > ASKED_AFTER_S:
                    subscription.ask()
        finally:
            # Its own reader is not told of the end any more, so there is nothing to wait for.
            await connection.disconnect(nowait=True)

    def _heard(self, channel: str, data: bytes) -> None:
        try:
            self.listeners[channel](json.loads(data))
        except Exception:
            # One publication that cannot be read must not cost the others: heads are compared anyway.
            measures.unreadable_facts.inc()
            log.exception("publication_unreadable channel=%s", channel)

    def _linked(self) -> None:
        self.up = True
        measures.link_up.set(1)
        log.info("live_link_up")
        self.on_link(True)

    def _lost(self, error: BaseException) -> None:
        if not self.up:
            return
        self.up = False
        measures.link_up.set(0)
        measures.link_losses.inc()
        log.warning("live_link_lost reason=%s", type(error).__name__)
        self.on_link(False)

    async def _publish(self, channel: str, message: str) -> None:
        if self._redis is None:
            return
        try:
            await self._redis.publish(channel, message)
        except (RedisError, OSError, TimeoutError) as error:
            log.debug("live_publish_dropped channel=%s reason=%s", channel, type(error).__name__)

    async def _close(self) -> None:
        self.up = False
        for task in self._publishing:
            task.cancel()
        if self._redis is not None:
            await self._redis.aclose(close_connection_pool=True)
