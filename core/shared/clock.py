"""The one place where the time of day is read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, moved by ``offset`` (a guided tour sets it to working hours)."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class ManualClock:
    """A clock that a test turns by hand."""

    at: datetime

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self.at

    def advance(self, step: timedelta) -> None:
        """Turn the clock forward by ``step``."""
        self.at += step
