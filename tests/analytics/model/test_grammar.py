"""The grammar: what it reads it writes back the same, what it does not know it refuses with a place."""

import string
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.model.errors import EXPECTED, SENTENCES, ModelError
from analytics.model.grammar import (
    FUNCTIONS,
    Call,
    Coefficient,
    Equation,
    Expression,
    Negative,
    Number,
    Operation,
    Variable,
    coefficients,
    variables,
    written,
)
from analytics.model.parsing import parse_equation, parse_expression
from analytics.model.reading import parse_model
from core.shared.language import translate

Found = TypeVar("Found")

LEAVES = st.one_of(
    st.floats(1e-20, 1e20).map(Number),
    st.builds(Variable, st.sampled_from(["GRP", "OIL_2", "X"]), st.integers(0, 9)),
    st.sampled_from(["a", "b2", "t_ndfl"]).map(Coefficient),
)


def wider(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    condition = st.builds(Operation, st.sampled_from(["<", "<=", ">", ">="]), inner, inner)
    return st.one_of(
        inner.map(Negative),
        st.builds(Operation, st.sampled_from("+-*/^"), inner, inner),
        st.builds(lambda name, a: Call(name, (a,)), st.sampled_from(["log", "exp", "dlog", "dlogit"]), inner),
        st.builds(lambda name, a, b: Call(name, (a, b)), st.sampled_from(["max", "min"]), inner, inner),
        st.builds(lambda c, a, b: Call("if", (c, a, b)), condition, inner, inner),
    )


FORMULAS: st.SearchStrategy[Expression] = st.recursive(LEAVES, wider, max_leaves=12)


def outcome(read: Callable[[], Found]) -> Found | ModelError:
    """What a reader gives for any input: its answer or its refusal, nothing else."""
    try:
        return read()
    except ModelError as refused:
        return refused


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_what_is_written_reads_back_the_same(formula: Expression) -> None:
    assert parse_expression(written(formula)) == formula


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=string.ascii_letters + string.digits + " +-*/^()[],=<>._\"'%$é;:", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    answer = outcome(lambda: parse_equation(text))

    assert isinstance(answer, Equation) or answer.sentence("ru")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_model_or_refused(content: bytes) -> None:
    answer = outcome(lambda: parse_model(content))

    assert not isinstance(answer, ModelError) or answer.where.file == "model.toml"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Y = __import__(X)", "unexpected"),
        ("Y = eval(X)", "unknown_function"),
        ("Y = X.y", "unexpected"),
        ("Y = X; Z", "unexpected"),
        ("Y = X[1]", "bad_lag"),
        ("Y = X[-0]", "bad_lag"),
        ("Y = X[-10]", "bad_lag"),
        ("Y = X[-1", "bad_lag"),
        ("Y = log(X, Z)", "wrong_arguments"),
        ("Y = if(X, 1, 2)", "unexpected"),
        ("Y = log", "unexpected"),
        ("Y = X +", "unfinished"),
        ("Y = (X", "unfinished"),
        ("Y", "unfinished"),
        ("Y = X Z", "unexpected"),
        ("Y = Xy", "unexpected"),
        ("Y = 1e999", "bad_number"),
        ("Y = 1e-40", "bad_number"),
        ("Y = " + "(" * 200 + "X" + ")" * 200, "too_deep"),
        ("Y = " + "-" * 200 + "X", "too_deep"),
        ("Y = " + "X^" * 200 + "X", "too_deep"),
        ("Y = " + "X+" * 200 + "X", "too_many_terms"),
        ("Y = " + "(" * 39 + "X" + ("+1" * 20 + ")") * 39, "too_many_terms"),
        ("Y = " + "X" * 3000, "too_long"),
        ("Y = X and Z", "unexpected"),
        ("Y = X ** 2", "unexpected"),
        ("Y = X % 2", "unexpected"),
        ("Y = «X»", "unexpected"),
    ],
)
def test_what_is_outside_the_grammar_is_refused(text: str, code: str) -> None:
    with pytest.raises(ModelError) as refused:
        parse_equation(text)

    assert refused.value.code == code


def test_names_are_told_apart_by_their_letters() -> None:
    equation = parse_equation("dlog(GRP) = a + b*dlog(OIL[-1]) + c*GRP[-1] + dlogit(U)")

    assert coefficients(equation) == ["a", "b", "c"]
    assert variables(equation.right) == {
        Variable("OIL", 1), Variable("OIL", 2), Variable("GRP", 1), Variable("U", 0), Variable("U", 1)
    }  # fmt: skip


def test_powers_bind_before_signs_and_to_the_right() -> None:
    assert parse_expression("-X^2^Y") == Negative(
        Operation("^", Variable("X"), Operation("^", Number(2.0), Variable("Y")))
    )
    assert written(parse_expression("A - B - C")) == "(A - B) - C"


def test_every_function_is_documented_with_its_arguments() -> None:
    assert FUNCTIONS == {"log": 1, "exp": 1, "dlog": 1, "dlogit": 1, "max": 2, "min": 2, "if": 3}


@pytest.mark.parametrize("message", [*SENTENCES.values(), *EXPECTED])
def test_every_refusal_speaks_russian(message: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(message) if name}
    fields = dict.fromkeys(names, "1")

    assert translate("ru", message, **fields) != translate("en", message, **fields)
