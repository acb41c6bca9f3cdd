"""An indicator and a place found in what a person typed: «безработица Заречный». Pure.

A place is known by its whole name only: «омская» never finds «томская». Words of an indicator may be bent,
cut off or misspelt.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.indicators.rules import Indicator
from core.territories import Territory

# A bent word («безработицы») is nearly the word, a beginning («безраб») and a slip are less so.
_SAME, _BENT, _BEGUN, _SLIP = 1.0, 0.95, 0.85, 0.8
_LEAST_STEM = 4
_LONGEST_ENDING = 3
_LEAST_RATIO = 0.8
# Of two titles that fit about as well the person chooses.
_NEAR = 0.1
_NOT_ASKED = {"в", "во", "на", "по", "и", "с", "г", "город", "городе", "in", "of", "at", "the", "for", "and"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was understood. With ``unknown`` words the indicators are only near to what was asked."""

    indicators: tuple[Indicator, ...]
    places: tuple[Territory, ...]
    unknown: tuple[str, ...]


def understood(text: str, indicators: Sequence[Indicator], places: Sequence[Territory]) -> Asked:
    """The indicators and places that a text names, the likeliest first."""
    words = _words(text)
    named, start, end = _places_named(words, places)
    rest = [word for word in words[:start] + words[end:] if word not in _NOT_ASKED]
    unknown = [word for word in rest if not any(_fits(word, one) for one in indicators)]
    known = [word for word in rest if word not in unknown]
    return Asked(indicators=_likeliest(known, indicators), places=tuple(named), unknown=tuple(unknown))


def likeness(asked: str, word: str) -> float:
    """How much a typed word is like a word of a title, from 0 to 1.

    >>> likeness("безработица", "безработицы"), likeness("безраб", "безработицы"), likeness("рост", "вес")
    (0.95, 0.85, 0.0)
    """
    if asked == word:
        return _SAME
    if min(len(asked), len(word)) < _LEAST_STEM:
        return 0.0
    if _is_bent(asked, word):
        return _BENT
    if word.startswith(asked):
        return _BEGUN
    ratio = SequenceMatcher(None, asked, word, autojunk=False).ratio()
    return _SLIP * ratio if ratio >= _LEAST_RATIO else 0.0


def _places_named(words: Sequence[str], places: Sequence[Territory]) -> tuple[list[Territory], int, int]:
    """The places with the longest name that stands in the words as a whole, and where it stands."""
    found: dict[tuple[int, int], list[Territory]] = {}
    for place in places:
        for span in _spans_of(words, [_words(place.name_ru), _words(place.name_en)]):
            found.setdefault(span, []).append(place)
            break
    if not found:
        return [], 0, 0
    # «Новый Заречный» is not «Заречный»; of two names of one length the first one counts.
    start, end = min(found, key=lambda span: (span[0] - span[1], span[0]))
    exact = [
        one
        for one in found[start, end]
        if list(words[start:end]) in (_words(one.name_ru), _words(one.name_en))
    ]
    return exact or found[start, end], start, end


def _spans_of(words: Sequence[str], names: Iterable[list[str]]) -> Iterable[tuple[int, int]]:
    for name in names:
        for start in range(len(words) - len(name) + 1):
            part = words[start : start + len(name)]
            if name and all(likeness(one, other) >= _BENT for one, other in zip(part, name, strict=True)):
                yield start, start + len(name)


def _likeliest(words: Sequence[str], indicators: Sequence[Indicator]) -> tuple[Indicator, ...]:
    if not words:
        return ()
    scored = [(_score(words, one), one) for one in indicators]
    whole = [(score, one) for score, one in scored if score > 0]
    if not whole:
        # No title has all the words: those with the most of them.
        scored = [(sum(_fits(word, one) for word in words), one) for one in indicators]
        most = max(score for score, _ in scored)
        return tuple(one for score, one in scored if score == most)
    best = max(score for score, _ in whole)
    near = [(score, one) for score, one in whole if score >= best - _NEAR]
    exact = [one for _, one in near if list(words) in ([one.code.lower()], *_titles(one))]
    return tuple(exact or [one for _, one in sorted(near, key=lambda pair: -pair[0])])


def _score(words: Sequence[str], indicator: Indicator) -> float:
    """How well a title fits all the words, 0 if one of them is not in it."""
    best = [_best(word, indicator) for word in words]
    return sum(best) / len(best) if all(best) else 0.0


def _fits(word: str, indicator: Indicator) -> bool:
    return _best(word, indicator) > 0


def _best(word: str, indicator: Indicator) -> float:
    said = [one for title in _titles(indicator) for one in title]
    return max((likeness(word, one) for one in [*said, indicator.code.lower()]), default=0.0)


def _titles(indicator: Indicator) -> tuple[list[str], list[str]]:
    return _words(indicator.title_ru), _words(indicator.title_en)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def _is_bent(asked: str, word: str) -> bool:
    """Whether only the endings differ, and a stem is left."""
    stem = 0
    for one, other in zip(asked, word, strict=False):
        if one != other:
            break
        stem += 1
    return stem >= _LEAST_STEM and max(len(asked), len(word)) - stem <= _LONGEST_ENDING
