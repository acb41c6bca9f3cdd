"""Simulates a fitted model: all scenarios and draws at once, the same draws in every scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.model.compiling import Array, State
from analytics.model.fitted import Fitted, driver_paths
from analytics.model.solving import Changes

Additions = Mapping[str, Mapping[int, float]]
"""What is added to variables: by variable, by year."""

_CORRELATION_YEARS = 12.0
"""Years at which the measured correlation of the errors of two equations is believed half."""


@dataclass(frozen=True, slots=True)
class Shocks:
    """The luck of every draw: drawn once, used by all scenarios, so that differences are not luck.

    Shapes: coefficients (coefficient, draw); equations and drivers by name (year, draw), standard size 1.
    """

    coefficients: Array
    equations: Mapping[str, Array]
    drivers: Mapping[str, Array]

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.coefficients.shape[1])


@dataclass(frozen=True, slots=True)
class Run:
    """Simulated values by variable: arrays (year, scenario, draw)."""

    years: range
    scenarios: tuple[str, ...]
    values: Mapping[str, Array]

    def quantiles(self, name: str, levels: Sequence[float]) -> Array:
        """Quantiles (level, year, scenario) over the draws, linear between them."""
        ranked = np.sort(self.values[name], axis=2)
        place = np.asarray(levels) * (ranked.shape[2] - 1)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, ranked.shape[2] - 1)
        share = place - low
        found = ranked[:, :, low] * (1.0 - share) + ranked[:, :, high] * share
        return np.moveaxis(found, 2, 0)

    def probability(self, name: str, op: str, value: float, *, year: int) -> Array:
        """Share of draws in which the target is met, by scenario."""
        values = self.values[name][year - self.years.start]
        met = values >= value if op == ">=" else values <= value
        return np.asarray(met.mean(axis=1))


def draw_shocks(fitted: Fitted, years: range, *, draws: int, seed: int) -> Shocks:
    """Draw coefficients, errors of equations and noise of drivers. The second half mirrors the first.

    Errors of equations in one year are correlated as they were, shrunk to independence; how large they
    are is itself drawn, with as many degrees of freedom as there were years.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    normal = _Mirrored(rng, draws)
    coefficients = _coefficients(fitted, normal)
    names = [name for name in fitted.program.spec.equations if name in fitted.estimates]
    root = np.linalg.cholesky(_correlation(fitted, names)) if names else np.empty((0, 0))
    joint = root @ normal.take(len(years), len(names))
    equations = {
        name: joint[:, place] * fitted.estimates[name].sd * _size(rng, fitted, name, draws)
        for place, name in enumerate(names)
    }
    drivers = {
        name: _driver_noise(normal, rng, driver.noise.rho, driver.noise.df, len(years), draws)
        for name, driver in fitted.spec.drivers.items()
        if driver.noise.sd
    }
    return Shocks(coefficients, equations, drivers)


def no_shocks(fitted: Fitted) -> Shocks:
    """The single draw without luck: the median path."""
    means = _means(fitted)
    return Shocks(means[:, None], {}, {})


def simulate(
    fitted: Fitted,
    years: range,
    shocks: Shocks,
    *,
    scenarios: Sequence[str],
    additions: Additions | None = None,
    anchor: Additions | None = None,
    names: Sequence[str] | None = None,
) -> Run:
    """Run scenarios over `years`, which follow the last year of the history.

    additions: of a project, to levels. anchor: add-factors that hold in every scenario. names: the
    variables to keep, all by default. Raises: ModelError with equation and year.
    """
    state = solved_state(fitted, years, shocks, scenarios=scenarios, additions=additions, anchor=anchor)
    first = years.start - state.years[0]
    shape = len(scenarios), shocks.draws
    kept = {
        name: state.values[fitted.program.slots[name]][first : first + len(years)]
        for name in (names if names is not None else fitted.program.names)
    }
    known = {name: column for name, column in kept.items() if all(value is not None for value in column)}
    # One block for all: a copy a variable costs four times as much.
    block = np.empty((len(known), len(years), *shape))
    for rows, column in zip(block, known.values(), strict=True):
        for row, value in zip(rows, column, strict=True):
            row[...] = value
    return Run(years, tuple(scenarios), dict(zip(known, block, strict=True)))


def solved_state(
    fitted: Fitted,
    years: range,
    shocks: Shocks,
    *,
    scenarios: Sequence[str],
    additions: Additions | None = None,
    anchor: Additions | None = None,
) -> State:
    """The state after solving, for those who look into equations; see `simulate`."""
    program = fitted.program
    first = min(
        (min(known) for name in program.names if (known := fitted.history.get(name))), default=years.start
    )
    # A left side may be a growth, so a year before is always kept.
    begin = max(min(first, years.start - 1), years.start - max(program.memory, 1))
    state = program.state(range(begin, years.stop), list(shocks.coefficients[:, None]))
    _put_history(fitted, state, years)
    _put_drivers(fitted, state, years, shocks, scenarios, additions or {})
    program.solve(state, years, _changes(fitted, years, shocks, scenarios, additions or {}, anchor or {}))
    return state


def _put_history(fitted: Fitted, state: State, years: range) -> None:
    for name, slot in fitted.program.slots.items():
        for year, value in fitted.seen(name).items():
            past = state.years[0] <= year < years.start
            if past or (name in fitted.spec.drivers and years.start <= year < years.stop):
                state.put(slot, year - state.years[0], np.full((1, 1), value))


