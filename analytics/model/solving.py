"""Solves the equations of one year after another for all scenarios and draws at once."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analytics.model.compiling import Array, Compiled, Compiler, State, logistic, logit
from analytics.model.errors import ModelError
from analytics.model.grammar import Variable, coefficients, variables
from analytics.model.ordering import blocks, feedback
from analytics.model.spec import EquationSpec, ModelSpec, ScenarioSpec

_SWEEPS = 8
_NEWTON_STEPS = 40
_TOLERANCE = 1e-11
_PROBE = 1e-6


@dataclass(frozen=True, slots=True)
class Changes:
    """What scenarios and draws do to the equations, by (name, year); shapes broadcast to (scenario, draw).

    added: to the right side (add-factors and noise). fixed: the value, where it is a number. extra: to
    the value itself, without entering the own past of the equation (a project).
    """

    added: Mapping[tuple[str, int], Array] = field(default_factory=dict)
    fixed: Mapping[tuple[str, int], Array] = field(default_factory=dict)
    extra: Mapping[tuple[str, int], Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    """One equation ready to run."""

    spec: EquationSpec
    slot: int
    right: Compiled


class Program:
    """A model compiled once; `solve` runs it over a span of years."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self.names = tuple(dict.fromkeys([*spec.drivers, *spec.equations, *spec.indicators]))
        self.slots = {name: place for place, name in enumerate(self.names)}
        self.coefficients = tuple(
            (name, coefficient)
            for name, equation in spec.equations.items()
            for coefficient in coefficients(equation.right)
        )
        self.memory = max(
            (one.lag for equation in spec.equations.values() for one in variables(equation.right)), default=0
        )
        """Years of the past that the equations look at."""
        self._depends = {name: _same_year(equation) for name, equation in spec.equations.items()}
        self.blocks = blocks(self._depends)
        self._steps = {name: self._step(equation) for name, equation in spec.equations.items()}

    def with_scenarios(self, scenarios: Mapping[str, ScenarioSpec]) -> "Program":
        """The same compiled equations under other scenarios."""
        other = copy.copy(self)
        other.spec = replace(self.spec, scenarios=scenarios)
        return other

    def compiler(self, equation: str) -> Compiler:
        """The compiler that knows the coefficients of one equation."""
        places = {
            coefficient: place
            for place, (owner, coefficient) in enumerate(self.coefficients)
            if owner == equation
        }
        return Compiler(self.slots, places)

    def state(self, years: Sequence[int], coefficients: Sequence[Array]) -> State:
        """An empty state over these years."""
        return State(self.names, years, coefficients)

    def solve(self, state: State, years: Sequence[int], changes: Changes | None = None) -> None:
        """Fill the state for `years`, in order. Raises: ModelError with equation and year."""
        changes = changes or Changes()
        with np.errstate(all="ignore"):
            for year in years:
                time = year - state.years[0]
                for block in self.blocks:
                    if len(block) == 1 and block[0] not in self._depends[block[0]]:
                        self._run(self._steps[block[0]], state, time, changes)
                    else:
                        self._together(block, state, time, changes)

    def right_side(self, name: str, state: State, time: int) -> Array:
        """The right side of an equation as it stands, without what is added to it."""
        with np.errstate(all="ignore"):
            value = self._steps[name].right(state, time)
        if not np.isfinite(value).all():
            raise self._failure(self._steps[name], state, time)
        return value

    def _step(self, equation: EquationSpec) -> _Step:
        right = self.compiler(equation.name).compile(equation.right)
        return _Step(equation, self.slots[equation.name], right)

    def _run(self, step: _Step, state: State, time: int, changes: Changes, *, check: bool = True) -> None:
        key = step.spec.name, state.years[0] + time
        fixed = changes.fixed.get(key)
        if fixed is not None and np.isfinite(fixed).all():
            state.put(step.slot, time, fixed)
            return
        try:
            right = step.right(state, time)
            added = changes.added.get(key)
            if added is not None:
                right = right + added
            value = self._left(step, state, time, right, changes)
        except ModelError as error:
            raise error.at(**vars(self.spec.where(*key))) from error
        if check and not np.isfinite(value).all():
            raise self._failure(step, state, time)
        if fixed is not None:
            value = np.where(np.isfinite(fixed), fixed, value)
        state.put(step.slot, time, value, growth=self._growth(step, state, time, right, value, changes))

    def _growth(
        self, step: _Step, state: State, time: int, right: Array, value: Array, changes: Changes
    ) -> Array | None:
        """The growth that the left side says, so that nobody takes logarithms to find it again.

        A fixed value has its own. What a project adds comes on top by factors that are exactly one when it
        adds nothing: no shock makes no difference to the last bit.
        """
        if step.spec.side != "dlog":
            return None
        key = step.spec.name, state.years[0] + time
        past, own_past = state.get(step.slot, time - 1), self._own_past(step, state, time, changes)
        growth = right
        if own_past is not past:
            growth = growth + np.log(own_past / past)
        if key in changes.extra:
            growth = growth + np.log(value / (own_past * np.exp(right)))
        fixed = changes.fixed.get(key)
        return growth if fixed is None else np.where(np.isfinite(fixed), np.log(value) - np.log(past), growth)

    def _left(self, step: _Step, state: State, time: int, right: Array, changes: Changes) -> Array:
        """The value whose left side is `right`."""
        key = step.spec.name, state.years[0] + time
        match step.spec.side:
            case "level":
                value = right
            case "log":
                value = np.exp(right)
            case "dlog":
                value = self._own_past(step, state, time, changes) * np.exp(right)
            case _:
                value = logistic(logit(self._own_past(step, state, time, changes)) + right)
        extra = changes.extra.get(key)
        return value if extra is None else value + extra

    @staticmethod
    def _own_past(step: _Step, state: State, time: int, changes: Changes) -> Array:
        past = state.get(step.slot, time - 1)
        extra = changes.extra.get((step.spec.name, state.years[0] + time - 1))
        return past if extra is None else past - extra

    def _together(self, block: tuple[str, ...], state: State, time: int, changes: Changes) -> None:
        """A block that depends on itself: Gauss-Seidel while it contracts, else Newton on its feedback."""
        steps = [self._steps[name] for name in block]
        loop = feedback(block, self._depends)
        slots = [self.slots[name] for name in loop]
        for step in steps:
            state.put(step.slot, time, state.get(step.slot, time - 1))
        guess = self._values(state, slots, time)
        for _ in range(_SWEEPS):
            answer = self._sweep(steps, state, slots, time, changes, guess)
            if _agree(answer, guess):
                self._check(steps, state, time)
                return
            guess = answer
        self._newton(steps, state, slots, time, changes)

    def _newton(
        self, steps: list[_Step], state: State, slots: list[int], time: int, changes: Changes
    ) -> None:
        for step in steps:
            state.put(step.slot, time, state.get(step.slot, time - 1))
        guess = self._values(state, slots, time)
        for _ in range(_NEWTON_STEPS):
            answer = self._sweep(steps, state, slots, time, changes, guess)
            if _agree(answer, guess):
                self._check(steps, state, time)
                return
            miss = answer - np.broadcast_to(guess, answer.shape)
            guess = guess + self._correction(steps, state, slots, time, changes, guess, miss)
            if not np.isfinite(guess).all():
                break
        names = ", ".join(step.spec.name for step in steps)
        where = self.spec.where(steps[0].spec.name, state.years[0] + time)
        raise ModelError("not_solved", names=names, where=where)

    def _check(self, steps: list[_Step], state: State, time: int) -> None:
        """What a loop goes through on its way may be no number; what it ends at must be."""
        for step in steps:
            if not np.isfinite(state.get(step.slot, time)).all():
                raise self._failure(step, state, time)

    def _correction(
        self, steps: list[_Step], state: State, slots: list[int], time: int, changes: Changes,
        guess: Array, miss: Array,
    ) -> Array:  # fmt: skip
        """Newton's step: the Jacobian is measured, a sweep for each variable of the feedback."""
        size = len(slots)
        jacobian = np.empty((*miss.shape[1:], size, size))
        for column in range(size):
            moved = np.array(np.broadcast_to(guess, miss.shape))
            probe = _PROBE * np.maximum(np.abs(moved[column]), 1.0)
            moved[column] += probe
            shifted = self._sweep(steps, state, slots, time, changes, moved) - moved
            jacobian[..., column] = np.moveaxis((shifted - miss) / probe, 0, -1)
        if not np.isfinite(jacobian).all():
            return np.full(miss.shape, np.nan)
        try:
            solved: Array = np.asarray(
                np.linalg.solve(jacobian, -np.moveaxis(miss, 0, -1)[..., None])[..., 0], dtype=np.float64
            )
        except np.linalg.LinAlgError:
            return np.full(miss.shape, np.nan)
        return np.moveaxis(solved, -1, 0)

    def _sweep(
        self, steps: list[_Step], state: State, slots: list[int], time: int, changes: Changes, guess: Array
    ) -> Array:
        for slot, value in zip(slots, guess, strict=True):
            state.put(slot, time, value)
        for step in steps:
            self._run(step, state, time, changes, check=False)
        return self._values(state, slots, time)

    @staticmethod
    def _values(state: State, slots: list[int], time: int) -> Array:
        return np.stack(np.broadcast_arrays(*(state.get(slot, time) for slot in slots)))

    def _failure(self, step: _Step, state: State, time: int) -> ModelError:
        compiler = self.compiler(step.spec.name)
        where = self.spec.where(step.spec.name, state.years[0] + time)
        return compiler.explain(step.spec.right, state, time).at(**vars(where))


def _agree(answer: Array, guess: Array) -> bool:
    # An infinity is a small share of itself away from anything.
    near = np.abs(answer - guess) <= _TOLERANCE * np.maximum(np.abs(answer), 1.0)
    return bool(np.all(near & np.isfinite(answer)))


def _same_year(equation: EquationSpec) -> set[str]:
    found: set[Variable] = variables(equation.right)
    return {variable.name for variable in found if variable.lag == 0}
