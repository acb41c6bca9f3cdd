"""Use cases of territories: putting them into the tree, loading the lists that ship as data."""

import csv
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.shared.doors import Actor, Door, reached
from core.shared.ids import TerritoryId, new_id
from core.store import UnitOfWork
from core.territories.errors import TakenSlug, UnknownTerritory, WrongTerritory
from core.territories.model import ReferenceRow, TerritoryRow
from core.territories.rules import Territory, TerritoryKind, check_oktmo

_DATA = Path(__file__).parent / "data"
_MOSCOW = "Europe/Moscow"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 64


def add_territory(
    uow: UnitOfWork,
    *,
    kind: TerritoryKind,
    oktmo: str,
    slug: str,
    name_ru: str,
    name_en: str,
    parent_oktmo: str | None = None,
    time_zone: str = _MOSCOW,
    synthetic: bool = False,
) -> Territory:
    """Put a territory under its parent; the one with this ОКТМО if it is there already.

    One that stands under nothing is put under a parent that has come later.

    time_zone: IANA name, for quiet hours and dates as people say them.
    synthetic: its figures are invented and every screen says so.
    Raises: UnknownTerritory for a missing parent; WrongOktmo; zoneinfo's error for a wrong zone.
    """
    check_oktmo(oktmo)
    ZoneInfo(time_zone)
    parent = None
    if parent_oktmo is not None:
        parent = uow.session.execute(
            select(TerritoryRow.id).where(TerritoryRow.oktmo == parent_oktmo)
        ).scalar_one_or_none()
        if parent is None:
            raise UnknownTerritory(name=parent_oktmo)
    values = {
        "id": new_id(),
        "kind": kind,
        "parent_id": parent,
        "oktmo": oktmo,
        "slug": slug,
        "name_ru": name_ru,
        "name_en": name_en,
        "time_zone": time_zone,
        "synthetic": synthetic,
    }
    uow.insert_new(TerritoryRow, values, conflict=("oktmo",))
    row = uow.session.execute(select(TerritoryRow).where(TerritoryRow.oktmo == oktmo)).scalar_one()
    row.parent_id = row.parent_id or parent
    return as_territory(row)


@reached(Actor.OPERATOR, Door.CLI)
def load_territories(uow: UnitOfWork, *, lines: Iterable[str]) -> int:
    """Put the territories of a CSV file into the tree, one a line, those above before those below. How many.

    Columns, after a heading that is passed over: kind (`TerritoryKind`), ОКТМО, address on the site, name,
    name in English, ОКТМО of the parent or nothing, IANA time zone or nothing for Moscow; between semicolons.
    Loaded again, names and the time zone are as the newest file has them; address, kind and parent stay.
    Raises: WrongTerritory, WrongOktmo, UnknownTerritory, TakenSlug; nothing is loaded then.
    """
    loaded = 0
    for number, cells in enumerate(csv.reader(lines, delimiter=";"), start=1):
        if number == 1 or not any(cells):
            continue
        try:
            kind, oktmo, slug, name_ru, name_en, parent, zone = (cell.strip() for cell in cells)
            TerritoryKind(kind), ZoneInfo(zone or _MOSCOW)
        # ZoneInfo's own error is a KeyError, for a path it is a ValueError.
        except (ValueError, KeyError, OSError) as wrong:
            raise WrongTerritory(line=number) from wrong
        if not (_SLUG.fullmatch(slug) and name_ru and name_en and max(map(len, cells)) <= _LONGEST_NAME):
            raise WrongTerritory(line=number)
        _put(uow, kind, oktmo, slug, name_ru, name_en, parent, zone or _MOSCOW)
        loaded += 1
    return loaded


def _put(
    uow: UnitOfWork, kind: str, oktmo: str, slug: str, name_ru: str, name_en: str, parent: str, zone: str
) -> None:
    holder = select(TerritoryRow.oktmo).where(TerritoryRow.slug == slug)
    if uow.session.execute(holder).scalar_one_or_none() not in {None, oktmo}:
        raise TakenSlug(name=slug)
    add_territory(
        uow,
        kind=TerritoryKind(kind),
        oktmo=oktmo,
        slug=slug,
        name_ru=name_ru,
        name_en=name_en,
        parent_oktmo=parent or None,
        time_zone=zone,
    )
    row = uow.session.execute(select(TerritoryRow).where(TerritoryRow.oktmo == oktmo)).scalar_one()
    row.name_ru, row.name_en, row.time_zone = name_ru, name_en, zone


def load_reference(uow: UnitOfWork) -> int:
    """Load the shipped lists (services, directions, rubrics); items already there stay as they are.

    Returns how many items were new.
    """
    loaded = 0
    for file in ("services", "directions", "rubrics"):
        data = _reference_file(file)
        for position, (code, (title_ru, title_en)) in enumerate(data["items"].items(), start=1):
            item = {
                "taxonomy": data["taxonomy"],
                "version": data["version"],
                "code": code,
                "position": position,
                "title_ru": title_ru,
                "title_en": title_en,
            }
            loaded += uow.insert_new(ReferenceRow, item, conflict=("taxonomy", "version", "code"))
    return loaded


def as_territory(row: TerritoryRow) -> Territory:
    """The row as a value that may leave the folder."""
    return Territory(
        id=TerritoryId(row.id),
        kind=TerritoryKind(row.kind),
        parent_id=None if row.parent_id is None else TerritoryId(row.parent_id),
        oktmo=row.oktmo,
        slug=row.slug,
        name_ru=row.name_ru,
        name_en=row.name_en,
        time_zone=row.time_zone,
        synthetic=row.synthetic,
    )


@cache
def _reference_file(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
