"""SDMX-ML of ЕМИСС (fedstat.ru): generic data of one indicator, its code lists beside it, as rows of text.

    CodeLists/CodeList[@id]/Code[@value]/Description                what a code means
    Description/Indicator/Name                                      the name of the indicator
    DataSet/Series/SeriesKey/Value[@concept, @value]                territory (s_OKATO …)
    DataSet/Series/Attributes/Value[@concept, @value]               unit (EI), part of the year (PERIOD)
    DataSet/Series/Obs/Time, ObsValue[@value]

Territories are matched by their whole names: ЕМИСС counts by ОКАТО, we by ОКТМО.
"""

import re
from collections.abc import Mapping

from analytics.importers.reasons import BrokenTable
from analytics.importers.safe_xml import read_xml

SOURCE = "ЕМИСС"
_TERRITORY = ("OKATO", "OKTMO", "TERR")
_MONTHS = (
    "январ", "феврал", "март", "апрел", "май", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр",
)  # fmt: skip
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER = re.compile(r"(iv|iii|ii|i|[1-4])[-\s]*(?:й\s+)?квартал")


def read_sdmx(content: bytes) -> list[dict[str, str]]:
    """Rows of the file with the columns of a tidy table. Raises: DangerousFile, BrokenTable."""
    file = _File()
    read_xml(content, start=file.start, end=file.end)
    if not file.rows:
        raise BrokenTable(row=1)
    return file.rows


def period_of(year: str, part: str) -> str:
    """A period as tidy tables write it; what cannot be told stays as it is and is refused with its row.

    >>> [period_of("2024", part) for part in ("значение показателя за год", "Март", "II квартал")]
    ['2024', '2024-03', '2024-Q2']
    >>> period_of("2024", "январь-март")
    '2024 январь-март'
    """
    said = part.strip().casefold()
    if not said or "год" in said:
        return year
    quarter = _QUARTER.search(said)
    if quarter:
        return f"{year}-Q{_QUARTERS[quarter[1]]}"
    months = [number for number, month in enumerate(_MONTHS, start=1) if month in said]
    # A sum from the beginning of the year is no month: it must not be taken for one.
    return f"{year}-{months[0]:02d}" if len(months) == 1 and "-" not in said else f"{year} {said}"


class _File:
    """Collects code lists and turns each observation into a row."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self._codes: dict[tuple[str, str], str] = {}
        self._path: list[str] = []
        self._list = self._code = self._title = ""
        self._series: dict[str, str] = {}
        self._time = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._path.append(name)
        if name == "CodeList":
            self._list = attributes.get("id", "")
        elif name == "Code":
            self._code = attributes.get("value", "")
        elif name == "Series":
            self._series = {}
        elif name == "Value" and "Series" in self._path:
            self._series[attributes.get("concept", "")] = attributes.get("value", "")
        elif name == "ObsValue":
            self._observe(attributes.get("value", ""))

    def end(self, name: str, text: str) -> None:
        self._path.pop()
        if name == "Description" and self._path[-1:] == ["Code"]:
            self._codes[self._list, self._code] = text.strip()
        elif name == "Name" and "Indicator" in self._path:
            self._title = self._title or text.strip()
        elif name == "Time":
            self._time = text.strip()

    def _observe(self, value: str) -> None:
        said = {concept: self._codes.get((concept, code), code) for concept, code in self._series.items()}
        place = next(
            (text for concept, text in said.items() if any(one in concept.upper() for one in _TERRITORY)), ""
        )
        self.rows.append(
            {
                "territory": place,
                "indicator": self._title,
                "unit": said.get("EI", ""),
                "period": period_of(self._time, said.get("PERIOD", "")),
                "value": value.strip(),
                "source": SOURCE,
            }
        )
