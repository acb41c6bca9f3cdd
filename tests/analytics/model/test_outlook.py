"""The forecast of a model: what must hold in every draw, in every scenario and in every process."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.model.describing import attainability, describe
from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted, fit
from analytics.model.outlook import Outlook, Table, forecast_model, read_table
from analytics.model.questions import contributions, multipliers, seek, what_if
from analytics.model.reading import parse_model, read_model
from analytics.model.simulation import Run, Shocks, draw_shocks, no_shocks, simulate
from analytics.model.spec import ModelSpec
from analytics.synthetic.generator import DATA
from core.indicators import LEVELS

TOWN = "99701000"
SPEC = read_model(DATA / "model.toml")
YEARS = range(2025, 2031)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(DATA / "observations.csv")


@pytest.fixture(scope="module")
def town(table: Table) -> Fitted:
    return fit(SPEC, table.values, TOWN)


@pytest.fixture(scope="module")
def shocks(town: Fitted) -> Shocks:
    return draw_shocks(town, YEARS, draws=400, seed=7)


@pytest.fixture(scope="module")
def run(town: Fitted, shocks: Shocks) -> Run:
    return simulate(town, YEARS, shocks, scenarios=list(SPEC.scenarios))


@pytest.fixture(scope="module")
def outlook(table: Table) -> Outlook:
    return forecast_model(SPEC, table, TOWN, draws=200)[0]


def test_identities_hold_in_every_draw(run: Run) -> None:
    value = run.values

    fund = value["WAGE"] * value["EMPLOYED"] * 12 / 1000
    base = 0.0455 * fund + 0.011 * value["RETAIL"] + 0.012 * value["GMP"]
    assert value["WAGE_FUND"] == pytest.approx(fund, rel=1e-13)
    assert value["TAX_BASE"] == pytest.approx(base, rel=1e-13)
    assert value["BUD_REV"] - value["BUD_OWN"] == pytest.approx(value["TRANSFERS"], rel=1e-9)


@pytest.mark.parametrize(("name", "sign"), [("GMP", 1), ("INVEST", 1), ("EMPLOYED", 1), ("UNEMPL", -1)])
def test_better_drivers_make_better_scenarios_in_every_draw(run: Run, name: str, sign: int) -> None:
    order = [run.scenarios.index(key) for key in ("pessimistic", "base", "optimistic")]

    steps = np.diff(sign * run.values[name][:, order], axis=1)

    assert np.all(steps >= 0)
    assert np.all(steps[-1].mean(axis=1) > 0)


def test_the_order_of_a_driver_is_the_order_of_its_scenarios(run: Run) -> None:
    order = [run.scenarios.index(key) for key in ("pessimistic", "base", "optimistic")]

    assert np.all(np.diff(run.values["GDP_RF"][:, order], axis=1) > 0)


def test_no_shock_makes_no_difference_to_the_last_bit(town: Fitted, shocks: Shocks, run: Run) -> None:
    nothing = {"INVEST": {2026: 0.0, 2028: 0.0}, "TAX_BREAK": {2027: 0.0}}

    again = simulate(town, YEARS, shocks, scenarios=run.scenarios, additions=nothing)

    assert all(again.values[name].tobytes() == run.values[name].tobytes() for name in run.values)


def test_a_doubled_shock_lies_about_twice_as_far(town: Fitted, shocks: Shocks) -> None:
    def effect(size: float) -> tuple[float, float, float]:
        found = what_if(town, {"INVEST": {2026: size}}, YEARS, shocks, scenario="base", outcomes=["GMP"])[0]
        return found.low[1], found.median[1], found.high[1]

    single, double = effect(500.0), effect(1000.0)

    assert single[0] < single[1] < single[2]
    assert 2 * single[0] < double[1] < 2 * single[2]
    assert double[1] == pytest.approx(2 * single[1], rel=0.2)


def test_what_a_project_adds_for_a_year_is_gone_the_year_after(town: Fitted) -> None:
    found = multipliers(town, "GMP", YEARS, scenario="base", outcomes=["GMP", "WAGE"], size=100.0)

    assert found["GMP"] == pytest.approx([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], abs=1e-12)
    assert found["WAGE"][0] > 0


def test_coefficients_are_drawn_as_uncertain_as_they_were_estimated(town: Fitted) -> None:
    drawn = draw_shocks(town, YEARS, draws=4000, seed=1).coefficients
    one = town.estimates["WAGE"]
    row = town.program.coefficients.index(("WAGE", "a"))

    assert np.std(drawn[row]) == pytest.approx(np.sqrt(one.covariance[0, 0]), rel=0.05)
    assert np.mean(drawn[row]) == pytest.approx(one.mean[0], rel=1e-9)


def test_an_effect_is_not_luck(town: Fitted) -> None:
    effects = []
    for seed in (1, 2):
        drawn = draw_shocks(town, YEARS, draws=400, seed=seed)
        effects.append(
            what_if(town, {"INVEST": {2026: 500.0}}, YEARS, drawn, scenario="base", outcomes=["GMP"])[0]
        )

    first, second = (effect.median[1] for effect in effects)
    assert first == pytest.approx(second, rel=0.1)


@pytest.mark.parametrize("name", ["GMP", "WAGE", "UNEMPL", "BUD_REV"])
def test_a_higher_target_is_never_more_probable(run: Run, name: str) -> None:
    goals = np.quantile(run.values[name][-1], np.linspace(0, 1, 25))

    chances = np.array([run.probability(name, ">=", goal, year=2030) for goal in goals])

    assert np.all(np.diff(chances, axis=0) <= 0)
    # From the least that any draw gave to the most: all but one draw are left behind.
    assert chances[0].tolist() == [1.0] * len(run.scenarios)
    assert chances[-1].sum() == pytest.approx(1 / 400)


def test_the_same_passport_gives_the_same_bytes_in_another_process(outlook: Outlook) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from analytics.model.outlook import forecast_model, read_table\n"
        "from analytics.model.reading import read_model\n"
        "data = Path(sys.argv[1])\n"
        "made, _ = forecast_model(read_model(data / 'model.toml'), read_table(data / 'observations.csv'),"
        " '99701000', draws=200)\n"
        "sys.stdout.buffer.write(made.to_bytes())"
    )

    other = subprocess.run(
        [sys.executable, "-c", script, str(DATA)], capture_output=True, check=True, cwd=Path.cwd()
    )

    assert other.stdout == outlook.to_bytes()
    assert json.loads(other.stdout)["passport"]["seed"] == 24


def test_another_seed_gives_other_numbers_and_the_same_path(table: Table, outlook: Outlook) -> None:
    other = forecast_model(SPEC, table, TOWN, draws=200, seed=25)[0]

    assert other.fans["GMP"]["base"].path == outlook.fans["GMP"]["base"].path
    assert other.fans["GMP"]["base"].quantiles != outlook.fans["GMP"]["base"].quantiles


def test_the_fan_widens_and_holds_the_path(outlook: Outlook) -> None:
    fan = outlook.fans["GMP"]["base"]
    low, high = LEVELS.index(0.1), LEVELS.index(0.9)

    widths = [row[high] - row[low] for row in fan.quantiles]
    assert widths[0] < widths[2] < widths[5]
    assert all(row[low] < path < row[high] for row, path in zip(fan.quantiles, fan.path, strict=True))


def test_contributions_add_up_to_the_growth_of_the_path(town: Fitted) -> None:
    path = simulate(town, YEARS, no_shocks(town), scenarios=["base"]).values["GMP"][:, 0, 0]

    parts = contributions(town, "GMP", YEARS, scenario="base")

    growth = np.diff(np.log([town.history["GMP"][2024], *path]))
    assert np.sum([part.by_year for part in parts], axis=0) == pytest.approx(growth, rel=1e-9)
    assert [part.term for part in parts] == ["a", "b * dlog(GDP_RF)", "c * dlog(INVEST)"]


def test_a_target_is_sought_on_the_median_path(town: Fitted) -> None:
    found = seek(town, YEARS, scenario="base", name="GMP", value=33_000.0, at=2030, instrument="GDP_RF")

    path = simulate(
        town, YEARS, no_shocks(town), scenarios=["base"], additions={"GDP_RF": dict.fromkeys(YEARS, found)}
    ).values["GMP"]
    assert found > 0
    assert path[-1, 0, 0] == pytest.approx(33_000.0, rel=1e-8)


def test_a_target_that_the_instrument_does_not_move_is_refused(town: Fitted) -> None:
    with pytest.raises(ModelError) as refused:
        seek(town, YEARS, scenario="base", name="POP", value=70.0, at=2030, instrument="TRANSFERS")

    assert refused.value.code == "target_unreachable"


def test_transfers_reach_the_budget_one_to_one(town: Fitted) -> None:
    found = multipliers(town, "TRANSFERS", YEARS, scenario="base", outcomes=["BUD_REV", "GMP"])

    assert found["BUD_REV"] == pytest.approx([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], abs=1e-9)
    assert found["GMP"].tolist() == [0.0] * 6


def changed(scenario: str) -> Run:
    text = (DATA / "model.toml").read_text("utf-8")
    spec = parse_model((text + scenario).encode())
    fitted = fit(spec, read_table(DATA / "observations.csv").values, TOWN)
    return simulate(fitted, YEARS, no_shocks(fitted), scenarios=["base", "mine"])


def test_a_scenario_inherits_what_it_does_not_say() -> None:
    run = changed('\n[scenario.mine]\ninherit = "base"\nTRANSFERS = {shift = "-10%"}\n')

    assert run.values["GMP"][:, 0].tobytes() == run.values["GMP"][:, 1].tobytes()
    assert run.values["TRANSFERS"][:, 1] == pytest.approx(0.9 * run.values["TRANSFERS"][:, 0])


def test_an_add_factor_moves_the_growth_of_its_year() -> None:
    run = changed('\n[scenario.mine]\ninherit = "base"\naddfactor.GMP = {2027 = -0.01}\n')

    moved = np.log(run.values["GMP"][:, 1, 0] / run.values["GMP"][:, 0, 0])
    assert moved == pytest.approx([0.0, 0.0, -0.01, -0.01, -0.01, -0.01], abs=1e-12)


def test_an_exogenized_value_stands_and_is_inherited() -> None:
    run = changed('\n[scenario.mine]\ninherit = "base"\nexogenize.UNEMPL = {2027 = 4.8, 2028 = 4.7}\n')

    unemployment = run.values["UNEMPL"][:, 1, 0]
    assert unemployment[2:4].tolist() == [4.8, 4.7]
    assert unemployment[1] == run.values["UNEMPL"][1, 0, 0]
    assert unemployment[4] != run.values["UNEMPL"][4, 0, 0]


def test_a_panel_pulls_a_short_history_towards_its_neighbours(table: Table) -> None:
    own = table.values[TOWN]
    short = {**own, "GMP": {year: value for year, value in own["GMP"].items() if year >= 2016}}

    alone = fit(replaced(SPEC, pooled=False), {TOWN: short}, TOWN).estimates["GMP"]
    pooled = fit(SPEC, {**table.values, TOWN: short}, TOWN).estimates["GMP"]

    assert pooled.weight_of_panel > 0.1
    assert pooled.covariance[1, 1] < alone.covariance[1, 1]


def replaced(spec: ModelSpec, *, pooled: bool) -> ModelSpec:
    equations = {
        name: replace(equation, pooled=pooled, prior={}) for name, equation in spec.equations.items()
    }
    return replace(spec, equations=equations)


def test_a_coefficient_outside_its_bounds_is_kept_at_them(table: Table) -> None:
    equation = replace(SPEC.equations["RETAIL"], bounds={"b": (0.0, 0.2)}, pooled=False)
    spec = replace(SPEC, equations={**SPEC.equations, "RETAIL": equation})

    found = fit(spec, table.values, TOWN)

    place = found.estimates["RETAIL"].names.index("b")
    assert found.estimates["RETAIL"].mean[place] == 0.2
    drawn = draw_shocks(found, YEARS, draws=200, seed=1)
    row = found.program.coefficients.index(("RETAIL", "b"))
    assert 0.0 <= drawn.coefficients[row].min() <= drawn.coefficients[row].max() <= 0.2


@pytest.mark.parametrize(
    ("values", "code", "year"),
    [
        ({"GMP": {}}, "no_value", 0),
        ({"GMP": {2023: 1.0, 2024: 2.0}}, "no_freedom", 0),
        ({"GMP": dict.fromkeys(range(2001, 2025), -1.0)}, "log_of_negative", 2002),
        ({"UNEMPL": dict.fromkeys(range(2001, 2025), 120.0)}, "share_outside", 2003),
    ],
)
def test_data_that_do_not_do_are_refused_by_equation(
    table: Table, values: Mapping[str, Mapping[int, float]], code: str, year: int
) -> None:
    history = {**table.values[TOWN], **values}
    spec = replaced(SPEC, pooled=False)

    with pytest.raises(ModelError) as refused:
        fit(spec, {TOWN: history}, TOWN)

    assert refused.value.code == code
    assert refused.value.where.equation in values
    assert refused.value.where.line > 0
    assert refused.value.where.year == year


def test_a_territory_that_the_data_do_not_know_is_refused(table: Table) -> None:
    with pytest.raises(ModelError) as refused:
        fit(SPEC, table.values, "00000001")

    assert refused.value.sentence("ru") == "В данных нет территории «00000001»."


def test_the_description_is_russian_and_holds_the_numbers(table: Table, town: Fitted) -> None:
    outlook = forecast_model(SPEC, table, TOWN, draws=100)[0]

    words = describe("ru", outlook, town, main="base")

    assert words[0].startswith(
        "Валовой муниципальный продукт в ценах 2023 года: 2024 — 25\u202f989\u00a0млн руб., 2030"
    )
    assert "Другие сценарии: оптимистический — " in words[0]
    assert "Сильнее всего влияют: Инвестиции в основной капитал (" in words[0]
    assert any(
        line.startswith("Цель на 2030 год: Уровень безработицы — не больше 4,2\u00a0%: ") for line in words
    )


@settings(max_examples=40)
@given(st.floats(0, 1), st.floats(0, 1))
def test_words_of_attainability_follow_the_probability(one: float, other: float) -> None:
    order = ["almost excluded", "unlikely", "about even", "likely", "almost certain"]

    low, high = sorted((one, other))

    assert order.index(attainability(low)) <= order.index(attainability(high))
