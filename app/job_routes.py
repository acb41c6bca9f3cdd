"""From the fact that a job waits to the queue whose worker does it.

The queue carries a key and nothing else: the truth about a job is its row, whose lease lets one worker at a
time take it. So enqueuing twice, and a Redis wiped in between, do no harm.
"""

from __future__ import annotations

import asyncio

import redis
import rq
from rq.serializers import JSONSerializer

from analytics.job_names import JOBS
from app.relay import Routes
from core.jobs import JobWaiting
from core.shared.facts import RecordedFact

_JOB_LIMIT_S = 180
_KEPT_S = 300


class JobQueues:
    """The queues of the workers."""

    def __init__(self, redis_url: str) -> None:
        connection = redis.Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=2)
        names = {job.queue for job in JOBS.values()}
        self._queues = {
            name: rq.Queue(name, connection=connection, serializer=JSONSerializer) for name in names
        }

    def routes(self) -> Routes:
        """Return the consumer of the fact that a job waits."""
        return {JobWaiting.__name__: [self._enqueue]}

    async def _enqueue(self, recorded: RecordedFact) -> None:
        if isinstance(recorded.fact, JobWaiting):
            await asyncio.to_thread(self._put, recorded.fact)

    def _put(self, waiting: JobWaiting) -> None:
        name = JOBS[waiting.work]
        self._queues[name.queue].enqueue_call(
            func=name.function,
            args=(waiting.key,),
            timeout=_JOB_LIMIT_S,
            result_ttl=_KEPT_S,
            failure_ttl=_KEPT_S,
            # A worker killed with the job in hand: without a retry rq would call it failed at once.
            retry=rq.Retry(max=2),
        )
