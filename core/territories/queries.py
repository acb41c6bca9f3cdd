"""Questions about territories."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from core.shared.ids import TerritoryId
from core.store import PreparedQuery, Reading, once_a_view
from core.territories.commands import as_territory
from core.territories.errors import UnknownTerritory
from core.territories.model import ReferenceRow, TerritoryRow
from core.territories.rules import ReferenceItem, Territory, TerritoryKind

_TREE = (
    select(TerritoryRow.id, TerritoryRow.parent_id)
    .where(TerritoryRow.id == bindparam("territory_id"))
    .cte("ancestry", recursive=True)
)
_ABOVE = select(TerritoryRow.id, TerritoryRow.parent_id).join(_TREE, TerritoryRow.id == _TREE.c.parent_id)
_ANCESTRY = PreparedQuery(select(_TREE.union_all(_ABOVE).c.id))


def territories(reading: Reading) -> list[Territory]:
    """All territories, parents before children, by name."""
    rows = reading.session.execute(select(TerritoryRow).order_by(TerritoryRow.name_ru)).scalars()
    return sorted(
        (as_territory(row) for row in rows), key=lambda place: list(TerritoryKind).index(place.kind)
    )


@once_a_view
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


@once_a_view
def ancestry(reading: Reading, *, territory_id: TerritoryId) -> list[TerritoryId]:
    """The territory itself and everything above it, nearest first. A right given above holds below."""
    return [TerritoryId(row) for (row,) in reading.rows(_ANCESTRY, territory_id=territory_id)]


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
