"""The first sheet of an Excel workbook as rows of text.

An .xlsx is a zip of XML; the few parts that are needed are read with bounds, so neither a zip bomb nor an
entity bomb gets anywhere, and a workbook with macros is refused. Nothing of it is run.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from analytics.importers.reasons import BrokenTable, DangerousFile
from analytics.importers.safe_xml import read_xml
from core.shared.language import N_

MAX_UNPACKED = 64 * 1024 * 1024
_MAX_FILES = 500
_MAX_RATIO = 200
_MACROS = N_("macros")
_BOMB = N_("far more than it seems: it unpacks beyond all measure")
_LOCKED = N_("a password")
_DIGITS = 15

# What a damaged workbook raises: the reader of zips, inflating, and the reading of cells.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def read_sheet(content: bytes) -> list[tuple[int, list[str]]]:
    """Rows of the first sheet with their numbers; numbers are written with a point.

    Raises: DangerousFile (macros, a bomb, a password), BrokenTable.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            shared = _shared(archive)
            return _rows(_part(archive, _first_sheet(archive)), shared)
    except _DAMAGED as error:
        raise BrokenTable(row=1) from error


def _check(archive: zipfile.ZipFile) -> None:
    files = archive.infolist()
    if any("vbaproject" in one.filename.lower() or "macrosheets" in one.filename.lower() for one in files):
        raise DangerousFile(what=_MACROS)
    if any(one.flag_bits & 1 for one in files):
        raise DangerousFile(what=_LOCKED)
    unpacked, packed = sum(one.file_size for one in files), sum(one.compress_size for one in files)
    # The second bound catches a bomb that a sheet full of equal rows, at most 1:60, is not.
    if len(files) > _MAX_FILES or unpacked > MAX_UNPACKED or unpacked > _MAX_RATIO * max(packed, 1000):
        raise DangerousFile(what=_BOMB)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, never more than is allowed: the sizes that a zip tells of itself may lie."""
    with archive.open(name) as part:
        content = part.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise DangerousFile(what=_BOMB)
    return content


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            sheets.append(attributes["id"])
        elif name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        read_xml(_part(archive, part), start=start, end=lambda _name, _text: None)
    target = targets[sheets[0]] if sheets else ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells point to; a text may consist of runs."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[str] = []
    runs: list[str] = []

    def end(name: str, text: str) -> None:
        if name == "t":
            runs.append(text)
        elif name == "si":
            found.append("".join(runs))
            runs.clear()

    read_xml(_part(archive, "xl/sharedStrings.xml"), start=lambda _n, _a: None, end=end)
    return found


def _rows(content: bytes, shared: Sequence[str]) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    cell: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            rows.append((int(attributes.get("r", len(rows) + 1)), []))
        elif name == "c":
            cell.clear()
            cell.update({"kind": attributes.get("t", "n"), "at": attributes.get("r", ""), "text": ""})

    def end(name: str, text: str) -> None:
        if name in {"v", "t"}:
            cell["text"] += text
        elif name == "c":
            cells = rows[-1][1]
            cells += [""] * (_column(cell["at"], len(cells)) - len(cells))
            cells.append(_shown(cell["kind"], cell["text"], shared))

    read_xml(content, start=start, end=end)
    return rows


def _column(at: str, following: int) -> int:
    """The place of a cell in its row: ``C7`` is 2; an unnamed one follows the last.

    >>> _column("C7", 0), _column("AA1", 0), _column("", 4)
    (2, 26, 4)
    """
    letters = at.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha()) or len(letters) > 3:
        return following
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _shown(kind: str, text: str, shared: Sequence[str]) -> str:
    if kind == "s":
        place = int(text) if text.isdecimal() else -1
        return shared[place] if 0 <= place < len(shared) else ""
    if kind == "n" and text:
        try:
            return f"{float(text):.{_DIGITS}g}"
        except ValueError:
            return text
    return text
