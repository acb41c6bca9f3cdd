"""Coefficients: least squares by QR for all territories at once, pooled over the panel and shrunk to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.model.compiling import Array, History, State, logit
from analytics.model.errors import ModelError
from analytics.model.grammar import MAX_DEPTH, MAX_LAG, coefficients, variables
from analytics.model.redefinition import Breaks, informative
from analytics.model.solving import Program
from analytics.model.spec import EquationSpec

_SPARE = 2
_MIN_PANEL = 3
_CONDITION = 1e10
_MOST_LAGS = MAX_LAG + MAX_DEPTH


@dataclass(frozen=True, slots=True)
class Estimate:
    """Coefficients of one equation with their covariance, and what it has missed by year.

    weight_of_panel: share of the panel in the shrunk slopes, 0 when the territory stands alone. left_out:
    years that would compare two definitions. levels: how many older definitions have a level of their own in
    the equation. redefined: the variables behind both, with the first years of their new definitions.
    """

    names: tuple[str, ...]
    mean: Array
    covariance: Array
    residuals: Mapping[int, float]
    sd: float
    years: tuple[int, ...] = ()
    weight_of_panel: float = 0.0
    r2: float | None = None
    left_out: tuple[int, ...] = ()
    levels: int = 0
    redefined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Regression:
    """The data of one equation for one territory: `y` on the columns of `x`, one row a year.

    steps: (year, definition), ones in the years of an older definition whose level stands in the equation.
    left_out, redefined: see `Estimate`.
    """

    names: tuple[str, ...]
    y: Array
    x: Array
    years: tuple[int, ...]
    steps: Array
    left_out: tuple[int, ...] = ()
    redefined: Mapping[str, int] = field(default_factory=dict)

    @property
    def levels(self) -> int:
        """How many older definitions have a level of their own."""
        return int(self.steps.shape[1])

    def within(self) -> tuple[Array, Array]:
        """`y` and `x` without the levels of older definitions: least squares on them leave those free."""
        if not self.levels:
            return self.y, self.x
        q, _ = np.linalg.qr(self.steps)
        return self.y - q @ (q.T @ self.y), self.x - q @ (q.T @ self.x)

    def too_few(self, error: ModelError) -> ModelError:
        """The error, with the years that were left out where they are why it is too few."""
        if error.code != "no_freedom" or not self.redefined:
            return error
        names = ", ".join(f"{name} ({year})" for name, year in self.redefined.items())
        return ModelError(
            "left_too_few", where=error.where, **error.fields, left_out=len(self.left_out), names=names
        )


def estimate(
    program: Program,
    histories: Mapping[str, History],
    territory: str,
    breaks: Mapping[str, Breaks],
) -> dict[str, Estimate]:
    """Estimate every equation for the territory; `breaks` are the marks that the data cross, by territory.

    Raises: ModelError with file, line and equation.
    """
    found = {}
    for name, equation in program.spec.equations.items():
        if equation.identity:
            continue
        try:
            found[name] = _estimate(program, equation, histories, territory, breaks)
        except ModelError as error:
            raise error.at(**vars(program.spec.where(name))) from error
    return found


def regression(
    program: Program, equation: EquationSpec, history: History, breaks: Breaks | None = None
) -> Regression:
    """The regression behind an equation, its given values moved to the left, in the years that inform it.

    The columns are measured: the right side with one coefficient at one and the others at zero. Raises:
    ModelError "not_linear" when that is not the whole of it.
    """
    names = tuple(name for name in coefficients(equation.right) if name not in equation.values)

    def measure(known: History) -> tuple[list[int], Array, Array]:
        years, left = _left_sides(program, equation, known)
        return years, *_measured(program, equation, known, names, years, left)

    years, y, x = measure(history)
    if not breaks:
        return Regression(names, y, x, tuple(years), np.empty((len(years), 0)))

    def numbers(known: History) -> Array:
        _, left, right = measure(known)
        return np.column_stack([left, right])

    rows = informative(equation, history, breaks, tuple(years), numbers)
    part = Regression(
        names,
        y[rows.kept],
        x[rows.kept],
        tuple(year for year, kept in zip(years, rows.kept, strict=True) if kept),
        rows.steps,
        tuple(year for year, kept in zip(years, rows.kept, strict=True) if not kept),
        rows.names,
    )
    if part.levels and rows.steps.any(axis=1).all():
        # Of the definition that holds now, not even the level is known.
        raise part.too_few(ModelError("no_freedom", count=0, coefficients=len(names)))
    return part


def _measured(
    program: Program,
    equation: EquationSpec,
    history: History,
    names: Sequence[str],
    years: list[int],
    left: Array,
) -> tuple[Array, Array]:
    state = _side_by_side(program, equation, history, years)

    def right(values: Mapping[str, float]) -> Array:
        given = {**dict.fromkeys(names, 0.0), **equation.values, **values}
        state.coefficients = [
            np.full((1, 1), given.get(coefficient, 0.0) if owner == equation.name else 0.0)
            for owner, coefficient in program.coefficients
        ]
        return _evaluated(program, equation, state, years)

    base = right({})
    columns = [right({name: 1.0}) - base for name in names]
    x = np.stack(columns, axis=1) if columns else np.empty((len(years), 0))
    trial = {name: 0.5 + 0.25 * place for place, name in enumerate(names)}
    predicted = base + x @ np.array(list(trial.values())) if names else base
    if names and not np.allclose(right(trial), predicted, rtol=1e-8, atol=1e-10):
        raise ModelError("not_linear")
    return left - base, x


def least_squares(x: Array, y: Array, *, levels: int = 0) -> tuple[Array, Array, float]:
    """Coefficients, inverse of x'x and standard error of the regression, by QR.

    levels: how many more coefficients have been taken out of both. Raises: ModelError when there are too few
    years or the columns move together.
    """
    rows, columns = x.shape[0] - levels, x.shape[1]
    if rows < columns + _SPARE:
        raise ModelError("no_freedom", count=x.shape[0], coefficients=columns + levels)
    if columns == 0:
        return np.empty(0), np.empty((0, 0)), float(np.sqrt(np.mean(y**2)))
    scale = np.sqrt((x**2).mean(axis=0))
    if (scale == 0).any() or np.linalg.cond(x / scale) > _CONDITION:
        raise ModelError("no_variation")
    q, r = np.linalg.qr(x)
    mean = np.linalg.solve(r, q.T @ y)
    inverse = np.linalg.inv(r)
    residual = y - x @ mean
    return mean, inverse @ inverse.T, float(np.sqrt(residual @ residual / (rows - columns)))


def two_stage(x: Array, y: Array, instruments: Array) -> Array:
    """Coefficients by two-stage least squares: the columns of `x` are first projected on the instruments."""
    projected = instruments @ np.linalg.lstsq(instruments, x, rcond=None)[0]
    mean, _, _ = least_squares(projected, y)
    return mean


def _estimate(
    program: Program,
    equation: EquationSpec,
    histories: Mapping[str, History],
    territory: str,
    breaks: Mapping[str, Breaks],
) -> Estimate:
    own = regression(program, equation, histories[territory], breaks[territory])
    if not own.names:
        missed, _ = own.within()
        residuals = dict(zip(own.years, map(float, missed), strict=True))
        spread = float(np.sqrt(np.mean(missed**2))) if missed.size else 0.0
        return _finished(equation, own, np.empty(0), np.empty((0, 0)), spread, residuals=residuals)
    prior = _panel_prior(program, equation, histories, breaks) if equation.pooled else None
    if prior is None and equation.prior:
        prior = _given_prior(equation, own)
    try:
        mean, covariance, sd, weight = _shrunk(own, prior)
    except ModelError as error:
        raise own.too_few(error) from error
    mean, covariance = _bounded(equation, own, mean, covariance)
    return _finished(equation, own, mean, covariance, sd, weight=weight)


def _finished(
    equation: EquationSpec, own: Regression, mean: Array, covariance: Array, sd: float, *,
    weight: float = 0.0, residuals: Mapping[int, float] | None = None,
) -> Estimate:  # fmt: skip
    y, x = own.within()
    missed = y - x @ mean
    total = _variation(own)
    return Estimate(
        names=own.names,
        mean=mean,
        covariance=covariance,
        residuals=residuals or dict(zip(own.years, map(float, missed), strict=True)),
        sd=equation.sd if equation.sd is not None else sd,
        years=own.years,
        weight_of_panel=weight,
        r2=1.0 - float(missed @ missed) / total if total > 0 and own.names else None,
        left_out=own.left_out,
        levels=own.levels,
        redefined=own.redefined,
    )


def _variation(own: Regression) -> float:
    """Squares of the left side around its mean, around a mean of each definition if each has its level."""
    if not own.levels:
        return float(np.sum((own.y - own.y.mean()) ** 2)) if own.y.size else 0.0
    means = np.column_stack([np.ones(len(own.y)), own.steps])
    q, _ = np.linalg.qr(means)
    return float(np.sum((own.y - q @ (q.T @ own.y)) ** 2))


def _shrunk(own: Regression, prior: tuple[Array, Array] | None) -> tuple[Array, Array, float, float]:
    """Posterior of the coefficients: the own years against the prior (mean, variance of each)."""
    y, x = own.within()
    if prior is None:
        mean, inverse, sd = least_squares(x, y, levels=own.levels)
        return mean, inverse * sd**2, sd, 0.0
    centre, variance = prior
    rows, columns = x.shape[0] - own.levels, x.shape[1]
    if rows < _SPARE:
        # One year fits anything exactly, and none says nothing of the noise.
        raise ModelError("no_freedom", count=x.shape[0], coefficients=columns + own.levels)
    # The size of the noise comes from the prior fit, so that three own years cannot claim to be exact.
    around = y - x @ centre
    sd = float(np.sqrt(max(np.sum((around - around.mean()) ** 2) / max(rows - 1, 1), 1e-18)))
    mean, covariance = np.asarray(centre), np.diag(variance)
    for _ in range(3):
        precision = x.T @ x / sd**2 + np.diag(1.0 / variance)
        covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        mean = np.asarray(covariance @ (x.T @ y / sd**2 + centre / variance))
        missed = y - x @ mean
        sd = float(np.sqrt(max(missed @ missed / max(rows - columns / 2.0, 1.0), 1e-18)))
    known = np.diag(x.T @ x) / sd**2
    slopes = variance < 1e5
    weight = float(np.mean((1.0 / variance / (known + 1.0 / variance))[slopes])) if slopes.any() else 0.0
    return mean, covariance, sd, weight


def _panel_prior(
    program: Program,
    equation: EquationSpec,
    histories: Mapping[str, History],
    breaks: Mapping[str, Breaks],
) -> tuple[Array, Array] | None:
    """Mean of the own estimates of all territories and how much they really differ (DerSimonian and Laird).

    None with fewer than three territories that have the data.
    """
    means, variances = [], []
    for code, history in histories.items():
        try:
            part = regression(program, equation, history, breaks[code])
            y, x = part.within()
            mean, inverse, sd = least_squares(x, y, levels=part.levels)
        except ModelError:
            continue
        means.append(mean)
        variances.append(np.diag(inverse) * sd**2)
    if len(means) < _MIN_PANEL:
        return None
    each, noise = np.array(means), np.maximum(np.array(variances), 1e-18)
    weights = 1.0 / noise
    centre = (weights * each).sum(axis=0) / weights.sum(axis=0)
    excess = (weights * (each - centre) ** 2).sum(axis=0) - (len(each) - 1)
    spare = weights.sum(axis=0) - (weights**2).sum(axis=0) / weights.sum(axis=0)
    between = np.maximum(excess / np.maximum(spare, 1e-18), 0.0)
    weights = 1.0 / (noise + between)
    centre = (weights * each).sum(axis=0) / weights.sum(axis=0)
    return centre, between + 1.0 / weights.sum(axis=0)


def _given_prior(equation: EquationSpec, own: Regression) -> tuple[Array, Array]:
    """Prior of the file, (mean, sd); a coefficient without one is free."""
    pairs = [equation.prior.get(name, (0.0, 1e3)) for name in own.names]
    return np.array([mean for mean, _ in pairs]), np.array([max(sd, 1e-9) ** 2 for _, sd in pairs])


def _bounded(equation: EquationSpec, own: Regression, mean: Array, covariance: Array) -> tuple[Array, Array]:
    """Keep coefficients inside their bounds: one that leaves is fixed there and the others follow it."""
    fixed: dict[int, float] = {}
    for _ in own.names:
        shown = _conditioned(mean, covariance, fixed)
        outside = {
            place: float(np.clip(shown[place], *equation.bounds[name]))
            for place, name in enumerate(own.names)
            if name in equation.bounds and place not in fixed
            and not equation.bounds[name][0] <= shown[place] <= equation.bounds[name][1]
        }  # fmt: skip
        if not outside:
            break
        fixed.update(outside)
    return _conditioned(mean, covariance, fixed), covariance


def _conditioned(mean: Array, covariance: Array, fixed: Mapping[int, float]) -> Array:
    """Mean of the coefficients given that some of them have these values."""
    if not fixed:
        return mean
    places = list(fixed)
    moved = np.array(list(fixed.values())) - mean[places]
    inner = covariance[np.ix_(places, places)]
    shown = mean + covariance[:, places] @ np.linalg.solve(inner, moved)
    shown[places] = list(fixed.values())
    return np.asarray(shown)


def _left_sides(program: Program, equation: EquationSpec, history: History) -> tuple[list[int], Array]:
    """The years for which everything in the equation is known, and the left side in each."""
    own = history.get(equation.name, {})
    back = 0 if equation.side in {"level", "log"} else 1
    needed = [(one.name, one.lag) for one in variables(equation.right)]
    years = [
        year
        for year in sorted(own)
        if year >= program.spec.start
        and (year - back) in own
        and all((year - lag) in history.get(name, {}) for name, lag in needed)
    ]
    values = np.array([own[year] for year in years])
    past = np.array([own[year - back] for year in years])
    return years, _side(equation.side, years, values, past)


def _side(side: str, years: Sequence[int], values: Array, past: Array) -> Array:
    with np.errstate(all="ignore"):
        match side:
            case "level":
                found = values
            case "log":
                found = np.log(values)
            case "dlog":
                found = np.log(values) - np.log(past)
            case _:
                found = logit(values) - logit(past)
    if not np.isfinite(found).all():
        place = int(np.argmin(np.isfinite(found)))
        code = "share_outside" if side == "dlogit" else "log_of_negative"
        raise ModelError(code, value=f"{values[place]:.4g}").at(year=years[place])
    return np.asarray(found)


def _side_by_side(program: Program, equation: EquationSpec, history: History, years: Sequence[int]) -> State:
    """A state whose draws are years: one evaluation gives the right side of every year.

    Its times are lags: the last one is the year itself, the one before it the year before.
    """
    state = program.state(range(-_MOST_LAGS, 1), [])
    for one in variables(equation.right):
        values = np.array([history[one.name][year - one.lag] for year in years])
        state.put(program.slots[one.name], _MOST_LAGS - one.lag, values[None])
    return state


def _evaluated(program: Program, equation: EquationSpec, state: State, years: Sequence[int]) -> Array:
    compiler = program.compiler(equation.name)
    with np.errstate(all="ignore"):
        value = compiler.compile(equation.right)(state, _MOST_LAGS)
        found = np.broadcast_to(value, (1, len(years)))[0]
    if not np.isfinite(found).all():
        year = years[int(np.argmin(np.isfinite(found)))]
        raise compiler.explain(equation.right, state, _MOST_LAGS).at(year=year)
    return np.asarray(found)
