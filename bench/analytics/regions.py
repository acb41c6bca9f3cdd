"""The equations of a scenario model on real regions: how far off they were from past years, beside Theta.

Scenarios are driven, so what is asked is: had the national drivers been known, how far would the equations
have missed? The same is asked with drivers forecast from their own past. Every fourth region, for speed.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analytics.forecasting import forecast
from analytics.model import Fitted, fit, no_shocks, read_model, simulate
from analytics.model.compiling import History
from analytics.model.paths import Points
from analytics.model.spec import ModelSpec, ScenarioSpec
from analytics.scales import from_scale, to_scale
from analytics.statistical import Array, lone_paths, roll, roll_methods, theta, usual_change
from bench.analytics.forecasts import REDEFINED, REPORTED_FROM
from core.indicators import Scale

MODEL = Path(__file__).with_name("regions.toml")
HORIZON = 5
FIRST_ORIGIN, LAST_ORIGIN = 2008, 2019
_FILES = ("ru_regions_annual.csv", "ru_national.csv")
_ASKED = ("given", "alone", "shown")
_FIRST_YEAR = 2000
_TRAINING = 6
_EVERY = 4
_NATION = "00000000"
_SCALES: Mapping[str, Scale] = {"UNEMPL": "logit"}

_Drivers = Mapping[str, Mapping[int, float]]


def read_regions(annual: Path, national: Path) -> tuple[dict[str, History], _Drivers]:
    """Histories of regions that have every variable of the model without a gap, and national drivers."""
    found: defaultdict[str, defaultdict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    with annual.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["territory"].isdigit():
                found[row["territory"]][row["indicator"]][int(row["period"])] = float(row["value"])
    for variables in found.values():
        variables["GRP_R"] = _level(variables["GRP_VOL_IDX"])
    names = tuple(read_model(MODEL).equations)
    drivers = {"GDP_RF": found[_NATION]["GRP_R"], "CPI_RF": _inflation(national)}
    last = {name: max(found["01000000"][name]) for name in names}
    regions = {
        code: {name: variables[name] for name in names}
        for code, variables in sorted(found.items())
        if code != _NATION
        and all(set(variables[name]) >= set(range(_FIRST_YEAR, last[name] + 1)) for name in names)
    }
    return dict(list(regions.items())[::_EVERY]), drivers


def measure(folder: Path | None) -> dict[str, float | None]:
    """Errors of the equations over those of Theta, geometric mean of the variables; null without files."""
    reported = range(REPORTED_FROM, LAST_ORIGIN + 1)
    kinds = ("", "_marked", "_same_definition", "_marked_same_definition")
    spans = {**dict.fromkeys(kinds, reported), "_until_2015": range(FIRST_ORIGIN, REPORTED_FROM)}
    names = {f"model_{method}_vs_theta{span}": (method, span) for span in spans for method in _ASKED}
    if folder is None or not all((folder / name).exists() for name in _FILES):
        print(f"STRATEGY24_BENCH_DATA names no folder with {' and '.join(_FILES)}: the model is not tried.")
        return dict.fromkeys(names)
    data = read_regions(*(folder / name for name in _FILES))
    trials = try_regions(*data)
    marked = try_marked(trials, *data)
    figures: dict[str, float | None] = {}
    for name, (method, span) in names.items():
        shown = marked if "_marked" in span else trials
        same = REDEFINED if "_same" in span else {}
        ratios = against_theta(shown, method, spans[span], same_definition=same)
        print(f"{name:52}", *(f"{variable} {ratio:.2f}" for variable, ratio in ratios.items()))
        figures[name] = math.exp(float(np.mean(np.log(list(ratios.values())))))
    return figures


@dataclass(frozen=True, slots=True)
class Trial:
    """Facts of one variable on its working scale (region, year) and what each method said.

    paths: by method (region, year of the origin, years ahead). «given» and «alone» are the equations with
    drivers known and with drivers forecast; «shown» is what the product shows: the equations with drivers
    known, weighed against the statistical forecast by how both did before.
    """

    y: Array
    paths: Mapping[str, Array]


def try_regions(regions: Mapping[str, History], drivers: _Drivers) -> dict[str, Trial]:
    """Run the model from every origin for every region; by variable."""
    spec = read_model(MODEL)
    given, alone = (_model_paths(spec, regions, drivers, path) for path in (known, expected))
    trials = {}
    for name in spec.equations:
        scale = _SCALES.get(name, "log")
        y = to_scale(_table(regions, name), scale)
        length = y.shape[1]
        statistical = _statistical(y, scale, redefined=None)
        paths = {
            "given": given[name][:, :length],
            "alone": alone[name][:, :length],
            "theta": theta(y, HORIZON),
        }
        trials[name] = Trial(y, {**paths, "shown": _shown(y, paths, statistical)})
    return trials


def try_marked(
    trials: Mapping[str, Trial], regions: Mapping[str, History], drivers: _Drivers
) -> dict[str, Trial]:
    """The same with the marks of new definitions, each known from its year on."""
    spec = read_model(MODEL)
    marks = {name: year for name, year in REDEFINED.items() if name in spec.equations}
    spec, first = replace(spec, redefined=marks), min(marks.values())
    given, alone = (_model_paths(spec, regions, drivers, path, first=first) for path in (known, expected))
    found = {}
    for name, trial in trials.items():
        y, length, before = trial.y, trial.y.shape[1], first - _FIRST_YEAR
        scale = _SCALES.get(name, "log")
        mark = marks[name] - _FIRST_YEAR if name in marks else None
        paths = dict(trial.paths)
        for method, said in (("given", given), ("alone", alone)):
            paths[method] = np.concatenate([paths[method][:, :before], said[name][:, before:length]], axis=1)
        later = _statistical(y, scale, redefined=mark)
        earlier = _statistical(y, scale, redefined=None)
        statistical = np.concatenate([earlier[:, :mark], later[:, mark:]], axis=1) if mark else earlier
        found[name] = Trial(y, {**paths, "shown": _shown(y, paths, statistical, redefined=mark)})
    return found


def against_theta(
    trials: Mapping[str, Trial],
    method: str,
    origins: range,
    *,
    same_definition: Mapping[str, int] | None = None,
) -> dict[str, float]:
    """Mean absolute error of a method over that of Theta by variable.

    same_definition: first years of new definitions; what was said before one is not judged by facts after it.
    """
    found, marks = {}, same_definition or {}
    for name, trial in trials.items():
        errors: dict[str, list[Array]] = {method: [], "theta": []}
        scale = usual_change(trial.y)
        for origin in origins:
            at = origin - _FIRST_YEAR
            mark = marks.get(name, 0)
            steps = min(HORIZON, mark - 1 - origin) if origin < mark else HORIZON
            facts = trial.y[:, at + 1 : at + 1 + steps]
            for one, each in errors.items():
                missed = facts - trial.paths[one][:, at, : facts.shape[1]]
                each.append((np.abs(missed) / scale[:, at, None]).ravel())
        ours, theirs = (float(np.mean(np.concatenate(errors[one]))) for one in (method, "theta"))
        found[name] = ours / theirs
    return found


def _statistical(y: Array, scale: Scale, *, redefined: int | None) -> Array:
    def methods(known: Array) -> Mapping[str, Array]:
        return lone_paths(from_scale(known, scale), scale=scale, steps=HORIZON)

    return roll_methods(y, methods, first=_TRAINING, pooled=False, redefined=redefined).median


def _shown(
    y: Array, paths: Mapping[str, Array], statistical: Array, *, redefined: int | None = None
) -> Array:
    tried = np.where(np.isnan(paths["alone"]), statistical, paths["alone"])
    shares = np.stack(
        [
            roll(
                y[row, None],
                {"model": tried[row, None], "statistical": statistical[row, None]},
                first=FIRST_ORIGIN - _FIRST_YEAR + 1,
                pooled=True,
                redefined=redefined,
            ).weights[0, 0]
            for row in range(len(y))
        ]
    )
    return np.asarray(shares * paths["given"] + (1.0 - shares) * statistical)


def _model_paths(
    spec: ModelSpec,
    regions: Mapping[str, History],
    drivers: _Drivers,
    path: Callable[[Mapping[int, float], int], dict[int, float]],
    *,
    first: int = FIRST_ORIGIN,
) -> dict[str, Array]:
    """Paths (region, year, years ahead) on the working scale; not a number where there is no origin."""
    shape = len(regions), LAST_ORIGIN - _FIRST_YEAR + HORIZON + 1, HORIZON
    found = {name: np.full(shape, np.nan) for name in spec.equations}
    for origin in range(first, LAST_ORIGIN + 1):
        years = range(origin + 1, origin + 1 + HORIZON)
        for row, fitted in enumerate(_fitted(spec, regions, drivers, origin, path)):
            run = simulate(fitted, years, no_shocks(fitted), scenarios=["past"])
            for name, paths in found.items():
                said = run.values[name][:, 0, 0]
                paths[row, origin - _FIRST_YEAR] = to_scale(said, _SCALES.get(name, "log"))
    return found


def known(driver: Mapping[int, float], origin: int) -> dict[int, float]:
    """What the driver really did."""
    return {year: driver[year] for year in range(origin + 1, origin + 1 + HORIZON) if year in driver}


def expected(driver: Mapping[int, float], origin: int) -> dict[int, float]:
    """What its own past made one expect."""
    values = [driver[year] for year in sorted(driver) if year <= origin]
    made = forecast(values, last_period=str(origin), horizon=HORIZON)
    return {int(point.period): point.median for point in made.points}


def _fitted(
    spec: ModelSpec,
    regions: Mapping[str, History],
    drivers: _Drivers,
    origin: int,
    path: Callable[[Mapping[int, float], int], dict[int, float]],
) -> Iterator[Fitted]:
    """The model as it could have been estimated for each region in the year of the origin."""
    paths = {name: Points(path(driver, origin)) for name, driver in drivers.items()}
    then = replace(spec, scenarios={"past": ScenarioSpec("past", paths=paths)})
    data = {
        code: {name: _until(years, origin) for name, years in {**history, **drivers}.items()}
        for code, history in regions.items()
    }
    for code in regions:
        yield fit(then, data, code)


def _table(regions: Mapping[str, History], name: str) -> Array:
    last = max(next(iter(regions.values()))[name])
    return np.array(
        [[history[name][year] for year in range(_FIRST_YEAR, last + 1)] for history in regions.values()]
    )


def _until(years: Mapping[int, float], last: int) -> dict[int, float]:
    return {year: value for year, value in years.items() if year <= last}


def _level(changes: Mapping[int, float]) -> dict[int, float]:
    """A level from indices to the year before, in per cent."""
    level, found = 100.0, {}
    for year in sorted(changes):
        level *= changes[year] / 100.0
        found[year] = level
    return found


def _inflation(national: Path) -> dict[int, float]:
    """December to December from monthly indices, whole years only."""
    months: defaultdict[int, list[float]] = defaultdict(list)
    with national.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["indicator"] == "CPI_MOM_pct":
                months[int(row["period"][:4])].append(float(row["value"]) / 100.0)
    return {year: 100.0 * math.prod(each) for year, each in months.items() if len(each) == 12}
