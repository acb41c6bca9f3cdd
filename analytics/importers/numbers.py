"""Numbers as people type them in tables: decimal comma, blanks between thousands, a long minus."""

import math
import re

_GROUPS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3}(\D|$))")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?")
_NO_VALUES = {
    "",
    "-",
    "–",
    "—",
    "…",
    "...",
    "..",
    ".",
    "x",
    "х",
    "н/д",
    "н.д.",
    "нет",
    "n/a",
    "na",
    "nan",
    "null",
}


def is_missing(text: str) -> bool:
    """Whether the cell says that there is no value.

    >>> is_missing("…"), is_missing("0")
    (True, False)
    """
    return text.strip().lower() in _NO_VALUES


def parse_number(text: str) -> float:
    """Read 1234.5, «1 234,5», «−3,2» (with any of the usual non-breaking blanks).

    A text with both a comma and a point is refused: which of them is decimal cannot be known.
    Raises: ValueError.

    >>> parse_number("1\\u00a0234,5"), parse_number("−3,2")
    (1234.5, -3.2)
    """
    cleaned = text.strip().replace("−", "-")
    while _GROUPS.search(cleaned):
        cleaned = _GROUPS.sub("", cleaned)
    if not _NUMBER.fullmatch(cleaned):
        raise ValueError(f"not a number: {text!r}")
    number = float(cleaned.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(f"beyond all numbers: {text!r}")
    return number
