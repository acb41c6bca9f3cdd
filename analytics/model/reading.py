"""Reads a model file: TOML into a checked description, with errors that name the line."""

import difflib
import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from analytics.model.errors import (
    A_NUMBER,
    A_TABLE,
    A_TEXT,
    AN_INTERVAL,
    HINT,
    ModelError,
    Where,
)
from analytics.model.grammar import (
    Call,
    Equation,
    Expression,
    Variable,
    coefficients,
    parse_equation,
    variables,
)
from analytics.model.paths import read_path, read_years
from analytics.model.spec import (
    DriverSpec,
    EquationSpec,
    IndicatorSpec,
    ModelSpec,
    Noise,
    ProjectSpec,
    ScenarioSpec,
    Side,
    TargetSpec,
)

MAX_FILE = 1_000_000
MAX_ENTRIES = 500
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,60}")
_HEADER = re.compile(r"^\s*\[\s*([A-Za-z]+)(?:\s*\.\s*\"?([^\]\".]+)\"?)?[^\]]*\]")
_KINDS = {"model", "indicator", "driver", "equation", "identity", "scenario", "target", "project"}
_SIDES: dict[str, Side] = {"log": "log", "dlog": "dlog", "dlogit": "dlogit"}
_LIMIT = 1e15

Table = dict[str, Any]
Found = TypeVar("Found")


def read_model(file: Path) -> ModelSpec:
    """Read a model file. Raises: ModelError, OSError."""
    return parse_model(file.read_bytes(), name=file.name)


def parse_model(content: bytes, *, name: str = "model.toml") -> ModelSpec:
    """Read the bytes of a model file; `name` is what errors call it. Raises: ModelError."""
    if len(content) > MAX_FILE:
        raise ModelError("too_long", limit=MAX_FILE, where=Where(name))
    try:
        text = content.decode("utf-8")
        body = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        # tomllib names the line unless the text ends too early: then it is the last one.
        where = Where(name, int(found[1]) if found else content.count(b"\n") or 1)
        raise ModelError("bad_toml", reason=str(error)[:200], where=where) from error
    return _Reader(name, text).read(body)


