"""What a chart says, in a sentence or two beside its picture, where the words for the blind are too long."""

from collections.abc import Sequence

from core.charts.description import Line, OverTime, Row, Rows
from core.indicators import period_words
from core.shared.language import N_, translate

_NOW = N_("Now {value} ({period}).")
_AHEAD = N_("In {period}: {figures}.")
_APART = N_("The scenarios are {difference} apart.")
_PLACE = N_("{name} is number {place} of {count}: {value}.")
_FIRST, _LAST = N_("First is {name} ({value})."), N_("Last is {name} ({value}).")
_TOGETHER = N_("Together over these years: {value}.")
_ADDS, _TAKES = N_("“{name}” adds most ({value})."), N_("“{name}” takes most away ({value}).")


def in_short(chart: OverTime | Rows) -> str:
    """The news of scenarios side by side, of a ranking or of a waterfall."""
    if isinstance(chart, OverTime):
        return " ".join(_scenarios(chart))
    return " ".join(_parts(chart) if chart.steps else _places(chart))


def _scenarios(chart: OverTime) -> list[str]:
    measure, named = chart.measure, [line for line in chart.lines if line.named]
    said: list[str] = []
    history = next((line for line in chart.lines if line.style == "history"), None)
    if history is not None:
        period, value = history.points[-1]
        fields = {"value": measure.whole(value), "period": period_words(measure.language, period)}
        said.append(_say(chart, _NOW, **fields))
    if not named:
        return said
    ends = [line.points[-1][1] for line in named]
    figures = "; ".join(f"{line.name} — {measure.whole(end)}" for line, end in zip(named, ends, strict=True))
    period = period_words(measure.language, _end(named))
    said.append(_say(chart, _AHEAD, period=period, figures=figures))
    if len(named) > 1:
        apart = measure.change(max(ends) - min(ends)).removeprefix("+")
        said.append(_say(chart, _APART, difference=apart))
    return said


def _end(lines: Sequence[Line]) -> str:
    return lines[0].points[-1][0]


def _places(chart: Rows) -> list[str]:
    last = len(chart.rows)
    own = next((place for place, row in enumerate(chart.rows, start=1) if row.own), 0)
    said: list[str] = []
    if own:
        row = chart.rows[own - 1]
        fields = {"name": row.name, "value": chart.measure.whole(row.value), "place": own, "count": last}
        said.append(_say(chart, _PLACE, **fields))
    for place, sentence in ((1, _FIRST), (last, _LAST)):
        if place != own:
            said.append(_about(chart, chart.rows[place - 1], sentence))
    return said


def _parts(chart: Rows) -> list[str]:
    parts, total = chart.rows[:-1], chart.rows[-1]
    said = [_say(chart, _TOGETHER, value=chart.measure.change(total.value))]
    if parts:
        most, least = max(parts, key=lambda row: row.value), min(parts, key=lambda row: row.value)
        said += [_about(chart, most, _ADDS)] if most.value > 0 else []
        said += [_about(chart, least, _TAKES)] if least.value < 0 else []
    return said


def _about(chart: Rows, row: Row, sentence: str) -> str:
    value = chart.measure.change(row.value) if chart.signed else chart.measure.whole(row.value)
    return _say(chart, sentence, name=row.name, value=value)


def _say(chart: OverTime | Rows, sentence: str, **fields: object) -> str:
    # A unit may end with a full stop of its own: «млн руб.»
    return translate(chart.measure.language, sentence, **fields).replace("..", ".")
