"""What an indicator, its values and its releases are: values and pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.identity import Assurance, Viewer
from core.indicators.forecasts import Forecast
from core.indicators.periods import Frequency, Period
from core.shared.ids import PersonId, ReleaseId, TerritoryId
from core.shared.language import Language

Good = Literal["up", "down", "none"]
"""Which direction of an indicator is good news; `none` for those that are neither (population by age)."""

TargetOp = Literal[">=", "<="]


class AccessLevel(StrEnum):
    """Who may see an indicator."""

    PUBLIC = "public"
    REGISTERED = "registered"
    OFFICIAL = "official"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An indicator of the catalogue. `low` and `high` bound what is possible, in its unit.

    `featured` is its place among the favourites of a territory, 0 if it is not among them.
    """

    code: str
    rubric: str
    title_ru: str
    title_en: str
    unit: str
    unit_en: str
    frequency: Frequency
    good: Good
    decimals: int = 1
    access_level: AccessLevel = AccessLevel.PUBLIC
    low: float | None = None
    high: float | None = None
    featured: int = 0

    def title(self, language: Language) -> str:
        """The title in a person's language."""
        return self.title_ru if language == "ru" else self.title_en

    def unit_words(self, language: Language) -> str:
        """The unit in a person's language."""
        return self.unit if language == "ru" else self.unit_en


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A value to record."""

    indicator: str
    territory_id: TerritoryId
    period: Period
    value: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One import: all its values have its vintage. `vintage` counts releases in the order of recording.

    `new`, `revised`, `unchanged` are counts of values; only new and revised ones are stored.
    """

    id: ReleaseId
    vintage: int
    title: str
    recorded_at: datetime
    recorded_by: PersonId | None
    new: int
    revised: int
    unchanged: int
    rejected: int
    jumps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRelease:
    """Answer of recording. `already` is true if this very file was recorded before: nothing changed."""

    release: Release
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value of a series with the vintage that it comes from."""

    period: str
    value: float
    source: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A published value that was changed later."""

    period: str
    before: float
    after: float
    vintage: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VintageNote:
    """A vintage of one series: when it came, how many of its values were new and how many revised."""

    vintage: int
    recorded_at: datetime
    new: int = 0
    revised: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A value to reach by the end of a period: at least (`>=`) or at most (`<=`)."""

    period: str
    value: float
    op: TargetOp


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorCard:
    """An indicator in a list. `points` are the last facts in order of time (at most 12), maybe none.

    `verdict` judges the last change by the good direction.
    """

    indicator: Indicator
    points: tuple[Point, ...]

    @property
    def last(self) -> Point | None:
        """The last fact."""
        return self.points[-1] if self.points else None

    @property
    def change(self) -> float | None:
        """Last fact minus the one before, in the unit."""
        return self.points[-1].value - self.points[-2].value if len(self.points) > 1 else None

    @property
    def verdict(self) -> Literal["good", "bad", "same"]:
        """Whether the last change is good news."""
        return verdict(self.indicator.good, self.change)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPage:
    """All of one indicator of one territory. `forecast` is of the newest vintage that has one."""

    indicator: Indicator
    territory_id: TerritoryId
    points: tuple[Point, ...]
    vintage: int
    recorded_at: datetime | None
    forecast: Forecast | None
    forecast_vintage: int | None
    targets: tuple[Target, ...]
    revisions: tuple[Revision, ...]
    # The first period of the definition that holds now, empty if it has always held.
    redefined_in: str = ""


def verdict(good: Good, change: float | None) -> Literal["good", "bad", "same"]:
    """Judge a change by the good direction.

    >>> verdict("down", 0.4), verdict("up", 0.4), verdict("none", 0.4), verdict("up", None)
    ('bad', 'good', 'same', 'same')
    """
    if not change or good == "none":
        return "same"
    return "good" if (change > 0) == (good == "up") else "bad"


def levels_seen_by(viewer: Viewer) -> tuple[AccessLevel, ...]:
    """The access levels open to a viewer; a restricted indicator has a list of names instead."""
    levels = [AccessLevel.PUBLIC]
    if viewer.is_at_least(Assurance.REGISTERED) or viewer.grants:
        levels.append(AccessLevel.REGISTERED)
    if viewer.is_at_least(Assurance.OFFICIAL) or viewer.grants:
        levels.append(AccessLevel.OFFICIAL)
    return tuple(levels)


def gapless_tail(points: Sequence[Point]) -> tuple[Point, ...]:
    """The longest run of consecutive periods that ends at the last fact: what a forecast may use."""
    tail: list[Point] = []
    for point in reversed(points):
        if tail and Period.parse(point.period).ordinal != Period.parse(tail[-1].period).ordinal - 1:
            break
        tail.append(point)
    return tuple(reversed(tail))