class _Reader:
    """Reads the tables one after another, knowing the line of each."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._digest = hashlib.sha256(text.encode()).hexdigest()
        self._lines = _table_lines(text)

    def read(self, body: Table) -> ModelSpec:
        self._only(body, _KINDS, "")
        head = self._table(body.get("model", {}), "model")
        self._only(head, {"name", "freq", "start"}, "model")
        equations = self._each(body, "equation", self._equation)
        identities = self._each(body, "identity", self._identity)
        for twice in equations.keys() & identities.keys():
            raise self._error("defined_twice", f"identity.{twice}", name=twice)
        spec = ModelSpec(
            name=self._text(head, "name", "model", default=self._name),
            file=self._name,
            digest=self._digest,
            start=int(self._number(head, "start", "model", default=2000.0)),
            indicators=self._each(body, "indicator", self._indicator),
            drivers=self._each(body, "driver", self._driver),
            equations={**equations, **identities},
            scenarios=self._each(body, "scenario", self._scenario),
            targets=self._each(body, "target", self._target),
            projects=self._each(body, "project", self._project),
            lines=self._lines,
        )
        self._check(spec)
        return spec

    def _each(self, body: Table, kind: str, read: Callable[[str, Table], Found]) -> dict[str, Found]:
        tables = self._table(body.get(kind, {}), kind)
        if len(tables) > MAX_ENTRIES:
            raise self._error("too_many", kind, limit=MAX_ENTRIES)
        found = {}
        for name, table in tables.items():
            place = f"{kind}.{name}"
            if kind in {"indicator", "driver", "equation", "identity"} and not _NAME.fullmatch(name):
                raise self._error("unknown_name", place, name=name[:60], hint="")
            try:
                found[name] = read(name, self._table(table, place))
            except ModelError as error:
                named = name if kind in {"equation", "identity"} else ""
                raise error.at(file=self._name, line=self._line(place), equation=named) from error
        return found

    def _indicator(self, name: str, table: Table) -> IndicatorSpec:
        place = f"indicator.{name}"
        self._only(table, {"title", "unit", "good", "decimals", "transform"}, place)
        good = self._text(table, "good", place, default="up")
        if good not in {"up", "down", "none"}:
            raise self._error("wrong_type", place, key="good", expected="up, down, none")
        return IndicatorSpec(
            title=self._text(table, "title", place, default=name),
            unit=self._text(table, "unit", place, default=""),
            good=good,  # type: ignore[arg-type]
            decimals=min(max(int(self._number(table, "decimals", place, default=1.0)), 0), 9),
        )

    def _driver(self, name: str, table: Table) -> DriverSpec:
        place = f"driver.{name}"
        self._only(table, {"title", "unit", "noise", "history", "default"}, place)
        noise = self._table(table.get("noise", {}), place)
        self._only(noise, {"kind", "rho", "sd", "df", "relative"}, place)
        rho, sd = (self._number(noise, key, place, default=0.0) for key in ("rho", "sd"))
        if not -1.0 < rho < 1.0 or sd < 0:
            raise self._error("wrong_type", place, key="noise", expected="rho -1..1, sd ≥ 0")
        df = self._number(noise, "df", place, default=0.0)
        return DriverSpec(
            title=self._text(table, "title", place, default=name),
            unit=self._text(table, "unit", place, default=""),
            noise=Noise(rho, sd, max(df, 2.1) if df else None, relative=bool(noise.get("relative", True))),
            history=read_years(table["history"]) if "history" in table else {},
            default=self._number(table, "default", place) if "default" in table else None,
        )

    def _equation(self, name: str, table: Table) -> EquationSpec:
        place = f"equation.{name}"
        self._only(table, {"eq", "pool", "bounds", "prior", "values", "sd", "note"}, place)
        text = self._text(table, "eq", place)
        side, right = self._sides(name, parse_equation(text))
        return EquationSpec(
            name=name,
            side=side,
            right=right,
            identity=False,
            pooled=self._text(table, "pool", place, default="none") == "panel",
            values=self._numbers(table, "values", place),
            bounds=self._intervals(table, "bounds", place),
            prior=self._intervals(table, "prior", place),
            sd=self._number(table, "sd", place) if "sd" in table else None,
            text=text,
        )

    def _identity(self, name: str, table: Table) -> EquationSpec:
        place = f"identity.{name}"
        self._only(table, {"eq", "values", "note"}, place)
        text = self._text(table, "eq", place)
        side, right = self._sides(name, parse_equation(text))
        values = self._numbers(table, "values", place)
        for coefficient in coefficients(right):
            if coefficient not in values:
                raise self._error("coefficient_in_identity", place, name=coefficient)
        return EquationSpec(name=name, side=side, right=right, identity=True, values=values, text=text)

    def _sides(self, name: str, equation: Equation) -> tuple[Side, Expression]:
        match equation.left:
            case Variable(found, 0) if found == name:
                return "level", equation.right
            case Call(function, (Variable(found, 0),)) if found == name and function in _SIDES:
                return _SIDES[function], equation.right
        raise ModelError("bad_left_side", name=name)

    def _scenario(self, name: str, table: Table) -> ScenarioSpec:
        place = f"scenario.{name}"
        paths = {key: value for key, value in table.items() if _NAME.fullmatch(key)}
        self._only(table, {"title", "inherit", "addfactor", "exogenize", *paths}, place)
        return ScenarioSpec(
            title=self._text(table, "title", place, default=name),
            inherit=self._text(table, "inherit", place) if "inherit" in table else None,
            paths={driver: read_path(value) for driver, value in paths.items()},
            addfactor=self._by_name(table, "addfactor", place),
            exogenize=self._by_name(table, "exogenize", place),
        )

    def _target(self, name: str, table: Table) -> TargetSpec:
        place = f"target.{name}"
        self._only(table, {"indicator", "op", "value", "year"}, place)
        op = self._text(table, "op", place)
        if op not in {">=", "<="}:
            raise self._error("wrong_type", place, key="op", expected=">=, <=")
        return TargetSpec(
            indicator=self._text(table, "indicator", place),
            op=op,  # type: ignore[arg-type]
            value=self._number(table, "value", place),
            year=int(self._number(table, "year", place)),
        )

    def _project(self, name: str, table: Table) -> ProjectSpec:
        place = f"project.{name}"
        additions = {key: read_years(value) for key, value in table.items() if _NAME.fullmatch(key)}
        self._only(table, {"title", *additions}, place)
        return ProjectSpec(self._text(table, "title", place, default=name), additions)

    def _check(self, spec: ModelSpec) -> None:
        """Every name must lead somewhere; what is only in the data is found when they are there."""
        described = {*spec.indicators, *spec.drivers, *spec.equations}
        for name, equation in spec.equations.items():
            for variable in sorted(variables(equation.right), key=lambda one: one.name):
                if variable.name not in described:
                    raise self._unknown(variable.name, described).at(**vars(spec.where(name)))
        for kind, named in _mentioned(spec):
            for name in named:
                if name not in described:
                    raise self._unknown(name, described).at(file=self._name, line=self._line(kind))
        for name in spec.scenarios:
            self._check_scenario(spec, name)

    def _check_scenario(self, spec: ModelSpec, name: str) -> None:
        place, scenario = f"scenario.{name}", spec.scenarios[name]
        seen = [name]
        while (parent := spec.scenarios[seen[-1]].inherit) is not None:
            if parent not in spec.scenarios:
                raise self._unknown(parent, spec.scenarios).at(file=self._name, line=self._line(place))
            seen.append(parent)
            if seen.count(parent) > 1:
                raise self._error("inherit_cycle", place, names=" → ".join(seen))
        for driver in scenario.paths:
            if driver in spec.equations:
                raise self._error("exogenous_only", place, name=driver)
        for changed in [*scenario.addfactor, *scenario.exogenize]:
            if changed not in spec.equations:
                raise self._error("endogenous_only", place, name=changed)

    def _unknown(self, name: str, known: Collection[str]) -> ModelError:
        close = difflib.get_close_matches(name, sorted(known), n=1)
        return ModelError("unknown_name", name=name[:60], hint=(HINT, {"close": close[0]}) if close else "")

    def _only(self, table: Table, known: Collection[str], place: str) -> None:
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, sorted(known), n=1)
                hint = (HINT, {"close": close[0]}) if close else ""
                where = f"{place}.{key}" if place else key
                raise self._error("unknown_key", where, key=key[:60], hint=hint)

    def _table(self, value: Any, place: str) -> Table:
        if not isinstance(value, dict):
            raise self._error("wrong_type", place, key=place, expected=A_TABLE)
        return value

    def _text(self, table: Table, key: str, place: str, *, default: str | None = None) -> str:
        value = table.get(key, default)
        if value is None:
            raise self._error("missing_key", place, key=key)
        if not isinstance(value, str) or len(value) > 10_000:
            raise self._error("wrong_type", place, key=key, expected=A_TEXT)
        return value

    def _number(self, table: Table, key: str, place: str, *, default: float | None = None) -> float:
        value = table.get(key, default)
        if value is None:
            raise self._error("missing_key", place, key=key)
        if not _is_number(value):
            raise self._error("wrong_type", place, key=key, expected=A_NUMBER)
        return float(value)

    def _numbers(self, table: Table, key: str, place: str) -> dict[str, float]:
        inner = self._table(table.get(key, {}), place)
        return {name: self._number(inner, name, place) for name in inner}

    def _intervals(self, table: Table, key: str, place: str) -> dict[str, tuple[float, float]]:
        inner = self._table(table.get(key, {}), place)
        for name, pair in inner.items():
            if not (isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair))):
                raise self._error("wrong_type", place, key=f"{key}.{name}"[:60], expected=AN_INTERVAL)
        return {name: (float(pair[0]), float(pair[1])) for name, pair in inner.items()}

    def _by_name(self, table: Table, key: str, place: str) -> dict[str, Mapping[int, float]]:
        inner = self._table(table.get(key, {}), place)
        return {name: read_years(years) for name, years in inner.items()}

    def _error(self, code: str, place: str, **fields: Any) -> ModelError:
        kind, _, name = place.partition(".")
        named = name if kind in {"equation", "identity"} else ""
        return ModelError(code, where=Where(self._name, self._line(place), named), **fields)

    def _line(self, place: str) -> int:
        """The line of a table or key, or of the nearest table around it."""
        while place:
            if place in self._lines:
                return self._lines[place]
            place = place.rpartition(".")[0]
        return 1


def _mentioned(spec: ModelSpec) -> list[tuple[str, list[str]]]:
    """Where names stand outside equations: (table, names)."""
    return [
        *((f"target.{key}", [target.indicator]) for key, target in spec.targets.items()),
        *((f"project.{key}", list(project.additions)) for key, project in spec.projects.items()),
        *(
            (f"scenario.{key}", [*scenario.paths, *scenario.addfactor, *scenario.exogenize])
            for key, scenario in spec.scenarios.items()
        ),
    ]


def _table_lines(text: str) -> dict[str, int]:
    """The line at which each table begins and each of its keys stands; tomllib does not tell."""
    lines: dict[str, int] = {}
    place = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            place = header[1] if header[2] is None else f"{header[1]}.{header[2].strip()}"
            lines.setdefault(place, number)
            lines.setdefault(header[1], number)
        elif "=" in line and not line.lstrip().startswith("#"):
            key = line.partition("=")[0].strip().strip('"')
            lines.setdefault(f"{place}.{key}" if place else key, number)
    return lines


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) < _LIMIT
    )
