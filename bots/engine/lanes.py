"""Lanes: updates of one chat in their order, chats side by side, nothing forgotten, nothing held up.

The inbox table is the queue; memory holds only which rows are being worked on. A crash loses nothing:
the next start reads the same rows.
"""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from prometheus_client import Counter, Histogram

from core.shared.errors import DomainError, RefusalKind
from core.store import Database, WaitingUpdate, fail_update, waiting_updates

log = logging.getLogger(__name__)

POLL_S = 1.0
PAGE = 500
# Beyond this many updates of a carrier in memory the rest waits in the table. Of each carrier apart: one that
# does not answer must not fill the room of the others.
MOST_HELD = 2000
# A person's own lane slows down beyond this; nobody else's does.
BURST, PER_SECOND = 40, 8.0

_updates = Counter(
    "s24_updates_total", "Updates of messengers, by what became of an attempt", ["carrier", "outcome"]
)
_waited = Histogram(
    "s24_update_seconds",
    "From the inbox to the settled update",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)

Work = Callable[[WaitingUpdate], Awaitable[None]]


class CarrierUnavailable(Exception):
    """The messenger does not answer now; the update waits, it is not to blame. Field: seconds to wait."""

    def __init__(self, wait_s: float = 0.0) -> None:
        super().__init__(f"the messenger does not answer, wait {wait_s} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Allowance:
    tokens: float = BURST
    at: float = field(default_factory=time.monotonic)

    def wait_s(self) -> float:
        """Seconds this chat has to wait before its next update is worked on."""
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.at) * PER_SECOND)
        self.at = now
        self.tokens -= 1
        return max(0.0, -self.tokens / PER_SECOND)


class Lanes:
    """Works through the inbox of the given carriers until told to stop.

    work: handles one update and settles its row; an exception means it is to be tried again.
    """

    def __init__(
        self, database: Database, *, carriers: Sequence[str], work: Work, concurrency: int = 100
    ) -> None:
        self._database = database
        self._carriers = list(carriers)
        self._work = work
        self._slots = asyncio.Semaphore(concurrency)
        self._held: dict[str, set[int]] = {carrier: set() for carrier in carriers}
        self._done_since_fetch: set[int] = set()
        self._lanes: dict[str, deque[WaitingUpdate]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._allowances: dict[str, _Allowance] = defaultdict(_Allowance)
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Something may have come into the inbox."""
        self._awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; updates in hand are finished or left in the inbox."""
        try:
            while not stop.is_set():
                self._awake.clear()
                await self._survive(self.fetch())
                await _either(self._awake, stop, limit_s=POLL_S)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Work until nothing is left; for tests and for an orderly end."""
        while await self.fetch() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def fetch(self) -> int:
        """Put what waits in the inbox into its lanes; how many rows were new."""
        fresh, above, carriers = 0, 0, self._carriers
        # A row may be settled while a page that still shows it is on its way to us.
        self._done_since_fetch.clear()
        # One that is full stays out to the end of this reading: its rows are entered in their order.
        while carriers := [one for one in carriers if len(self._held[one]) < MOST_HELD]:
            page = await self._database.read_async(
                waiting_updates, carriers=carriers, above=above, limit=PAGE
            )
            for update in page:
                above = update.row
                if update.row not in self._held[update.carrier] and update.row not in self._done_since_fetch:
                    fresh += 1
                    self._enter(update)
            if len(page) < PAGE:
                break
        return fresh

    def _enter(self, update: WaitingUpdate) -> None:
        self._held[update.carrier].add(update.row)
        lane = f"{update.carrier}:{update.lane}"
        if lane in self._lanes:
            self._lanes[lane].append(update)
            return
        self._lanes[lane] = deque([update])
        task = asyncio.create_task(self._walk(lane), name=f"lane {lane}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _walk(self, lane: str) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                update = waiting[0]
                if pause_s := self._allowances[lane].wait_s():
                    await asyncio.sleep(pause_s)
                await self._until_done(update)
                waiting.popleft()
                self._done_since_fetch.add(update.row)
                self._held[update.carrier].discard(update.row)
        finally:
            # A lane that broke off gives its rows back: the next fetch reads them again.
            for update in waiting:
                self._held[update.carrier].discard(update.row)
            del self._lanes[lane]
            if len(self._allowances) > MOST_HELD:
                self._allowances.clear()

    async def _until_done(self, update: WaitingUpdate) -> None:
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self._slots:
                    await self._work(update)
            except CarrierUnavailable as failure:
                _updates.labels(update.carrier, "carrier_away").inc()
                await asyncio.sleep(max(failure.wait_s, min(30.0, 0.2 * 2**attempt)))
            except Exception as failure:  # noqa: BLE001 - logged, counted and parked by _failed
                if is_unavailable(failure):
                    await asyncio.sleep(min(5.0, 0.1 * 2**attempt))
                elif await self._failed(update, failure):
                    return
                else:
                    await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
            else:
                _updates.labels(update.carrier, "settled").inc()
                _waited.observe(self._age_s(update))
                return

    def _age_s(self, update: WaitingUpdate) -> float:
        return max(0.0, (self._database.clock.now() - update.received_at).total_seconds())

    async def _failed(self, update: WaitingUpdate, failure: Exception) -> bool:
        """Count a failed attempt; True if the update is given up so that its lane may go on."""
        _updates.labels(update.carrier, "failed").inc()
        log.error("update_failed carrier=%s update=%s", update.carrier, update.update_key, exc_info=failure)
        try:
            parked = await self._database.run_async(
                fail_update, row=update.row, failure=type(failure).__name__
            )
        except Exception as trouble:
            if is_unavailable(trouble):
                return False
            raise
        if parked:
            _updates.labels(update.carrier, "parked").inc()
            log.error("update_parked carrier=%s update=%s", update.carrier, update.update_key)
        return parked

    async def _survive(self, step: Awaitable[int]) -> None:
        try:
            await step
        except Exception as failure:
            if not is_unavailable(failure):
                raise
            log.warning("inbox_unreadable reason=%s", type(failure).__name__)


def is_unavailable(failure: BaseException) -> bool:
    """Whether the store, not the update, is the cause."""
    return isinstance(failure, DomainError) and failure.kind is RefusalKind.UNAVAILABLE


async def _either(awake: asyncio.Event, stop: asyncio.Event, *, limit_s: float) -> None:
    waits = [asyncio.create_task(awake.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
