"""The sender: claims what is due, has it rendered and sent, and writes down how it ended."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import assert_never

from prometheus_client import Counter

from core.delivery import (
    Delivery,
    DeliveryState,
    NewDelivery,
    claim_deliveries,
    delivery,
    give_up,
    mark_sent,
    mark_uncertain,
    next_due,
    postpone,
    release_claimed,
    release_expired,
)
from core.identity import mark_unreachable
from core.shared.errors import DomainError, RefusalKind
from core.shared.ids import DeliveryId
from core.store import Database, UnitOfWork
from messengers import Carrier, Site
from notifications.channels import Policies, addresses_of
from notifications.kinds import Kind, kind_of
from notifications.rendering import Obsolete, Renderer
from notifications.senders.port import (
    CarrierSender,
    Later,
    Outcome,
    Refused,
    Sent,
    Uncertain,
    Unreachable,
)

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
BATCH = 20
POLL_S = 1.0
RELEASE_EVERY_S = 10.0
# An edit waits for the message it changes to be sent.
EDIT_WAIT = timedelta(seconds=2)

_ended = Counter(
    "s24_deliveries_total", "Attempts to deliver, by carrier and outcome", ["carrier", "outcome"]
)
_survived = Counter("s24_sender_survived_total", "Errors the sender's loop lived through", ["reason"])


class Sender:
    """Delivers over the given carriers. One runs, under the relay's lock; it takes over from a dead one."""

    def __init__(
        self,
        database: Database,
        senders: Sequence[CarrierSender],
        *,
        public_url: str,
        files: Path,
        policies: Policies,
    ) -> None:
        self._database = database
        self._senders = {sender.carrier: sender for sender in senders}
        self._policies = policies
        self._render = Renderer(site=Site(public_url), files=files, policies=policies)
        self._awake = asyncio.Event()
        self._next_release = 0.0

    def wake(self) -> None:
        """Something may have become due."""
        self._awake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop``; what is in hand is finished, what is claimed and unsent gets uncertain."""
        took_over = False
        try:
            while not stop.is_set():
                self._awake.clear()
                took_over = took_over or await self._survive(self._take_over) is not None
                if not took_over or not await self._survive(self.deliver_due):
                    await self._rest(stop)
        finally:
            for sender in self._senders.values():
                await sender.close()

    async def deliver_due(self) -> int:
        """Deliver what is due now, at most a batch; how many were tried."""
        await self._release()
        carriers = [carrier.value for carrier in self._senders]
        due_at = await self._database.read_async(next_due, carriers=carriers)
        if due_at is None or due_at > self._database.clock.now():
            return 0
        claimed = await self._database.run_async(
            claim_deliveries, carriers=carriers, limit=BATCH, lease=LEASE
        )
        await asyncio.gather(*(self._deliver(one) for one in claimed))
        return len(claimed)

    async def _release(self) -> None:
        if time.monotonic() >= self._next_release:
            await self._database.run_async(release_expired)
            self._next_release = time.monotonic() + RELEASE_EVERY_S

    async def _take_over(self) -> int:
        return await self._database.run_async(release_claimed)

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

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(self._awake.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _deliver(self, one: Delivery) -> None:
        try:
            outcome = await self._attempt(one)
        except DomainError as refusal:
            if refusal.kind is RefusalKind.UNAVAILABLE:
                # Nothing can be written down now: the lease will end and make it uncertain.
                return
            outcome = Refused(refusal.code)
        except Exception as failure:
            log.exception("delivery_broke_off delivery=%s kind=%s", one.id, one.kind)
            outcome = Later(type(failure).__name__)
        _ended.labels(one.carrier, type(outcome).__name__).inc()
        log.info(
            "delivery_tried delivery=%s fact=%s carrier=%s kind=%s outcome=%s",
            one.id, one.fact_id, one.carrier, one.kind, type(outcome).__name__,
        )  # fmt: skip
        await self._write_down(one, outcome)

    async def _attempt(self, one: Delivery) -> Outcome:
        sender = self._senders[Carrier(one.carrier)]
        original: Delivery | None = None
        if kind_of(one.kind) is Kind.EDIT:
            original = await self._database.read_async(delivery, delivery_id=DeliveryId(one.details["edits"]))
            waiting = _wait_for(original)
            if waiting is not None:
                return waiting
        try:
            screen = await self._database.read_async(self._render, one)
        except Obsolete as reason:
            return Refused(f"obsolete_{reason}")
        if original is not None and original.native_id is not None:
            return await sender.edit(
                one.address, original.native_id, screen, delivery_id=one.id, urgency=one.urgency
            )
        return await sender.send(one.address, screen, delivery_id=one.id, urgency=one.urgency)

    async def _write_down(self, one: Delivery, outcome: Outcome) -> None:
        match outcome:
            case Sent(native_id):
                await self._database.run_async(mark_sent, delivery_id=one.id, native_id=native_id)
            case Later(reason, wait, tried):
                await self._database.run_async(
                    postpone, delivery_id=one.id, reason=reason, wait=wait, tried=tried
                )
            case Uncertain(reason):
                await self._database.run_async(mark_uncertain, delivery_id=one.id, reason=reason)
            case Refused(reason):
                await self._database.run_async(give_up, delivery_id=one.id, reason=reason)
            case Unreachable(reason):
                await self._database.run_async(
                    _take_another_way, one=one, reason=reason, policies=self._policies
                )
                self.wake()
            case _:
                assert_never(outcome)


def _wait_for(original: Delivery | None) -> Outcome | None:
    """What stands in the way of an edit: a message not sent yet, or none that could be changed."""
    if original is None or original.state is DeliveryState.FAILED:
        return Refused("nothing_to_edit")
    if original.state is not DeliveryState.SENT:
        return Later("message_not_sent_yet", EDIT_WAIT)
    return None if original.native_id else Refused("nothing_to_edit")


def _take_another_way(uow: UnitOfWork, *, one: Delivery, reason: str, policies: Policies) -> None:
    """The messenger is closed for good: mark it so and ask for the next of the person's ways."""
    mark_unreachable(uow, provider=one.carrier, subject=one.address)
    ways = [
        way
        for way in addresses_of(uow, person_id=one.person_id, policies=policies)
        if way.carrier != one.carrier
    ]
    instead = [
        NewDelivery(
            fact_id=one.fact_id,
            person_id=one.person_id,
            kind=one.kind,
            carrier=way.carrier,
            address=way.name,
            topic=one.topic,
            urgency=one.urgency,
            due_at=uow.now,
            details=one.details,
        )
        for way in ways[:1]
        # An edit has no copy elsewhere to change.
        if kind_of(one.kind) is not Kind.EDIT
    ]
    give_up(uow, delivery_id=one.id, reason=reason, instead=instead)
