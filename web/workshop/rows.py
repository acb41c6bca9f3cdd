"""What the templates of the workshop are given: lines of tables with everything in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """A line of the table beside the chart: a value in every scenario, the band of the main one."""

    year: str
    cells: tuple[str, ...]
    band: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceRow:
    """A target and how probable it is in every scenario: (words, per cent)."""

    goal: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """What one term of an equation adds, by year."""

    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """What a decision changes in an indicator by the last year."""

    title: str
    low: str
    median: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquationRow:
    """How one indicator is computed, for a citizen."""

    title: str
    words: str
    formula: str
    facts: str
    past: str
