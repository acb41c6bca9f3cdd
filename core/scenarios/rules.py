"""What a model, a run and its request are: values and pure decisions."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from core.scenarios.errors import BadRequest
from core.shared.ids import PersonId, TerritoryId

DEFAULT_YEARS, DEFAULT_DRAWS, DEFAULT_SEED = 6, 1000, 24
MOST_YEARS, MOST_DRAWS = 20, 5000
"""With them the example model takes 169 MB of memory (docs/analytics.md)."""

MOST_CHANGES = 2000
"""Numbers that one request may change."""

Sentences = Mapping[str, str]
"""One sentence in every language that people read: by language."""

ByYear = Mapping[str, float]
ByName = Mapping[str, ByYear]


class ModelState(StrEnum):
    """Whether the file of a model has been read."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"


class RunState(StrEnum):
    """Where a run stands. REFUSED: the model or the data say no; FAILED: workers died of it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in {RunState.WAITING, RunState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A project or programme whose effect is asked for.

    project: one of the model's file; or else money (in the unit of the model's money) spent evenly over
    `duration` years from `year` on in a sector, and jobs that stay afterwards.
    """

    title: str
    project: str = ""
    sector: str = ""
    money: float = 0.0
    jobs: float = 0.0
    year: int = 0
    duration: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What must be added to an instrument every year for an indicator to reach a value by a year."""

    indicator: str
    value: float
    year: int
    instrument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What is asked of a model. Changes are by scenario, name and year; add-factors to equations."""

    years: int = DEFAULT_YEARS
    draws: int = DEFAULT_DRAWS
    seed: int = DEFAULT_SEED
    drivers: Mapping[str, ByName] = field(default_factory=dict)
    addfactors: Mapping[str, ByName] = field(default_factory=dict)
    scenario: str = ""
    decision: Decision | None = None
    search: Search | None = None

    def __post_init__(self) -> None:
        for number, least, most in (
            (self.years, 1, MOST_YEARS),
            (self.draws, 10, MOST_DRAWS),
            (self.seed, 1, 2**53),
            (self._changes(), 0, MOST_CHANGES),
            *((amount, -1e12, 1e12) for amount in self._amounts()),
        ):
            if not (math.isfinite(number) and least <= number <= most):
                raise BadRequest(least=f"{least:g}", most=f"{most:g}")

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives an equal request back."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild from `to_json`."""
        decision, search = body["decision"], body["search"]
        return cls(
            **{
                **body,
                "decision": None if decision is None else Decision(**decision),
                "search": None if search is None else Search(**search),
            }
        )

    def _changes(self) -> int:
        return sum(1 for _ in self._changed())

    def _changed(self) -> list[float]:
        return [
            amount
            for changed in (self.drivers, self.addfactors)
            for by_name in changed.values()
            for by_year in by_name.values()
            for amount in by_year.values()
        ]

    def _amounts(self) -> list[float]:
        decision = [] if self.decision is None else [self.decision.money, self.decision.jobs]
        search = [] if self.search is None else [self.search.value]
        return [*self._changed(), *decision, *search]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioModel:
    """A version of a model. `outline`: what the file says, as the worker has read it; None before."""

    id: str
    territory_id: TerritoryId
    file_name: str
    digest: str
    state: ModelState
    outline: Mapping[str, Any] | None
    refusal: Sentences | None
    added_by: PersonId | None
    added_at: datetime

    @property
    def name(self) -> str:
        """What the file calls itself, or the file's name."""
        return self.file_name if self.outline is None else str(self.outline["name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRun:
    """A run. `percent` and `stage` say how far the worker is; `refusal` why it cannot be done.

    redefined: first periods of new definitions by indicator, as passports had them when it was asked for.
    """

    id: str
    territory_id: TerritoryId
    model: ScenarioModel
    vintage: int
    request: RunRequest
    redefined: Mapping[str, str]
    state: RunState
    percent: int
    stage: str
    asked_by: PersonId | None
    asked_at: datetime
    finished_at: datetime | None
    published_at: datetime | None
    refusal: Sentences | None


def run_digest(
    *,
    model_digest: str,
    vintage: int,
    territory_id: TerritoryId,
    request: Mapping[str, Any],
    redefined: Mapping[str, str],
) -> str:
    """The key of the cache: whatever decides the numbers, nothing else."""
    said = json.dumps([model_digest, vintage, territory_id, request, redefined], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
