"""Reads a model file: TOML into a checked description, with errors that name the line."""

import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from analytics.model.errors import ModelError, Where
from analytics.model.grammar import Call, Equation, Expression, Variable, coefficients, variables
from analytics.model.parsing import parse_equation
from analytics.model.paths import read_path, read_years
from analytics.model.spec import (
    DriverSpec,
    EquationSpec,
    IndicatorSpec,
    ModelSpec,
    Noise,
    ProjectSpec,
    ScenarioSpec,
    SectorSpec,
    Side,
    TargetSpec,
)
from analytics.model.tables import Table, TableReader

MAX_FILE = 1_000_000
MAX_ENTRIES = 500
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,60}")
_KINDS = {"model", "indicator", "driver", "equation", "identity", "scenario", "target", "project", "sector"}
_SIDES: dict[str, Side] = {"log": "log", "dlog": "dlog", "dlogit": "dlogit"}

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


class _Reader(TableReader):
    """Reads the tables one after another, knowing the line of each."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self._digest = hashlib.sha256(text.encode()).hexdigest()

    def read(self, body: Table) -> ModelSpec:
        self.only(body, _KINDS, "")
        head = self.table(body.get("model", {}), "model")
        self.only(head, {"name", "freq", "start"}, "model")
        equations = self._each(body, "equation", self._equation)
        identities = self._each(body, "identity", self._identity)
        for twice in equations.keys() & identities.keys():
            raise self.error("defined_twice", f"identity.{twice}", name=twice)
        spec = ModelSpec(
            name=self.text(head, "name", "model", default=self.file),
            file=self.file,
            digest=self._digest,
            start=int(self.number(head, "start", "model", default=2000.0)),
            indicators=self._each(body, "indicator", self._indicator),
            drivers=self._each(body, "driver", self._driver),
            equations={**equations, **identities},
            scenarios=self._each(body, "scenario", self._scenario),
            targets=self._each(body, "target", self._target),
            projects=self._each(body, "project", self._project),
            sectors=self._each(body, "sector", self._sector),
            lines=self.lines,
            redefined={
                name: int(self.number(table, "redefined", f"{kind}.{name}"))
                for kind in ("indicator", "driver")
                for name, table in body.get(kind, {}).items()
                if "redefined" in table
            },
        )
        self._check(spec)
        return spec

    def _each(self, body: Table, kind: str, read: Callable[[str, Table], Found]) -> dict[str, Found]:
        tables = self.table(body.get(kind, {}), kind)
        if len(tables) > MAX_ENTRIES:
            raise self.error("too_many", kind, limit=MAX_ENTRIES)
        found = {}
        for name, table in tables.items():
            place = f"{kind}.{name}"
            if kind in {"indicator", "driver", "equation", "identity"} and not _NAME.fullmatch(name):
                raise self.error("unknown_name", place, name=name[:60], hint="")
            try:
                found[name] = read(name, self.table(table, place))
            except ModelError as error:
                named = name if kind in {"equation", "identity"} else ""
                raise error.at(file=self.file, line=self.line(place), equation=named) from error
        return found

    def _indicator(self, name: str, table: Table) -> IndicatorSpec:
        place = f"indicator.{name}"
        self.only(table, {"title", "unit", "good", "decimals", "transform", "redefined"}, place)
        good = self.text(table, "good", place, default="up")
        if good not in {"up", "down", "none"}:
            raise self.error("wrong_type", place, key="good", expected="up, down, none")
        return IndicatorSpec(
            title=self.text(table, "title", place, default=name),
            unit=self.text(table, "unit", place, default=""),
            good=good,  # type: ignore[arg-type]
            decimals=min(max(int(self.number(table, "decimals", place, default=1.0)), 0), 9),
        )

    def _driver(self, name: str, table: Table) -> DriverSpec:
        place = f"driver.{name}"
        self.only(table, {"title", "unit", "noise", "history", "default", "redefined"}, place)
        noise = self.table(table.get("noise", {}), place)
        self.only(noise, {"kind", "rho", "sd", "df", "relative"}, place)
        rho, sd = (self.number(noise, key, place, default=0.0) for key in ("rho", "sd"))
        if not -1.0 < rho < 1.0 or sd < 0:
            raise self.error("wrong_type", place, key="noise", expected="rho -1..1, sd ≥ 0")
        df = self.number(noise, "df", place, default=0.0)
        return DriverSpec(
            title=self.text(table, "title", place, default=name),
            unit=self.text(table, "unit", place, default=""),
            noise=Noise(rho, sd, max(df, 2.1) if df else None, relative=bool(noise.get("relative", True))),
            history=read_years(table["history"]) if "history" in table else {},
            default=self.number(table, "default", place) if "default" in table else None,
        )

    def _equation(self, name: str, table: Table) -> EquationSpec:
        place = f"equation.{name}"
        self.only(table, {"eq", "pool", "bounds", "prior", "values", "sd", "note"}, place)
        text = self.text(table, "eq", place)
        side, right = self._sides(name, parse_equation(text))
        return EquationSpec(
            name=name,
            side=side,
            right=right,
            identity=False,
            pooled=self.text(table, "pool", place, default="none") == "panel",
            values=self.numbers(table, "values", place),
            bounds=self.intervals(table, "bounds", place),
            prior=self.intervals(table, "prior", place),
            sd=self.number(table, "sd", place) if "sd" in table else None,
            text=text,
        )

    def _identity(self, name: str, table: Table) -> EquationSpec:
        place = f"identity.{name}"
        self.only(table, {"eq", "values", "note"}, place)
        text = self.text(table, "eq", place)
        side, right = self._sides(name, parse_equation(text))
        values = self.numbers(table, "values", place)
        for coefficient in coefficients(right):
            if coefficient not in values:
                raise self.error("coefficient_in_identity", place, name=coefficient)
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
        self.only(table, {"title", "inherit", "addfactor", "exogenize", *paths}, place)
        return ScenarioSpec(
            title=self.text(table, "title", place, default=name),
            inherit=self.text(table, "inherit", place) if "inherit" in table else None,
            paths={driver: read_path(value) for driver, value in paths.items()},
            addfactor=self.by_name(table, "addfactor", place),
            exogenize=self.by_name(table, "exogenize", place),
        )

    def _target(self, name: str, table: Table) -> TargetSpec:
        place = f"target.{name}"
        self.only(table, {"indicator", "op", "value", "year"}, place)
        op = self.text(table, "op", place)
        if op not in {">=", "<="}:
            raise self.error("wrong_type", place, key="op", expected=">=, <=")
        return TargetSpec(
            indicator=self.text(table, "indicator", place),
            op=op,  # type: ignore[arg-type]
            value=self.number(table, "value", place),
            year=int(self.number(table, "year", place)),
        )

    def _project(self, name: str, table: Table) -> ProjectSpec:
        place = f"project.{name}"
        additions = {key: read_years(value) for key, value in table.items() if _NAME.fullmatch(key)}
        self.only(table, {"title", *additions}, place)
        return ProjectSpec(self.text(table, "title", place, default=name), additions)

    def _sector(self, name: str, table: Table) -> SectorSpec:
        place = f"sector.{name}"
        self.only(table, {"title", "money", "jobs"}, place)
        return SectorSpec(
            self.text(table, "title", place, default=name),
            money=self.numbers(table, "money", place),
            jobs=self.numbers(table, "jobs", place),
        )

    def _check(self, spec: ModelSpec) -> None:
        """Every name must lead somewhere; what is only in the data is found when they are there."""
        described = {*spec.indicators, *spec.drivers, *spec.equations}
        for name, equation in spec.equations.items():
            for variable in sorted(variables(equation.right), key=lambda one: one.name):
                if variable.name not in described:
                    raise self.unknown(variable.name, described).at(**vars(spec.where(name)))
        for kind, named in _mentioned(spec):
            for name in named:
                if name not in described:
                    raise self.unknown(name, described).at(file=self.file, line=self.line(kind))
        for name in spec.scenarios:
            self._check_scenario(spec, name)

    def _check_scenario(self, spec: ModelSpec, name: str) -> None:
        place, scenario = f"scenario.{name}", spec.scenarios[name]
        seen = [name]
        while (parent := spec.scenarios[seen[-1]].inherit) is not None:
            if parent not in spec.scenarios:
                raise self.unknown(parent, spec.scenarios).at(file=self.file, line=self.line(place))
            seen.append(parent)
            if seen.count(parent) > 1:
                raise self.error("inherit_cycle", place, names=" → ".join(seen))
        for driver in scenario.paths:
            if driver in spec.equations:
                raise self.error("exogenous_only", place, name=driver)
        for changed in [*scenario.addfactor, *scenario.exogenize]:
            if changed not in spec.equations:
                raise self.error("endogenous_only", place, name=changed)


def _mentioned(spec: ModelSpec) -> list[tuple[str, list[str]]]:
    """Where names stand outside equations: (table, names)."""
    return [
        *((f"target.{key}", [target.indicator]) for key, target in spec.targets.items()),
        *((f"project.{key}", list(project.additions)) for key, project in spec.projects.items()),
        *((f"sector.{key}", [*sector.money, *sector.jobs]) for key, sector in spec.sectors.items()),
        *(
            (f"scenario.{key}", [*scenario.paths, *scenario.addfactor, *scenario.exogenize])
            for key, scenario in spec.scenarios.items()
        ),
    ]
