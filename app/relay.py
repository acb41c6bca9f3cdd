"""The relay: carries facts out of the outbox, in order, each at least once, and chains the audit.

One relay works at a time (app.sole). A fact counts as sent when the hubs were told and every
consumer named in app.routes has taken it; consumers are idempotent by the fact's id.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

import redis.asyncio
from prometheus_client import Counter, Gauge, Histogram

from app.nudges import Alarm
from app.sole import Held
from app.wiring import FACTS_CHANNEL
from core.schema import declare_facts
from core.shared.facts import RecordedFact, encode_fact
from core.store import (
    Database,
    StoreUnavailable,
    WaitingFact,
    chain_audit,
    mark_failed,
    mark_sent,
    unchained,
    waiting_facts,
)

log = logging.getLogger(__name__)

Consumer = Callable[[RecordedFact], Awaitable[None]]
Routes = Mapping[str, Sequence[Consumer]]

BATCH = 2000
# Facts in one publication: what a hub reads in a few milliseconds, during which it does nothing else.
WIDTH = 200

_published = Counter("s24_facts_published_total", "Facts carried out of the outbox")
_failed = Counter(
    "s24_facts_failed_total", "Facts that a consumer did not take; they are tried again", ["kind"]
)
_survived = Counter("s24_relay_survived_total", "Errors the relay's loop lived through", ["reason"])
_waited = Histogram(
    "s24_fact_wait_seconds",
    "From commit to publication",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
)
_backlog = Gauge("s24_outbox_backlog", "Facts found waiting", multiprocess_mode="livemax")


class Relay:
    """Publishes the outbox to the hubs and to the consumers of ``routes`` (by kind of fact)."""

    def __init__(self, database: Database, hubs: redis.asyncio.Redis, routes: Routes) -> None:
        self._database = database
        self._hubs = hubs
        self._routes = routes

    async def run(self, alarm: Alarm, stop: asyncio.Event, *, held: Held) -> None:
        """Work until ``stop``, or until ``held`` says that the lock was lost in some trouble.

        Survives a database or a Redis that goes away and comes back.
        """
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: alarm.ring())
        while not stop.is_set():
            busy = await self._try_to_publish()
            if busy is None and not held():
                log.warning("relay_lock_lost")
                break
            if not busy:
                await alarm.wait()
        stopping.cancel()

    async def publish_waiting(self) -> bool:
        """Publish one batch and chain the audit; whether there may be more."""
        batch = await self._database.read_async(waiting_facts, limit=BATCH)
        _backlog.set(len(batch))
        if batch:
            await self._publish(batch)
        if await self._database.read_async(unchained):
            await self._database.run_async(chain_audit)
        return len(batch) == BATCH

    async def _try_to_publish(self) -> bool | None:
        try:
            return await self.publish_waiting()
        except (redis.RedisError, OSError, StoreUnavailable) as error:
            _survived.labels(type(error).__name__).inc()
            log.warning("relay_held_up reason=%s", type(error).__name__)
        except Exception as error:
            # The relay is the one way out for every fact: it must outlive a bug anywhere below it.
            _survived.labels(type(error).__name__).inc()
            log.exception("relay_survived")
        return None

    async def _publish(self, batch: Sequence[WaitingFact]) -> None:
        await self._tell_hubs(batch)
        sent = [waiting.row for waiting in batch if await self._hand_over(waiting)]
        if sent:
            await self._database.run_async(mark_sent, rows=sent)
        _published.inc(len(sent))
        now = self._database.clock.now()
        for waiting in batch:
            _waited.observe(max(0.0, (now - waiting.recorded.at).total_seconds()))

    async def _tell_hubs(self, batch: Sequence[WaitingFact]) -> None:
        async with self._hubs.pipeline(transaction=False) as publications:
            for begin in range(0, len(batch), WIDTH):
                facts = [encode_fact(waiting.recorded) for waiting in batch[begin : begin + WIDTH]]
                publications.publish(FACTS_CHANNEL, json.dumps(facts, ensure_ascii=False))
            await publications.execute()

    async def _hand_over(self, waiting: WaitingFact) -> bool:
        fact = waiting.recorded.fact
        try:
            for consumer in self._routes.get(fact.kind, ()):
                await consumer(waiting.recorded)
        except (redis.RedisError, OSError, StoreUnavailable):
            # Not the fact's fault: it keeps its place and its tries.
            raise
        except Exception:
            _failed.labels(fact.kind).inc()
            log.exception("fact_not_taken kind=%s fact=%s", fact.kind, waiting.recorded.id)
            if await self._database.run_async(mark_failed, row=waiting.row):
                log.error("fact_parked kind=%s fact=%s", fact.kind, waiting.recorded.id)  # noqa: TRY400
            return False
        return True


async def run_relay(
    database: Database,
    *,
    redis_url: str,
    nudge_channel: str,
    routes: Routes,
    stop: asyncio.Event,
    held: Held,
) -> None:
    """Run a relay over the Redis at ``redis_url`` until ``stop`` or until the lock is no longer held."""
    declare_facts()
    async with Alarm(redis_url, nudge_channel) as alarm:
        hubs = redis.asyncio.Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2)
        try:
            await Relay(database, hubs, routes).run(alarm, stop, held=held)
        finally:
            with contextlib.suppress(redis.RedisError, OSError):
                await hubs.aclose()