def _put_drivers(
    fitted: Fitted, state: State, years: range, shocks: Shocks, scenarios: Sequence[str], additions: Additions
) -> None:
    paths = [driver_paths(fitted, scenario, years) for scenario in scenarios]
    for name, driver in fitted.spec.drivers.items():
        noise = shocks.drivers.get(name)
        for year in paths[0][name]:
            value = np.array([path[name][year] for path in paths])[:, None]
            extra = additions.get(name, {}).get(year)
            if extra is not None:
                value = value + extra
            if noise is not None and year >= years.start:
                luck = driver.noise.sd * noise[year - years.start]
                value = value * np.exp(luck) if driver.noise.relative else value + luck
            state.put(fitted.program.slots[name], year - state.years[0], value)


def _changes(
    fitted: Fitted,
    years: range,
    shocks: Shocks,
    scenarios: Sequence[str],
    additions: Additions,
    anchor: Additions,
) -> Changes:
    added: dict[tuple[str, int], Array] = {}
    fixed: dict[tuple[str, int], Array] = {}
    for name in fitted.spec.equations:
        luck = shocks.equations.get(name)
        factors = [said(fitted, scenario, "addfactor", name) for scenario in scenarios]
        values = [said(fitted, scenario, "exogenize", name) for scenario in scenarios]
        for place, year in enumerate(years):
            total = None if luck is None else luck[place][None, :]
            everywhere = anchor.get(name, {}).get(year, 0.0)
            if everywhere or any(year in one for one in factors):
                factor = np.array([one.get(year, 0.0) for one in factors])[:, None] + everywhere
                total = factor if total is None else total + factor
            if total is not None:
                added[name, year] = total
            known = fitted.seen(name).get(year)
            if known is not None:
                fixed[name, year] = np.full((1, 1), known)
            elif any(year in one for one in values):
                fixed[name, year] = np.array([one.get(year, np.nan) for one in values])[:, None]
    extra = {
        (name, year): np.full((1, 1), amount)
        for name, by_year in additions.items()
        if name in fitted.spec.equations
        for year, amount in by_year.items()
    }
    return Changes(added, fixed, extra)


def said(fitted: Fitted, scenario: str, what: str, name: str) -> Mapping[int, float]:
    """Add-factors or fixed values of an equation in a scenario, those of its parents below its own."""
    found: dict[int, float] = {}
    place: str | None = scenario
    while place is not None:
        found = {**getattr(fitted.spec.scenarios[place], what).get(name, {}), **found}
        place = fitted.spec.scenarios[place].inherit
    return found


class _Mirrored:
    """Standard normal numbers whose second half is the first with the other sign."""

    def __init__(self, rng: np.random.Generator, draws: int) -> None:
        self._rng = rng
        self.draws = draws

    def take(self, *shape: int) -> Array:
        half = self._rng.standard_normal((*shape, (self.draws + 1) // 2))
        return np.concatenate([half, -half], axis=-1)[..., : self.draws]


def _means(fitted: Fitted) -> Array:
    found = []
    for owner, name in fitted.program.coefficients:
        given = fitted.spec.equations[owner].values.get(name)
        if given is None:
            one = fitted.estimates[owner]
            given = float(one.mean[one.names.index(name)])
        found.append(given)
    return np.array(found, dtype=np.float64)


def _coefficients(fitted: Fitted, normal: _Mirrored) -> Array:
    """Coefficients of every draw: estimated ones around their mean, inside their bounds."""
    found: dict[tuple[str, str], Array] = {}
    for owner, one in fitted.estimates.items():
        if not one.names:
            continue
        values, vectors = np.linalg.eigh(one.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        drawn = one.mean[:, None] + root @ normal.take(len(one.names))
        for place, name in enumerate(one.names):
            bounds = fitted.spec.equations[owner].bounds.get(name)
            found[owner, name] = drawn[place] if bounds is None else np.clip(drawn[place], *bounds)
    means = _means(fitted)
    rows = [
        found[key] if key in found else np.broadcast_to(means[place], (normal.draws,))
        for place, key in enumerate(fitted.program.coefficients)
    ]
    return np.array(rows) if rows else np.empty((0, normal.draws))


def _correlation(fitted: Fitted, names: Sequence[str]) -> Array:
    """Correlation of the errors of equations over their common years, shrunk to independence."""
    residuals = [fitted.estimates[name].residuals for name in names]
    years = sorted({year for one in residuals for year in one})
    known = np.array([[float(year in one) for year in years] for one in residuals])
    table = np.array([[one.get(year, 0.0) for year in years] for one in residuals])
    # Over the years that both equations have: what is missing adds nothing to a sum of products.
    squares, together = table**2 @ known.T, known @ known.T
    size = np.sqrt(squares * squares.T)
    found = table @ table.T / np.where(size > 0, size, 1.0) * together / (together + _CORRELATION_YEARS)
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh(found)
    whole = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = np.sqrt(np.diag(whole))
    return np.asarray(whole / scale / scale[:, None])


def _size(rng: np.random.Generator, fitted: Fitted, name: str, draws: int) -> Array:
    """How far the true size of an error lies from the estimated one, by draw: Student's t in all."""
    one = fitted.estimates[name]
    freedom = max(len(one.years) - len(one.names) - one.levels, 3)
    half = np.sqrt(freedom / rng.chisquare(freedom, (draws + 1) // 2))
    return np.concatenate([half, half])[:draws]


def _driver_noise(
    normal: _Mirrored, rng: np.random.Generator, rho: float, df: float | None, years: int, draws: int
) -> Array:
    shocks = normal.take(years)
    if df is not None:
        half = np.sqrt((df - 2.0) / rng.chisquare(df, (years, (draws + 1) // 2)))
        shocks = shocks * np.concatenate([half, half], axis=1)[:, :draws]
    noise = np.empty_like(shocks)
    last = np.zeros(draws)
    for place in range(years):
        last = rho * last + np.sqrt(1.0 - rho**2) * shocks[place]
        noise[place] = last
    return noise
