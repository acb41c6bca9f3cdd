"""Values that look wrong: what they are and where their decision stands. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.indicators.rules import NewValue
from core.shared.ids import PersonId, TerritoryId


class Doubt(StrEnum):
    """Why a value is held."""

    # Far off its own usual change.
    JUMP = "jump"
    # A hundred or a thousand times too large or too small.
    UNIT = "unit"
    # Of another sign than all values before it.
    SIGN = "sign"


class HeldState(StrEnum):
    """Where the decision about a held value stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    # A newer release brought another value for the period: nothing is left to decide.
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulValue:
    """A value to hold, and what was to be expected instead, in the same unit."""

    new: NewValue
    doubt: Doubt
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """Which held value. ``vintage`` is that of the release which brought it."""

    territory_id: TerritoryId
    indicator: str
    period: str
    vintage: int

    def __str__(self) -> str:
        return f"{self.territory_id}:{self.indicator}:{self.period}:{self.vintage}"

    @classmethod
    def parse(cls, text: str) -> "HeldKey":
        """Read what ``str`` wrote. Raises: ValueError.

        >>> str(HeldKey.parse("a:UNEMP:2026:3"))
        'a:UNEMP:2026:3'
        """
        territory_id, indicator, period, vintage = text.split(":")
        return cls(
            territory_id=TerritoryId(territory_id), indicator=indicator, period=period, vintage=int(vintage)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldValue:
    """A value that is or was held. ``decided_*`` are None while it waits.

    ``before`` is what the period has in the published series now, None if nothing.
    """

    key: HeldKey
    value: float
    source: str
    doubt: Doubt
    expected: float
    before: float | None
    release_title: str
    held_at: datetime
    state: HeldState
    decided_vintage: int | None
    decided_at: datetime | None
    decided_by: PersonId | None
    reason: str
