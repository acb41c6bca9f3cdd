"""Questions about territories."""

from collections.abc import Collection

from sqlalchemy import func, select

from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories.commands import as_territory
from core.territories.errors import UnknownTerritory
from core.territories.model import ReferenceRow, TerritoryRow
from core.territories.rules import ReferenceItem, Territory


def territories(reading: Reading) -> list[Territory]:
    """All territories, parents before children, by name."""
    rows = reading.session.execute(select(TerritoryRow).order_by(TerritoryRow.name_ru)).scalars()
    order = ("region", "municipality", "settlement")
    return sorted((as_territory(row) for row in rows), key=lambda place: order.index(place.kind))


def territory(reading: Reading, *, territory_id: TerritoryId) -> Territory:
    """One territory by id. Raises: UnknownTerritory."""
    row = reading.session.get(TerritoryRow, territory_id)
    if row is None:
        raise UnknownTerritory(name=territory_id)
    return as_territory(row)


def territory_by_slug(reading: Reading, *, slug: str) -> Territory:
    """One territory by its address on the site. Raises: UnknownTerritory."""
    row = reading.session.execute(select(TerritoryRow).where(TerritoryRow.slug == slug)).scalar_one_or_none()
    if row is None:
        raise UnknownTerritory(name=slug)
    return as_territory(row)


def ancestry(reading: Reading, *, territory_id: TerritoryId) -> list[TerritoryId]:
    """The territory itself and everything above it, nearest first. A right given above holds below."""
    tree = (
        select(TerritoryRow.id, TerritoryRow.parent_id)
        .where(TerritoryRow.id == territory_id)
        .cte("ancestry", recursive=True)
    )
    above = select(TerritoryRow.id, TerritoryRow.parent_id).join(tree, TerritoryRow.id == tree.c.parent_id)
    rows = reading.session.execute(select(tree.union_all(above).c.id)).scalars()
    return [TerritoryId(row) for row in rows]


def descendants(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> list[TerritoryId]:
    """The territories themselves and everything below them."""
    tree = select(TerritoryRow.id).where(TerritoryRow.id.in_(territory_ids)).cte("below", recursive=True)
    below = select(TerritoryRow.id).join(tree, TerritoryRow.parent_id == tree.c.id)
    rows = reading.session.execute(select(tree.union(below).c.id)).scalars()
    return [TerritoryId(row) for row in rows]


def reference_items(reading: Reading, *, taxonomy: str, version: int | None = None) -> list[ReferenceItem]:
    """Items of a list in their order; the newest version unless one is named."""
    newest = select(func.max(ReferenceRow.version)).where(ReferenceRow.taxonomy == taxonomy)
    wanted = newest.scalar_subquery() if version is None else version
    rows = reading.session.execute(
        select(ReferenceRow)
        .where(ReferenceRow.taxonomy == taxonomy, ReferenceRow.version == wanted)
        .order_by(ReferenceRow.position)
    ).scalars()
    return [ReferenceItem(code=row.code, title_ru=row.title_ru, title_en=row.title_en) for row in rows]
