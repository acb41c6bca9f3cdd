"""Periods at axes and in sentences."""

from core.indicators import PERIODS_IN_YEAR, Period, period_words
from core.shared.language import Language


def place(period: str) -> float:
    """Where a period stands on an axis of years: a year at its number, a month inside it.

    >>> place("2024"), place("2024-07")
    (2024.0, 2024.5)
    """
    parsed = Period.parse(period)
    return parsed.year + (parsed.number - 1) / PERIODS_IN_YEAR[parsed.frequency]


def short_period(period: str) -> str:
    """A period at an axis.

    >>> short_period("2024"), short_period("2024-Q1"), short_period("2024-03")
    ('2024', 'I 2024', '03.2024')
    """
    parsed = Period.parse(period)
    if parsed.frequency == "A":
        return str(parsed.year)
    if parsed.frequency == "Q":
        return f"{('I', 'II', 'III', 'IV')[parsed.number - 1]} {parsed.year}"
    return f"{parsed.number:02d}.{parsed.year}"


def said_period(language: Language, period: str) -> str:
    """A period as in a sentence: «март 2024»."""
    return period_words(language, period)
