"""A QR code as the geometry of an SVG, so that it is drawn in the page and loads nothing."""

from dataclasses import dataclass
from itertools import groupby

import segno

_QUIET = 4
"""Light modules around the code that readers need (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """``size``: modules on a side with the quiet zone. ``path``: the dark modules, for ``d`` of a path."""

    size: int
    path: str


def qr_code(address: str) -> QrCode:
    """Draw an address with medium correction: a seventh of the code may be hidden on the wall of a hall."""
    rows = tuple(segno.make_qr(address, error="m").matrix)
    runs = [
        f"M{run[0] + _QUIET} {y + _QUIET}h{len(run)}v1h-{len(run)}z"
        for y, row in enumerate(rows)
        for dark, modules in groupby(range(len(row)), key=row.__getitem__)
        if dark and (run := list(modules))
    ]
    return QrCode(len(rows) + 2 * _QUIET, "".join(runs))
