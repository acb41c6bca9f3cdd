"""The sender: claims what is due, lane by lane, and has it handed over.

Several may run at once. The rows decide who sends what (leases), the limiter decides when.
"""

import asyncio
import logging
import time
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from prometheus_client import Counter

from core.delivery import (
    Delivery,
    Urgency,
    claim_deliveries,
    next_due,
    release_claimed,
    release_expired,
)
from core.shared.errors import DomainError, RefusalKind
from core.store import Database
from messengers import Carrier, Policies, Site
from notifications.handing_over import HandingOver
from notifications.rendering import Renderer
from notifications.senders.port import CarrierSender

log = logging.getLogger(__name__)

# Longer than a message may wait for its place (15 s) and for the messenger's answer (twice 20 s).
LEASE = timedelta(seconds=90)
# How many messages of each lane a sender takes in hand. A second of a messenger's limit is thirty, so the
# mass mailing is never far ahead; the urgent have room of their own beside it.
ROOM: Mapping[Urgency, int] = {
    Urgency.CRITICAL: 32,
    Urgency.REPLY: 16,
    Urgency.PERSONAL: 16,
    Urgency.BULK: 24,
}
# A claim waits for the disk and for other writers; nothing urgent is to wait for a mailing's one besides.
LINES: Sequence[frozenset[Urgency]] = (frozenset(Urgency) - {Urgency.BULK}, frozenset({Urgency.BULK}))
POLL_S = 1.0
RELEASE_EVERY_S = 10.0
STOP_LIMIT_S = 8.0

_survived = Counter("s24_sender_survived_total", "Errors the sender's loop lived through", ["reason"])


class Sender:
    """Delivers over the given carriers.

    name: who holds the leases. succeeds: whether a dead sender of the same name may be taken over from at
    the start, for one whose name is guarded by a lock. room: messages in hand by lane.
    """

    def __init__(
        self,
        database: Database,
        senders: Sequence[CarrierSender],
        *,
        public_url: str,
        files: Path,
        policies: Policies,
        name: str = "relay",
        succeeds: bool = True,
        room: Mapping[Urgency, int] = ROOM,
    ) -> None:
        self._database = database
        self._senders = {sender.carrier: sender for sender in senders}
        render = Renderer(site=Site(public_url), files=files, policies=policies)
        self._hand_over = HandingOver(database, self._senders, render=render, policies=policies)
        self._name = name
        self._succeeds = succeeds
        self._room = room
        self._awake = {(carrier, lanes): asyncio.Event() for carrier in self._senders for lanes in LINES}
        self._in_hand: dict[Carrier, dict[asyncio.Task[None], Urgency]] = {
            carrier: {} for carrier in self._senders
        }
        self._next_release = 0.0

    def wake(self) -> None:
        """Something may have become due."""
        for awake in self._awake.values():
            awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop``; what is in hand is finished, what cannot be becomes uncertain."""
        try:
            while not stop.is_set() and await self._survive(self._take_over) is None:
                await _either(stop, limit_s=POLL_S)
            await asyncio.gather(*(self._serve(carrier, lanes, stop) for carrier, lanes in self._awake))
        finally:
            await self._put_down()
            for sender in self._senders.values():
                await sender.close()

    async def deliver_due(self) -> int:
        """Deliver what is due now, at most a handful a lane, to the end; how many were tried."""
        await self._release()
        # Those of one messenger may be done before the next one's are in hand.
        tried = [await self._take_in_hand(carrier, lanes) for carrier, lanes in self._awake]
        await asyncio.gather(*(task for hand in self._in_hand.values() for task in hand))
        return sum(tried)

    async def _serve(self, carrier: Carrier, lanes: frozenset[Urgency], stop: asyncio.Event) -> None:
        """One loop for the urgent and one for the mass of a messenger: a slow messenger holds up no other."""
        awake = self._awake[carrier, lanes]
        while not stop.is_set():
            awake.clear()
            await self._survive(lambda: self._take_in_hand(carrier, lanes))
            await self._survive(self._release)
            await _either(awake, stop, limit_s=POLL_S)

    async def _take_in_hand(self, carrier: Carrier, lanes: frozenset[Urgency]) -> int:
        held = Tally(self._in_hand[carrier].values())
        due = await self._database.read_async(next_due, carrier=carrier)
        now = self._database.clock.now()
        room = {
            lane: self._room[lane] - held[lane]
            for lane, moment in due.items()
            if lane in lanes and moment <= now
        }
        if not any(free > 0 for free in room.values()):
            return 0
        claimed = await self._database.run_async(
            claim_deliveries, carrier=carrier, room=room, sender=self._name, lease=LEASE
        )
        for one in claimed:
            self._start(carrier, one)
        return len(claimed)

    def _start(self, carrier: Carrier, one: Delivery) -> None:
        task = asyncio.create_task(self._hand_over(one), name=f"delivery {one.id}")
        hand = self._in_hand[carrier]
        hand[task] = one.urgency

        def put_down(_: asyncio.Task[None]) -> None:
            lane = hand.pop(task)
            # At half of a hand, not at each message: a claim costs more than a row.
            if sum(held is lane for held in hand.values()) * 2 <= self._room[lane]:
                self._awake[carrier, _line_of(lane)].set()

        task.add_done_callback(put_down)

    async def _release(self) -> int:
        if time.monotonic() < self._next_release:
            return 0
        self._next_release = time.monotonic() + RELEASE_EVERY_S
        return await self._database.run_async(release_expired)

    async def _take_over(self) -> int:
        if not self._succeeds:
            return 0
        return await self._database.run_async(release_claimed, sender=self._name)

    async def _put_down(self) -> None:
        tasks = [task for hand in self._in_hand.values() for task in hand]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_LIMIT_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _survive(self, step: Callable[[], Awaitable[int]]) -> int | None:
        """Do the step; None if it could not be done this time."""
        try:
            return await step()
        except DomainError as refusal:
            if refusal.kind is not RefusalKind.UNAVAILABLE:
                raise
            _survived.labels(type(refusal).__name__).inc()
            log.warning("sender_held_up reason=%s", refusal.code)
        except Exception as failure:
            # The sender is the one way out for every message: it must outlive a bug anywhere below it.
            _survived.labels(type(failure).__name__).inc()
            log.exception("sender_survived")
        return None


async def _either(*events: asyncio.Event, limit_s: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _line_of(lane: Urgency) -> frozenset[Urgency]:
    return next(lanes for lanes in LINES if lane in lanes)
