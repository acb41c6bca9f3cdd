"""Putting the parts together: the database, its clock and the wake-ups that follow a commit."""

import logging
from datetime import timedelta

import redis
from prometheus_client import Counter

from app.settings import Settings
from core.shared.clock import SystemClock
from core.shared.facts import Fact
from core.store import Database

log = logging.getLogger(__name__)

FACTS_CHANNEL = "s24:facts"
RELAY_NUDGE = "s24:nudge"
INBOX_NUDGE = "s24:nudge:inbox"
SENDER_NUDGE = "s24:nudge:sender"

_nudges_lost = Counter("s24_nudges_lost_total", "Wake-ups that Redis did not take; a poll follows within 1 s")


def open_database(settings: Settings) -> Database:
    """The database of this instance; each commit that records facts wakes the relay."""
    return Database(
        settings.database_url,
        clock=SystemClock(offset=timedelta(seconds=settings.clock_offset_s)),
        on_commit=Nudge(settings.redis_url).after_commit,
    )


class Nudge:
    """Wakes the relay and the bots through Redis. A lost nudge costs a second: they also poll."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.Redis.from_url(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)

    def after_commit(self, _facts: list[Fact]) -> None:
        """Wake the relay: something waits in the outbox or in the audit."""
        self._publish(RELAY_NUDGE)

    def inbox(self) -> None:
        """Wake the bots: an update waits in the inbox."""
        self._publish(INBOX_NUDGE)

    def senders(self) -> None:
        """Wake the senders: a message is to be delivered."""
        self._publish(SENDER_NUDGE)

    def _publish(self, channel: str) -> None:
        try:
            self._redis.publish(channel, b"")
        except redis.RedisError:
            _nudges_lost.inc()
            log.debug("nudge_lost channel=%s", channel)
