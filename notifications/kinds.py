"""The kinds of messages and what they are about; the values are stored in deliveries."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message is."""

    ALERT = "alert"
    # An alert was given to the receiver, or came back to them.
    ASSIGNED = "assigned"
    RETURNED = "returned"
    # The last day of an assignment has come, or has passed.
    DUE = "due"
    OVERDUE = "overdue"
    # Nobody has taken it, and the receiver is called.
    ESCALATED = "escalated"
    # Followed by a colon and the end of the id of the delivery whose message is edited.
    EDIT = "edit"
    ANSWER = "answer"
    RESOLVED = "resolved"
    # A proposal got its effect card.
    EFFECT = "effect"
    BROADCAST = "broadcast"
    # The week of a territory.
    BRIEF = "brief"
    COMMITMENT = "commitment"
    COMMITMENT_DUE = "commitment_due"
    COMMITMENT_ENDED = "commitment_ended"
    # The term of a step of a cycle of data is near or over.
    STEP = "step"
    # The week's noisy rules, for those who answer for them.
    NOISE = "noise"
    # How a run of a scenario model goes, and its scenarios when it is done.
    RUN = "run"
    RUN_DONE = "run_done"
    # What was not shown at once, together.
    DIGEST = "digest"


def kind_of(stored: str) -> Kind:
    """The kind in a delivery.

    >>> kind_of("edit:0f3a")
    <Kind.EDIT: 'edit'>
    """
    return Kind(stored.partition(":")[0])


def commitment_topic(commitment_id: str) -> str:
    """The topic of everything about a commitment."""
    return f"commitment:{commitment_id}"


def run_topic(run_id: str) -> str:
    """The topic of the messages that follow a run of a scenario model."""
    return f"run:{run_id}"


def step_topic(cycle_id: str, step: str) -> str:
    """The topic of everything about a step of a cycle of data."""
    return f"step:{cycle_id}:{step}"


def conversation_topic(conversation_id: str) -> str:
    """The topic of everything about a conversation of the direct line."""
    return f"conversation:{conversation_id}"
