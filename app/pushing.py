"""What the sending side does by the clock: people of a broadcast are asked for, due digests are closed.

Beside the relay and not among the chores of cron: it wakes the sender of its own process, and cron stays
without the libraries of the messengers.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from prometheus_client import Counter

from app.carriers import live_policies
from app.settings import Settings
from app.wiring import Nudge
from core.store import Database, StoreUnavailable
from notifications import Sender, push_broadcasts, send_due_digests

log = logging.getLogger(__name__)

BROADCASTS_EVERY_S = 1.0
DIGESTS_EVERY_S = 30.0

_survived = Counter("s24_pushing_survived_total", "Errors the pushing lived through", ["step", "reason"])


async def push(settings: Settings, database: Database, sender: Sender, stop: asyncio.Event) -> None:
    """Push until ``stop``, surviving whatever happens below."""
    policies = live_policies(settings, database)
    nudge = Nudge(settings.redis_url)
    steps: dict[str, tuple[float, Callable[[], int]]] = {
        "broadcasts": (BROADCASTS_EVERY_S, lambda: push_broadcasts(database, policies=policies)),
        "digests": (DIGESTS_EVERY_S, lambda: send_due_digests(database, policies=policies)),
    }
    due = dict.fromkeys(steps, 0.0)
    while not stop.is_set():
        for name, (every_s, step) in steps.items():
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + every_s
                if await _survive(name, step):
                    sender.wake()
                    await asyncio.to_thread(nudge.senders)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BROADCASTS_EVERY_S)


async def _survive(name: str, step: Callable[[], int]) -> int:
    try:
        return await asyncio.to_thread(step)
    except StoreUnavailable:
        _survived.labels(name, "StoreUnavailable").inc()
        log.warning("pushing_held_up step=%s", name)
    except Exception as failure:
        # A bug in one broadcast must not keep digests, or the next broadcast, from going out.
        _survived.labels(name, type(failure).__name__).inc()
        log.exception("pushing_survived step=%s", name)
    return 0
