"""What a model file says, checked; nothing is estimated or computed here. `reading` reads the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analytics.model.errors import Where
from analytics.model.grammar import Expression
from analytics.model.paths import DriverPath

Side = Literal["level", "log", "dlog", "dlogit"]
Good = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """How an indicator is shown."""

    title: str
    unit: str = ""
    good: Good = "up"
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Noise:
    """Deviation of a driver from its path: an autoregression, with Student's t shocks if `df` is given.

    sd is that of the deviation itself, in logarithms when `relative`, else in units.
    """

    rho: float = 0.0
    sd: float = 0.0
    df: float | None = None
    relative: bool = True


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """What comes from outside: a history if the data have none, noise, a value where no path is given."""

    title: str
    unit: str = ""
    noise: Noise = Noise()
    history: Mapping[int, float] = field(default_factory=dict)
    default: float | None = None


@dataclass(frozen=True, slots=True)
class EquationSpec:
    """One equation or identity: what is on the left, how, and the formula on the right."""

    name: str
    side: Side
    right: Expression
    identity: bool
    pooled: bool = False
    values: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    prior: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sd: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioSpec:
    """Paths of drivers, add-factors and fixed values by year; what is not said is inherited."""

    title: str
    inherit: str | None = None
    paths: Mapping[str, DriverPath] = field(default_factory=dict)
    addfactor: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    exogenize: Mapping[str, Mapping[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """A goal: the indicator on the good side of the value in that year."""

    indicator: str
    op: Literal[">=", "<="]
    value: float
    year: int


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """What a decision adds to variables, year by year, in their units."""

    title: str
    additions: Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class SectorSpec:
    """What money and jobs in a sector do to variables, in their units.

    money: by a unit of money spent that year. jobs: by a job, every year that it is there.
    """

    title: str
    money: Mapping[str, float]
    jobs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """The whole file, checked. `digest` is the hash of its text, `lines` finds a table in it.

    redefined: the first year of the definition that holds now by variable, of those that have had another.
    """

    name: str
    file: str
    digest: str
    start: int
    indicators: Mapping[str, IndicatorSpec]
    drivers: Mapping[str, DriverSpec]
    equations: Mapping[str, EquationSpec]
    scenarios: Mapping[str, ScenarioSpec]
    targets: Mapping[str, TargetSpec]
    projects: Mapping[str, ProjectSpec]
    sectors: Mapping[str, SectorSpec]
    lines: Mapping[str, int]
    redefined: Mapping[str, int] = field(default_factory=dict)

    def where(self, equation: str, year: int = 0) -> Where:
        """The place of an equation or identity."""
        line = self.lines.get(f"equation.{equation}") or self.lines.get(f"identity.{equation}", 0)
        return Where(self.file, line, equation, year)
