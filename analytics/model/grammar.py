"""Formulas as trees: numbers, names, x[-k], + - * / ^ and a few functions. `parsing` reads them.

Names in capitals are indicators and drivers; names in small letters are coefficients.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 40
MAX_LAG = 9
FUNCTIONS = {"log": 1, "exp": 1, "dlog": 1, "dlogit": 1, "max": 2, "min": 2, "if": 3}
"""Names of the functions and how many arguments each takes."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """An indicator, driver or identity, `lag` years back."""

    name: str
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A number that is estimated or given."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus before a term."""

    term: "Expression"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two terms joined by ``+ - * / ^`` or, inside a condition, by a comparison."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    function: str
    arguments: tuple["Expression", ...]


Expression = Number | Variable | Coefficient | Negative | Operation | Call


@dataclass(frozen=True, slots=True)
class Equation:
    """What stands left and right of the sign of equality."""

    left: Expression
    right: Expression


def written(node: Expression | Equation) -> str:
    """The formula as text that reads back to the same tree.

    >>> written(Operation("+", Coefficient("a"), Call("dlog", (Variable("B", 1),))))
    'a + dlog(B[-1])'
    """
    match node:
        case Equation(left, right):
            return f"{written(left)} = {written(right)}"
        case Number(value):
            return f"{value!r}".removesuffix(".0")
        case Variable(name, lag):
            return f"{name}[-{lag}]" if lag else name
        case Coefficient(name):
            return name
        case Negative(term):
            return f"-{_bracketed(term)}"
        case Operation(sign, left, right):
            return f"{_bracketed(left)} {sign} {_bracketed(right)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"


def parts(node: Expression | Equation) -> Iterator[Expression]:
    """Every node of a formula, the outermost first."""
    match node:
        case Equation(left, right):
            yield from parts(left)
            yield from parts(right)
            return
        case Negative(term):
            inner: tuple[Expression, ...] = (term,)
        case Operation(_, left, right):
            inner = (left, right)
        case Call(_, arguments):
            inner = arguments
        case _:
            inner = ()
    yield node
    for each in inner:
        yield from parts(each)


def variables(node: Expression | Equation) -> set[Variable]:
    """The variables of a formula with their lags; dlog and dlogit look one year further back."""
    found: set[Variable] = set()
    for part in parts(node):
        if isinstance(part, Variable):
            found.add(part)
        elif isinstance(part, Call) and part.function in {"dlog", "dlogit"}:
            found |= {Variable(one.name, one.lag + 1) for one in variables(part.arguments[0])}
    return found


def coefficients(node: Expression | Equation) -> list[str]:
    """Names of the coefficients in the order in which they first stand."""
    return list(dict.fromkeys(part.name for part in parts(node) if isinstance(part, Coefficient)))


def _bracketed(node: Expression) -> str:
    return f"({written(node)})" if isinstance(node, Operation | Negative) else written(node)
