"""An effect card in words: the same in the room, in the messenger and at the console."""

from collections.abc import Mapping

from core.effects.rules import IndicatorEffect
from core.indicators import Indicator, format_number
from core.shared.language import N_, Language, translate

_LINE = N_("{title}: {change} by {year} (from {low} to {high})")
_NOTE = N_("A reckoning of the model, not a decision. The interval holds 80 % of its outcomes.")
_POINTS = N_("pp")
_TITLE = N_("What would change: {title}")


def effect_words(
    language: Language, title: str, effects: tuple[IndicatorEffect, ...], indicators: Mapping[str, Indicator]
) -> str:
    """The whole card: what it is about, a line an indicator, what it is worth."""
    lines = [effect_line(language, effect, indicators[effect.indicator]) for effect in effects]
    return "\n".join([translate(language, _TITLE, title=title), *lines, translate(language, _NOTE)])


def effect_line(language: Language, effect: IndicatorEffect, shown: Indicator) -> str:
    """One indicator: the median change and its interval, signed."""
    # A difference of shares is in percentage points, not in per cent of anything.
    unit = translate(language, _POINTS) if shown.unit == "%" else shown.unit_words(language)
    low, median, high = (
        _signed(language, value, decimals=shown.decimals)
        for value in (effect.low, effect.median, effect.high)
    )
    change = f"{median}\u00a0{unit}"
    title = shown.title(language)
    return translate(language, _LINE, title=title, change=change, year=effect.year, low=low, high=high)


def _signed(language: Language, value: float, *, decimals: int) -> str:
    text = format_number(language, value, decimals=decimals)
    return f"+{text}" if round(value, decimals) > 0 else text
