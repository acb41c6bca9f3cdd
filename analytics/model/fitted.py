"""A model that has met its data: estimated for one territory, with the history it starts from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.model.compiling import Array, History, State
from analytics.model.errors import ModelError
from analytics.model.estimation import Estimate, estimate
from analytics.model.paths import along
from analytics.model.redefinition import Breaks, breaks_of, moved_series
from analytics.model.solving import Program
from analytics.model.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Fitted:
    """`history` holds data, histories of drivers from the file, and identities computed backwards.

    last_year: the last year in which every equation has its value; forecasts begin after it. What is
    known later is used as a fact. breaks: the marks of new definitions that the history crosses. moved:
    series that cross one, with what stands before it at the level of the new definition.
    """

    program: Program
    territory: str
    history: History
    estimates: Mapping[str, Estimate]
    last_year: int
    breaks: Breaks
    moved: History

    @property
    def spec(self) -> ModelSpec:
        """The model file."""
        return self.program.spec

    def seen(self, name: str) -> Mapping[int, float]:
        """The values of a variable that forecasts look back at: all in the definition that holds now."""
        return self.moved.get(name) or self.history.get(name, {})


def fit(spec: ModelSpec, data: Mapping[str, History], territory: str) -> Fitted:
    """Estimate a model for a territory; `data` holds the values of all territories, by code.

    Raises: ModelError.
    """
    if territory not in data:
        raise ModelError("no_territory", territory=territory)
    program = Program(spec)
    histories = {code: _with_drivers(program, history) for code, history in data.items()}
    history = histories[territory]
    for name, equation in spec.equations.items():
        if not equation.identity and not history.get(name):
            raise ModelError("no_value", name=name, at=territory, where=spec.where(name))
    breaks = {code: breaks_of(program, data[code], history) for code, history in histories.items()}
    estimates = estimate(program, histories, territory, breaks)
    last = min(
        (max(history[name]) for name, one in spec.equations.items() if not one.identity),
        default=max((max(years) for years in history.values() if years), default=spec.start),
    )
    own = breaks[territory]
    moved = moved_series(program, data[territory], own, lambda known: _with_drivers(program, known))
    return Fitted(program, territory, history, estimates, last, own, moved)


def driver_paths(fitted: Fitted, scenario: str, years: range) -> dict[str, dict[int, float]]:
    """Values of every driver after its last known year, as the scenario and its parents say.

    Raises: ModelError when a driver has no path.
    """
    spec = fitted.spec
    found: dict[str, dict[int, float]] = {}
    chain = [scenario]
    while (parent := spec.scenarios[chain[-1]].inherit) is not None:
        chain.append(parent)
    for name, driver in spec.drivers.items():
        known = fitted.history.get(name, {})
        last = max(known, default=years.start - 1)
        ahead = range(last + 1, years.stop)
        # Known to the end of the run, a driver needs no path.
        path: dict[int, float] | None = {} if not ahead else None
        if driver.default is not None:
            path = dict.fromkeys(ahead, driver.default)
        for step in reversed(chain):
            said = spec.scenarios[step].paths.get(name)
            if said is not None and ahead:
                try:
                    path = along(said, ahead, last=known.get(last), inherited=path)
                except ModelError as error:
                    line = spec.lines.get(f"scenario.{step}", 0)
                    raise error.at(file=spec.file, line=line) from error
        if path is None:
            line = spec.lines.get(f"scenario.{scenario}", 0)
            raise ModelError("no_value", name=name, at=years.start).at(file=spec.file, line=line)
        found[name] = path
    return found


def _with_drivers(program: Program, history: History) -> dict[str, Mapping[int, float]]:
    """The history with drivers from the file, and identities computed where their parts are known."""
    merged: dict[str, Mapping[int, float]] = {name: dict(years) for name, years in history.items()}
    for name, driver in program.spec.drivers.items():
        if driver.history:
            merged[name] = {**driver.history, **merged.get(name, {})}
    years = sorted({year for name in program.names for year in merged.get(name, {})})
    if not years:
        return merged
    for name, driver in program.spec.drivers.items():
        if driver.default is not None:
            merged[name] = {**dict.fromkeys(years, driver.default), **merged.get(name, {})}
    state = program.state(range(years[0], years[-1] + 1), given_coefficients(program))
    for name, slot in program.slots.items():
        for year, value in merged.get(name, {}).items():
            state.put(slot, year - years[0], np.full((1, 1), value))
    _fill_identities(program, state, merged)
    return merged


def given_coefficients(program: Program) -> list[Array]:
    """Coefficients that the file gives, zero for those to be estimated."""
    return [
        np.full((1, 1), program.spec.equations[owner].values.get(name, 0.0))
        for owner, name in program.coefficients
    ]


def _fill_identities(program: Program, state: State, merged: dict[str, Mapping[int, float]]) -> None:
    for block in program.blocks:
        name = block[0]
        equation = program.spec.equations[name]
        if len(block) > 1 or not equation.identity or equation.side != "level":
            continue
        found = dict(merged.get(name, {}))
        for time, year in enumerate(state.years):
            if year in found:
                continue
            try:
                value = program.right_side(name, state, time)
            except ModelError:
                continue
            state.put(program.slots[name], time, value)
            found[year] = value.item()
        if found:
            merged[name] = found
