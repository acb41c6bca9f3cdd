"""From bytes to rows of text, by what the bytes are: CSV, an Excel workbook, SDMX-ML.

A wrong header refuses the file whole. What the rows say is judged by `tidy_csv`, the same for all three.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.importers.reasons import BrokenTable, EmptyFile, FileTooLarge, UnreadableText, WrongHeader
from analytics.importers.sdmx import read_sdmx
from analytics.importers.xlsx import read_sheet
from core.shared.language import N_, Language, translate

COLUMNS = ("territory", "indicator", "unit", "period", "value", "source")
"""Columns of a tidy table; their order in the file is free."""

_RUSSIAN = {
    "территория": "territory",
    "показатель": "indicator",
    "единица": "unit",
    "единица измерения": "unit",
    "период": "period",
    "значение": "value",
    "источник": "source",
}

_ZIP = b"PK\x03\x04"
MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 200_000
_MISSING = N_("Missing: {columns}.")
_EXTRA = N_("Unknown: {columns}.")
_TWICE = N_("Twice: {columns}.")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row with its number in the file; `cells` is None if the number of fields was wrong."""

    number: int
    cells: dict[str, str] | None
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """A readable table, and how it was written."""

    rows: tuple[TextRow, ...]
    encoding: str
    delimiter: str


def read_table(content: bytes, *, language: Language = "ru") -> TextTable:
    """Read a tidy table.

    Raises: EmptyFile, FileTooLarge, UnreadableText, WrongHeader, DangerousFile, BrokenTable. Nothing is
    taken then.
    """
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:.1f} MB"
        raise FileTooLarge(size=size, limit=f"{MAX_BYTES // 1024 // 1024} MB")
    if content.startswith(_ZIP):
        return _whole(_workbook(content, language), "xlsx")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _whole(_message(content), "sdmx-ml")
    text, encoding = _decoded(content)
    if not text.strip():
        raise EmptyFile
    delimiter = _delimiter(text)
    return _whole(tuple(_rows(text, delimiter, language)), encoding, delimiter)


def _whole(rows: tuple[TextRow, ...], encoding: str, delimiter: str = "") -> TextTable:
    if not rows:
        raise EmptyFile
    if len(rows) > MAX_ROWS:
        raise FileTooLarge(size=f"{len(rows)}", limit=f"{MAX_ROWS}")
    return TextTable(rows=rows, encoding=encoding, delimiter=delimiter)


def _workbook(content: bytes, language: Language) -> tuple[TextRow, ...]:
    filled = [(number, cells) for number, cells in read_sheet(content) if any(map(str.strip, cells))]
    if not filled:
        raise EmptyFile
    names = _header(filled[0][1], language)
    # A spreadsheet leaves out empty cells at the end of a row.
    rows = (_row(number, cells + [""] * (len(names) - len(cells)), names) for number, cells in filled[1:])
    # A row of the template that has no value is one that nobody has filled in.
    return tuple(row for row in rows if row.cells is None or row.cells["value"])


def _message(content: bytes) -> tuple[TextRow, ...]:
    rows, width = read_sdmx(content), len(COLUMNS)
    return tuple(
        TextRow(number=number, cells=cells, found=width, expected=width)
        for number, cells in enumerate(rows, start=1)
    )


def _decoded(content: bytes) -> tuple[str, str]:
    if b"\x00" in content:
        # A zero byte is in no text of ours: UTF-16, a spreadsheet file, or a damaged disk block.
        raise UnreadableText
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        bom = content.startswith(b"\xef\xbb\xbf")
        return text, encoding if encoding == "cp1251" or bom else "utf-8"
    raise UnreadableText


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(";,\t", key=header.count) if any(mark in header for mark in ";,\t") else ","


def _rows(text: str, delimiter: str, language: Language) -> Iterator[TextRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _header(cells, language)
                continue
            yield _row(reader.line_num, cells, names)
    except csv.Error as error:
        raise BrokenTable(row=reader.line_num) from error


def _row(number: int, cells: list[str], names: list[str]) -> TextRow:
    while len(cells) > len(names) and not cells[-1].strip():
        cells = cells[:-1]
    expected = len(names)
    if len(cells) != expected:
        return TextRow(number=number, cells=None, found=len(cells), expected=expected)
    stripped = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    return TextRow(number=number, cells=stripped, found=expected, expected=expected)


def _header(cells: list[str], language: Language) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    names = [_RUSSIAN.get(cell.strip().lower(), cell.strip().lower()) for cell in cells]
    groups = {
        _MISSING: [name for name in COLUMNS if name not in names],
        _EXTRA: [name for name in names if name not in COLUMNS],
        _TWICE: sorted({name for name in names if names.count(name) > 1}),
    }
    problems = [
        translate(language, message, columns=", ".join(columns)[:200])
        for message, columns in groups.items()
        if columns
    ]
    if problems:
        raise WrongHeader(problem=" ".join(problems), expected=", ".join(COLUMNS))
    return names
