"""Closing digests whose time has come: one message with what was not shown, over the way wanted for it."""

from core.delivery import (
    ClosedDigest,
    NewDelivery,
    Preferences,
    Urgency,
    When,
    close_digest,
    digests_due,
    enqueue,
    preferences_of,
)
from core.identity import person
from core.shared.ids import FactId, PersonId
from core.store import Database, UnitOfWork
from core.territories import territory
from messengers import Carrier, Policies
from notifications.channels import Address, addresses_of, told_over
from notifications.kinds import Kind
from notifications.timing import QUIET

MOST_AT_ONCE = 500


def send_due_digests(database: Database, *, policies: Policies) -> int:
    """Ask for the digests that are due, a transaction a person; how many messages."""
    people = database.read(digests_due, limit=MOST_AT_ONCE)
    return sum(database.run(send_digest, person_id=person_id, policies=policies) for person_id in people)


def send_digest(uow: UnitOfWork, *, person_id: PersonId, policies: Policies) -> int:
    """Close the person's digest and ask for its delivery; how many messages."""
    closed = close_digest(uow, person_id=person_id)
    if not closed:
        return 0
    wanted = preferences_of(uow, person_id=person_id)
    ways = addresses_of(uow, person_id=person_id, policies=policies)
    home_id = person(uow, person_id=person_id).home_id
    zone = None if home_id is None else territory(uow, territory_id=home_id).time_zone
    return enqueue(
        uow,
        deliveries=[
            _delivery(uow, one, person_id, way, zone=zone)
            for one in closed
            for way in told_over([_way(one, ways, wanted)], ways)
        ],
    )


def _way(digest: ClosedDigest, ways: list[Address], wanted: Preferences) -> Address:
    """The first way on which anything in it is wanted as a digest; the last, the web chat, otherwise."""
    for way in ways:
        if any(wanted.when(event, way.carrier) is not When.OFF for event in digest.events):
            return way
    return ways[-1]


def _delivery(
    uow: UnitOfWork, digest: ClosedDigest, person_id: PersonId, way: Address, *, zone: str | None
) -> NewDelivery:
    quiet = {} if zone is None or way.carrier is Carrier.WEB else {QUIET: zone}
    return NewDelivery(
        fact_id=FactId(digest.id),
        person_id=person_id,
        kind=Kind.DIGEST,
        carrier=way.carrier,
        address=way.name,
        topic=f"digest:{digest.id}",
        # At least once: a digest that is lost would take all its notices with it.
        urgency=Urgency.PERSONAL,
        due_at=uow.now,
        details={"digest_id": digest.id, **quiet},
    )
