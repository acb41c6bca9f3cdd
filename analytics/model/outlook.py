"""The whole forecast of a model: fans of every scenario, chances of targets, and a passport to re-run it."""

import csv
import hashlib
import json
import math
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.model.blending import PastErrors, blend_model
from analytics.model.compiling import History
from analytics.model.errors import ModelError, Where
from analytics.model.fitted import Fitted, fit
from analytics.model.simulation import Additions, Run, draw_shocks, no_shocks, simulate
from analytics.model.spec import ModelSpec
from core.indicators import LEVELS

PROCEDURE = "scenario-3"
"""Name of the procedure in the passport; changes whenever the numbers may change."""

DEFAULT_HORIZON, DEFAULT_DRAWS, DEFAULT_SEED = 6, 1000, 24
MAX_HORIZON, MAX_DRAWS = 40, 20_000


Report = Callable[[str, float], None]
"""Is told how far the work is: the stage, and the share of it."""


def _unheard(_stage: str, _share: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Passport:
    """All that decides the numbers: the same passport gives the same bytes.

    redefined: the first years of the definitions that hold now, by variable, those of the file among them.
    """

    procedure: str
    model: str
    model_sha256: str
    data_sha256: str
    territory: str
    last_year: int
    years: int
    draws: int
    seed: int
    versions: Mapping[str, str]
    redefined: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ScenarioFan:
    """One variable in one scenario: the path without luck, and quantiles at `LEVELS`, by year."""

    path: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """How probable a target is in each scenario (0..1); the fans are conditional, so they are not mixed."""

    target: str
    indicator: str
    op: str
    value: float
    year: int
    by_scenario: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast ready to be shown or stored.

    model_share: what part of each path comes from its equation, the rest being statistical, by year ahead;
    anchor: the add-factors that this took. past: errors made from past years, a year ahead.
    """

    passport: Passport
    years: tuple[int, ...]
    scenarios: Mapping[str, str]
    fans: Mapping[str, Mapping[str, ScenarioFan]]
    chances: tuple[Chance, ...]
    model_share: Mapping[str, tuple[float, ...]]
    anchor: Additions
    past: Mapping[str, PastErrors]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """The same bytes for the same passport, in any process."""
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class Table:
    """Annual values of a tidy file by territory and variable, and the hash of the file."""

    values: Mapping[str, History]
    digest: str


def read_table(file: Path) -> Table:
    """Read annual rows (territory, indicator, period, value) of a tidy CSV; other frequencies are left out.

    Raises: ModelError with the line; OSError.
    """
    content = file.read_bytes()
    found: dict[str, dict[str, dict[int, float]]] = {}
    rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
    for row in rows:
        where = Where(file.name, rows.line_num)
        try:
            territory, name, period, value = (
                row[key] for key in ("territory", "indicator", "period", "value")
            )
            if len(period) != 4 or not period.isdigit():
                continue
            number = float(value)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError("bad_row", where=where) from error
        if not math.isfinite(number):
            raise ModelError("bad_row", where=where)
        found.setdefault(territory, {}).setdefault(name, {})[int(period)] = number
    return Table(found, hashlib.sha256(content).hexdigest())


def forecast_model(
    spec: ModelSpec,
    table: Table,
    territory: str,
    *,
    horizon: int = DEFAULT_HORIZON,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    report: Report = _unheard,
) -> tuple[Outlook, Fitted]:
    """Estimate the model for a territory and simulate its scenarios `horizon` years ahead.

    report: told the stage and the share of it (0..1) that is done; what it raises ends the work.
    Raises: ModelError.
    """
    report("estimating", 0.0)
    fitted = fit(spec, table.values, territory)
    years = range(fitted.last_year + 1, fitted.last_year + 1 + min(horizon, MAX_HORIZON))
    scenarios = list(spec.scenarios)
    shocks = draw_shocks(fitted, years, draws=min(draws, MAX_DRAWS), seed=seed)
    blend = blend_model(
        fitted,
        table.values,
        years,
        scenario=main_scenario(spec),
        report=lambda share: report("checking", share),
    )
    report("simulating", 0.0)
    calm = simulate(fitted, years, no_shocks(fitted), scenarios=scenarios, anchor=blend.anchor)
    run = simulate(fitted, years, shocks, scenarios=scenarios, anchor=blend.anchor)
    passport = Passport(
        procedure=PROCEDURE,
        model=spec.name,
        model_sha256=spec.digest,
        data_sha256=table.digest,
        territory=territory,
        last_year=fitted.last_year,
        years=len(years),
        draws=shocks.draws,
        seed=seed,
        versions={"python": platform.python_version(), "numpy": np.__version__},
        redefined={name: year for name, year in spec.redefined.items() if name in fitted.program.slots},
    )
    shown = [name for name in spec.equations if name in run.values]
    outlook = Outlook(
        passport=passport,
        years=tuple(years),
        scenarios={key: scenario.title for key, scenario in spec.scenarios.items()},
        fans={name: _fans(run, calm, name) for name in shown},
        chances=tuple(_chances(spec, run)),
        model_share=blend.model_share,
        anchor=blend.anchor,
        past=blend.past,
    )
    return outlook, fitted


def main_scenario(spec: ModelSpec) -> str:
    """The scenario that is told first: "base" where there is one."""
    if not spec.scenarios:
        raise ModelError("missing_key", key="scenario", where=Where(spec.file, 1))
    return "base" if "base" in spec.scenarios else next(iter(spec.scenarios))


def _fans(run: Run, calm: Run, name: str) -> dict[str, ScenarioFan]:
    quantiles = run.quantiles(name, LEVELS)
    return {
        scenario: ScenarioFan(
            path=tuple(map(float, calm.values[name][:, place, 0])),
            quantiles=tuple(tuple(map(float, row)) for row in quantiles[:, :, place].T),
        )
        for place, scenario in enumerate(run.scenarios)
    }


def _chances(spec: ModelSpec, run: Run) -> list[Chance]:
    return [
        Chance(
            target=key,
            indicator=target.indicator,
            op=target.op,
            value=target.value,
            year=target.year,
            by_scenario=dict(
                zip(
                    run.scenarios,
                    map(float, run.probability(target.indicator, target.op, target.value, year=target.year)),
                    strict=True,
                )
            ),
        )
        for key, target in spec.targets.items()
        if target.year in run.years and target.indicator in run.values
    ]
