"""An effect card in words: the same in the room, in the messenger and at the console."""

from collections.abc import Mapping

from core.effects.rules import IndicatorEffect
from core.indicators import Indicator, change_words, with_sign
from core.shared.language import N_, Language, translate

_LINE = N_("{title}: {change} by {year} (from {low} to {high})")
_NOTE = N_("A reckoning of the model, not a decision. The interval holds 80 % of its outcomes.")
_TITLE = N_("What would change: {title}")


def effect_words(
    language: Language, title: str, effects: tuple[IndicatorEffect, ...], indicators: Mapping[str, Indicator]
) -> str:
    """The whole card: what it is about, a line an indicator, what it is worth."""
    lines = [effect_line(language, effect, indicators[effect.indicator]) for effect in effects]
    return "\n".join([translate(language, _TITLE, title=title), *lines, translate(language, _NOTE)])


def effect_line(language: Language, effect: IndicatorEffect, shown: Indicator) -> str:
    """One indicator: the median change and its interval, signed."""
    low, high = (with_sign(language, end, decimals=shown.decimals) for end in (effect.low, effect.high))
    change = change_words(language, effect.median, shown)
    title = shown.title(language)
    return translate(language, _LINE, title=title, change=change, year=effect.year, low=low, high=high)
