"""A message that is out already, brought up to date."""

from typing import Any

from core.delivery import Delivery, NewDelivery
from core.shared.ids import FactId
from core.store import UnitOfWork
from notifications.kinds import Kind


def edit_of(uow: UnitOfWork, copy: Delivery, fact_id: FactId, details: dict[str, Any]) -> NewDelivery:
    """What has to be delivered for the copy to say what holds now; `details` says what it is about."""
    return NewDelivery(
        fact_id=fact_id,
        person_id=copy.person_id,
        # The copy's own name in it: a person may have got the same thing twice, after a snooze.
        kind=f"{Kind.EDIT}:{copy.id[-24:]}",
        carrier=copy.carrier,
        address=copy.address,
        topic=copy.topic,
        urgency=copy.urgency,
        due_at=uow.now,
        details={"edits": copy.id, "kind": copy.kind, **details},
    )
