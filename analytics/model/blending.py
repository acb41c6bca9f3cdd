"""Blends the equations of a model with statistical forecasts, by how both did from past origins.

The blend enters as add-factors: in the main scenario the path without luck passes through it, identities
stay true, and the other scenarios keep their distance through the equations.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.model.compiling import Array, History
from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted, fit
from analytics.model.paths import Points
from analytics.model.redefinition import scale_of
from analytics.model.simulation import Additions, no_shocks, simulate, solved_state
from analytics.model.spec import ModelSpec, ScenarioSpec
from analytics.scales import from_scale, to_scale
from analytics.statistical import Rolled, lone_paths, roll, roll_methods
from core.indicators import Scale

PAST_ORIGINS = 8
"""Years from which the model is estimated anew, to see how it would have done."""

_MIN_YEARS = 10
_TRAINING = 6
_TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class PastErrors:
    """Mean absolute error a year ahead from past origins, in the unit of the variable.

    model: the equations alone. blend: what was shown. naive: «it stays as it is».
    """

    origins: int
    model: float
    blend: float
    naive: float


@dataclass(frozen=True, slots=True)
class Blend:
    """Add-factors of the blend, the share of the model (0..1) by variable and year ahead, past errors."""

    anchor: Additions
    model_share: Mapping[str, tuple[float, ...]]
    past: Mapping[str, PastErrors]


def blend_model(
    fitted: Fitted,
    data: Mapping[str, History],
    years: range,
    *,
    scenario: str,
    report: Callable[[float], None] = lambda _share: None,
) -> Blend:
    """Weigh every estimated equation against its statistical forecast and anchor the scenario there.

    report: told the share of the work (0..1) after each past origin. Raises: ModelError.
    """
    trials = _trials(fitted, data, len(years), report)
    path = simulate(fitted, years, no_shocks(fitted), scenarios=[scenario])
    wanted: dict[str, Array] = {}
    shares: dict[str, tuple[float, ...]] = {}
    past: dict[str, PastErrors] = {}
    for name in fitted.estimates:
        found = _blended(fitted, name, trials, path.values[name][:, 0, 0])
        if found is not None:
            wanted[name], shares[name], errors = found
            past.update({} if errors is None else {name: errors})
    return Blend(_add_factors(fitted, years, scenario, wanted), shares, past)


def _trials(
    fitted: Fitted, data: Mapping[str, History], steps: int, report: Callable[[float], None]
) -> dict[int, Mapping[str, Array]]:
    """Paths of the model from each past origin, knowing only what was known then; drivers are forecast."""
    found: dict[int, Mapping[str, Array]] = {}
    ahead = {name: _driver_ahead(fitted, name, steps) for name in fitted.spec.drivers}
    needed = {code: {n: h[n] for n in fitted.program.names if n in h} for code, h in data.items()}
    for origin in range(fitted.last_year - PAST_ORIGINS, fitted.last_year):
        report(1.0 - (fitted.last_year - origin) / PAST_ORIGINS)
        years = range(origin + 1, origin + 1 + steps)
        paths = {
            name: Points(dict(zip(years, by_origin.get(origin, by_origin[None]), strict=True)))
            for name, by_origin in ahead.items()
        }
        known = {code: {n: _cut(h[n], origin) for n in h} for code, h in needed.items()}
        try:
            then = fit(_as_of(fitted.spec, origin, paths), known, fitted.territory)
            if then.last_year == origin:
                run = simulate(then, years, no_shocks(then), scenarios=[_TRIAL])
                found[origin] = {name: run.values[name][:, 0, 0] for name in fitted.estimates}
        except ModelError:
            # Too little was known then; the origin teaches nothing.
            continue
    return found


def _as_of(spec: ModelSpec, origin: int, paths: Mapping[str, Points]) -> ModelSpec:
    """The model as it could have been run in the year of the origin."""
    drivers = {
        name: replace(driver, history=_cut(driver.history, origin)) for name, driver in spec.drivers.items()
    }
    return replace(spec, drivers=drivers, scenarios={_TRIAL: ScenarioSpec(_TRIAL, paths=paths)})


def _driver_ahead(fitted: Fitted, name: str, steps: int) -> dict[int | None, list[float]]:
    """Forecasts of a driver by origin, from what was known there; under None the value to stay at."""
    known = fitted.history.get(name, {})
    years, values = list(known), np.array(list(known.values()))
    if values.size < _MIN_YEARS or years[-1] - years[0] + 1 != len(years):
        # A driver without a past stays at the value that the file says first.
        stays = next(iter([*values, *_said(fitted, name)]), 0.0)
        return {None: [float(stays)] * steps}
    scale: Scale = "log" if (values > 0).all() else "plain"
    rolled = _rolled(values, scale, steps, redefined=_place(fitted, name, years))
    # What was said before a mark was said in the older definition.
    then = rolled.median[0] - (rolled.y[0] - to_scale(values, scale))[:, None]
    ahead: dict[int | None, list[float]] = {
        year: list(map(float, row)) for year, row in zip(years, from_scale(then, scale), strict=True)
    }
    return {**ahead, None: [float(values[0])] * steps}


def _said(fitted: Fitted, name: str) -> list[float]:
    return [
        value
        for scenario in fitted.spec.scenarios.values()
        if isinstance(path := scenario.paths.get(name), Points)
        for value in path.values.values()
    ]


def _rolled(values: Array, scale: Scale, steps: int, *, redefined: int | None) -> Rolled:
    """Statistical paths of one series from every origin, on the working scale."""

    def methods(known: Array) -> Mapping[str, Array]:
        units = values[None] if known is y else from_scale(known, scale)
        return lone_paths(units, scale=scale, steps=steps)

    y = to_scale(values, scale)[None]
    return roll_methods(y, methods, first=_TRAINING, pooled=False, redefined=redefined)


def _place(fitted: Fitted, name: str, years: Sequence[int]) -> int | None:
    """Place of the first year of a new definition among these; None if they are of one."""
    found = [place for place, year in enumerate(years) if place and year in fitted.breaks.get(name, ())]
    return found[-1] if found else None


def _blended(
    fitted: Fitted, name: str, trials: Mapping[int, Mapping[str, Array]], path: Array
) -> tuple[Array, tuple[float, ...], PastErrors | None] | None:
    """The blended path of a variable in its unit, the share of the model, past errors; None if unknown.

    All in the definition that holds now; what equations said before its mark is moved with the facts.
    """
    scale = scale_of(fitted.program, name, fitted.history[name])
    history = fitted.history[name]
    years = [year for year in history if year <= fitted.last_year]
    if len(years) < _MIN_YEARS or years[-1] - years[0] + 1 != len(years) or not trials:
        return None
    values, steps = np.array([fitted.seen(name)[year] for year in years]), path.size
    place = _place(fitted, name, years)
    statistical = _rolled(values, scale, steps, redefined=place)
    y = statistical.y
    shifts = y[0] - to_scale(np.array([history[year] for year in years]), scale)
    model = statistical.median[0].copy()
    for origin, run in trials.items():
        model[origin - years[0]] = to_scale(run[name], scale) + shifts[origin - years[0]]
    model[-1] = to_scale(path, scale)
    first = min(trials) - years[0] + 1
    rolled = roll(
        y,
        {"model": model[None], "statistical": statistical.median},
        first=first,
        pooled=True,
        redefined=place,
    )
    share = tuple(float(weight) for weight in rolled.weights[0, 0, -1])
    then = from_scale(rolled.median[0, :, 0] - shifts, scale)
    shown = {origin: then[origin - years[0]] for origin in trials}
    return from_scale(rolled.median[0, -1], scale), share, _past_errors(fitted, trials, name, shown)


def _past_errors(
    fitted: Fitted,
    trials: Mapping[int, Mapping[str, Array]],
    name: str,
    shown: Mapping[int, float],
) -> PastErrors | None:
    """What was said in one definition is not judged by a fact of another; None where nothing is left."""
    history, marks = fitted.history[name], fitted.breaks.get(name, ())
    facts = {origin: history[origin + 1] for origin in trials if origin + 1 not in marks}
    if not facts:
        return None
    return PastErrors(
        origins=len(facts),
        model=float(np.mean([abs(trials[origin][name][0] - fact) for origin, fact in facts.items()])),
        blend=float(np.mean([abs(shown[origin] - fact) for origin, fact in facts.items()])),
        naive=float(np.mean([abs(history[origin] - fact) for origin, fact in facts.items()])),
    )


def _add_factors(fitted: Fitted, years: range, scenario: str, wanted: Mapping[str, Array]) -> Additions:
    """What must be added to each equation for its variable to follow the wanted path."""
    spec = fitted.spec
    held = replace(
        spec.scenarios[scenario],
        exogenize={
            **spec.scenarios[scenario].exogenize,
            **{name: dict(zip(years, map(float, path), strict=True)) for name, path in wanted.items()},
        },
    )
    program = fitted.program.with_scenarios({**spec.scenarios, scenario: held})
    state = solved_state(replace(fitted, program=program), years, no_shocks(fitted), scenarios=[scenario])
    found: dict[str, dict[int, float]] = {}
    for name, path in wanted.items():
        side = spec.equations[name].side
        scale = scale_of(program, name, fitted.history[name])
        levels = to_scale(np.array([fitted.seen(name)[years.start - 1], *path]), scale)
        left = np.diff(levels) if side in {"dlog", "dlogit"} else levels[1:]
        rights = [program.right_side(name, state, year - state.years[0]).item() for year in years]
        found[name] = {
            year: float(amount) for year, amount in zip(years, left - np.array(rights), strict=True)
        }
    return found


def _cut(years: Mapping[int, float], last: int) -> dict[int, float]:
    return {year: value for year, value in sorted(years.items()) if year <= last}
