"""Paths of drivers in scenarios: a number, years with numbers, a growth or a shift of the inherited path."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.model.errors import ModelError

_PERCENT = re.compile(r"\s*([+-]?\d{1,6}(?:\.\d{1,6})?)\s*%\s*")
_LIMIT = 1e15
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value every year."""

    value: float


@dataclass(frozen=True, slots=True)
class Points:
    """Values at given years; between them the path is straight, after the last it stays."""

    values: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Growth:
    """A share by which the last value grows each year: 0.02 is two per cent."""

    rate: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A share added to the inherited path: -0.25 is a quarter less."""

    rate: float


DriverPath = Constant | Points | Growth | Shift


def read_path(value: Any) -> DriverPath:
    """Read ``80``, ``{2027 = 80, 2030 = 75}``, ``{growth = "1.9%"}`` or ``{shift = "-25%"}``.

    Raises: ModelError "bad_path".

    >>> read_path({"growth": "1.9%"})
    Growth(rate=0.019)
    """
    if _is_number(value):
        return Constant(float(value))
    if isinstance(value, dict) and len(value) == 1:
        (kind, rate), *_ = value.items()
        if kind == "growth":
            return Growth(_share(rate))
        if kind == "shift":
            return Shift(_share(rate))
    return Points(read_years(value))


def read_years(value: Any) -> dict[int, float]:
    """Read ``{2027 = 80, 2030 = 75}``. Raises: ModelError "bad_path"."""
    if not isinstance(value, dict) or not value:
        raise ModelError("bad_path")
    years: dict[int, float] = {}
    for year, number in value.items():
        if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:5]) <= LAST_YEAR):
            raise ModelError("bad_path")
        if not _is_number(number):
            raise ModelError("bad_path")
        years[int(year)] = float(number)
    return dict(sorted(years.items()))


def along(
    path: DriverPath, years: range, *, last: float | None, inherited: Mapping[int, float] | None
) -> dict[int, float]:
    """The values of a path in `years`. `last` is the last known value, `inherited` the parent's path.

    Raises: ModelError "bad_path" where a growth has nothing to grow from or a shift nothing to shift.
    """
    match path:
        case Constant(value):
            return dict.fromkeys(years, value)
        case Points(values):
            known = dict(values)
            if last is not None:
                known.setdefault(years.start - 1, last)
            return {year: _between(known, year) for year in years}
        case Growth(rate):
            if last is None:
                raise ModelError("bad_path")
            return {year: last * (1.0 + rate) ** (year - years.start + 1) for year in years}
        case Shift(rate):
            if inherited is None:
                raise ModelError("bad_path")
            return {year: inherited[year] * (1.0 + rate) for year in years}


def _between(known: Mapping[int, float], year: int) -> float:
    before = max((each for each in known if each <= year), default=None)
    after = min((each for each in known if each >= year), default=None)
    if before is None or after is None:
        return known[after if before is None else before]  # type: ignore[index]
    if before == after:
        return known[year]
    share = (year - before) / (after - before)
    return known[before] * (1.0 - share) + known[after] * share


def _share(text: Any) -> float:
    found = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ModelError("bad_path")
    return round(float(found[1]) / 100.0, 12)


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) < _LIMIT
    )
