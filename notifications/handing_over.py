"""One delivery: have it drawn, hand it to its messenger, and say how it ended."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from prometheus_client import Counter

from core.delivery import (
    Delivery,
    DeliveryState,
    NewDelivery,
    Urgency,
    delivery,
    give_up,
    mark_mass_sent,
    mark_sent,
    mark_uncertain,
    postpone,
)
from core.identity import mark_unreachable
from core.shared.errors import DomainError, RefusalKind
from core.shared.ids import DeliveryId
from core.store import Database, Gathering, GroupCommit, UnitOfWork
from messengers import Carrier, Policies, Screen, in_parts
from notifications.channels import addresses_of, told_over
from notifications.kinds import Kind, kind_of
from notifications.obsolete import NotYet, Obsolete, WayClosed
from notifications.rendering import Renderer
from notifications.senders.port import (
    CarrierSender,
    Later,
    Outcome,
    Refused,
    Sent,
    Uncertain,
    Unreachable,
)
from notifications.timing import QUIET, next_waking_moment

log = logging.getLogger(__name__)

# An edit waits for the message it changes to be sent.
EDIT_WAIT = timedelta(seconds=2)
# How long the ending of a mass message waits for others. What a kill finds unwritten ends as uncertain, and
# nothing of a mailing is sent again for it.
GATHER_S = 0.15
MOST_AT_ONCE, MOST_WAITING = 200, 10_000

_ended = Counter(
    "s24_deliveries_total", "Attempts to deliver, by carrier and outcome", ["carrier", "outcome"]
)


class HandingOver:
    """Hands claimed deliveries over, many at a time; what they end with is committed in groups."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[Carrier, CarrierSender],
        *,
        render: Renderer,
        policies: Policies,
    ) -> None:
        self._database = database
        self._senders = senders
        self._render = render
        self._policies = policies
        # Those of a mailing apart: nothing urgent waits until a crowd of others is drawn.
        self._screens, self._mass_screens = (
            Gathering[Delivery, Screen | Exception](
                work=self._draw, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING
            )
            for _ in range(2)
        )
        self._endings = GroupCommit(database)
        self._mass_endings: Gathering[tuple[DeliveryId, str | None], None] = Gathering(
            work=self._note_mass, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING
        )

    async def __call__(self, one: Delivery) -> None:
        """Deliver and write down the outcome. Without a store the lease ends and makes it uncertain."""
        try:
            outcome = _not_at_night(one, self._database.clock.now()) or await self._attempt(one)
        except DomainError as refusal:
            if refusal.kind is RefusalKind.UNAVAILABLE:
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
        try:
            if one.urgency is Urgency.BULK and isinstance(outcome, Sent):
                # To the next beat: all who end before it are written down together.
                await asyncio.sleep(GATHER_S - time.monotonic() % GATHER_S)
                await self._mass_endings.ask((one.id, outcome.native_id))
            else:
                await self._endings.write(_ending(one, outcome, self._policies))
        except Exception:
            # The lease will end and say that nobody knows.
            log.exception("ending_not_written delivery=%s", one.id)

    async def _attempt(self, one: Delivery) -> Outcome:
        sender = self._senders[Carrier(one.carrier)]
        original: Delivery | None = None
        if kind_of(one.kind) is Kind.EDIT:
            original = await self._database.read_async(delivery, delivery_id=DeliveryId(one.details["edits"]))
            waiting = _wait_for(original)
            if waiting is not None:
                return waiting
        try:
            screens = self._mass_screens if one.urgency is Urgency.BULK else self._screens
            screen = await screens.ask(one)
            if isinstance(screen, Exception):
                raise screen
        except Obsolete as reason:
            return Refused(f"obsolete_{reason}")
        except NotYet as reason:
            return Later(f"not_yet_{reason}", NotYet.wait, tried=False)
        except WayClosed as reason:
            return Unreachable(str(reason), closed_by_us=True)
        if original is not None and original.native_id is not None:
            return await sender.edit(
                one.address, original.native_id, screen, delivery_id=one.id, urgency=one.urgency
            )
        return await _sent_in_parts(sender, one, screen)

    async def _draw(self, batch: Sequence[Delivery]) -> Sequence[Screen | Exception]:
        return await self._database.read_async(self._render.together, batch)

    async def _note_mass(self, batch: Sequence[tuple[DeliveryId, str | None]]) -> Sequence[None]:
        await self._endings.write(lambda uow: mark_mass_sent(uow, sent=batch))
        return [None] * len(batch)


async def _sent_in_parts(sender: CarrierSender, one: Delivery, screen: Screen) -> Outcome:
    """Send it, as several messages where one does not hold it; the last one is the delivery's own.

    What breaks off in between is repeated from the beginning, as a message whose answer was lost.
    """
    *first, last = in_parts(screen, sender.carrier)
    for number, part in enumerate(first):
        part_id = DeliveryId(f"{one.id}-{number}")
        outcome = await sender.send(one.address, part, delivery_id=part_id, urgency=one.urgency)
        if not isinstance(outcome, Sent):
            return outcome
    return await sender.send(one.address, last, delivery_id=one.id, urgency=one.urgency)


def _not_at_night(one: Delivery, now: datetime) -> Outcome | None:
    """What a pause of the messenger or an outage took into the quiet hours waits for their end."""
    zone = one.details.get(QUIET)
    morning = now if zone is None else next_waking_moment(now, zone)
    return None if morning == now else Later("not_yet_morning", morning - now, tried=False)


def _wait_for(original: Delivery | None) -> Outcome | None:
    """What stands in the way of an edit: a message not sent yet, or none that could be changed."""
    if original is None or original.state is DeliveryState.FAILED:
        return Refused("nothing_to_edit")
    if original.state is not DeliveryState.SENT:
        return Later("not_yet_sent", EDIT_WAIT)
    return None if original.native_id else Refused("nothing_to_edit")


def _ending(one: Delivery, outcome: Outcome, policies: Policies) -> Callable[[UnitOfWork], None]:
    """What is to be written down."""

    def write(uow: UnitOfWork) -> None:
        match outcome:
            case Sent(native_id):
                mark_sent(uow, delivery_id=one.id, native_id=native_id)
            case Later(reason, wait, tried):
                postpone(uow, delivery_id=one.id, attempt=one.attempts, reason=reason, wait=wait, tried=tried)
            case Uncertain(reason):
                mark_uncertain(uow, delivery_id=one.id, attempt=one.attempts, reason=reason)
            case Refused(reason):
                give_up(uow, delivery_id=one.id, attempt=one.attempts, reason=reason)
            case Unreachable(reason, closed_by_us):
                if not closed_by_us:
                    mark_unreachable(uow, provider=one.carrier, subject=one.address)
                _take_another_way(uow, one=one, reason=reason, policies=policies)
            case _:
                assert_never(outcome)

    return write


def _take_another_way(uow: UnitOfWork, *, one: Delivery, reason: str, policies: Policies) -> None:
    """This messenger is closed: ask for the next of the person's ways."""
    every = addresses_of(uow, person_id=one.person_id, policies=policies)
    ways = [way for way in every if way.carrier != one.carrier]
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
        for way in told_over(ways[:1], ways)
        # An edit has no copy elsewhere to change.
        if kind_of(one.kind) is not Kind.EDIT
    ]
    give_up(uow, delivery_id=one.id, attempt=one.attempts, reason=reason, instead=instead)
