"""A6: CPU of the compiled model beside a loop in pure Python and beside modelflow, in one run.

modelflow is not a dependency: it is used when this interpreter, or the one that MODELFLOW_PYTHON names,
has it; otherwise its figure is null.
"""

from __future__ import annotations

import json
import math
import operator
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analytics.model.compiling import History
from analytics.model.fitted import Fitted, fit
from analytics.model.grammar import Call, Coefficient, Expression, Operation, Variable
from analytics.model.outlook import forecast_model, read_table
from analytics.model.reading import parse_model, read_model
from analytics.model.simulation import draw_shocks, no_shocks, simulate
from analytics.synthetic.generator import DATA
from core.indicators import LEVELS
from tests.analytics.model.references import KLEIN_MODEL, klein_data

INDICATORS, DRAWS, YEARS = 20, 1000, range(2026, 2038)
SCENARIOS = ("optimistic", "base", "pessimistic")
_LOOP_DRAWS = 10
_KLEIN_DRAWS = 1000
_REPEATS = 9

_Values = dict[str, dict[int, float]]
_Prepare = Callable[[Expression, _Values, dict[str, float]], Callable[[int], float]]


def measure() -> dict[str, float | None]:
    """CPU milliseconds of a whole simulation with quantiles, and how many times faster than the others."""
    fitted = fit(parse_model(model_text().encode()), {"town": history()}, "town")
    ours = _cpu_s(lambda: _simulate(fitted))
    walking = _loop_s(lambda: _general_loop(fitted, _LOOP_DRAWS, _walking))
    closures = _loop_s(lambda: _general_loop(fitted, _LOOP_DRAWS, _closure))
    written = _loop_s(lambda: _written_loop(fitted, _LOOP_DRAWS))
    print(
        f"\n20 indicators x 3 scenarios x 1,000 draws x 12 years: {1000 * ours:.1f} CPU ms; in pure Python "
        f"{walking:.2f} s from the same file by walking its formulas, {closures:.2f} s with the formulas "
        f"compiled to closures, {written:.2f} s written by hand for these very equations"
    )
    klein = _klein_seconds_per_draw()
    modelflow = _modelflow_seconds_per_draw()
    spec, table = read_model(DATA / "model.toml"), read_table(DATA / "observations.csv")
    whole = _cpu_s(lambda: forecast_model(spec, table, "99701000"))
    return {
        "a6_forecast_cpu_s": whole,
        "a6_sim_cpu_ms": 1000 * ours,
        "a6_vs_python_loop": walking / ours,
        "a6_vs_compiled_loop": closures / ours,
        "a6_vs_handwritten_loop": written / ours,
        "a6_vs_modelflow": None if modelflow is None else modelflow / klein,
    }


def model_text() -> str:
    """A model of the benchmark: 2 drivers and 20 indicators in growth form, each on a driver and others."""
    lines = ["[model]", "start = 2000"]
    for name in ("D1", "D2"):
        lines += [f"[driver.{name}]", "noise = {rho = 0.6, sd = 0.05}"]
    for place in range(INDICATORS):
        other = f" + d*dlog(X{place - 1})" if place else ""
        lines += [
            f"[equation.X{place}]",
            f'eq = "dlog(X{place}) = a + b*dlog(D{place % 2 + 1}) + c*dlog(X{place}[-1]){other}"',
        ]
    for name, growth in zip(SCENARIOS, ("3%", "2%", "0.5%"), strict=True):
        lines += [f"[scenario.{name}]", f'D1 = {{growth = "{growth}"}}', f'D2 = {{growth = "{growth}"}}']
    return "\n".join(lines)


def history() -> History:
    """Invented values for 2000-2025, the same each time."""
    rng = random.Random(6)
    names = ["D1", "D2", *(f"X{place}" for place in range(INDICATORS))]
    found: dict[str, dict[int, float]] = {}
    for name in names:
        value = 100.0
        found[name] = {}
        for year in range(2000, 2026):
            value *= math.exp(rng.gauss(0.02, 0.03))
            found[name][year] = value
    return found


def _simulate(fitted: Fitted) -> None:
    names = [f"X{place}" for place in range(INDICATORS)]
    shocks = draw_shocks(fitted, YEARS, draws=DRAWS, seed=24)
    run = simulate(fitted, YEARS, shocks, scenarios=SCENARIOS, names=names)
    for name in names:
        run.quantiles(name, LEVELS)


def _general_loop(fitted: Fitted, draws: int, prepare: _Prepare) -> list[float]:
    """Any model of the file on floats, one scenario and draw after another: what the arrays replace."""
    rng = random.Random(24)
    values: _Values = {name: {} for name in fitted.program.names}
    rises = {
        name: prepare(equation.right, values, _coefficients(fitted, name))
        for name, equation in fitted.spec.equations.items()
    }
    last: list[float] = []
    for growth in (0.03, 0.02, 0.005):
        for _ in range(draws):
            for name, known in values.items():
                known.update(fitted.history[name])
            noise = {"D1": 0.0, "D2": 0.0}
            for year in YEARS:
                for name, before in noise.items():
                    fresh = 0.6 * before + 0.8 * 0.05 * rng.gauss(0.0, 1.0)
                    rise = math.log(1.0 + growth) + fresh - before
                    noise[name] = fresh
                    values[name][year] = values[name][year - 1] * math.exp(rise)
                for name, closure in rises.items():
                    rise = closure(year) + rng.gauss(0.0, 0.03)
                    values[name][year] = values[name][year - 1] * math.exp(rise)
            last.append(values["X0"][YEARS[-1]])
    return statistics.quantiles(last, n=20)


