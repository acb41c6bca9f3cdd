"""The QR code of the hall: drawn as a reader of codes expects it."""

from __future__ import annotations

import re

import segno

from web.qr import QrCode, qr_code

ADDRESS = "https://town.example/t/zarechny/room"
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


def test_three_corners_hold_finders_and_the_quiet_zone_is_light() -> None:
    drawn = modules(qr_code(ADDRESS))
    side = len(drawn)

    for top, left in ((4, 4), (4, side - 11), (side - 11, 4)):
        assert [row[left : left + 7] for row in drawn[top : top + 7]] == FINDER
    assert {drawn[y][x] for y in range(side) for x in (*range(4), *range(side - 4, side))} == {"."}
    assert {drawn[y][x] for x in range(side) for y in (*range(4), *range(side - 4, side))} == {"."}


def test_it_says_the_address_it_was_given() -> None:
    expected = ["".join(".#"[bit] for bit in row) for row in segno.make_qr(ADDRESS, error="m").matrix]

    assert [row[4:-4] for row in modules(qr_code(ADDRESS))[4:-4]] == expected
    assert qr_code(ADDRESS) != qr_code(ADDRESS + "s")


def modules(code: QrCode) -> list[str]:
    """The picture that the path paints, a character a module."""
    grid = [["."] * code.size for _ in range(code.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        for column in range(int(x), int(x) + int(width)):
            grid[int(y)][column] = "#"
    return ["".join(row) for row in grid]
