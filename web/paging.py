"""A long list shown part by part: the same line under every one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from core.store import PART, Part
from web.page_request import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Which part of a list is shown, in words, and the addresses of the parts beside it; empty if all is."""

    words: str = ""
    first: int = 0
    earlier: str = ""
    later: str = ""


def first_shown(request: PageRequest) -> int:
    """How many lines of the list stand before those that the address asks for."""
    text = str(request.GET.get("from", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def pages_of(part: Part[Any], *, address: str, sent: Mapping[str, str] | None = None) -> Pages:
    """``51–100 of 163`` with ways to the other parts. ``sent``: what else the address asks for."""
    first, end = part.before, part.before + len(part.items)
    if not first and end == part.total:
        return Pages()

    def at(other: int) -> str:
        query = urlencode({**(sent or {}), **({"from": other} if other else {})})
        return f"{address}?{query}" if query else address

    shown = f"{first + 1}–{end}" if end > first + 1 else str(end)
    return Pages(
        words=gettext("%(shown)s of %(total)s") % {"shown": shown, "total": part.total},
        first=first,
        earlier=at(max(first - PART, 0)) if first else "",
        later=at(end) if end < part.total else "",
    )
