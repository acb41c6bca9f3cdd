"""A chart in words for those who do not see it, and as a table for those who want the figures."""

from collections.abc import Iterable

from core.charts.description import (
    Chart,
    Column,
    Columns,
    Figure,
    Grid,
    Head,
    Line,
    OverTime,
    Rows,
    Status,
)
from core.charts.words import place
from core.indicators import period_words
from core.shared.language import N_, Language, translate

_STATUSES: dict[Status, str] = {
    "met": N_("reached"),
    "missed": N_("not reached"),
    "ahead": N_("still to come"),
}
_PERIOD, _FACT, _PLAN, _STATUS = N_("Period"), N_("Actual"), N_("Plan"), N_("Status")
_NAME, _VALUE, _BAND = N_("Name"), N_("Value"), N_("Band {percent} %")
_GOAL = N_("target {period}: {value}")
_THRESHOLD = N_("threshold {value}")
_WITHIN = N_("with a probability of {percent} % between {low} and {high}")
_AND_MORE = N_("and {count} more")
_SAID_ROWS, _SAID_COLUMNS = 6, 4
_TOLD_BAND = 80


def alt_text(chart: Chart) -> str:
    """The news of the chart in a sentence or two."""
    head = ", ".join(part for part in (chart.head.title, chart.head.subtitle) if part)
    return f"{head}. {_news(chart)}."


def _news(chart: Chart) -> str:
    match chart:
        case OverTime():
            return "; ".join([*(_line_words(chart, line) for line in chart.lines), *_marks(chart)])
        case Columns():
            return "; ".join(_column_words(chart, column) for column in chart.columns[-_SAID_COLUMNS:])
        case Rows():
            return "; ".join(_listed(chart, [_row_words(chart, index) for index in range(len(chart.rows))]))
        case Figure():
            period, value = chart.points[-1]
            said = f"{period_words(chart.measure.language, period)}: {chart.measure.whole(value)}"
            return f"{said}, {chart.change}" if chart.change else said
        case Grid():
            return "; ".join(", ".join(row) for row in chart.rows[:_SAID_ROWS])


def as_table(chart: Chart, language: Language) -> Grid:
    """The chart as a table."""
    match chart:
        case OverTime():
            return _over_time_table(chart, language)
        case Columns():
            return _columns_table(chart, language)
        case Rows():
            rows = tuple((row.name, _value_words(chart, row.value)) for row in chart.rows)
            return _grid(chart.head, language, (_NAME, _VALUE), rows)
        case Figure():
            rows = tuple(
                (period_words(language, period), chart.measure.plain(value))
                for period, value in reversed(chart.points)
            )
            return _grid(chart.head, language, (_PERIOD, _VALUE), rows)
        case Grid():
            return chart


def figures_of(chart: Chart) -> list[tuple[str, str, str | float]]:
    """The plain figures for a spreadsheet: (name, period, value); of a table its words."""
    match chart:
        case OverTime():
            found = [(line.name, period, value) for line in chart.lines for period, value in line.points]
            bands = [
                (f"{band.percent} % {side}", point[0], point[index])
                for band in chart.spreads
                for index, side in ((1, "low"), (2, "high"))
                for point in band.points
            ]
            return [*found, *bands, *(("target", period, value) for period, value in chart.goals)]
        case Columns():
            facts = [("fact", one.period, one.value) for one in chart.columns if one.value is not None]
            plans = [("plan", one.period, one.goal) for one in chart.columns if one.goal is not None]
            return [*facts, *plans]
        case Rows():
            return [(row.name, "", row.value) for row in chart.rows]
        case Figure():
            return [("", period, value) for period, value in chart.points]
        case Grid():
            pairs = [
                (row[0], head, cell)
                for row in chart.rows
                for head, cell in zip(chart.header[1:], row[1:], strict=True)
            ]
            return list(pairs)


def status_words(language: Language, status: Status) -> str:
    """How a plan stands: «выполнено»."""
    return translate(language, _STATUSES[status])


