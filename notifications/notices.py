"""A notice for each of its people: shown now and over what, kept for the digest, or not shown at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.delivery import (
    EventKind,
    NewDelivery,
    Preferences,
    Urgency,
    WaitingNotice,
    When,
    enqueue,
    keep_for_digest,
)
from core.shared.ids import FactId, PersonId
from core.store import UnitOfWork
from messengers import Carrier
from notifications.channels import Address, told_over
from notifications.kinds import Kind
from notifications.timing import QUIET, next_digest_moment, next_waking_moment

BEYOND_BUDGET = "beyond_budget"
"""In the details of a notice that waits because the day has brought enough of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people are to be told.

    everywhere: over all their carriers, else over the first that they want it on. zone: whose night is kept
    quiet; None if it has been thought of already or there is none. awake: the person was here a moment ago.
    over: the carrier on which it was asked for, if it is still a way to the person.
    only_in_digest: it disturbs nobody, however urgent its thing is.
    """

    kind: Kind
    event: EventKind
    topic: str
    people: Sequence[PersonId]
    urgency: Urgency
    due_at: datetime
    zone: str | None = None
    awake: bool = False
    everywhere: bool = False
    only_in_digest: bool = False
    over: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a notice is shown at once, or that it waits for the digest; neither: it is not wanted."""

    now: Sequence[Address]
    in_digest: bool


def where_shown(notice: Notice, ways: Sequence[Address], wanted: Preferences) -> Shown:
    """What becomes of a notice for a person with these ways and wishes.

    Critical ones and one's own affairs are not asked about: they are always told.
    """
    every, ways = ways, [way for way in ways if way.carrier == notice.over] or ways
    if notice.only_in_digest:
        now = []
    elif notice.urgency is Urgency.CRITICAL:
        now = list(ways)
    else:
        now = [way for way in ways if wanted.when(notice.event, way.carrier) is When.NOW]
    if now:
        return Shown(told_over(now if notice.everywhere else now[:1], every), in_digest=False)
    wishes = {wanted.when(notice.event, way.carrier) for way in ways}
    return Shown([], wishes != {When.OFF} if notice.only_in_digest else When.DIGEST in wishes)


def tell(
    uow: UnitOfWork,
    notice: Notice,
    *,
    fact_id: FactId,
    ways: Mapping[PersonId, Sequence[Address]],
    wanted: Mapping[PersonId, Preferences],
    spared: Collection[PersonId] = (),
) -> int:
    """Ask for the messages, or keep the notice for digests, for all who have ways; how many rows are new.

    spared: those who have been told enough for a day; it waits for the digest of the day it would come on.
    """
    deliveries: list[NewDelivery] = []
    waiting: list[WaitingNotice] = []
    late = replace(notice, only_in_digest=True, details=notice.details | {BEYOND_BUDGET: True})
    beyond: list[WaitingNotice] = []
    for person_id, own in ways.items():
        enough = person_id in spared and bool(where_shown(notice, own, wanted[person_id]).now)
        said = late if enough else notice
        shown = where_shown(said, own, wanted[person_id])
        if shown.in_digest:
            (beyond if enough else waiting).append(_waiting(uow, said, fact_id, person_id))
        deliveries += [_delivery(said, fact_id, person_id, way) for way in shown.now]
    zone = notice.zone or "Europe/Moscow"
    tonight = next_digest_moment(uow.now, zone)
    then = next_digest_moment(max(uow.now, notice.due_at), zone)
    kept = keep_for_digest(uow, notices=waiting, due_at=tonight)
    return kept + keep_for_digest(uow, notices=beyond, due_at=then) + enqueue(uow, deliveries=deliveries)


def _waiting(uow: UnitOfWork, notice: Notice, fact_id: FactId, person_id: PersonId) -> WaitingNotice:
    return WaitingNotice(
        fact_id=fact_id,
        person_id=person_id,
        event=notice.event,
        kind=notice.kind,
        topic=notice.topic,
        details=notice.details,
        noticed_at=uow.now,
    )


def _delivery(notice: Notice, fact_id: FactId, person_id: PersonId, way: Address) -> NewDelivery:
    return NewDelivery(
        fact_id=fact_id,
        person_id=person_id,
        kind=notice.kind,
        carrier=way.carrier,
        address=way.name,
        topic=notice.topic,
        urgency=notice.urgency,
        due_at=_moment(notice, way),
        # The sender looks again: a pause of the messenger or an outage may take it into the night.
        details=notice.details | ({QUIET: notice.zone} if _keeps_quiet(notice, way) else {}),
    )


def _moment(notice: Notice, way: Address) -> datetime:
    """When it may be sent."""
    if notice.zone is None or not _keeps_quiet(notice, way):
        return notice.due_at
    return next_waking_moment(notice.due_at, notice.zone)


def _keeps_quiet(notice: Notice, way: Address) -> bool:
    """Whether it waits while people sleep; the web chat makes no sound at night."""
    asked = notice.zone is not None and not notice.awake and notice.urgency is not Urgency.CRITICAL
    return asked and way.carrier is not Carrier.WEB
