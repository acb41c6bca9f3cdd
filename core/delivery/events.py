"""What delivery tells the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySent(Fact):
    """The messenger took the message."""

    delivery_id: str
    person_id: str
    notice: str
    carrier: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed(Fact):
    """The message will not reach the person over this carrier. ``reason`` is a word, never a text."""

    delivery_id: str
    person_id: str
    notice: str
    carrier: str
    topic: str
    reason: str
