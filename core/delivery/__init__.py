"""Delivery: one row for each message that has to reach somebody, from due to sent, failed or uncertain."""

from core.delivery.claiming import claim_deliveries, next_due, release_claimed, release_expired
from core.delivery.commands import (
    enqueue,
    give_up,
    hasten,
    mark_sent,
    mark_uncertain,
    postpone,
)
from core.delivery.events import DeliveryFailed, DeliverySent
from core.delivery.queries import deliveries_about, delivery, delivery_counts, not_delivered
from core.delivery.rules import (
    MOST_ATTEMPTS,
    Delivery,
    DeliveryState,
    NewDelivery,
    Urgency,
    may_be_sent_again,
    next_attempt_after,
)

__all__ = [
    "MOST_ATTEMPTS",
    "Delivery",
    "DeliveryFailed",
    "DeliverySent",
    "DeliveryState",
    "NewDelivery",
    "Urgency",
    "claim_deliveries",
    "deliveries_about",
    "delivery",
    "delivery_counts",
    "enqueue",
    "give_up",
    "hasten",
    "mark_sent",
    "mark_uncertain",
    "may_be_sent_again",
    "next_attempt_after",
    "next_due",
    "not_delivered",
    "postpone",
    "release_claimed",
    "release_expired",
]
