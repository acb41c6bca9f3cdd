"""The first forecast is honest: it says its own error, repeats to the bit, and knows when it knows little."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.forecasting.theta import ThetaModel

from analytics.forecasting import forecast
from analytics.statistical import METHODS, theta
from analytics.synthetic.generator import DATA
from core.indicators import LEVELS, Forecast, definition_words, forecast_sentence

UNEMPLOYMENT = [
    9.8,
    9.1,
    8.7,
    8.4,
    7.9,
    7.2,
    6.6,
    6.1,
    5.9,
    8.1,
    7.4,
    6.6,
    5.7,
    5.4,
    5.2,
    5.6,
    5.5,
    5.1,
    4.9,
    4.8,
]


def monthly(years: int) -> list[float]:
    rng = np.random.default_rng(5)
    months = np.arange(years * 12)
    values = 100 + 0.2 * months + 12 * np.sin(2 * np.pi * months / 12) + rng.normal(0, 1, months.size)
    return [float(value) for value in values]


def test_a_forecast_repeats_to_the_bit_with_the_same_seed() -> None:
    first = forecast(UNEMPLOYMENT, last_period="2025", unit="%", seed=7)
    second = forecast(UNEMPLOYMENT, last_period="2025", unit="%", seed=7)

    assert first == second


def test_a_forecast_survives_the_database_unchanged() -> None:
    made = forecast(UNEMPLOYMENT, last_period="2025", unit="%", redefined_in="2020")

    assert Forecast.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_periods_follow_the_last_fact_and_weights_make_a_whole() -> None:
    made = forecast(UNEMPLOYMENT, last_period="2025", unit="%")

    assert [point.period for point in made.points] == ["2026", "2027", "2028", "2029", "2030"]
    assert tuple(weight.method for weight in made.weights) == METHODS
    assert np.sum([weight.by_horizon for weight in made.weights], axis=0) == pytest.approx(np.ones(5))


def test_it_says_its_own_error_and_coverage() -> None:
    backtest = forecast(UNEMPLOYMENT, last_period="2025", unit="%").backtest

    assert backtest.origins == 14
    assert backtest.mae is not None
    assert 0.2 < backtest.mae < 2.0
    assert backtest.relative_mae is not None
    assert backtest.coverage80 is not None
    assert 0.5 <= backtest.coverage80 <= 1.0


def test_the_reported_error_knows_nothing_of_later_facts() -> None:
    calm = forecast(UNEMPLOYMENT, last_period="2025", horizon=1).backtest
    shocked = forecast([*UNEMPLOYMENT[:-1], 30.0], last_period="2025", horizon=1).backtest

    assert calm.mae is not None
    assert shocked.mae is not None
    # Only the one check that ends at the changed fact has changed.
    assert (shocked.mae - calm.mae) * calm.origins == pytest.approx(30.0 - 4.8, abs=0.6)


def test_monthly_season_is_carried_on() -> None:
    values = monthly(8)

    made = forecast(values, last_period="2024-12")

    ahead = [point.median for point in made.points]
    assert int(np.argmax(ahead)) == int(np.argmax(values[-12:]))
    assert made.backtest.relative_mae is not None
    assert made.backtest.relative_mae < 0.3


def test_a_share_stays_between_zero_and_hundred_and_a_price_above_zero() -> None:
    share = forecast([97, 98.5, 99, 98, 99.2, 99.5, 98.7, 99.8], last_period="2025", unit="%")
    price = forecast([1, 9, 2, 14, 1.5, 20, 2, 0.5], last_period="2025", unit="руб.")

    assert max(point.quantiles[-1] for point in share.points) < 100
    assert min(point.quantiles[0] for point in price.points) > 0


def test_one_value_gives_no_band_and_says_so() -> None:
    made = forecast([5.0], last_period="2025", unit="%")

    assert [point.median for point in made.points] == pytest.approx([5.0] * 5)
    assert made.points[0].band(80) is None
    assert made.backtest.origins == 0
    assert "only one value" in forecast_sentence("en", made, unit="%", decimals=1)


def test_three_values_are_repeated_with_a_band() -> None:
    made = forecast([5.0, 5.4, 5.1], last_period="2025", unit="%")

    band = made.points[0].band(80)
    assert [weight.method for weight in made.weights] == ["naive"]
    assert made.points[0].median == pytest.approx(5.1)
    assert band is not None
    assert band[0] < 5.1 < band[1]
    assert "only 3 values" in forecast_sentence("en", made, unit="%", decimals=1)


OLDER = [40.0, 41.5, 42.0, 44.1, 43.9, 45.2, 46.0, 47.5, 47.1, 49.0]


@pytest.mark.parametrize("newer", [[71.0], [71.0, 73.2], [71.0, 73.2, 72.9]])
@pytest.mark.parametrize("older", [OLDER, OLDER[:2], OLDER[:1]])
def test_the_level_of_an_older_definition_is_of_no_account(older: list[float], newer: list[float]) -> None:
    mark = str(2026 - len(newer))

    made, moved = (
        forecast([*(times * value for value in older), *newer], last_period="2025", redefined_in=mark)
        for times in (1.0, 7.0)
    )

    assert [point.median for point in made.points] == pytest.approx([point.median for point in moved.points])
    assert [one.quantiles for one in made.points] == [pytest.approx(one.quantiles) for one in moved.points]
    assert made.backtest.mae == pytest.approx(moved.backtest.mae)
    assert newer[-1] == pytest.approx(made.points[-1].median, rel=0.15)
    assert made.redefined_in == mark
    # Two values of two definitions are one value of each: no change is known, and no band.
    assert (made.points[0].band(80) is None) == (len(older) == len(newer) == 1)


def test_monthly_values_of_a_new_definition_keep_their_season() -> None:
    values = monthly(8)
    new = [value + 500.0 for value in values[-3:]]

    made = forecast([*values[:-3], *new], last_period="2024-12", redefined_in="2024-10")

    usual = forecast(values, last_period="2024-12")
    ahead = [point.median for point in made.points]
    assert min(ahead) > 550
    assert int(np.argmax(ahead)) == int(np.argmax([point.median for point in usual.points]))


def test_few_values_of_a_new_definition_make_the_band_wider_and_the_trend_doubtful() -> None:
    usual = forecast([*OLDER, 50.1], last_period="2025")
    made = forecast([*OLDER, 50.1], last_period="2025", redefined_in="2025")

    widths = [band[1] - band[0] for one in (usual, made) if (band := one.points[0].band(80))]
    assert widths[1] > 1.2 * widths[0]
    assert 50.1 < made.points[-1].median < usual.points[-1].median
    # What was said of 2025 in the older definition is not judged by the value of the new one.
    assert made.backtest.origins == usual.backtest.origins - 1


@pytest.mark.parametrize(("mark", "told"), [("2026", "2026"), ("1999", "1999")])
def test_a_mark_outside_the_values_changes_no_figure(mark: str, told: str) -> None:
    made = forecast(UNEMPLOYMENT, last_period="2025", unit="%", redefined_in=mark)

    assert made.redefined_in == told
    assert replace(made, redefined_in="") == forecast(UNEMPLOYMENT, last_period="2025", unit="%")


def test_words_say_which_definition_a_forecast_is_of() -> None:
    def said(made: Forecast, mark: str) -> str:
        return definition_words("en", made, mark)

    unaware = forecast(UNEMPLOYMENT, last_period="2025", unit="%")
    aware = forecast(UNEMPLOYMENT, last_period="2025", unit="%", redefined_in="2024")

    assert said(aware, "2024").startswith("The level comes from values of the new definition alone")
    assert "the first will be of 2026" in said(unaware, "2026")
    assert "mixes values of both" in said(unaware, "2024")
    assert [said(unaware, mark) for mark in ("", "2006", "1999")] == ["", "", ""]


def test_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        forecast([], last_period="2025")


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        forecast([1.0, float("nan")], last_period="2025")


def test_probability_of_staying_below_grows_with_the_value() -> None:
    point = forecast(UNEMPLOYMENT, last_period="2025", unit="%").points[0]

    chances = [point.probability_below(value) for value in (1.0, 4.0, point.median, 6.0, 20.0)]
    assert chances == sorted(chance for chance in chances if chance is not None)
    assert chances[2] == pytest.approx(0.5)
    assert (chances[0], chances[-1]) == (0.025, 0.975)


def synthetic_series() -> list[tuple[str, list[float]]]:
    found: dict[str, list[float]] = {}
    with (DATA / "observations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["territory"] == "99701000" and len(row["period"]) == 4:
                found.setdefault(row["indicator"], []).append(float(row["value"]))
    return sorted(found.items())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "values", [pytest.param(values, id=code) for code, values in synthetic_series()[::6]]
)
def test_theta_agrees_with_statsmodels(values: list[float]) -> None:
    ours = theta(np.array([values]), 5)[0, -1]

    theirs = ThetaModel(np.array(values), period=1, deseasonalize=False).fit().forecast(5)

    # They choose the smoothing constant by maximum likelihood, we on a grid of twenty.
    usual_change = np.mean(np.abs(np.diff(values)))
    assert np.max(np.abs(ours - theirs.to_numpy())) < 0.08 * usual_change


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=40),
    period=st.sampled_from(["2024", "2024-Q3", "2024-11"]),
)
def test_any_series_gives_ordered_finite_quantiles(values: list[float], period: str) -> None:
    made = forecast(values, last_period=period)

    for point in made.points:
        assert np.isfinite(point.median)
        assert len(point.quantiles) in (0, len(LEVELS))
        assert np.isfinite(point.quantiles).all()
        assert np.all(np.diff(point.quantiles) >= -1e-9 * max(1.0, abs(point.median)))
