"""The workbook to fill in: which figures of a territory come next, and all that may be written there."""

from collections.abc import Sequence
from datetime import date

from core.identity import Viewer
from core.indicators import Indicator, Period, Point, all_series, catalogue
from core.shared.workbooks import workbook
from core.store import Reading
from core.territories import Territory, reference_items

HEADER = ("Территория", "Показатель", "Единица измерения", "Период", "Значение", "Источник")
KNOWN = ("Рубрика", "Код", "Показатель", "Единица измерения", "Периодичность", "Последний период")
_FREQUENCIES = {"A": "раз в год", "Q": "раз в квартал", "M": "раз в месяц"}


def upload_template(reading: Reading, *, viewer: Viewer | None, place: Territory | None) -> bytes:
    """The workbook; with a place every figure that comes next has a row that lacks only its value.

    viewer: whose indicators; None is the operator. The importer passes over rows that nobody has filled in.
    """
    indicators = catalogue(reading, viewer=viewer)
    series: dict[str, Sequence[Point]] = {}
    if place is not None:
        codes = {one.code for one in indicators}
        found = all_series(reading, territory_ids=[place.id], indicators=codes)
        series = {code: points for (_, code), points in found.items()}
    rubrics = {one.code: one.title_ru for one in reference_items(reading, taxonomy="rubric")}
    known = [_known(one, rubrics, series.get(one.code, ())) for one in indicators]
    rows = (
        []
        if place is None
        else [_begun(one, place, series.get(one.code, ()), reading.now.date()) for one in indicators]
    )
    return workbook({"Данные": [HEADER, *rows], "Показатели": [KNOWN, *known]})


def next_period(one: Indicator, points: Sequence[Point], today: date) -> Period:
    """The period that is to be reported next: after the last fact, or the last one that has ended."""
    if points:
        return Period.parse(points[-1].period).next()
    number = {"A": 1, "Q": (today.month + 2) // 3, "M": today.month}[one.frequency]
    return Period(one.frequency, today.year, number).next(-1)


def _known(one: Indicator, rubrics: dict[str, str], points: Sequence[Point]) -> list[str]:
    last = points[-1].period if points else ""
    rubric = rubrics.get(one.rubric, one.rubric)
    return [rubric, one.code, one.title_ru, one.unit, _FREQUENCIES[one.frequency], last]


def _begun(one: Indicator, place: Territory, points: Sequence[Point], today: date) -> list[str]:
    source = points[-1].source if points else ""
    return [place.oktmo, one.code, one.unit, str(next_period(one, points, today)), "", source]
