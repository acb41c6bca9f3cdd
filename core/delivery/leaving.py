"""Leaving what a mail came from, by the link in it: for that kind of event and over that channel only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from core.delivery.broadcast_rules import UnknownBroadcast
from core.delivery.choosing import choose_notice, preferences_of, unsubscribe
from core.delivery.model import BroadcastRow, DeliveryRow, NoticeChoiceRow
from core.delivery.preferences import CHOOSABLE, EventKind, When
from core.identity import person_by_identity
from core.shared.doors import Actor, Door, reached
from core.shared.ids import DeliveryId, PersonId
from core.store import Reading, UnitOfWork

FROM_A_MAIL = "it is reached by the link in a mail; elsewhere the same is chosen among the notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailList:
    """What a message belongs to. ``left``: nothing of it comes over this channel any more."""

    person_id: PersonId
    channel: str
    address: str
    events: Sequence[EventKind]
    left: bool


def list_of(reading: Reading, *, delivery_id: DeliveryId) -> MailList:
    """The mailing or the digests that a delivery belongs to. Raises: UnknownBroadcast if to none."""
    row = reading.session.get(DeliveryRow, delivery_id)
    events = [] if row is None else _events(reading, row.topic)
    if row is None or not events:
        raise UnknownBroadcast
    # Since then the account may have been joined with another one.
    owner = person_by_identity(reading, provider=row.carrier, subject=row.address)
    person_id = PersonId(row.person_id) if owner is None else owner.id
    wanted = preferences_of(reading, person_id=person_id)
    return MailList(
        person_id=person_id,
        channel=row.carrier,
        address=row.address,
        events=events,
        left=all(wanted.when(event, row.carrier) is When.OFF for event in events),
    )


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: FROM_A_MAIL, Door.API: FROM_A_MAIL})
def leave_list(uow: UnitOfWork, *, delivery_id: DeliveryId) -> MailList:
    """Send nothing of it over this channel again. Twice is once. Raises: UnknownBroadcast."""
    found = list_of(uow, delivery_id=delivery_id)
    for event in found.events:
        unsubscribe(uow, person_id=found.person_id, event=event, channels=[found.channel])
    return list_of(uow, delivery_id=delivery_id)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: FROM_A_MAIL, Door.API: FROM_A_MAIL})
def rejoin_list(uow: UnitOfWork, *, delivery_id: DeliveryId) -> MailList:
    """It was a mistake: as the preset says again, and if that says never, once a day. Raises: as above."""
    found = list_of(uow, delivery_id=delivery_id)
    for event in found.events:
        uow.session.execute(
            delete(NoticeChoiceRow).where(
                NoticeChoiceRow.person_id == found.person_id,
                NoticeChoiceRow.event == event,
                NoticeChoiceRow.channel == found.channel,
            )
        )
        if preferences_of(uow, person_id=found.person_id).when(event, found.channel) is When.OFF:
            choose_notice(
                uow, person_id=found.person_id, event=event, channel=found.channel, choice=When.DIGEST
            )
        uow.audit(f"resubscribed:{event}", actor=found.person_id, subject=f"person:{found.person_id}")
    return list_of(uow, delivery_id=delivery_id)


def _events(reading: Reading, topic: str) -> Sequence[EventKind]:
    thing, _, name = topic.partition(":")
    if thing == "digest":
        return CHOOSABLE
    row = reading.session.get(BroadcastRow, name) if thing == "broadcast" else None
    return [] if row is None else [EventKind(row.event)]
