"""Territories: the tree region → municipality → settlement, and the versioned lists that hang on it."""

from core.territories.commands import add_territory, load_reference, load_territories
from core.territories.errors import TakenSlug, UnknownTerritory, WrongOktmo, WrongTerritory
from core.territories.queries import (
    ancestry,
    descendants,
    reference_items,
    territories,
    territory,
    territory_by_slug,
)
from core.territories.rules import ReferenceItem, Territory, TerritoryKind, inhabited

__all__ = [
    "ReferenceItem",
    "TakenSlug",
    "Territory",
    "TerritoryKind",
    "UnknownTerritory",
    "WrongOktmo",
    "WrongTerritory",
    "add_territory",
    "ancestry",
    "descendants",
    "inhabited",
    "load_reference",
    "load_territories",
    "reference_items",
    "territories",
    "territory",
    "territory_by_slug",
]
