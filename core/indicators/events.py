"""What indicators tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecorded(Fact):
    """New data arrived: one import, one vintage."""

    release_id: str
    vintage: int
    territory_ids: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPublished(Fact):
    """A forecast of one series was made from the data of a vintage."""

    indicator: str
    territory_id: str
    vintage: int
