"""Reads formulas by a recursive descent; nothing is ever evaluated.

equation   = expression "=" expression
expression = term {("+" | "-") term}
term       = factor {("*" | "/") factor}
factor     = ["-" | "+"] power
power      = atom ["^" factor]
atom       = number | name ["[" "-" digits "]"] | function "(" arguments ")" | "(" expression ")"
condition  = expression ("<" | "<=" | ">" | ">=") expression        (first argument of `if` only)
"""

import re
from collections.abc import Callable, Iterator

from analytics.model.errors import (
    A_CLOSING,
    A_COMPARISON,
    A_NAME,
    AN_END,
    AN_EQUALS,
    AN_OPERAND,
    AN_OPERATOR,
    ModelError,
)
from analytics.model.grammar import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LAG,
    Call,
    Coefficient,
    Equation,
    Expression,
    Negative,
    Number,
    Operation,
    Variable,
)

MAX_LENGTH = 2000
MAX_JOINTS = 120

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|[-+*/^()\[\],=<>]))"
)


def parse_equation(text: str) -> Equation:
    """Read ``dlog(GRP) = a + b*dlog(GDP)``. Raises: ModelError that says what was found and expected."""
    parser = _Parser(text)
    left = parser.expression()
    parser.take("=", AN_EQUALS)
    right = parser.expression()
    parser.end()
    return Equation(left, right)


def parse_expression(text: str) -> Expression:
    """Read a formula without a sign of equality."""
    parser = _Parser(text)
    found = parser.expression()
    parser.end()
    return found


class _Parser:
    """A recursive descent over the tokens, each method one rule of the grammar."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ModelError("too_long", limit=MAX_LENGTH)
        self._tokens = list(_tokens(text))
        self._place = 0
        self._depth = 0
        self._joints = 0

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ModelError("too_deep", limit=MAX_DEPTH)
        found = self._joined("+-", lambda: self._joined("*/", self._factor))
        self._depth -= 1
        return found

    def take(self, sign: str, expected: str) -> None:
        if not self._next(sign):
            raise self._refusal(expected)

    def end(self) -> None:
        if self._place < len(self._tokens):
            raise self._refusal(AN_OPERATOR if self._kind() != "sign" else AN_END)

    def _joined(self, signs: str, rule: Callable[[], Expression]) -> Expression:
        found = rule()
        while self._kind() == "sign" and self._text() in signs:
            # A long sum makes a tree as deep as it is long; walking it must not end the process.
            self._joints += 1
            if self._joints > MAX_JOINTS:
                raise ModelError("too_many_terms", limit=MAX_JOINTS)
            sign = self._text()
            self._place += 1
            found = Operation(sign, found, rule())
        return found

    def _factor(self) -> Expression:
        if self._next("-"):
            return Negative(self._deeper())
        if self._next("+"):
            return self._deeper()
        return self._power()

    def _deeper(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ModelError("too_deep", limit=MAX_DEPTH)
        found = self._factor()
        self._depth -= 1
        return found

    def _power(self) -> Expression:
        base = self._atom()
        return Operation("^", base, self._deeper()) if self._next("^") else base

    def _atom(self) -> Expression:
        kind, text = self._kind(), self._text()
        if kind == "number":
            self._place += 1
            return Number(_number(text))
        if kind == "name":
            self._place += 1
            return self._call(text) if self._text() == "(" else self._named(text)
        if self._next("("):
            found = self.expression()
            self.take(")", A_CLOSING)
            return found
        raise self._refusal(AN_OPERAND)

    def _named(self, name: str) -> Expression:
        if name in FUNCTIONS:
            raise ModelError("unexpected", found=name, expected=AN_OPERAND)
        if name.upper() == name:
            return Variable(name, self._lag())
        if name.lower() == name:
            return Coefficient(name)
        raise ModelError("unexpected", found=name, expected=A_NAME)

    def _lag(self) -> int:
        if not self._next("["):
            return 0
        if not self._next("-") or self._kind() != "number" or not self._text().isdecimal():
            raise ModelError("bad_lag", limit=MAX_LAG)
        lag = self._text()
        self._place += 1
        if not self._next("]") or len(lag) > 1 or lag == "0":
            raise ModelError("bad_lag", limit=MAX_LAG)
        return int(lag)

    def _call(self, name: str) -> Expression:
        if name not in FUNCTIONS:
            raise ModelError("unknown_function", found=name, known=", ".join(FUNCTIONS))
        self.take("(", AN_OPERAND)
        arguments = [self._condition() if name == "if" else self.expression()]
        while self._next(","):
            arguments.append(self.expression())
        self.take(")", A_CLOSING)
        if len(arguments) != FUNCTIONS[name]:
            raise ModelError("wrong_arguments", function=name, expected=FUNCTIONS[name], count=len(arguments))
        return Call(name, tuple(arguments))

    def _condition(self) -> Expression:
        left = self.expression()
        sign = self._text()
        if sign not in {"<", "<=", ">", ">="}:
            raise self._refusal(A_COMPARISON)
        self._place += 1
        return Operation(sign, left, self.expression())

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _text(self) -> str:
        return self._tokens[self._place][1] if self._place < len(self._tokens) else ""

    def _next(self, sign: str) -> bool:
        if self._kind() == "sign" and self._text() == sign:
            self._place += 1
            return True
        return False

    def _refusal(self, expected: str) -> ModelError:
        if self._place >= len(self._tokens):
            return ModelError("unfinished", expected=expected)
        return ModelError("unexpected", found=self._text(), expected=expected)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, length = 0, len(text.rstrip())
    while place < length:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            stray = text[place:].lstrip()[:1]
            raise ModelError("unexpected", found=stray, expected=AN_OPERAND)
        yield found.lastgroup, found.group(found.lastgroup)
        place = found.end()


def _number(text: str) -> float:
    value = float(text)
    if value != 0.0 and not 1e-30 < value < 1e30:
        raise ModelError("bad_number", found=text[:20])
    return value
