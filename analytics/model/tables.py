"""Reads the tables of a model file with types, and knows the line of each; tomllib does not tell."""

import difflib
import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from analytics.model.errors import A_NUMBER, A_TABLE, A_TEXT, AN_INTERVAL, HINT, ModelError, Where
from analytics.model.paths import read_years

_HEADER = re.compile(r"^\s*\[\s*([A-Za-z]+)(?:\s*\.\s*\"?([^\]\".]+)\"?)?[^\]]*\]")
_LIMIT = 1e15

Table = dict[str, Any]


class TableReader:
    """Typed reading of tables; `place` is the dotted name of a table or key, as in ``equation.GRP``."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = _table_lines(text)

    def unknown(self, name: str, known: Collection[str]) -> ModelError:
        """A name that leads nowhere, with the closest one known."""
        close = difflib.get_close_matches(name, sorted(known), n=1)
        return ModelError("unknown_name", name=name[:60], hint=(HINT, {"close": close[0]}) if close else "")

    def only(self, table: Table, known: Collection[str], place: str) -> None:
        """Refuse keys that are not known here."""
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, sorted(known), n=1)
                hint = (HINT, {"close": close[0]}) if close else ""
                where = f"{place}.{key}" if place else key
                raise self.error("unknown_key", where, key=key[:60], hint=hint)

    def table(self, value: Any, place: str) -> Table:
        """A table of TOML."""
        if not isinstance(value, dict):
            raise self.error("wrong_type", place, key=place, expected=A_TABLE)
        return value

    def text(self, table: Table, key: str, place: str, *, default: str | None = None) -> str:
        """A text in quotes."""
        value = table.get(key, default)
        if value is None:
            raise self.error("missing_key", place, key=key)
        if not isinstance(value, str) or len(value) > 10_000:
            raise self.error("wrong_type", place, key=key, expected=A_TEXT)
        return value

    def number(self, table: Table, key: str, place: str, *, default: float | None = None) -> float:
        """A finite number."""
        value = table.get(key, default)
        if value is None:
            raise self.error("missing_key", place, key=key)
        if not _is_number(value):
            raise self.error("wrong_type", place, key=key, expected=A_NUMBER)
        return float(value)

    def numbers(self, table: Table, key: str, place: str) -> dict[str, float]:
        """A table of numbers."""
        inner = self.table(table.get(key, {}), place)
        return {name: self.number(inner, name, place) for name in inner}

    def intervals(self, table: Table, key: str, place: str) -> dict[str, tuple[float, float]]:
        """A table of pairs of numbers."""
        inner = self.table(table.get(key, {}), place)
        for name, pair in inner.items():
            if not (isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair))):
                raise self.error("wrong_type", place, key=f"{key}.{name}"[:60], expected=AN_INTERVAL)
        return {name: (float(pair[0]), float(pair[1])) for name, pair in inner.items()}

    def by_name(self, table: Table, key: str, place: str) -> dict[str, Mapping[int, float]]:
        """A table of paths by year."""
        inner = self.table(table.get(key, {}), place)
        return {name: read_years(years) for name, years in inner.items()}

    def error(self, code: str, place: str, **fields: Any) -> ModelError:
        """A refusal with the line of the place."""
        kind, _, name = place.partition(".")
        named = name if kind in {"equation", "identity"} else ""
        return ModelError(code, where=Where(self.file, self.line(place), named), **fields)

    def line(self, place: str) -> int:
        """The line of a table or key, or of the nearest table around it."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place.rpartition(".")[0]
        return 1


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
