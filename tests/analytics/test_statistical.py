"""Methods, weights and fans: nothing looks ahead, panels share what they know, bands widen honestly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.scales import to_scale
from analytics.statistical import (
    CRPS_LEVELS,
    Array,
    Rolled,
    crps,
    damped_holt,
    drift,
    error_quantiles,
    lone_paths,
    naive,
    panel_paths,
    quantiles,
    roll,
    roll_methods,
    theta,
)
from analytics.statistical.methods import damped_drift, dynamic_theta

METHODS = [naive, drift, damped_drift, theta, damped_holt, dynamic_theta]
HALVES = (0.1, 0.5, 0.9)


def walks(series: int = 12, years: int = 20, *, seed: int = 3) -> Array:
    rng = np.random.default_rng(seed)
    shared = np.cumsum(rng.normal(0.03, 0.03, years))
    own = np.cumsum(rng.normal(0.0, 0.02, (series, years)), axis=1)
    return np.asarray(2.0 + shared + own)


def panel_of(y: Array) -> Rolled:
    paths = {"naive": naive(y, 3), "theta": theta(y, 3), **panel_paths(y, 3)}
    return roll(y, paths, first=6, pooled=True)


def test_a_movement_of_the_older_definition_is_believed_by_half_then_by_two_thirds() -> None:
    y = np.concatenate([np.arange(14.0), 90.0 + np.arange(4.0)])[None]

    rolled = roll_methods(
        y, lambda known: {"naive": naive(known, 2), **dict.fromkeys("abc", drift(known, 2))},
        first=6, pooled=False, redefined=14,
    )  # fmt: skip

    ahead = rolled.median[0, 13:17, 0] - rolled.y[0, 13:17]
    assert ahead == pytest.approx([1, 1 / 2, 2 / 3, 3 / 4])
    assert np.diff(rolled.y[0]) == pytest.approx(1.0)
    # An error that crosses the break teaches nothing: that of 2 years ahead still crosses a year later.
    assert np.isnan(rolled.errors[0, 13:17]).tolist() == [[False] * 2, [True] * 2, [False, True], [False] * 2]


@pytest.mark.parametrize("method", METHODS)
def test_a_method_says_the_same_before_and_after_the_future_is_known(method: object) -> None:
    assert callable(method)
    y = walks()

    whole, begun = method(y, 4), method(y[:, :14], 4)

    assert whole[:, :14] == pytest.approx(begun, rel=1e-12)


def test_a_blend_of_a_panel_knows_nothing_of_later_facts() -> None:
    y = walks()
    later = y.copy()
    later[:, 15:] += 5.0

    calm, shocked = panel_of(y), panel_of(later)

    assert calm.median[:, :15].tobytes() == shocked.median[:, :15].tobytes()
    assert calm.weights[:, :, :15].tobytes() == shocked.weights[:, :, :15].tobytes()
    bands = [quantiles(one, places=[14], levels=HALVES, pooled=True) for one in (calm, shocked)]
    assert bands[0] == pytest.approx(bands[1], rel=1e-12)


def test_a_straight_line_goes_on() -> None:
    y = np.arange(20.0)[None]

    assert drift(y, 3)[0, -1].tolist() == [20.0, 21.0, 22.0]
    assert dynamic_theta(y, 3)[0, -1] == pytest.approx([20.0, 21.0, 22.0], abs=0.1)
    assert theta(y, 1)[0, -1] < dynamic_theta(y, 1)[0, -1]


def test_weights_move_to_the_method_that_was_right() -> None:
    y = np.arange(24.0)[None] + 1.0
    rolled = roll(y, {"naive": naive(y, 3), "drift": drift(y, 3)}, first=6, pooled=False)

    early, late = rolled.weights[:, 0, 5, 2], rolled.weights[:, 0, -1, 2]

    assert early.tolist() == [0.5, 0.5]
    assert late[1] > 0.8
    assert rolled.weights.sum(axis=0) == pytest.approx(np.ones((1, 24, 3)))


def test_neighbours_help_where_deviations_return() -> None:
    rng = np.random.default_rng(11)
    years, series = 24, 30
    shared = np.cumsum(rng.normal(0.0, 0.05, years))
    away = np.zeros((series, years))
    for year in range(1, years):
        away[:, year] = 0.5 * away[:, year - 1] + rng.normal(0.0, 0.05, series)
    y = shared + away

    alone, pooled = damped_drift(y, 1), panel_paths(y, 1)["panel_drift"]

    error = [np.abs(y[:, 13:] - paths[:, 12:-1, 0]).mean() for paths in (alone, pooled)]
    assert error[1] < 0.9 * error[0]


def test_bands_hold_their_share_of_facts_they_have_not_seen() -> None:
    inside = []
    for seed in range(12):
        y = walks(20, 22, seed=seed)
        rolled = panel_of(y)
        bands = quantiles(rolled, places=list(range(10, 21)), levels=HALVES, pooled=True)
        fact = y[:, 11:]
        inside.append((bands[:, :, 0, 0] <= fact) & (fact <= bands[:, :, 0, 2]))

    assert 0.74 <= np.mean(inside) <= 0.92


def test_few_origins_make_wider_bands_than_many() -> None:
    y = walks(1, 40)
    errors = np.full((1, 40, 1), np.nan)
    errors[0, 6:, 0] = np.tile([0.02, -0.02], 17)

    few = error_quantiles(y, errors, places=[8], levels=(0.975,), pooled=False).item()
    many = error_quantiles(y, errors, places=[39], levels=(0.975,), pooled=False).item()

    assert few > 1.3 * many


def test_the_fan_of_a_longer_horizon_is_never_narrower() -> None:
    y = walks()
    bands = quantiles(panel_of(y), places=[19], levels=HALVES, pooled=True)

    width = bands[:, 0, :, 2] - bands[:, 0, :, 0]
    assert np.all(np.diff(width, axis=1) >= -1e-12)


def test_crps_of_a_point_is_its_error_and_of_a_normal_the_closed_form() -> None:
    point = crps(np.array(3.0), np.full(len(CRPS_LEVELS), 1.0))
    rng = np.random.default_rng(0)
    normal = np.quantile(rng.standard_normal(400_000), CRPS_LEVELS)

    assert point == pytest.approx(2.0)
    # Gneiting and Raftery (2007), equation 21, at the mean: (sqrt 2 - 1) / sqrt pi.
    assert crps(np.array(0.0), normal) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), rel=0.02)


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.floats(1e-3, 99.0), min_size=4, max_size=25),
    season=st.sampled_from([1, 4]),
)
def test_paths_of_any_share_are_finite_on_both_scales(values: list[float], season: int) -> None:
    history = np.array([values])

    paths = lone_paths(history, scale="logit", steps=4, season=season)

    assert len(paths) == 7
    assert all(np.isfinite(path).all() for path in paths.values())
    assert np.isfinite(to_scale(history, "logit")).all()
