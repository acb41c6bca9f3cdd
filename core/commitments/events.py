"""What commitments tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentMade(Fact):
    """An official has named a measure and its term; it stands on the indicator's page."""

    commitment_id: str
    alert_id: str
    territory_id: str
    indicator: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDue(Fact):
    """The last day of a commitment has come, and no result is reported."""

    commitment_id: str
    alert_id: str
    territory_id: str
    indicator: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentEnded(Fact):
    """A commitment was kept, or its term has passed: `status` says which."""

    commitment_id: str
    alert_id: str
    territory_id: str
    indicator: str
    person_id: str
    status: str
