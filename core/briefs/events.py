"""What briefs tell the others."""

from dataclasses import dataclass
from datetime import date

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefDue(Fact):
    """It is Monday morning in a territory that somebody heads; `week` is that Monday."""

    territory_id: str
    week: date
