"""Marks of new definitions in a model: which years still inform an equation, and what it looks back at.

Two definitions are two quantities. Nothing is learned from the step between them and no forecast begins with
it; how the variable moves is learned inside each of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.model.compiling import Array, History, logistic, logit
from analytics.model.errors import ModelError
from analytics.model.grammar import variables
from analytics.model.solving import Program
from analytics.model.spec import EquationSpec
from analytics.scales import from_scale, to_scale
from analytics.statistical import joined, lone_paths
from core.indicators import Scale

Breaks = Mapping[str, frozenset[int]]
"""First years of new definitions of one territory: by variable."""

_Mask = NDArray[np.bool_]
_MEASURED = 0.37
_ROUNDING = 1e-9
_MIN_FOR_BLEND = 4
_TRAINING = 6


@dataclass(frozen=True, slots=True)
class Rows:
    """The years of an equation under the marks of its variables.

    kept: years that inform it. steps: (kept year, definition), ones in the years of an older definition whose
    level stands in the equation. names: the variables whose marks matter, with their first years.
    """

    kept: _Mask
    steps: Array
    names: Mapping[str, int]


def breaks_of(program: Program, data: History, history: History) -> Breaks:
    """The marks that the data cross: there is a value before the year and one from it on.

    data: what is published. history: the same with identities computed backwards; one of them changes its
    definition with its parts.
    """
    found: dict[str, frozenset[int]] = {}
    for name, year in program.spec.redefined.items():
        years = history.get(name, {})
        if years and min(years) < year <= max(years):
            found[name] = frozenset({year})
    computed = [
        (name, variables(equation.right))
        for name, equation in program.spec.equations.items()
        if equation.identity and history.get(name, {}).keys() - data.get(name, {}).keys()
    ]
    last = max((max(years) for years in history.values() if years), default=0)
    more = bool(found)
    while more:
        more = False
        for name, parts in computed:
            inherited = {
                year + one.lag for one in parts if one.name != name for year in found.get(one.name, ())
            }
            own = found.get(name, frozenset())
            years_of = own | {year for year in inherited if year <= last}
            if years_of != own:
                found[name], more = years_of, True
    return found


def informative(
    equation: EquationSpec,
    history: History,
    breaks: Breaks,
    years: tuple[int, ...],
    measure: Callable[[History], Array],
) -> Rows:
    """Which years inform an equation; `measure` gives its numbers (year, column) for a history.

    The older part of a series is moved as a whole and the numbers are looked at: those of a year that
    compares two definitions change, those of a difference inside one do not. Where all older years change
    alike, the equation holds the level itself, and each definition is given a level of its own. Where they
    change unevenly, nothing says how to compare them, and they are left out. Of the scales on which a series
    can be moved, the one that leaves most is that on which the equation compares.
    """
    kept, steps = np.ones(len(years), bool), []
    names: dict[str, int] = {}
    numbers: Array | None = None
    for name, marks in breaks.items():
        lags = _lags(equation, name)
        for mark in sorted(marks) if lags else ():
            numbers = measure(history) if numbers is None else numbers
            older = np.array([year - min(lags) < mark for year in years], bool)
            newer = np.array([year - max(lags) >= mark for year in years], bool)
            lost, level = _compared(
                numbers,
                (_elsewhere(measure, history, name, mark, scale) for scale in _scales(history[name])),
                older,
                newer,
            )
            if lost.any() or level:
                names[name] = max(mark, names.get(name, mark))
            kept &= ~lost
            if level:
                steps.append(older)
    found = {tuple(step[kept].tolist()): None for step in steps}
    columns = [step for step in found if any(step)]
    return Rows(kept, np.array(columns, dtype=np.float64).reshape(len(columns), int(kept.sum())).T, names)


def moved_series(
    program: Program, data: History, breaks: Breaks, complete: Callable[[History], History]
) -> History:
    """The series that cross a mark as the new definition would have them: what forecasts look back at.

    The part before the mark is moved, as a whole, to where the first new value is just what statistics
    expected of it, as in the forecasts of releases. complete: computes what the file adds to the data, so
    that its identities hold before the mark as well.
    """
    if not breaks:
        return {}
    whole = complete(data)
    moved = {
        name: _joined(whole[name], year, scale_of(program, name, whole[name]))
        for name, year in program.spec.redefined.items()
        if name in breaks and (name in data or name in program.spec.drivers)
    }
    again = complete({**data, **moved})
    return {name: again[name] for name in breaks}


def scale_of(program: Program, name: str, values: Mapping[int, float]) -> Scale:
    """The scale on which a variable is forecast: that of its equation, else logarithms where they exist."""
    equation = program.spec.equations.get(name)
    if equation is not None and not equation.identity:
        scales: Mapping[str, Scale] = {"dlog": "log", "log": "log", "dlogit": "logit", "level": "plain"}
        return scales[equation.side]
    return "log" if min(values.values()) > 0 else "plain"


def _joined(values: Mapping[int, float], mark: int, scale: Scale) -> dict[int, float]:
    old = [year for year in sorted(values) if year < mark]
    first = min(year for year in values if year >= mark)
    tail = [year for place, year in enumerate(old) if old[-1] - year == len(old) - 1 - place]
    y = to_scale(np.array([values[year] for year in [*tail, first]])[None], scale)
    if len(tail) < _MIN_FOR_BLEND:
        shift = y[0, -1] - y[0, -2]
    else:

        def methods(known: Array) -> dict[str, Array]:
            return lone_paths(from_scale(known, scale), scale=scale, steps=1)

        shift = joined(y, methods, first=_TRAINING, pooled=False, redefined=len(tail))[0, -2] - y[0, -2]
    there = from_scale(to_scale(np.array([values[year] for year in old]), scale) + shift, scale)
    return {**values, **dict(zip(old, map(float, there), strict=True))}


def _lags(equation: EquationSpec, name: str) -> set[int]:
    """How far back an equation looks at a variable, its left side among the rest."""
    lags = {one.lag for one in variables(equation.right) if one.name == name}
    if name == equation.name:
        lags |= {0} if equation.side in {"level", "log"} else {0, 1}
    return lags


def _scales(values: Mapping[int, float]) -> list[Scale]:
    low, high = min(values.values()), max(values.values())
    scales: list[Scale] = ["plain"]
    if low > 0:
        scales.insert(0, "log")
        if high < 100.0:
            scales.insert(1, "logit")
    return scales


def _elsewhere(
    measure: Callable[[History], Array], history: History, name: str, mark: int, scale: Scale
) -> Array | None:
    """The numbers of an equation with the older part of a variable elsewhere; None if they cannot be had."""
    years = history[name]
    values = np.array(list(years.values()))
    match scale:
        case "log":
            elsewhere = values * np.exp(_MEASURED)
        case "logit":
            elsewhere = logistic(logit(values) + _MEASURED)
        case _:
            elsewhere = values + _MEASURED * max(float(np.abs(values).mean()), 1e-9)
    moved = {
        year: float(there) if year < mark else value
        for (year, value), there in zip(years.items(), elsewhere, strict=True)
    }
    try:
        return measure({**history, name: moved})
    except ModelError:
        return None


def _compared(
    numbers: Array, moves: Iterator[Array | None], older: _Mask, newer: _Mask
) -> tuple[_Mask, bool]:
    """The years that cannot be compared, and whether the older ones only need a level of their own.

    By the first move that leaves all older years comparable, else by the one that leaves most.
    """
    tried = []
    for moved in moves:
        lost, level = _lost(numbers, moved, older, newer)
        if not (lost & older).any():
            return lost, level
        tried.append(lost)
    return min(tried, key=lambda lost: int(lost.sum())), False


def _lost(numbers: Array, moved: Array | None, older: _Mask, newer: _Mask) -> tuple[_Mask, bool]:
    if moved is None or moved.shape != numbers.shape:
        return ~newer, False
    shifts = moved - numbers
    size = np.maximum(np.abs(moved), np.abs(numbers)).max(axis=0, initial=0.0)
    noise = _ROUNDING * np.maximum(size, 1e-9)
    changed = (np.abs(shifts) > noise).any(axis=1) & ~newer
    if not (changed & older).any():
        return changed, False
    of_older = shifts[older]
    if (np.ptp(of_older, axis=0) <= 2 * noise).all():
        return changed & ~older, True
    return changed, False
