"""Rows of any table as lines of JSON and back, independent of the database they came from."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Table, null


def encode_row(values: Iterable[Any]) -> str:
    """Return one row as a JSON array; values that JSON has no word for are objects of one key.

    >>> from datetime import UTC
    >>> encode_row([1, None, datetime(2027, 3, 9, 9, 0, tzinfo=UTC), b"ab", {"a": 1}])
    '[1,null,{"at":"2027-03-09T09:00:00+00:00"},{"bytes":"YWI="},{"json":{"a":1}}]'
    """
    return json.dumps([_plain(value) for value in values], ensure_ascii=False, separators=(",", ":"))


def decode_row(line: str, columns: Sequence[Column[Any]]) -> dict[str, Any]:
    """Return the values of a row by column name, ready for an INSERT. Raises: ValueError."""
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(columns):
        raise ValueError(f"a row of {len(columns)} values was expected")
    return {column.name: _value(value, column) for column, value in zip(columns, values, strict=True)}


def parents_first(table: Table, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows so that a row comes after the row of the same table it points to."""
    links = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    if not links:
        yield from rows
        return
    own, target = links[0]
    by_key = {row[target]: row for row in rows}
    done: set[Any] = set()
    for row in rows:
        yield from _with_ancestors(row, by_key, done, own=own, target=target)


def _with_ancestors(
    row: dict[str, Any], by_key: Mapping[Any, dict[str, Any]], done: set[Any], *, own: str, target: str
) -> list[dict[str, Any]]:
    line: list[dict[str, Any]] = []
    current: dict[str, Any] | None = row
    while current is not None and current[target] not in done:
        done.add(current[target])
        line.append(current)
        current = by_key.get(current[own])
    return line[::-1]


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case bytes() | memoryview():
            return {"bytes": base64.b64encode(value).decode("ascii")}
        case Decimal():
            return {"decimal": str(value)}
        case dict() | list():
            return {"json": value}
        case _:
            return value


def _value(value: Any, column: Column[Any]) -> Any:
    if value is None and isinstance(column.type, JSON):
        return null()
    match value:
        case {"at": str(text)}:
            return datetime.fromisoformat(text)
        case {"bytes": str(text)}:
            return base64.b64decode(text)
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"json": content}:
            return content
        case _:
            return value
