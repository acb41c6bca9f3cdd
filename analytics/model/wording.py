"""Equations in words: titles in place of names, figures in place of coefficients."""

from collections.abc import Mapping

from analytics.model.grammar import (
    Call,
    Coefficient,
    Expression,
    Negative,
    Number,
    Operation,
    Variable,
)
from analytics.model.spec import ModelSpec
from core.indicators import format_number
from core.shared.language import N_, Language, translate

_SIDES = {
    "level": N_("{of}"),
    "log": N_("logarithm of {of}"),
    "dlog": N_("growth of {of}"),
    "dlogit": N_("shift of the share {of}"),
}
_CALLS = {
    **_SIDES,
    "exp": N_("exponent of {of}"),
    "max": N_("the larger of {of}"),
    "min": N_("the smaller of {of}"),
    "if": N_("choice by condition ({of})"),
}
_A_YEAR_BEFORE = N_("“{title}” a year before")
_YEARS_BEFORE = N_("“{title}” {lag} years before")
_NOW = N_("“{title}”")
_SIGNS = {"*": "×", "/": "÷", "-": "−"}


def formula_words(
    language: Language, spec: ModelSpec, name: str, values: Mapping[str, float] | None = None
) -> str:
    """An equation as a sentence: ``growth of “GRP” = 0.6 × growth of “Investment”``.

    values: estimated coefficients by name; those without a figure keep their letter.
    """
    equation = spec.equations[name]
    say = _Words(language, spec, {**equation.values, **(values or {})})
    left = translate(language, _SIDES[equation.side], of=say.title(name, 0))
    return f"{left} = {say.of(equation.right)}"


class _Words:
    """Says the parts of one formula."""

    def __init__(self, language: Language, spec: ModelSpec, values: Mapping[str, float]) -> None:
        self._language = language
        self._spec = spec
        self._values = values

    def title(self, name: str, lag: int) -> str:
        shown = self._spec.indicators.get(name) or self._spec.drivers.get(name)
        sentence = _NOW if lag == 0 else _A_YEAR_BEFORE if lag == 1 else _YEARS_BEFORE
        return translate(self._language, sentence, title=name if shown is None else shown.title, lag=lag)

    def of(self, node: Expression) -> str:
        match node:
            case Number(value):
                return self._figure(value)
            case Variable(name, lag):
                return self.title(name, lag)
            case Coefficient(name):
                return self._figure(self._values[name]) if name in self._values else name
            case Negative(term):
                return f"−{self._bracketed(term, '*')}"
            case Operation(sign, left, right):
                inner = f"{self._bracketed(left, sign)} {_SIGNS.get(sign, sign)} "
                return inner + self._bracketed(right, sign)
            case Call(function, arguments):
                said = "; ".join(map(self.of, arguments))
                return translate(self._language, _CALLS[function], of=said)

    def _bracketed(self, node: Expression, sign: str) -> str:
        """Brackets only where the order of reading needs them."""
        loose = isinstance(node, Operation) and node.sign in "+-" and sign not in "+<=>="
        return f"({self.of(node)})" if loose else self.of(node)

    def _figure(self, value: float) -> str:
        decimals = 0 if value == round(value) and abs(value) >= 1 else 4 if abs(value) < 0.1 else 2
        return format_number(self._language, value, decimals=decimals)
