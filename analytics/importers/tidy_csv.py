"""The tidy table: one value a row (territory, indicator, unit, period, value, source).

Reading is pure: bytes and what is known go in, a release to record and a report of the rest come out.
Rows that cannot be understood are set aside one by one; a file that cannot be understood is refused whole.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from analytics.importers.jumps import Jump, find_jumps
from analytics.importers.known import KnownIndicator, KnownTerritory, Misfit, Reference, same_unit
from analytics.importers.numbers import is_missing, parse_number
from analytics.importers.reasons import Reason, Reject
from analytics.importers.tables import TextRow, read_table
from core.indicators import Frequency, Period
from core.shared.language import N_, Language, translate

_EXAMPLES: dict[Frequency, tuple[str, str]] = {
    "A": (N_("once a year"), "2024"),
    "Q": (N_("every quarter"), "2024-Q1"),
    "M": (N_("every month"), "2024-03"),
}


_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One value that may be recorded. `row` is its line in the file."""

    row: int
    territory_id: str
    indicator: str
    period: Period
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class ParsedRelease:
    """A readable file: rows to record, rows set aside, and rows to look at again."""

    rows: tuple[ParsedRow, ...]
    rejects: tuple[Reject, ...]
    jumps: tuple[Jump, ...]
    total: int
    encoding: str
    delimiter: str


def read_release(
    content: bytes,
    *,
    reference: Reference,
    today: date,
    language: Language = "ru",
    report: Callable[[float], None] = lambda _share: None,
) -> ParsedRelease:
    """Read a file against what is known.

    `today` bounds facts: a period that has not ended cannot have one. `report` is told now and then which
    share (0..1) of the rows has been read; what it raises ends the reading.
    Raises: FileRefused (its subclasses say why); then nothing of the file may be used.
    """
    table = read_table(content, language=language)
    taken: list[ParsedRow] = []
    rejects: list[Reject] = []
    for place, text_row in enumerate(table.rows):
        if place % _REPORT_EVERY == 0:
            report(place / len(table.rows))
        read = _read_row(text_row, reference, today, language)
        if isinstance(read, Reject):
            rejects.append(read)
        else:
            taken.append(read)
    unique, repeated = _without_repeats(taken)
    return ParsedRelease(
        rows=unique,
        rejects=tuple(sorted((*rejects, *repeated), key=lambda reject: reject.row)),
        jumps=_jumps(unique, reference),
        total=len(table.rows),
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def _read_row(row: TextRow, reference: Reference, today: date, language: Language) -> ParsedRow | Reject:
    if row.cells is None:
        return Reject(
            row.number, Reason.WRONG_COLUMNS, {"found": str(row.found), "expected": str(row.expected)}
        )
    cells = row.cells
    territory = reference.territory(cells["territory"])
    if isinstance(territory, Misfit):
        return Reject(row.number, territory.reason, territory.fields, territory.suggestion)
    indicator = reference.indicator(cells["indicator"])
    if isinstance(indicator, Misfit):
        return Reject(row.number, indicator.reason, indicator.fields, indicator.suggestion)
    return _read_value(row.number, cells, territory, indicator, today, language)


def _read_value(
    number: int,
    cells: dict[str, str],
    territory: KnownTerritory,
    indicator: KnownIndicator,
    today: date,
    language: Language,
) -> ParsedRow | Reject:
    if not same_unit(cells["unit"], indicator.unit):
        fields = {"indicator": indicator.title, "expected": indicator.unit, "found": cells["unit"]}
        return Reject(number, Reason.WRONG_UNIT, fields)
    period = _read_period(number, cells["period"], indicator, today, language)
    if isinstance(period, Reject):
        return period
    value = _read_number(number, cells["value"], indicator)
    if isinstance(value, Reject):
        return value
    if not cells["source"]:
        return Reject(number, Reason.NO_SOURCE, {})
    return ParsedRow(number, territory.id, indicator.code, period, value, cells["source"])


def _read_period(
    number: int, text: str, indicator: KnownIndicator, today: date, language: Language
) -> Period | Reject:
    try:
        period = Period.parse(text)
    except ValueError:
        return Reject(number, Reason.BAD_PERIOD, {"period": text})
    if period.frequency != indicator.frequency:
        expected, example = _EXAMPLES[indicator.frequency]
        fields = {"indicator": indicator.title, "period": text, "example": example}
        return Reject(number, Reason.WRONG_FREQUENCY, {**fields, "expected": translate(language, expected)})
    if period.last_day >= today:
        return Reject(number, Reason.FUTURE_PERIOD, {"period": str(period)})
    return period


def _read_number(number: int, text: str, indicator: KnownIndicator) -> float | Reject:
    if is_missing(text):
        return Reject(number, Reason.NO_VALUE, {"value": text})
    try:
        value = parse_number(text)
    except ValueError:
        return Reject(number, Reason.NOT_A_NUMBER, {"value": text})
    low, high = indicator.low, indicator.high
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"{'' if low is None else f'{low:g}'}…{'' if high is None else f'{high:g}'} {indicator.unit}"
        return Reject(
            number, Reason.OUT_OF_RANGE, {"value": text, "indicator": indicator.title, "bounds": bounds}
        )
    return value


def _without_repeats(rows: list[ParsedRow]) -> tuple[tuple[ParsedRow, ...], list[Reject]]:
    """Equal repeats lose all but the first row; contradictions lose all: nobody may choose silently."""
    groups: defaultdict[tuple[str, str, Period], list[ParsedRow]] = defaultdict(list)
    for row in rows:
        groups[(row.territory_id, row.indicator, row.period)].append(row)
    kept: list[ParsedRow] = []
    rejects: list[Reject] = []
    for group in groups.values():
        if len({row.value for row in group}) > 1:
            numbers = ", ".join(str(row.row) for row in group)
            rejects += [Reject(row.row, Reason.CONTRADICTION, {"rows": numbers}) for row in group]
            continue
        kept.append(group[0])
        rejects += [Reject(row.row, Reason.DUPLICATE, {"first": str(group[0].row)}) for row in group[1:]]
    return tuple(kept), rejects


def _jumps(rows: tuple[ParsedRow, ...], reference: Reference) -> tuple[Jump, ...]:
    history = reference.history({(row.territory_id, row.indicator) for row in rows}) if rows else {}
    series: defaultdict[tuple[str, str], dict[Period, float]] = defaultdict(dict)
    numbers: dict[tuple[str, str, Period], int] = {}
    for row in rows:
        key = (row.territory_id, row.indicator)
        if key not in series:
            series[key].update(history.get(key, ()))
        # What only repeats a published value has been decided about.
        if series[key].get(row.period) != row.value:
            numbers[(*key, row.period)] = row.row
        series[key][row.period] = row.value
    return find_jumps({key: sorted(points.items()) for key, points in series.items()}, numbers)
