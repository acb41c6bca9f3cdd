"""What is kept of a person."""

from dataclasses import dataclass

from core.contact import Conversation, conversations_of
from core.identity import (
    PERSONAL_DATA,
    ConsentState,
    Identity,
    Person,
    current_consent,
    identities_of,
    person,
)
from core.polls import OwnBallot, ballots_of
from core.rooms import stream_of
from core.shared.ids import PersonId
from core.store import Reading, StreamEvent, events_after

MOST_MESSAGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything that is kept of a person, from one consistent view."""

    person: Person
    identities: list[Identity]
    consent: ConsentState
    conversations: list[tuple[Conversation, list[StreamEvent]]]
    ballots: list[OwnBallot]

    @property
    def messages(self) -> int:
        """How many messages the person has written to authorities."""
        return sum(
            event.body.get("side") == "citizen" for _, events in self.conversations for event in events
        )


def personal_data(reading: Reading, *, person_id: PersonId) -> PersonalData:
    """Everything that is kept of the person. Raises: UnknownPerson."""
    conversations = conversations_of(reading, citizen_id=person_id, limit=MOST_MESSAGES)
    return PersonalData(
        person=person(reading, person_id=person_id),
        identities=identities_of(reading, person_id=person_id),
        consent=current_consent(reading, person_id=person_id, kind=PERSONAL_DATA),
        conversations=[
            (one, events_after(reading, stream=stream_of(one.room_id), seq=0, limit=MOST_MESSAGES))
            for one in conversations
        ],
        ballots=ballots_of(reading, person_id=person_id),
    )
