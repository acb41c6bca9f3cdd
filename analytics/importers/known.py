"""What an importer compares a file with: territories, indicators and the values known so far."""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.importers.reasons import Reason
from core.indicators import Frequency, Period

History = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], Sequence[tuple[Period, float]]]]

_LONGEST_NAME = 200
_OKTMO_LENGTHS = (8, 11)
_CYRILLIC_LOOK = dict(zip("aceopxykmtbhABCEHKMOPTXY", "асеорхукмтвнАВСЕНКМОРТХУ", strict=True))
_LATIN_LOOK = {cyrillic: latin for latin, cyrillic in _CYRILLIC_LOOK.items() if latin.isupper()}
_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u2009]+")


@dataclass(frozen=True, slots=True)
class KnownTerritory:
    """A territory of the tree: its id here, its ОКТМО code and its whole name.

    `closed`: whoever loads the file has no right to its data.
    """

    id: str
    oktmo: str
    name: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """An indicator of the catalogue; `low` and `high` bound what is possible, in its unit."""

    code: str
    title: str
    unit: str
    frequency: Frequency
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a name was not found, and a near name for the reader (never taken as a match)."""

    reason: Reason
    fields: dict[str, str]
    suggestion: str | None = None


class Reference:
    """Everything known before the file came.

    `history` gives, for pairs of (territory id, indicator code), the values as of now in order of time;
    it is asked once, for the pairs that the file touches.
    """

    def __init__(
        self,
        *,
        territories: Iterable[KnownTerritory],
        indicators: Iterable[KnownIndicator],
        history: History | None = None,
    ) -> None:
        self.history: History = history or (lambda _: {})
        self._indicators = {indicator.code: indicator for indicator in indicators}
        self._territories_found: dict[str, KnownTerritory | Misfit] = {}
        self._indicators_found: dict[str, KnownIndicator | Misfit] = {}
        self._by_title: defaultdict[str, list[KnownIndicator]] = defaultdict(list)
        for one in self._indicators.values():
            self._by_title[folded(one.title)].append(one)
        self._by_oktmo: dict[str, KnownTerritory] = {}
        self._by_name: defaultdict[str, list[KnownTerritory]] = defaultdict(list)
        for territory in territories:
            self._by_oktmo[territory.oktmo] = territory
            self._by_name[folded(territory.name)].append(territory)

    def territory(self, text: str) -> KnownTerritory | Misfit:
        """Find a territory by ОКТМО or by its whole name: «омская» never finds «томская»."""
        # Looking for a near name costs milliseconds, and a file repeats its names thousands of times.
        if text not in self._territories_found:
            found = self._find_territory(text)
            if isinstance(found, KnownTerritory) and found.closed:
                found = Misfit(Reason.NOT_YOURS, {"territory": found.name})
            self._territories_found[text] = found
        return self._territories_found[text]

    def _find_territory(self, text: str) -> KnownTerritory | Misfit:
        if text.isdigit():
            return self._territory_by_code(text)
        found = self._by_name.get(folded(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(sorted(territory.oktmo for territory in found))
            return Misfit(Reason.AMBIGUOUS_TERRITORY, {"territory": text, "choices": choices})
        foreign = foreign_letters(text)
        near = self._near_name(text)
        if foreign:
            return Misfit(Reason.LATIN_LETTERS, {"text": text, "letters": foreign}, near)
        return Misfit(Reason.UNKNOWN_TERRITORY, {"territory": text}, near)

    def _territory_by_code(self, text: str) -> KnownTerritory | Misfit:
        # Spreadsheets eat the leading zero of the codes of the first nine regions.
        for length in _OKTMO_LENGTHS:
            found = self._by_oktmo.get(text.zfill(length))
            if found is not None and len(text) >= length - 1:
                return found
        return Misfit(Reason.UNKNOWN_TERRITORY, {"territory": text})

    def _near_name(self, text: str) -> str | None:
        if len(text) > _LONGEST_NAME:
            return None
        straightened = folded("".join(_CYRILLIC_LOOK.get(letter, letter) for letter in text))
        near = difflib.get_close_matches(straightened, self._by_name, n=1, cutoff=0.75)
        return self._by_name[near[0]][0].name if near else None

    def indicator(self, code: str) -> KnownIndicator | Misfit:
        """Find an indicator by its code, letter for letter, or by its whole title if only one has it."""
        if code not in self._indicators_found:
            self._indicators_found[code] = self._find_indicator(code)
        return self._indicators_found[code]

    def _find_indicator(self, code: str) -> KnownIndicator | Misfit:
        if found := self._indicators.get(code):
            return found
        titled = self._by_title.get(folded(code[:_LONGEST_NAME]), [])
        if len(titled) == 1:
            return titled[0]
        straightened = "".join(_LATIN_LOOK.get(letter, letter) for letter in code)
        near = difflib.get_close_matches(straightened[:_LONGEST_NAME], self._indicators, n=1, cutoff=0.75)
        suggestion = near[0] if near else None
        if straightened != code and straightened in self._indicators:
            letters = ", ".join(f"«{letter}»" for letter in dict.fromkeys(code) if letter in _LATIN_LOOK)
            return Misfit(Reason.LATIN_LETTERS, {"text": code, "letters": letters}, suggestion)
        return Misfit(Reason.UNKNOWN_INDICATOR, {"indicator": code}, suggestion)


def folded(name: str) -> str:
    """A name as it is compared: case, ё, quotation marks and kinds of blanks do not matter.

    >>> folded("  Зелёный\\u00a0 Город") == folded("зеленый город")
    True
    """
    plain = unicodedata.normalize("NFC", name).casefold().replace("ё", "е")
    plain = re.sub(r"[«»\"'“”„]", "", plain)
    return _BLANKS.sub(" ", plain).strip()


def same_unit(left: str, right: str) -> bool:
    """Whether two spellings name one unit; nothing is converted.

    >>> same_unit("млн  руб", "млн\\u00a0руб."), same_unit("млн руб.", "млрд руб.")
    (True, False)
    """
    return folded(left).rstrip(".") == folded(right).rstrip(".")


def foreign_letters(text: str) -> str:
    """Latin letters inside a Cyrillic word, listed for the reader with their place; empty if none.

    >>> foreign_letters("Калинингpадская")
    '«p» (9)'
    """
    if not re.search(r"[А-Яа-яЁё]", text):
        return ""
    found = [
        f"«{letter}» ({place})" for place, letter in enumerate(text, start=1) if re.match("[A-Za-z]", letter)
    ]
    return ", ".join(found)