def _coefficients(fitted: Fitted, name: str) -> dict[str, float]:
    one = fitted.estimates[name]
    return dict(zip(one.names, map(float, one.mean), strict=True))


def _walking(node: Expression, values: _Values, given: dict[str, float]) -> Callable[[int], float]:
    """Walks the tree of the formula at each value."""
    return lambda year: _value(node, values, given, year)


def _value(node: Expression, values: _Values, given: dict[str, float], year: int) -> float:
    match node:
        case Variable(name, lag):
            return values[name][year - lag]
        case Coefficient(name):
            return given[name]
        case Operation("+", left, right):
            return _value(left, values, given, year) + _value(right, values, given, year)
        case Operation("*", left, right):
            return _value(left, values, given, year) * _value(right, values, given, year)
        case Call("dlog", (argument,)):
            return math.log(_value(argument, values, given, year) / _value(argument, values, given, year - 1))
    raise NotImplementedError(node)


def _closure(node: Expression, values: _Values, given: dict[str, float]) -> Callable[[int], float]:
    """Compiles the tree to closures once, as ours does."""
    match node:
        case Variable(name, lag):
            known = values[name]
            return lambda year: known[year - lag]
        case Coefficient(name):
            value = given[name]
            return lambda _year: value
        case Operation("+" | "*" as sign, left, right):
            join = operator.add if sign == "+" else operator.mul
            first, second = _closure(left, values, given), _closure(right, values, given)
            return lambda year: join(first(year), second(year))
        case Call("dlog", (argument,)):
            inner = _closure(argument, values, given)
            return lambda year: math.log(inner(year) / inner(year - 1))
    raise NotImplementedError(node)


def _written_loop(fitted: Fitted, draws: int) -> list[float]:
    """The same equations as a programmer would write them for this model alone, on local floats."""
    rng = random.Random(24)
    coefficients = [list(map(float, fitted.estimates[f"X{p}"].mean)) for p in range(INDICATORS)]
    start = [fitted.history[f"X{p}"] for p in range(INDICATORS)]
    last: list[float] = []
    for growth in (0.03, 0.02, 0.005):
        for _ in range(draws):
            before = [one[2024] for one in start]
            now = [one[2025] for one in start]
            noise = [0.0, 0.0]
            for _year in YEARS:
                driver = []
                for place in range(2):
                    fresh = 0.6 * noise[place] + 0.8 * 0.05 * rng.gauss(0.0, 1.0)
                    driver.append(math.log(1.0 + growth) + fresh - noise[place])
                    noise[place] = fresh
                values: list[float] = []
                for place in range(INDICATORS):
                    a, b, c, *d = coefficients[place]
                    rise = a + b * driver[place % 2] + c * math.log(now[place] / before[place])
                    if place:
                        rise += d[0] * math.log(values[place - 1] / now[place - 1])
                    values.append(now[place] * math.exp(rise + rng.gauss(0.0, 0.03)))
                before, now = now, values
            last.append(now[0])
    return statistics.quantiles(last, n=20)


def _klein_seconds_per_draw() -> float:
    """CPU of a draw of Klein's model, 1921-1941, its six equations solved together each year."""
    fitted = fit(parse_model(KLEIN_MODEL.encode()), {"us": klein_data()}, "us")
    known = {
        name: {1920: years[1920]} if name in fitted.spec.equations else years
        for name, years in fitted.history.items()
    }
    fitted = replace(fitted, history=known, last_year=1920)
    years = range(1922, 1942)
    known.update({name: {**years_, 1921: klein_data()[name][1921]} for name, years_ in known.items()})
    shocks = replace(
        draw_shocks(fitted, years, draws=_KLEIN_DRAWS, seed=1),
        coefficients=no_shocks(fitted).coefficients.repeat(_KLEIN_DRAWS, axis=1),
    )
    seconds = _cpu_s(lambda: simulate(fitted, years, shocks, scenarios=["history"]), repeats=3)
    return seconds / _KLEIN_DRAWS


def _modelflow_seconds_per_draw() -> float | None:
    python = os.environ.get("MODELFLOW_PYTHON", sys.executable)
    script = Path(__file__).with_name("modelflow_klein.py")
    done = subprocess.run(
        [python, str(script)], input=json.dumps(klein_data()), capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"modelflow is not measured ({python}): {reason[:200]}")
        return None
    return float(json.loads(done.stdout.splitlines()[-1])["seconds_per_draw"])


def _loop_s(work: Callable[[], object]) -> float:
    """CPU seconds of a pure loop over all draws, from a few of them."""
    return _cpu_s(work, repeats=3) * DRAWS / _LOOP_DRAWS


def _cpu_s(work: Callable[[], object], *, repeats: int = _REPEATS) -> float:
    """Median CPU seconds after one run to warm up."""
    work()
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)
