"""What a territory is."""

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
