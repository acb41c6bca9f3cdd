"""Buttons by pages, where a messenger takes fewer under one message than a screen has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from messengers.capabilities import Capabilities

B = TypeVar("B")
# What a page leaves free: a row to turn over (two buttons) and the ways out (two more).
_ROWS_BESIDE, _BUTTONS_BESIDE = 2, 4


@dataclass(frozen=True, slots=True)
class ButtonPage(Generic[B]):
    """One page of rows; ``number`` counts from 0, ``of`` is how many there are."""

    rows: tuple[tuple[B, ...], ...]
    number: int
    of: int


def page_of(
    rows: Sequence[tuple[B, ...]], number: int, *, limits: Capabilities, beside: int
) -> ButtonPage[B]:
    """The page with this number, or the last one if there are fewer.

    beside: how many buttons stand in one more row below, on every page.
    """
    fits = (
        len(rows) + bool(beside) <= limits.inline_rows
        and sum(map(len, rows)) + beside <= limits.inline_buttons
    )
    pages = [tuple(rows)] if fits else _cut(rows, limits)
    number = min(max(number, 0), len(pages) - 1)
    return ButtonPage(rows=pages[number], number=number, of=len(pages))


def _cut(rows: Sequence[tuple[B, ...]], limits: Capabilities) -> list[tuple[tuple[B, ...], ...]]:
    most_rows = limits.inline_rows - _ROWS_BESIDE
    most_buttons = limits.inline_buttons - _BUTTONS_BESIDE
    pages: list[tuple[tuple[B, ...], ...]] = []
    page: list[tuple[B, ...]] = []
    for row in rows:
        if page and (len(page) == most_rows or sum(map(len, page)) + len(row) > most_buttons):
            pages.append(tuple(page))
            page = []
        page.append(row)
    return [*pages, tuple(page)]