def _line_words(chart: OverTime, line: Line) -> str:
    period, value = line.points[-1]
    said = f"{period_words(chart.measure.language, period)} — {chart.measure.whole(value)}"
    return f"{line.name}: {said}" if line.name else said


def _marks(chart: OverTime) -> list[str]:
    language, measure = chart.measure.language, chart.measure
    marks = [
        translate(language, _WITHIN, percent=band.percent, low=measure.whole(low), high=measure.whole(high))
        for band in chart.spreads
        if band.percent == _TOLD_BAND
        for _, low, high in band.points[-1:]
    ]
    marks += [
        translate(language, _GOAL, period=period_words(language, period), value=measure.whole(value))
        for period, value in chart.goals
    ]
    if chart.threshold is not None:
        marks.append(translate(language, _THRESHOLD, value=measure.whole(chart.threshold)))
    return marks


def _column_words(chart: Columns, column: Column) -> str:
    language, measure = chart.measure.language, chart.measure
    parts = [] if column.value is None else [measure.whole(column.value)]
    if column.goal is not None:
        parts.append(f"{translate(language, _PLAN)} {measure.whole(column.goal)}")
    if column.status is not None:
        parts.append(status_words(language, column.status))
    return f"{period_words(language, column.period)}: {', '.join(parts)}"


def _row_words(chart: Rows, index: int) -> str:
    row = chart.rows[index]
    name = f"{index + 1}. {row.name}" if chart.places else row.name
    return f"{name} — {_value_words(chart, row.value)}"


def _value_words(chart: Rows, value: float) -> str:
    return chart.measure.change(value) if chart.signed else chart.measure.whole(value)


def _listed(chart: Rows, words: list[str]) -> list[str]:
    """Not more than can be listened to; one's own is always among them."""
    if len(words) <= _SAID_ROWS:
        return words
    own = [words[index] for index, row in enumerate(chart.rows) if row.own and index >= _SAID_ROWS]
    more = translate(chart.measure.language, _AND_MORE, count=len(words) - _SAID_ROWS - len(own))
    return [*words[:_SAID_ROWS], *own, more]


def _over_time_table(chart: OverTime, language: Language) -> Grid:
    periods = sorted({period for line in chart.lines for period, _ in line.points}, key=place)
    by_line = [dict(line.points) for line in chart.lines]
    band = next((one for one in chart.spreads if one.percent == _TOLD_BAND), None)
    ends = {} if band is None else {period: (low, high) for period, low, high in band.points}
    plain = chart.measure.plain
    rows = []
    for period in reversed(periods):
        cells = ["" if period not in one else plain(one[period]) for one in by_line]
        if band is not None:
            cells.append(" … ".join(map(plain, ends.get(period, ()))))
        rows.append((period_words(language, period), *cells))
    names = [line.name or translate(language, _VALUE) for line in chart.lines]
    bands = [] if band is None else [translate(language, _BAND, percent=band.percent)]
    return Grid(head=chart.head, header=(translate(language, _PERIOD), *names, *bands), rows=tuple(rows))


def _columns_table(chart: Columns, language: Language) -> Grid:
    planned = any(column.goal is not None for column in chart.columns)
    plain = chart.measure.plain
    rows = []
    for column in reversed(chart.columns):
        cells = ["" if column.value is None else plain(column.value)]
        if planned:
            cells.append("" if column.goal is None else plain(column.goal))
            cells.append("" if column.status is None else status_words(language, column.status))
        rows.append((period_words(language, column.period), *cells))
    header = (_PERIOD, _FACT, _PLAN, _STATUS) if planned else (_PERIOD, _VALUE)
    return _grid(chart.head, language, header, tuple(rows))


def _grid(head: Head, language: Language, header: Iterable[str], rows: tuple[tuple[str, ...], ...]) -> Grid:
    return Grid(head=head, header=tuple(translate(language, one) for one in header), rows=rows)
