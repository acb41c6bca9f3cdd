"""What runs of scenario models tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFollowed(Fact):
    """Somebody wants to see in a messenger how a run goes. `carrier`: in which, any if it is empty."""

    run_id: str
    person_id: str
    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgressed(Fact):
    """A run that somebody follows is further than they were told last."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Fact):
    """A run that this person follows is over, however it ended."""

    run_id: str
    person_id: str
    carrier: str
