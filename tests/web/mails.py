"""A mail of a mailing, as far as the link in it goes."""

from core.delivery import DeliveryState, NewDelivery, Urgency, deliveries_about, enqueue
from core.identity import link_identity
from core.shared.ids import FactId, new_id
from messengers import LeaveLinks, Site
from tests.town import ANNA, Town

SECRET = "a secret of fifty letters at least, for the tests only"
ADDRESS = "anna@example.org"


def leave_token(town: Town, broadcast_id: str) -> str:
    """The last part of the link in Anna's mail of this mailing."""
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[ANNA], provider="email", subject=ADDRESS)
        enqueue(uow, deliveries=[_mail(town, f"broadcast:{broadcast_id}")])
    (mail,) = town.database.read(deliveries_about, topic=f"broadcast:{broadcast_id}")
    assert mail.state is DeliveryState.PENDING
    return LeaveLinks(SECRET, Site("http://testserver")).address(mail.id).rpartition("/")[2]


def _mail(town: Town, topic: str) -> NewDelivery:
    return NewDelivery(
        fact_id=FactId(new_id()),
        person_id=town.people[ANNA],
        kind="broadcast",
        carrier="email",
        address=ADDRESS,
        topic=topic,
        urgency=Urgency.BULK,
        due_at=town.clock.now(),
    )
