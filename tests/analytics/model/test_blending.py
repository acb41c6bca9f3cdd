"""The blend of equations with statistical forecasts, and the diagnostics of equations."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.forecasting import forecast
from analytics.model.blending import Blend, blend_model
from analytics.model.diagnostics import bounds_test, diagnose
from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted, fit
from analytics.model.outlook import read_table
from analytics.model.reading import read_model
from analytics.model.simulation import Run, draw_shocks, no_shocks, simulate
from analytics.synthetic.generator import DATA
from tests.analytics.model.test_references import klein

TOWN = "99701000"
YEARS = range(2025, 2031)
VALUES = read_table(DATA / "observations.csv").values


@pytest.fixture(scope="module")
def town() -> Fitted:
    return fit(read_model(DATA / "model.toml"), VALUES, TOWN)


@pytest.fixture(scope="module")
def blend(town: Fitted) -> Blend:
    return blend_model(town, VALUES, YEARS, scenario="base")


def paths(town: Fitted, blend: Blend | None, scenario: str = "base") -> Run:
    anchor = blend.anchor if blend else None
    return simulate(town, YEARS, no_shocks(town), scenarios=[scenario], anchor=anchor)


def test_every_equation_shares_with_its_statistical_forecast(town: Fitted, blend: Blend) -> None:
    assert set(blend.model_share) == set(town.estimates)
    assert all(0.05 < share < 0.95 for shares in blend.model_share.values() for share in shares)


@pytest.mark.parametrize("name", ["GMP", "WAGE", "RETAIL"])
def test_the_path_is_the_weighted_mean_of_both(town: Fitted, blend: Blend, name: str) -> None:
    history = [town.history[name][year] for year in range(2001, 2025)]
    statistical = forecast(history, last_period="2024", unit="руб.", horizon=len(YEARS))

    blended = paths(town, blend).values[name][:, 0, 0]

    alone = np.log(paths(town, None).values[name][:, 0, 0])
    share = np.array(blend.model_share[name])
    theirs = np.log([point.median for point in statistical.points])
    assert np.log(blended) == pytest.approx(share * alone + (1 - share) * theirs, rel=1e-9)


def test_the_path_lies_between_the_equation_and_the_statistics(town: Fitted, blend: Blend) -> None:
    alone, blended = paths(town, None).values["POP"], paths(town, blend).values["POP"]

    moved = np.log(blended / alone)[:, 0, 0]
    assert 0.0 < moved[0] < moved[-1] < 0.02


def test_scenarios_keep_their_distance(town: Fitted, blend: Blend) -> None:
    def distance(one: Blend | None) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        better, base = (paths(town, one, name).values["GMP"] for name in ("optimistic", "base"))
        return np.log(better / base)[:, 0, 0]

    assert distance(blend) == pytest.approx(distance(None), rel=1e-9)


def test_identities_hold_in_a_blended_run(town: Fitted, blend: Blend) -> None:
    shocks = draw_shocks(town, YEARS, draws=50, seed=3)

    value = simulate(town, YEARS, shocks, scenarios=["base"], anchor=blend.anchor).values

    assert value["WAGE_FUND"] == pytest.approx(value["WAGE"] * value["EMPLOYED"] * 12 / 1000, rel=1e-13)
    assert value["BUD_REV"] == pytest.approx(value["BUD_OWN"] + value["TRANSFERS"], rel=1e-13)


def test_diagnostics_agree_with_our_own_estimate() -> None:
    fitted = klein()

    report = diagnose(fitted, "C")

    assert report.years == 21
    assert report.r2 == pytest.approx(0.981008, abs=5.1e-7)
    assert report.coefficients["b"][0] == pytest.approx(0.192934, abs=5.1e-7)
    # Greene's standard error of the coefficient of profits.
    assert report.coefficients["b"][1] == pytest.approx(0.0912, abs=5.1e-5)
    assert report.durbin_watson == pytest.approx(1.3675, abs=5.1e-4)
    assert 0.0 <= report.p_stability <= 1.0


def test_the_bounds_test_needs_25_years(town: Fitted) -> None:
    with pytest.raises(ModelError) as refused:
        bounds_test(town, "GMP", "INVEST")

    assert refused.value.code == "no_freedom"


@pytest.mark.parametrize(("tie", "found"), [(1.0, True), (0.0, False)])
def test_the_bounds_test_tells_a_long_run_tie_from_two_walks(*, tie: float, found: bool) -> None:
    rng = np.random.default_rng(12)
    x = np.cumsum(rng.normal(0.0, 0.1, 60))
    y = tie * x + (1 - tie) * np.cumsum(rng.normal(0.0, 0.1, 60)) + rng.normal(0.0, 0.02, 60)
    history = {
        name: {1950 + place: float(np.exp(value)) for place, value in enumerate(walk)}
        for name, walk in (("Y", y), ("X", x))
    }

    assert (bounds_test(replace(klein(), history=history), "Y", "X") < 0.05) is found
