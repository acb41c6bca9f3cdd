"""Turns formulas into closures over arrays of shape (scenario, draw): no code is generated or evaluated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.model.errors import ModelError
from analytics.model.grammar import (
    Call,
    Coefficient,
    Expression,
    Negative,
    Number,
    Operation,
    Variable,
)

Array = NDArray[np.float64]

History = Mapping[str, Mapping[int, float]]
"""Values of one territory: by variable, by year."""

_PERCENT = 100.0


class State:
    """Values of all variables by slot and time, with logarithms and growth kept beside them once computed.

    A value has a shape that broadcasts to (scenario, draw); history is (1, 1). None: not known.
    """

    __slots__ = ("_growths", "_logs", "coefficients", "names", "values", "years")

    def __init__(self, names: Sequence[str], years: Sequence[int], coefficients: Sequence[Array]) -> None:
        self.names = names
        self.years = years
        self.coefficients = coefficients
        self.values: list[list[Array | None]] = [[None] * len(years) for _ in names]
        self._logs: list[list[Array | None]] = [[None] * len(years) for _ in names]
        # One longer: a value also ends the growth of the year after it.
        self._growths: list[list[Array | None]] = [[None] * (len(years) + 1) for _ in names]

    def get(self, slot: int, time: int) -> Array:
        """The value of a variable. Raises: ModelError if it is not known."""
        value = self.values[slot][time] if time >= 0 else None
        if value is None:
            year = self.years[0] + time
            raise ModelError("no_value", name=self.names[slot], at=year)
        return value

    def put(self, slot: int, time: int, value: Array, *, growth: Array | None = None) -> None:
        """Set the value of a variable at a time; growth: of its logarithm since the time before, if known."""
        self.values[slot][time] = value
        self._logs[slot][time] = None
        self._growths[slot][time] = growth
        self._growths[slot][time + 1] = None

    def log(self, slot: int, time: int) -> Array:
        """The logarithm of a variable; not a number where it is not above zero."""
        known = self._logs[slot][time] if time >= 0 else None
        if known is None:
            known = self._logs[slot][time] = np.log(self.get(slot, time))
        return known

    def growth(self, slot: int, time: int) -> Array:
        """How much the logarithm of a variable has grown since the time before."""
        known = self._growths[slot][time] if time >= 0 else None
        if known is None:
            known = self.log(slot, time) - self.log(slot, time - 1)
            self._growths[slot][time] = known
        return known


Compiled = Callable[[State, int], Array]
"""A formula: its value at a time, for all scenarios and draws."""

_SIGNS: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Knows where variables and coefficients are kept."""

    slots: Mapping[str, int]
    coefficients: Mapping[str, int]

    def compile(self, node: Expression) -> Compiled:
        """A closure that computes the formula; it may give infinities, see `explain`."""
        match node:
            case Number(value):
                constant = np.full((1, 1), value)
                return lambda _state, _time: constant
            case Variable(name, lag):
                slot = self.slots[name]
                return lambda state, time: state.get(slot, time - lag)
            case Coefficient(name):
                place = self.coefficients[name]
                return lambda state, _time: state.coefficients[place]
            case Negative(term):
                inner = self.compile(term)
                return lambda state, time: np.negative(inner(state, time))
            case Operation(sign, left, right):
                join, first, second = _SIGNS[sign], self.compile(left), self.compile(right)
                return lambda state, time: join(first(state, time), second(state, time))
            case Call():
                return self._call(node)

    def _call(self, call: Call) -> Compiled:
        if call.function == "log":
            return self._log(call.arguments[0])
        if call.function == "dlog":
            return self._growth(call.arguments[0])
        first, *rest = (self.compile(argument) for argument in call.arguments)
        if call.function == "dlogit":
            return lambda state, time: logit(first(state, time)) - logit(first(state, time - 1))
        if call.function == "exp":
            return lambda state, time: np.exp(first(state, time))
        if call.function == "if":
            then, otherwise = rest
            return lambda state, time: np.where(first(state, time), then(state, time), otherwise(state, time))
        second = rest[0]
        join = np.maximum if call.function == "max" else np.minimum
        return lambda state, time: join(first(state, time), second(state, time))

    def _log(self, argument: Expression) -> Compiled:
        if isinstance(argument, Variable):
            slot, lag = self.slots[argument.name], argument.lag
            return lambda state, time: state.log(slot, time - lag)
        inner = self.compile(argument)
        return lambda state, time: np.log(inner(state, time))

    def _growth(self, argument: Expression) -> Compiled:
        if isinstance(argument, Variable):
            slot, lag = self.slots[argument.name], argument.lag
            return lambda state, time: state.growth(slot, time - lag)
        log = self._log(argument)
        return lambda state, time: log(state, time) - log(state, time - 1)

    def explain(self, node: Expression, state: State, time: int) -> ModelError:
        """Why a formula gave no finite number: the innermost part that is to blame."""
        return self._blame(node, state, time) or ModelError("overflow")

    def _blame(self, node: Expression, state: State, time: int) -> ModelError | None:
        for inner, at in _inner(node, time):
            found = self._blame(inner, state, at)
            if found is not None:
                return found
        with np.errstate(all="ignore"):
            if np.isfinite(self.compile(node)(state, time)).all():
                return None
            return self._reason(node, state, time)

    def _reason(self, node: Expression, state: State, time: int) -> ModelError:
        match node:
            case Operation("/", _, right) if (self.compile(right)(state, time) == 0).any():
                return ModelError("division_by_zero")
            case Operation("^", left, right):
                base, exponent = self.compile(left)(state, time), self.compile(right)(state, time)
                if np.isnan(np.power(base, exponent)).any():
                    return ModelError("power", base=_short(base.min()), exponent=_short(exponent.flat[0]))
            case Call("log" | "dlog" as function, (argument,)):
                times = [time, time - 1] if function == "dlog" else [time]
                lowest = min(float(self.compile(argument)(state, at).min()) for at in times)
                if lowest <= 0:
                    return ModelError("log_of_negative", value=_short(lowest))
            case Call("dlogit", (argument,)):
                values = [self.compile(argument)(state, at) for at in (time, time - 1)]
                outside = [value for value in values if ((value <= 0) | (value >= _PERCENT)).any()]
                if outside:
                    worst = outside[0].max() if (outside[0] >= _PERCENT).any() else outside[0].min()
                    return ModelError("share_outside", value=_short(worst))
            case _:
                pass
        return ModelError("overflow")


def logit(share: Array) -> Array:
    """Logarithm of the odds of a share in per cent."""
    return np.log(share / (_PERCENT - share))


def logistic(odds: Array) -> Array:
    """The share in per cent that has these logarithmic odds."""
    return _PERCENT / (1.0 + np.exp(-odds))


def _inner(node: Expression, time: int) -> list[tuple[Expression, int]]:
    match node:
        case Negative(term):
            return [(term, time)]
        case Operation(_, left, right):
            return [(left, time), (right, time)]
        case Call(function, arguments):
            back = [time - 1] if function in {"dlog", "dlogit"} else []
            return [(argument, at) for argument in arguments for at in [time, *back]]
        case _:
            return []


def _short(value: float) -> str:
    return f"{float(value):.4g}"
