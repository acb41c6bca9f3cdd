"""Diagnostics of an equation as an economist expects them, by statsmodels.

Only those who ask for a report import this module: statsmodels takes a second and 100 MB to load.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from statsmodels.stats.diagnostic import acorr_ljungbox, breaks_cusumolsresid, het_breuschpagan
from statsmodels.stats.stattools import durbin_watson, jarque_bera
from statsmodels.tsa.ardl import UECM

from analytics.model.errors import ModelError
from analytics.model.estimation import regression
from analytics.model.fitted import Fitted

MIN_YEARS_FOR_BOUNDS = 25
"""Years below which the bounds test says nothing worth reading."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Least squares on the territory's own years, without the panel, and tests of what is left over.

    p-values: below 0.05 the good property (no autocorrelation, even spread, normal errors, stable
    coefficients) is doubtful. durbin_watson: near 2 is good. left_out: years that would compare two
    definitions, those of `redefined` (first years of the new ones by name); the tests take the years around
    them for neighbours. levels: how many older definitions have a level of their own.
    """

    equation: str
    years: int
    coefficients: dict[str, tuple[float, float, float]]
    r2: float
    durbin_watson: float
    p_autocorrelation: float
    p_uneven_spread: float
    p_normality: float
    p_stability: float
    left_out: tuple[int, ...]
    levels: int
    redefined: dict[str, int]


def diagnose(fitted: Fitted, name: str) -> Diagnostics:
    """Estimate one equation alone and test it; coefficients are (value, standard error, p-value).

    Raises: ModelError when the territory has too few years of its own.
    """
    equation = fitted.spec.equations[name]
    part = regression(fitted.program, equation, fitted.history, fitted.breaks)
    x = np.column_stack([part.x, part.steps])
    rows, columns = x.shape
    if rows < columns + 3:
        few = ModelError("no_freedom", count=rows, coefficients=columns, where=fitted.spec.where(name))
        raise part.too_few(few)
    with warnings.catch_warnings():
        # Twenty years are few for every one of these tests; that is said once, in the documents.
        warnings.simplefilter("ignore")
        found = sm.OLS(part.y, x).fit()
        return Diagnostics(
            equation=name,
            years=rows,
            coefficients={
                one: (float(found.params[place]), float(found.bse[place]), float(found.pvalues[place]))
                for place, one in enumerate(part.names)
            },
            r2=float(found.rsquared),
            durbin_watson=float(durbin_watson(found.resid)),
            p_autocorrelation=float(acorr_ljungbox(found.resid, lags=[min(3, rows // 4)]).lb_pvalue.iloc[0]),
            p_uneven_spread=float(het_breuschpagan(found.resid, sm.add_constant(x, has_constant="skip"))[1]),
            p_normality=float(jarque_bera(found.resid)[1]),
            p_stability=float(breaks_cusumolsresid(found.resid, ddof=columns)[1]),
            left_out=part.left_out,
            levels=part.levels,
            redefined=dict(part.redefined),
        )


def bounds_test(fitted: Fitted, name: str, by: str) -> float:
    """p-value (upper bound) of no long-run relation between two variables: Pesaran, Shin and Smith (2001).

    Both in logarithms, one lag, in the definitions that hold now. Raises: ModelError with fewer than 25
    common years.
    """
    first, second = fitted.history[name], fitted.history[by]
    begin = max((year for one in (name, by) for year in fitted.breaks.get(one, ())), default=0)
    years = sorted(year for year in first.keys() & second.keys() if year >= begin)
    if len(years) < MIN_YEARS_FOR_BOUNDS:
        raise ModelError("no_freedom", count=len(years), coefficients=4, where=fitted.spec.where(name))
    y, x = (np.log([one[year] for year in years]) for one in (first, second))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tested = UECM(y, 1, x[:, None], 1, trend="c").fit().bounds_test(case=3)
    return float(tested.pvalue["upper"])
