"""What cycles tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReminded(Fact):
    """The owner of a step is to be reminded, before its term or after it."""

    cycle_id: str
    step: str
    occasion: str
    owner: str
    territory_id: str
