"""Periods of statistics: a year, a quarter, a month, and their order."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

Frequency = Literal["A", "Q", "M"]
"""How often an indicator is published: annually, quarterly, monthly."""

PERIODS_IN_YEAR: dict[Frequency, int] = {"A": 1, "Q": 4, "M": 12}

_ANNUAL = re.compile(r"(\d{4})")
_QUARTERLY = re.compile(r"(\d{4})-?[QqКк]([1-4])")
_MONTHLY = re.compile(r"(\d{4})-(\d{1,2})")
_EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period of one frequency; periods of the same frequency are ordered in time.

    >>> Period.parse("2024-Q1").next()
    Period(frequency='Q', year=2024, number=2)
    >>> str(Period.parse("2024-12").next())
    '2025-01'
    """

    frequency: Frequency
    year: int
    number: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2024, 2024-Q1 or 2024-03.

        Raises: ValueError if the text is none of these or names no real period.
        """
        text = text.strip()
        if match := _ANNUAL.fullmatch(text):
            return cls._checked("A", int(match[1]), 1)
        if match := _QUARTERLY.fullmatch(text):
            return cls._checked("Q", int(match[1]), int(match[2]))
        if match := _MONTHLY.fullmatch(text):
            return cls._checked("M", int(match[1]), int(match[2]))
        raise ValueError(f"not a period: {text!r}")

    @classmethod
    def _checked(cls, frequency: Frequency, year: int, number: int) -> Self:
        if year < _EARLIEST_YEAR or not 1 <= number <= PERIODS_IN_YEAR[frequency]:
            raise ValueError(f"no such period: {year}, {frequency}{number}")
        return cls(frequency, year, number)

    @classmethod
    def at(cls, frequency: Frequency, ordinal: int) -> Self:
        """Return the period with this ordinal (see `ordinal`)."""
        year, number = divmod(ordinal, PERIODS_IN_YEAR[frequency])
        return cls(frequency, year, number + 1)

    @property
    def ordinal(self) -> int:
        """Number of the period counted from year 0: consecutive periods differ by one."""
        return self.year * PERIODS_IN_YEAR[self.frequency] + self.number - 1

    def next(self, steps: int = 1) -> "Period":
        """Return the period that many steps later (earlier if negative)."""
        return Period.at(self.frequency, self.ordinal + steps)

    @property
    def last_day(self) -> date:
        """The day on which the period ends; before it the period has no fact."""
        month = self.number * (12 // PERIODS_IN_YEAR[self.frequency])
        return date(self.year, month, monthrange(self.year, month)[1])

    def __str__(self) -> str:
        if self.frequency == "A":
            return f"{self.year:04d}"
        if self.frequency == "Q":
            return f"{self.year:04d}-Q{self.number}"
        return f"{self.year:04d}-{self.number:02d}"
