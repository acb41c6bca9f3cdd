"""A variable of another definition: nothing is learned from the step, and no forecast begins with it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from analytics.forecasting import forecast
from analytics.model.describing import describe
from analytics.model.diagnostics import diagnose
from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted, fit
from analytics.model.outlook import Outlook, Table, forecast_model, read_table
from analytics.model.questions import contributions
from analytics.model.reading import parse_model, read_model
from analytics.model.simulation import draw_shocks, no_shocks, simulate
from analytics.synthetic.generator import DATA
from core.scenarios import left_out_words
from tests.analytics.model.test_outlook import TOWN

HEAD = "[scenario.base]\n[driver.X]\ntitle = 'X'\n[indicator.Y]\ntitle = 'Выпуск'\n"
MARK = 2012
YEARS = range(1995, 2025)
SPEC = read_model(DATA / "model.toml")
VALUES = read_table(DATA / "observations.csv").values

Move = Callable[[float], float]
Series = Mapping[int, float]


def times(value: float) -> float:
    return 1.7 * value


def plus(value: float) -> float:
    return value + 31.0


def odds(value: float) -> float:
    return 100.0 / (1.0 + 0.6 * (100.0 - value) / value)


def moved(series: Series, move: Move, mark: int = MARK) -> dict[int, float]:
    return {year: move(value) if year < mark else value for year, value in series.items()}


def walks() -> dict[str, Series]:
    """Two shares in per cent that wander and are tied, Y to X."""
    rng = np.random.default_rng(5)
    x = 40.0 * np.exp(np.cumsum(rng.normal(0.004, 0.03, len(YEARS))))
    y = 0.7 * x * np.exp(rng.normal(0.0, 0.02, len(YEARS)))
    return {name: dict(zip(YEARS, map(float, walk), strict=True)) for name, walk in (("Y", y), ("X", x))}


def estimated(equation: str, data: Mapping[str, Series], *marked: str) -> Fitted:
    spec = parse_model(f'{HEAD}[equation.Y]\neq = "{equation}"\n'.encode())
    spec = replace(spec, redefined=dict.fromkeys(marked, MARK))
    return fit(spec, {"town": data}, "town")


@pytest.mark.parametrize("marked", ["X", "Y"])
@pytest.mark.parametrize(
    ("equation", "move", "left_out", "levels"),
    [
        ("dlog(Y) = a + b*dlog(X) + c*dlog(X[-1]) + d*dlog(Y[-2])", times, {"X": 2, "Y": 2}, 0),
        ("log(Y) = log(Y[-1]) + a + b*(log(X) - log(X[-1]))", times, {"X": 1, "Y": 1}, 0),
        ("Y = Y[-1]*(1 + a + b*(X/X[-1] - 1))", times, {"X": 1, "Y": 13}, 0),
        ("dlogit(Y) = a + b*dlogit(X)", odds, {"X": 1, "Y": 1}, 0),
        ("Y = Y[-1] + a + b*(X - X[-1])", plus, {"X": 1, "Y": 1}, 0),
        ("dlog(Y) = a + b*dlog(X) + c*(log(Y[-1]) - log(X[-1]))", times, {"X": 1, "Y": 1}, 1),
        ("log(Y) = a + b*log(X)", times, {"X": 0, "Y": 0}, 1),
        ("Y = a + b*X", plus, {"X": 0, "Y": 0}, 1),
    ],
)  # fmt: skip
def test_a_step_between_definitions_changes_no_coefficient(
    equation: str, move: Move, left_out: Mapping[str, int], levels: int, marked: str
) -> None:
    data = walks()
    stepped = {**data, marked: moved(data[marked], move)}

    whole, broken = (estimated(equation, one, marked).estimates["Y"] for one in (data, stepped))

    assert broken.mean == pytest.approx(whole.mean, rel=1e-7)
    assert broken.covariance == pytest.approx(whole.covariance, rel=1e-6)
    assert broken.sd == pytest.approx(whole.sd, rel=1e-7)
    assert broken.r2 == pytest.approx(whole.r2, rel=1e-7)
    assert broken.residuals == pytest.approx(whole.residuals, abs=1e-9)
    assert len(broken.left_out) == left_out[marked]
    assert broken.levels == levels
    # Without the mark the step is taken for something that the economy did.
    crossed = estimated(equation, stepped).estimates["Y"]
    assert abs(crossed.mean[1] - whole.mean[1]) > 0.05 * abs(whole.mean[1])


def test_each_definition_of_a_level_has_its_own_and_an_uneven_one_is_left_out() -> None:
    data = walks()
    level, uneven = (
        estimated(equation, data, "X").estimates["Y"]
        for equation in ("log(Y) = a + b*log(X)", "dlog(Y) = a + b*X + c*dlog(X)")
    )

    # Least squares with a dummy for the older years, by another way.
    years = range(2000, 2025)
    y, x = (np.log([data[name][year] for year in years]) for name in ("Y", "X"))
    older = np.array([year < MARK for year in years], float)
    by_dummy = np.linalg.lstsq(np.column_stack([np.ones(len(y)), x, older]), y)[0]
    assert level.mean == pytest.approx(by_dummy[:2], rel=1e-9)
    missed = y - np.column_stack([np.ones(len(y)), x, older]) @ by_dummy
    assert level.sd == pytest.approx(np.sqrt(missed @ missed / (len(y) - 3)), rel=1e-9)
    # X stands both as a level in units and as a growth: no move of its older part leaves both as they were.
    assert uneven.years == tuple(range(MARK + 1, 2025))


def test_years_too_few_for_their_definitions_are_counted_in_the_refusal() -> None:
    data = walks()
    spec = parse_model(f'{HEAD}[equation.Y]\neq = "dlog(Y) = a + b*X + c*dlog(X)"\n'.encode())
    late = replace(spec, redefined={"X": 2021})

    with pytest.raises(ModelError) as refused:
        fit(late, {"town": data}, "town")
    assert refused.value.code == "left_too_few"
    assert refused.value.sentence("ru") == (
        "model.toml, строка 6, уравнение Y: Лет с данными (3) слишком мало, чтобы оценить коэффициенты (3); "
        "ещё 22 сравнивали бы два определения: X (2021)."
    )
    # One year of the new definition, and that one compares: nothing tells its level.
    levels = parse_model(f'{HEAD}[equation.Y]\neq = "dlog(Y) = a + b*log(X[-1])"\n'.encode())
    with pytest.raises(ModelError) as refused:
        fit(replace(levels, redefined={"X": 2024}), {"town": data}, "town")
    assert refused.value.code == "left_too_few"


MARKS = {"WAGE": 2024, "POP": 2023, "EMPLOYED": 2023, "UNEMPL": 2020, "INVEST": 2012, "TRANSFERS": 2022}
MOVES: Mapping[str, Move] = {**dict.fromkeys(MARKS, times), "UNEMPL": odds}
MARKED = replace(SPEC, redefined=MARKS)


def with_steps() -> dict[str, dict[str, Series]]:
    """The example data; of jobs the last year is not known yet, so that the new wage is a fact ahead."""
    return {
        code: {name: {year: one for year, one in series.items() if (name, year) != ("EMPLOYED", 2024)}
               for name, series in history.items()}
        for code, history in VALUES.items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def made() -> tuple[Outlook, Fitted]:
    return forecast_model(MARKED, Table(with_steps(), ""), TOWN, draws=40)


def test_no_figure_of_a_forecast_depends_on_the_level_of_an_older_definition(
    made: tuple[Outlook, Fitted],
) -> None:
    whole, _ = made
    stepped = {
        code: {
            name: moved(series, MOVES[name], MARKS[name]) if name in MARKS else series
            for name, series in history.items()
        }
        for code, history in with_steps().items()
    }

    broken, _ = forecast_model(MARKED, Table(stepped, ""), TOWN, draws=40)

    for name, fans in whole.fans.items():
        for key, fan in fans.items():
            assert broken.fans[name][key].path == pytest.approx(fan.path, rel=1e-6), (name, key)
            assert np.array(broken.fans[name][key].quantiles) == pytest.approx(
                np.array(fan.quantiles), rel=1e-6
            )
    assert whole.passport.redefined == MARKS
    assert {name: one.origins for name, one in whole.past.items()} == {
        "INVEST": 8, "GMP": 8, "EMPLOYED": 7, "WAGE": 8, "UNEMPL": 7, "POP": 7, "RETAIL": 8,
    }  # fmt: skip


def test_under_marks_identities_hold_no_shock_makes_no_difference_and_terms_add_up(
    made: tuple[Outlook, Fitted],
) -> None:
    (outlook, town), years = made, range(2024, 2030)
    shocks, anchor = draw_shocks(town, years, draws=60, seed=3), outlook.anchor
    runs = [
        simulate(town, years, shocks, scenarios=["base"], anchor=anchor, additions=added).values
        for added in (None, {"INVEST": {2025: 0.0}, "POP": {2026: 0.0}})
    ]

    value = runs[0]
    assert all(value[name].tobytes() == runs[1][name].tobytes() for name in value)
    fund = value["WAGE"] * value["EMPLOYED"] * 12 / 1000
    assert value["WAGE_FUND"] == pytest.approx(fund, rel=1e-13)
    # The revenue of the first year is published already.
    revenue = value["BUD_OWN"] + value["TRANSFERS"]
    assert value["BUD_REV"][1:] == pytest.approx(revenue[1:], rel=1e-13)
    # Before the mark as well: what is looked back at is all of one definition.
    seen = {name: town.seen(name)[2023] for name in ("WAGE_FUND", "WAGE", "EMPLOYED")}
    assert seen["WAGE_FUND"] == pytest.approx(seen["WAGE"] * seen["EMPLOYED"] * 12 / 1000, rel=1e-13)
    assert town.history["WAGE"][2023] != seen["WAGE"]
    # The last year is the first of the new definition: its growth is the expected one, and what statistics
    # say of it is what a release is told.
    path, alone = (
        simulate(town, years, no_shocks(town), scenarios=["base"], anchor=each).values["EMPLOYED"][:, 0, 0]
        for each in (anchor, None)
    )
    terms = contributions(town, "EMPLOYED", years, scenario="base", anchor=anchor)
    growth = np.diff(np.log([town.history["EMPLOYED"][2023], *path]))
    assert np.sum([term.by_year for term in terms], axis=0) == pytest.approx(growth, rel=1e-9)
    known = [town.history["EMPLOYED"][year] for year in range(2001, 2024)]
    told = forecast(known, last_period="2023", horizon=6, redefined_in="2023")
    share = outlook.model_share["EMPLOYED"][0]
    blended = share * np.log(alone[0]) + (1 - share) * np.log(told.points[0].median)
    assert np.log(path[0]) == pytest.approx(blended, rel=1e-9)


def test_a_mark_without_values_on_both_sides_is_none() -> None:
    marked = replace(SPEC, redefined={"POP": 2001, "GMP": 2025, "WAGE": 2031})

    plain, early_and_late = (fit(spec, VALUES, TOWN) for spec in (SPEC, marked))

    assert (early_and_late.breaks, early_and_late.moved) == ({}, {})
    assert all(
        one.mean.tobytes() == plain.estimates[name].mean.tobytes()
        for name, one in early_and_late.estimates.items()
    )


def test_marks_are_told_in_words_and_by_the_diagnostics(made: tuple[Outlook, Fitted]) -> None:
    outlook, town = made
    told = describe("ru", outlook, town, main="base")
    report = diagnose(town, "INVEST")
    equation = {"left_out": report.left_out, "levels": report.levels, "redefined": report.redefined}

    assert (report.years, report.left_out) == (20, (2012, 2013))
    assert left_out_words("ru", equation, {"INVEST": "Инвестиции"}) == [
        "Не взяты 2 года (2012–2013): сравнивались бы два определения — «Инвестиции» с 2012 года."
    ]
    assert told[1].endswith(
        "Определение изменилось: «Инвестиции в основной капитал» с 2012 года; "
        "разница между двумя определениями не принята за рост."
    )
    assert "Определение" not in told[8]


def test_a_file_marks_what_has_no_passport() -> None:
    text = (DATA / "model.toml").read_text("utf-8")
    spec = parse_model(text.replace("[driver.CPI_RF]", "[driver.CPI_RF]\nredefined = 2012").encode())

    found = fit(spec, VALUES, TOWN).estimates["WAGE"]

    # Inflation stands there as a level, so all years are learned from.
    assert (spec.redefined, found.left_out, found.levels) == ({"CPI_RF": 2012}, (), 1)
