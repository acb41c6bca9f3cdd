"""Solving: blocks in order, loops to their solution, and a failure that names equation and year."""

import numpy as np
import pytest

from analytics.model.errors import ModelError
from analytics.model.fitted import Fitted, fit
from analytics.model.reading import parse_model
from analytics.model.simulation import Run, no_shocks, simulate

HEAD = """
[driver.X]
[scenario.base]
X = 2.0
"""


def fitted(equations: str, history: dict[str, float]) -> Fitted:
    data = {name: {2024: value, 2025: value} for name, value in {"X": 1.0, **history}.items()}
    return fit(parse_model((HEAD + equations).encode()), {"town": data}, "town")


def run(equations: str, history: dict[str, float] | None = None, *, years: int = 1) -> Run:
    one = fitted(equations, history or {})
    return simulate(one, range(2026, 2026 + years), no_shocks(one), scenarios=["base"])


def identity(name: str, formula: str) -> str:
    return f'[identity.{name}]\neq = "{name} = {formula}"\n'


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("X + 3*X[-1]", 5.0),
        ("2^3^X/2", 256.0),
        ("-X^2", -4.0),
        ("log(exp(X))", 2.0),
        ("dlog(X)", np.log(2.0)),
        ("dlogit(X)", np.log(2 / 98) - np.log(1 / 99)),
        ("max(X, 3) - min(X, 3)", 1.0),
        ("if(X > 1, X, 0)", 2.0),
        ("if(X <= 1, X, 0)", 0.0),
        ("dlog(X*X)", 2 * np.log(2.0)),
    ],
)
def test_a_formula_has_the_value_of_arithmetic(formula: str, value: float) -> None:
    assert run(identity("Y", formula)).values["Y"].item() == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("side", "value"), [("Y", 0.1), ("log(Y)", np.exp(0.1)), ("dlog(Y)", 20 * np.exp(0.1))]
)
def test_the_left_side_is_undone(side: str, value: float) -> None:
    found = run(f'[identity.Y]\neq = "{side} = 0.05*X"\n', {"Y": 20.0})

    assert found.values["Y"].item() == pytest.approx(value)


def test_a_share_stays_a_share() -> None:
    found = run('[identity.U]\neq = "dlogit(U) = 5*X"\n', {"U": 90.0}, years=5)

    assert 90.0 < found.values["U"].min() <= found.values["U"].max() <= 100.0


def test_equations_run_in_their_order_whatever_the_file_says() -> None:
    found = run(identity("A", "B + 1") + identity("B", "C + 1") + identity("C", "X"))

    assert found.values["A"].item() == 4.0


def test_a_contracting_loop_is_solved() -> None:
    found = run(identity("Y", "10 + 0.5*Z") + identity("Z", "0.5*Y"), {"Y": 1.0, "Z": 1.0})

    assert found.values["Y"].item() == pytest.approx(10 / 0.75, rel=1e-10)


def test_a_loop_that_runs_away_from_its_solution_is_solved_too() -> None:
    found = run(identity("Y", "10 - 3*Z") + identity("Z", "2*Y + X"), {"Y": 1.0, "Z": 1.0})

    assert found.values["Y"].item() == pytest.approx(4 / 7, rel=1e-9)


def test_a_curved_loop_is_solved() -> None:
    found = run(identity("Y", "X + 0.9*log(Z)") + identity("Z", "Y^2"), {"Y": 5.0, "Z": 25.0})

    y = found.values["Y"].item()
    assert y == pytest.approx(2 + 1.8 * np.log(y), rel=1e-9)


