"""Questions to a fitted model: what a project changes, what it takes to reach a target, what moves what."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.model.compiling import Array
from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted
from analytics.model.grammar import (
    Expression,
    Negative,
    Operation,
    variables,
    written,
)
from analytics.model.simulation import Additions, Shocks, no_shocks, said, simulate, solved_state

BAND = (0.1, 0.5, 0.9)
"""Levels of the interval of an effect: 80 % and the median."""

_STEPS = 40
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Effect:
    """What a decision changes in one variable, by year: median and 80 % interval, in its unit."""

    variable: str
    years: range
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


def what_if(
    fitted: Fitted,
    additions: Additions,
    years: range,
    shocks: Shocks,
    *,
    scenario: str,
    outcomes: Sequence[str],
    anchor: Additions | None = None,
) -> list[Effect]:
    """Effects of what is added to variables, in one scenario: the same draws with it and without it.

    anchor: add-factors of the blend, see `blending`.

    Raises: ModelError.
    """
    without, with_it = (
        simulate(
            fitted, years, shocks, scenarios=[scenario], names=outcomes, additions=added, anchor=anchor
        ).values
        for added in (None, additions)
    )
    effects = []
    for name in outcomes:
        change = with_it[name][:, 0] - without[name][:, 0]
        low, median, high = np.quantile(change, BAND, axis=1)
        effects.append(Effect(name, years, *(tuple(map(float, each)) for each in (low, median, high))))
    return effects


def multipliers(
    fitted: Fitted,
    instrument: str,
    years: range,
    *,
    scenario: str,
    outcomes: Sequence[str],
    size: float = 1.0,
    anchor: Additions | None = None,
) -> dict[str, Array]:
    """How much each outcome moves a year for one unit of the instrument added in the first year.

    On the median path; `size` is how much is added for the measurement.
    """
    calm = no_shocks(fitted)
    pulse = {instrument: {years.start: size}}
    base, moved = (
        simulate(fitted, years, calm, scenarios=[scenario], names=outcomes, additions=added, anchor=anchor)
        for added in (None, pulse)
    )
    return {name: (moved.values[name] - base.values[name])[:, 0, 0] / size for name in outcomes}


@dataclass(frozen=True, slots=True)
class Lever:
    """How far an outcome moves, in per cent by the last year, when a driver is a tenth higher every year."""

    driver: str
    percent: float


def levers(
    fitted: Fitted, outcome: str, years: range, *, scenario: str, anchor: Additions | None = None
) -> list[Lever]:
    """What moves an outcome most, the strongest first; drivers that stand at zero are left out."""
    calm = no_shocks(fitted)
    names = [*fitted.spec.drivers, outcome]
    base = simulate(fitted, years, calm, scenarios=[scenario], names=names, anchor=anchor).values
    end = base[outcome][-1, 0, 0]
    found = []
    for driver in fitted.spec.drivers:
        added = {driver: {year: 0.1 * path[0, 0] for year, path in zip(years, base[driver], strict=True)}}
        moved = simulate(
            fitted, years, calm, scenarios=[scenario], names=[outcome], additions=added, anchor=anchor
        )
        change = 100.0 * (moved.values[outcome][-1, 0, 0] / end - 1.0) if end else 0.0
        if abs(change) > 1e-9:
            found.append(Lever(driver, float(change)))
    return sorted(found, key=lambda one: -abs(one.percent))


def seek(
    fitted: Fitted,
    years: range,
    *,
    scenario: str,
    name: str,
    value: float,
    at: int,
    instrument: str,
    anchor: Additions | None = None,
) -> float:
    """What must be added to the instrument in every year for the median path to reach a value (RENORM).

    Newton with a measured slope. Raises: ModelError "target_unreachable".
    """
    calm = no_shocks(fitted)

    def reached(amount: float) -> float:
        added = {instrument: dict.fromkeys(years, amount)}
        run = simulate(
            fitted, years, calm, scenarios=[scenario], names=[name], additions=added, anchor=anchor
        )
        return float(run.values[name][at - years.start, 0, 0])

    unreachable = ModelError("target_unreachable", instrument=instrument, name=name, value=value, at=at)
    size = max(abs(fitted.history.get(instrument, {}).get(fitted.last_year, 1.0)), 1e-6)
    amount, found = 0.0, reached(0.0)
    for _ in range(_STEPS):
        if abs(found - value) <= _TOLERANCE * max(abs(value), 1.0):
            return amount
        probe = 1e-5 * size
        try:
            slope = (reached(amount + probe) - found) / probe
            if slope == 0.0:
                raise unreachable
            # A step beyond half of the instrument leaves the region where the slope is worth anything.
            step = float(np.clip((value - found) / slope, -0.5 * size, 0.5 * size))
            amount, found = amount + step, reached(amount + step)
        except ModelError as error:
            raise unreachable from error
    raise unreachable


@dataclass(frozen=True, slots=True)
class Contribution:
    """One term of an equation and what it adds to the left side, by year. `names`: its variables."""

    term: str
    by_year: tuple[float, ...]
    names: tuple[str, ...] = ()


def contributions(
    fitted: Fitted, name: str, years: range, *, scenario: str, anchor: Additions | None = None
) -> list[Contribution]:
    """The right side of an equation on the median path, term by term; they add up to the left side.

    anchor: the add-factors of the blend; they and those of the scenario make the last term, named "".
    """
    calm = no_shocks(fitted)
    state = solved_state(fitted, years, calm, scenarios=[scenario], anchor=anchor)
    compiler = fitted.program.compiler(name)
    found = []
    for sign, term in _terms(fitted.spec.equations[name].right):
        compute = compiler.compile(term)
        by_year = tuple(sign * compute(state, year - state.years[0]).item() for year in years)
        names = tuple(sorted({one.name for one in variables(term)}))
        found.append(Contribution(written(term), by_year, names))
    added = said(fitted, scenario, "addfactor", name)
    extra = tuple(added.get(year, 0.0) + (anchor or {}).get(name, {}).get(year, 0.0) for year in years)
    return [*found, Contribution("", extra)] if any(extra) else found


def causes(fitted: Fitted, name: str, years: range, *, scenario: str) -> list[tuple[tuple[str, ...], float]]:
    """What moves a variable: names in each term of its equation and the sum over the years, largest first.

    Constants are left out.
    """
    terms = _terms(fitted.spec.equations[name].right)
    sums = [sum(one.by_year) for one in contributions(fitted, name, years, scenario=scenario)]
    found = [
        (tuple(sorted({one.name for one in variables(term)})), float(total))
        for (_, term), total in zip(terms, sums, strict=True)
    ]
    return sorted((one for one in found if one[0]), key=lambda pair: -abs(pair[1]))


def _terms(node: Expression, sign: float = 1.0) -> list[tuple[float, Expression]]:
    """The terms of a sum with their signs."""
    match node:
        case Operation("+", left, right):
            return _terms(left, sign) + _terms(right, sign)
        case Operation("-", left, right):
            return _terms(left, sign) + _terms(right, -sign)
        case Negative(term):
            return _terms(term, -sign)
        case _:
            return [(sign, node)]
