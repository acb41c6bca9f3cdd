"""Use cases of territories: putting them into the tree, loading the lists that ship as data."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.shared.ids import TerritoryId, new_id
from core.store import UnitOfWork
from core.territories.errors import UnknownTerritory
from core.territories.model import ReferenceRow, TerritoryRow
from core.territories.rules import Territory, TerritoryKind, check_oktmo

_DATA = Path(__file__).parent / "data"


def add_territory(
    uow: UnitOfWork,
    *,
    kind: TerritoryKind,
    oktmo: str,
    slug: str,
    name_ru: str,
    name_en: str,
    parent_oktmo: str | None = None,
    time_zone: str = "Europe/Moscow",
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
