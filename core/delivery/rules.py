"""What a delivery is and what may be done with it next: pure decisions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.shared.ids import DeliveryId, FactId, PersonId

MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(minutes=30)


class DeliveryState(StrEnum):
    """Where a delivery stands. Every row ends as sent, failed or uncertain."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # It may or may not have arrived: the sender died, or the messenger's answer was lost.
    UNCERTAIN = "uncertain"


class Urgency(StrEnum):
    """The lane of a message; the first overtake the others."""

    CRITICAL = "critical"
    # What somebody is waiting for: a bot's own screens, an official's answer.
    REPLY = "reply"
    PERSONAL = "personal"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A message that somebody has to get. ``topic`` is ``<thing>:<id>``; ``details`` holds ids, no words."""

    fact_id: FactId
    person_id: PersonId
    kind: str
    carrier: str
    address: str
    topic: str
    urgency: Urgency
    due_at: datetime
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as senders see it."""

    id: DeliveryId
    fact_id: FactId
    person_id: PersonId
    kind: str
    carrier: str
    address: str
    topic: str
    urgency: Urgency
    details: dict[str, Any]
    due_at: datetime
    state: DeliveryState
    attempts: int
    native_id: str | None
    reason: str | None
    finished_at: datetime | None


def may_be_sent_again(urgency: Urgency) -> bool:
    """Whether an uncertain message is repeated.

    A warning twice is better than none; a mass mailing twice is an annoyance: no messenger has
    idempotency keys, so one of the two has to be chosen.
    """
    return urgency is not Urgency.BULK


def next_attempt_after(attempts: int, *, asked_wait: timedelta = timedelta(0)) -> timedelta:
    """How long to wait after the given number of failed attempts; never less than the messenger asked.

    >>> next_attempt_after(1), next_attempt_after(4)
    (datetime.timedelta(seconds=2), datetime.timedelta(seconds=16))
    """
    return max(asked_wait, min(LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 11))))
