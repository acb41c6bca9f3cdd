"""What a broadcast is and who may do what with it: pure decisions and refusals."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.delivery.preferences import EventKind
from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import N_

TITLE_LIMIT = 120
# With the title, the signature and the way to unsubscribe it fits the tightest messenger, MAX (4,000).
TEXT_LIMIT = 3000


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    # A second person has to look at it.
    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """Words of an authority to everybody who lives in a territory or below it."""

    id: str
    territory_id: TerritoryId
    event: EventKind
    title: str
    text: str
    state: BroadcastState
    created_by: PersonId
    created_at: datetime
    decided_by: PersonId | None
    decided_at: datetime | None
    stopped_by: PersonId | None
    # How many people it was for when it was approved, and how many have been asked for so far.
    audience: int
    asked: int
    cursor: str
    expanded_at: datetime | None
    finished_at: datetime | None


class UnknownBroadcast(NotFound):
    """No broadcast under this id."""

    code = "unknown_broadcast"
    message = N_("There is no such mailing. It may have been removed.")


class SecondPersonNeeded(DomainError):
    """Whoever wrote a broadcast cannot approve it."""

    code = "second_person_needed"
    kind = RefusalKind.CONFLICT
    message = N_("A mailing is approved by a second person. Ask a colleague to look at it.")


class AlreadyDecided(DomainError):
    """The broadcast does not wait any more. Field: ``state``."""

    code = "broadcast_decided"
    kind = RefusalKind.CONFLICT
    message = N_("This mailing has been decided on already. Open it anew to see how it stands.")


class NobodyToTell(Invalid):
    """The audience is empty."""

    code = "nobody_to_tell"
    message = N_("Nobody would get this: no resident here may be written to. Choose a wider territory.")
