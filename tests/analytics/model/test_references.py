"""Klein's Model I and a vector autoregression, to the digits of their publications."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from analytics.model.estimation import regression, two_stage
from analytics.model.fitted import Fitted, fit
from analytics.model.reading import parse_model
from analytics.model.simulation import no_shocks, simulate
from tests.analytics.model.references import KLEIN_MODEL, klein_data

PUBLISHED = {
    "C": "values = {a = 16.2366, b = 0.192934, c = 0.089885, d = 0.796219}",
    "I": "values = {a = 10.125789, b = 0.479636, c = 0.333039, d = -0.111795}",
    "W1": "values = {a = 1.497044, b = 0.439477, c = 0.146090, d = 0.130245}",
}


def klein(model: str = KLEIN_MODEL) -> Fitted:
    return fit(parse_model(model.encode()), {"us": klein_data()}, "us")


def published() -> Fitted:
    """The model with the coefficients as they were printed; the path moves with their sixth digit."""
    model = KLEIN_MODEL
    for name, values in PUBLISHED.items():
        model = model.replace(f"[equation.{name}]\n", f"[equation.{name}]\n{values}\n")
    return klein(model)


def known_until(fitted: Fitted, year: int) -> Fitted:
    """The same model when nothing endogenous is known after that year."""
    history = {
        name: {at: value for at, value in years.items() if at <= year}
        if name in fitted.spec.equations
        else years
        for name, years in fitted.history.items()
    }
    return replace(fitted, history=history, last_year=year)


@pytest.mark.parametrize(
    ("equation", "coefficients", "r2"),
    [
        ("C", [16.2366, 0.192934, 0.089885, 0.796219], 0.981008),
        ("I", [10.125789, 0.479636, 0.333039, -0.111795], 0.931348),
        ("W1", [1.497044, 0.439477, 0.146090, 0.130245], 0.987414),
    ],
)
def test_klein_by_least_squares(equation: str, coefficients: list[float], r2: float) -> None:
    found = klein().estimates[equation]

    assert found.mean == pytest.approx(coefficients, abs=5.1e-7)
    assert found.r2 == pytest.approx(r2, abs=5.1e-7)
    assert found.years == tuple(range(1921, 1942))


def test_the_standard_error_of_kleins_consumption() -> None:
    assert klein().estimates["C"].sd == pytest.approx(1.025540, abs=5.1e-7)


@pytest.mark.parametrize(
    ("equation", "coefficients"),
    [
        ("C", [16.554756, 0.017302, 0.216234, 0.810183]),
        ("I", [20.278209, 0.150222, 0.615944, -0.157788]),
        ("W1", [1.500297, 0.438859, 0.146674, 0.130396]),
    ],
)
def test_klein_by_two_stages(equation: str, coefficients: list[float]) -> None:
    fitted, data = klein(), klein_data()
    part = regression(fitted.program, fitted.spec.equations[equation], data)
    product = {year: data["Y"][year] + data["T"][year] - data["W2"][year] for year in data["Y"]}
    given = ("W2", "T", "G", "TREND")
    instruments = np.array(
        [
            [
                1.0,
                data["P"][year - 1],
                data["K"][year - 1],
                product[year - 1],
                *(data[n][year] for n in given),
            ]
            for year in part.years
        ]
    )

    assert two_stage(part.x, part.y, instruments) == pytest.approx(coefficients, abs=5.1e-7)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Y", [57.3615, 50.3097, 46.3557, 54.1338, 64.8561, 63.2669]),
        ("C", [52.2601, 49.7193, 47.0456, 49.5168, 55.5453, 57.2987]),
        ("P", [18.8843, 13.7119, 12.1547, 18.0922, 23.1353, 18.8827]),
        ("K", [196.8015, 197.7918, 196.2019, 197.1190, 202.3298, 206.5979]),
    ],
)
def test_klein_simulated_from_1925(name: str, path: list[float]) -> None:
    fitted = known_until(published(), 1924)

    run = simulate(fitted, range(1925, 1931), no_shocks(fitted), scenarios=["history"])

    assert run.values[name][:, 0, 0] == pytest.approx(path, abs=5.1e-5)


def test_kleins_multipliers_of_spending_in_1941() -> None:
    fitted = known_until(klein(), 1940)
    spending = fitted.history["G"]
    more = replace(fitted, history={**fitted.history, "G": {**spending, 1941: spending[1941] + 1.0}})

    base, raised = (
        simulate(one, range(1941, 1942), no_shocks(one), scenarios=["history"]).values
        for one in (fitted, more)
    )

    assert (raised["Y"] - base["Y"]).item() == pytest.approx(3.66181, abs=5.1e-6)
    assert (raised["C"] - base["C"]).item() == pytest.approx(1.67734, abs=5.1e-6)


def var_model() -> str:
    """dlog of three series on two lags of each; quarters are counted as years from 1900."""
    names = ("GDP", "CONS", "INV")
    lags = [f"dlog({name}[-{lag}])" for lag in (1, 2) for name in names]
    right = "c + " + " + ".join(f"a{place}*{term}" for place, term in enumerate(lags))
    return "\n".join(
        ["[model]", "start = 1900", *(f'[equation.{n}]\neq = "dlog({n}) = {right}"' for n in names),
         "[scenario.base]"]
    )  # fmt: skip


def var_fitted() -> Fitted:
    table = sm.datasets.macrodata.load_pandas().data
    columns = {"GDP": "realgdp", "CONS": "realcons", "INV": "realinv"}
    data = {
        name: {1900 + place: float(value) for place, value in enumerate(table[column])}
        for name, column in columns.items()
    }
    return fit(parse_model(var_model().encode()), {"us": data}, "us")


def test_a_vector_autoregression_has_the_published_constants_and_likelihood() -> None:
    estimates = var_fitted().estimates
    residuals = np.array([list(estimates[name].residuals.values()) for name in ("GDP", "CONS", "INV")])

    constants = [float(estimates[name].mean[0]) for name in ("GDP", "CONS", "INV")]
    rows = residuals.shape[1]
    log_determinant = float(np.linalg.slogdet(residuals @ residuals.T / rows)[1])
    log_likelihood = -rows / 2 * (log_determinant + 3 * (1 + np.log(2 * np.pi)))

    assert constants == pytest.approx([0.001527, 0.005460, -0.023903], abs=5.1e-7)
    assert log_likelihood == pytest.approx(1962.57082404, abs=5.1e-9)
    assert log_determinant + 2 / rows * 21 == pytest.approx(-27.92933944, abs=5.1e-9)


def test_a_vector_autoregression_forecasts_the_published_growth() -> None:
    fitted = var_fitted()
    last = fitted.last_year

    run = simulate(fitted, range(last + 1, last + 4), no_shocks(fitted), scenarios=["base"])

    growth = [
        np.log(run.values[name][0, 0, 0] / fitted.history[name][last]) for name in ("GDP", "CONS", "INV")
    ]
    assert growth == pytest.approx([0.005026, 0.005371, 0.005115], abs=5.1e-7)
