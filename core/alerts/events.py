"""What alerts tell the others. Each is told once a transition; consumers are idempotent by fact id."""

from dataclasses import dataclass
from datetime import datetime

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFired(Fact):
    """An indicator went beyond a threshold. Officials are told at AlertIllustrated, with the picture.

    `muted`: something keeps it from disturbing people; if it outlives that, they are told at AlertUnmuted.
    """

    alert_id: str
    territory_id: str
    indicator: str
    severity: str
    vintage: int
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMuted(Fact):
    """Something keeps an alert from disturbing people again, of which they were told before."""

    alert_id: str
    territory_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertUnmuted(Fact):
    """Nothing mutes the alert any more and it is still open. `first`: nobody has been told of it yet."""

    alert_id: str
    territory_id: str
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertIllustrated(Fact):
    """It is settled whether the alert has a picture: `picture` is its key in core.files, or None."""

    alert_id: str
    territory_id: str
    picture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(Fact):
    """A person has taken the alert upon themselves."""

    alert_id: str
    territory_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSnoozed(Fact):
    """A person has put the alert off."""

    alert_id: str
    territory_id: str
    person_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSnoozeEnded(Fact):
    """The time is over for which the alert was put off, and nobody has taken it."""

    alert_id: str
    territory_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Fact):
    """The indicator has come back to the good side."""

    alert_id: str
    territory_id: str
    indicator: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAssigned(Fact):
    """A person has given the alert to another one, the assignee, who has not taken it yet."""

    alert_id: str
    territory_id: str
    person_id: str
    assignee_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReturned(Fact):
    """The assignee has given the alert back to the assigner, with a reason."""

    alert_id: str
    territory_id: str
    person_id: str
    assigner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDue(Fact):
    """The last day of an assignment has come, or has `passed` while the alert is open."""

    alert_id: str
    territory_id: str
    assignee_id: str
    assigner_id: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNoted(Fact):
    """A person has added a note to the alert."""

    alert_id: str
    territory_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEscalated(Fact):
    """Nobody has taken the alert, and this person is called."""

    alert_id: str
    territory_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRepeated(Fact):
    """Nobody has taken an alert, and it is time to tell of it again. `alert_id` leads its message."""

    alert_id: str
    territory_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWeekEnded(Fact):
    """A week with alerts is over; `week` is its Monday."""

    week: str
