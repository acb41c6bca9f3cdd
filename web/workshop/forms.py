"""What the forms of the workshop send, as a request to a model. Numbers are read as people write them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from core.scenarios import BadRequest, Decision, RunRequest, Search
from core.shared.errors import Invalid
from core.shared.language import N_

Body = Mapping[str, Any]
ByYear = dict[str, float]


class NotANumber(Invalid):
    """A field that must hold a number holds something else. Field: ``text``."""

    code = "not_a_number"
    message = N_("“{text}” is not a number. Write, for example, 1250.5.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A field of the table of conditions."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """A driver or an equation with its values by year."""

    title: str
    unit: str
    cells: tuple[Cell, ...]


def number_of(text: str, *, empty: float | None = None) -> float:
    """``1 250,5`` → 1250.5. Raises: NotANumber.

    >>> number_of("1 250,5"), number_of("", empty=0.0)
    (1250.5, 0.0)
    """
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".").replace("−", "-")
    if not plain and empty is not None:
        return empty
    try:
        return float(plain)
    except ValueError as error:
        raise NotANumber(text=text[:40]) from error


def whole_of(text: str, *, empty: int) -> int:
    """A whole number. Raises: NotANumber, BadRequest."""
    found = number_of(text, empty=empty)
    if not abs(found) < 2**53:
        raise BadRequest(least="1", most=str(2**53))
    return int(found)


def new_request(sent: QueryDict) -> RunRequest:
    """A run as the model's file says it. Raises: Invalid."""
    plain = RunRequest()
    return RunRequest(
        years=whole_of(str(sent.get("years", "")), empty=plain.years),
        draws=whole_of(str(sent.get("draws", "")), empty=plain.draws),
        seed=whole_of(str(sent.get("seed", "")), empty=plain.seed),
    )


def condition_rows(body: Body, request: RunRequest, scenario: str) -> tuple[list[ConditionRow], ...]:
    """The drivers of a scenario and the add-factors of its equations, as fields to change."""
    years = [str(year) for year in body["years"]]
    paths = body["conditions"].get(scenario, {})
    drivers = [
        ConditionRow(
            title=shown["title"],
            unit=shown["unit"],
            cells=tuple(_cell(f"d:{name}:{year}", shown["title"], year, paths[name][year]) for year in years),
        )
        for name, shown in body["drivers"].items()
        if name in paths
    ]
    factors = request.addfactors.get(scenario, {})
    equations = [
        ConditionRow(
            title=body["shown"][name]["title"],
            unit="",
            cells=tuple(
                _cell(
                    f"a:{name}:{year}",
                    gettext("Add-factor: %(title)s") % {"title": body["shown"][name]["title"]},
                    year,
                    factors.get(name, {}).get(year, 0.0),
                )
                for year in years
            ),
        )
        for name, equation in body["equations"].items()
        if name in body["shown"] and not equation["identity"]
    ]
    return drivers, equations


def with_conditions(body: Body, request: RunRequest, scenario: str, sent: QueryDict) -> RunRequest:
    """The request with what was changed in the table; what was left as it stood stays exact.

    Raises: Invalid.
    """
    drivers, equations = condition_rows(body, request, scenario)
    paths = body["conditions"].get(scenario, {})
    changed_drivers = dict(request.drivers.get(scenario, {}))
    for name, by_year in _changed(drivers, sent).items():
        changed_drivers[name] = {**paths[name], **by_year}
    factors = {name: dict(years) for name, years in request.addfactors.get(scenario, {}).items()}
    for name, by_year in _changed(equations, sent).items():
        factors[name] = {y: v for y, v in {**factors.get(name, {}), **by_year}.items() if v}
    return replace(
        request,
        drivers=_with(request.drivers, scenario, changed_drivers),
        addfactors=_with(request.addfactors, scenario, factors),
    )


def with_question(request: RunRequest, sent: QueryDict) -> RunRequest:
    """The request with a decision to judge or a target to search for. Raises: Invalid."""
    if sent.get("question") == "search":
        search = Search(
            indicator=str(sent.get("indicator", ""))[:64],
            value=number_of(str(sent.get("value", ""))),
            year=whole_of(str(sent.get("year", "")), empty=0),
            instrument=str(sent.get("instrument", ""))[:64],
        )
        return replace(request, search=search, decision=None)
    project = str(sent.get("project", ""))[:64]
    decision = Decision(
        title=str(sent.get("title", "")).strip()[:120] or gettext("Project"),
        project=project,
        sector="" if project else str(sent.get("sector", ""))[:64],
        money=number_of(str(sent.get("money", "")), empty=0.0),
        jobs=number_of(str(sent.get("jobs", "")), empty=0.0),
        year=whole_of(str(sent.get("year", "")), empty=0),
        duration=max(1, min(whole_of(str(sent.get("duration", "")), empty=1), request.years)),
    )
    return replace(request, decision=decision, search=None)


def _cell(name: str, title: str, year: str, value: float) -> Cell:
    return Cell(name=name, label=f"{title}, {year}", value=f"{value:.6g}".replace(".", ","))


def _changed(rows: Iterable[ConditionRow], sent: QueryDict) -> dict[str, ByYear]:
    """Fields whose text is not the one that was shown, by name and year."""
    found: dict[str, ByYear] = {}
    for row in rows:
        for cell in row.cells:
            text = str(sent.get(cell.name, cell.value)).strip()
            if text != cell.value:
                _, name, year = cell.name.split(":")
                found.setdefault(name, {})[year] = number_of(text, empty=0.0)
    return found


def _with(
    changes: Mapping[str, Any], scenario: str, by_name: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    kept = {key: value for key, value in changes.items() if key != scenario}
    return {**kept, scenario: dict(by_name)} if by_name else kept
