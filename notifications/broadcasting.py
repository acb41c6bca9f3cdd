"""From an approved broadcast to a message for each of its people, a group a transaction."""

from core.delivery import (
    Broadcast,
    Urgency,
    broadcast,
    broadcast_topic,
    broadcasts_under_way,
    finish_broadcasts,
    next_people,
    note_asked,
    preferences_of_many,
)
from core.shared.ids import FactId
from core.store import Database, UnitOfWork
from core.territories import territory
from messengers import Policies
from notifications.channels import addresses_of_many
from notifications.kinds import Kind
from notifications.notices import Notice, tell

# Few enough that a warning hardly waits for the one writer of SQLite.
GROUP = 100


def push_broadcasts(database: Database, *, policies: Policies) -> int:
    """Ask for messages of all broadcasts under way until enough of them wait; how many people."""
    told = 0
    for broadcast_id in database.read(broadcasts_under_way):
        while group := database.run(ask_group, broadcast_id=broadcast_id, policies=policies):
            told += group
    database.run(finish_broadcasts)
    return told


def ask_group(uow: UnitOfWork, *, broadcast_id: str, policies: Policies, limit: int = GROUP) -> int:
    """Ask for the next group's messages and move the cursor in the same commit; how many people."""
    people = next_people(uow, broadcast_id=broadcast_id, limit=limit)
    if not people:
        return 0
    notice = _notice(uow, broadcast(uow, broadcast_id=broadcast_id))
    wanted = preferences_of_many(uow, person_ids=people)
    ways = addresses_of_many(uow, person_ids=people, policies=policies)
    tell(uow, notice, fact_id=FactId(broadcast_id), ways=ways, wanted=wanted)
    note_asked(uow, broadcast_id=broadcast_id, people=people)
    return len(people)


def _notice(uow: UnitOfWork, said: Broadcast) -> Notice:
    return Notice(
        kind=Kind.BROADCAST,
        event=said.event,
        topic=broadcast_topic(said.id),
        people=(),
        urgency=Urgency.BULK,
        due_at=uow.now,
        zone=territory(uow, territory_id=said.territory_id).time_zone,
        details={"broadcast_id": said.id},
    )
