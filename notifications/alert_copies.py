"""The messages that show an alert: which alert speaks for it, and bringing every copy up to date."""

from core.alerts import (
    AlertAcknowledged,
    AlertAssigned,
    AlertEscalated,
    AlertFired,
    AlertMuted,
    AlertNoted,
    AlertResolved,
    AlertReturned,
    AlertSnoozed,
    AlertSnoozeEnded,
    AlertState,
    AlertUnmuted,
    alert_card,
    alert_group,
    alert_topic,
)
from core.commitments import CommitmentEnded, CommitmentMade
from core.delivery import DeliveryState, deliveries_about, enqueue
from core.shared.facts import RecordedFact
from core.shared.ids import AlertId
from core.store import UnitOfWork
from notifications.copies import edit_of
from notifications.kinds import Kind

_EDITING = (
    AlertFired,
    AlertAcknowledged,
    AlertAssigned,
    AlertReturned,
    AlertEscalated,
    AlertNoted,
    AlertSnoozed,
    AlertResolved,
    AlertSnoozeEnded,
    AlertMuted,
    AlertUnmuted,
    CommitmentMade,
    CommitmentEnded,
)


# What a message that waits will say by itself when it is sent.
_SEEN_WHEN_SENT = (AlertFired, AlertMuted, AlertUnmuted)
# The messages that show an alert, each in its own way.
_COPIES = {Kind.ALERT, Kind.ASSIGNED, Kind.RETURNED, Kind.DUE, Kind.OVERDUE, Kind.ESCALATED}


def edit_copies(uow: UnitOfWork, recorded: RecordedFact) -> int:
    """Bring every copy of an alert's message up to date, whoever got it."""
    fact = recorded.fact
    if not isinstance(fact, _EDITING) or (isinstance(fact, AlertFired) and fact.muted):
        return 0
    about = deliveries_about(uow, topic=alert_topic(lead_of(uow, fact.alert_id)))
    # An edit that waits will say what holds when it is sent: twenty alerts taken at once are one edit.
    coming = {one.details.get("edits") for one in about if one.state is DeliveryState.PENDING}
    copies = [
        copy
        for copy in about
        if copy.kind in _COPIES
        and copy.fact_id != recorded.id
        and copy.id not in coming
        and not (isinstance(fact, _SEEN_WHEN_SENT) and copy.state is DeliveryState.PENDING)
    ]
    return enqueue(
        uow,
        deliveries=[
            edit_of(uow, copy, recorded.id, {"alert_id": copy.details["alert_id"]}) for copy in copies
        ],
    )


def lead_of(uow: UnitOfWork, alert_id: str) -> str:
    """The alert whose message shows this one."""
    return alert_group(uow, alert_id=AlertId(alert_id))[0]


def speaker_of(uow: UnitOfWork, alert_id: str) -> str | None:
    """The alert whose message speaks for this one, if this one is the first of it that is still open."""
    group = alert_group(uow, alert_id=AlertId(alert_id))
    still_open = (each for each in group if alert_card(uow, alert_id=each).alert.state is AlertState.FIRING)
    return group[0] if next(still_open, None) == alert_id else None