@pytest.mark.parametrize(
    ("equations", "history", "code", "equation"),
    [
        pytest.param(identity("Y", "1/(X - 2)"), {}, "division_by_zero", "Y", id="division by zero"),
        pytest.param(identity("Y", "log(1 - X)"), {}, "log_of_negative", "Y", id="log of a negative"),
        pytest.param(identity("Y", "dlogit(60*X)"), {}, "share_outside", "Y", id="not a share"),
        pytest.param(identity("Y", "(1 - X)^0.5"), {}, "power", "Y", id="root of a negative"),
        pytest.param(identity("Y", "exp(X*10000)"), {}, "overflow", "Y", id="overflow"),
        pytest.param(identity("Y", "X[-9]"), {}, "no_value", "Y", id="lag before the data"),
        pytest.param(
            identity("Y", "Z + 1") + identity("Z", "Y + 1"), {"Y": 1.0, "Z": 1.0}, "not_solved", "Y",
            id="a loop without a solution",
        ),
        pytest.param(
            identity("Y", "Z^2 + 1") + identity("Z", "Y + 1"), {"Y": 1.0, "Z": 1.0}, "not_solved", "Y",
            id="a curved loop without a solution",
        ),
        pytest.param(
            identity("Y", "log(0*Y)"), {"Y": 1.0}, "not_solved", "Y", id="a loop that ends at no number"
        ),
        pytest.param(
            identity("Y", "Z/(X - 2)") + identity("Z", "min(Y, 5)"), {"Y": 1.0, "Z": 1.0},
            "division_by_zero", "Y", id="a loop that goes through no number",
        ),
    ],
)  # fmt: skip
def test_a_failure_names_the_equation_its_line_and_the_year(
    equations: str, history: dict[str, float], code: str, equation: str
) -> None:
    with pytest.raises(ModelError) as failed:
        run(equations, history)

    assert (failed.value.code, failed.value.where.equation) == (code, equation)
    assert failed.value.where.line == 5
    assert failed.value.where.year == 2026
    assert failed.value.sentence("ru").startswith("model.toml, строка 5, уравнение Y, год 2026: ")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param('[identity.Y]\neq = "Y = XX"\n', "unknown_name", 5, id="unknown name"),
        pytest.param('[identity.Y]\neq = "Z = X"\n', "bad_left_side", 5, id="another left side"),
        pytest.param('[identity.Y]\neq = "Y = a*X"\n', "coefficient_in_identity", 5, id="coefficient"),
        pytest.param('[identity.Y]\neg = "Y = X"\n', "unknown_key", 6, id="misspelt key"),
        pytest.param("[identity.Y]\n", "missing_key", 5, id="no equation"),
        pytest.param("[identity.Y]\neq = 3\n", "wrong_type", 5, id="not a text"),
        pytest.param('[scenario.a]\ninherit = "a"\n', "inherit_cycle", 5, id="cycle"),
        pytest.param('[scenario.a]\ninherit = "bse"\n', "unknown_name", 5, id="unknown parent"),
        pytest.param('[scenario.a]\nX = {growth = "2"}\n', "bad_path", 5, id="growth without per cent"),
        pytest.param("[scenario.a]\nX = {2027 = true}\n", "bad_path", 5, id="path of truths"),
        pytest.param("[scenario.a]\nX = 1e400\n", "bad_path", 5, id="infinite path"),
        pytest.param("[scenario.a]\naddfactor.X = {2027 = 1}\n", "endogenous_only", 5, id="add-factor"),
        pytest.param("[project.P]\nQ = {2027 = 1}\n", "unknown_name", 5, id="project on nothing"),
        pytest.param("[driver.Z]\nnoise = {rho = 2}\n", "wrong_type", 5, id="explosive noise"),
        pytest.param("a = [[[[\n", "bad_toml", 5, id="broken TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(ModelError) as refused:
        parse_model((HEAD + text).encode(), name="town.toml")

    assert refused.value.code == code
    assert refused.value.where.line == line
    assert "town.toml, line" in str(refused.value)


def test_deep_nesting_does_not_end_the_process() -> None:
    with pytest.raises(ModelError) as refused:
        parse_model(b"a = " + b"[" * 100_000)

    assert refused.value.code == "bad_toml"
