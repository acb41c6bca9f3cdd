"""What a territory is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.shared.ids import TerritoryId
from core.shared.language import Language
from core.territories.errors import WrongOktmo


class TerritoryKind(StrEnum):
    """Level of the tree: страна, субъект РФ, муниципальное образование, населённый пункт."""

    COUNTRY = "country"
    REGION = "region"
    MUNICIPALITY = "municipality"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """A place with an authority. ``slug`` is its address on the site (``/t/<slug>``)."""

    id: TerritoryId
    kind: TerritoryKind
    parent_id: TerritoryId | None
    oktmo: str
    slug: str
    name_ru: str
    name_en: str
    time_zone: str
    synthetic: bool

    def name(self, language: Language) -> str:
        """The name in a person's language."""
        return self.name_ru if language == "ru" else self.name_en


def inhabited(places: Sequence[Territory]) -> list[Territory]:
    """Places that somebody lives in: not the country or a region, unless there is nothing below it."""
    too_wide = {TerritoryKind.COUNTRY, TerritoryKind.REGION}
    return [place for place in places if place.kind not in too_wide] or list(places)


@dataclass(frozen=True, slots=True)
class ReferenceItem:
    """An item of a versioned list, e.g. the rubric ``poverty``."""

    code: str
    title_ru: str
    title_en: str

    def title(self, language: Language) -> str:
        """The title in a person's language."""
        return self.title_ru if language == "ru" else self.title_en


def check_oktmo(oktmo: str) -> None:
    """Accept 8 digits, or 11 for a settlement (ОК 033-2013). Raises: WrongOktmo."""
    if not (oktmo.isascii() and oktmo.isdigit() and len(oktmo) in (8, 11)):
        raise WrongOktmo(oktmo=oktmo)
