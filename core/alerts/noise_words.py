"""What a rule did and how it could be calmer, in words."""

from core.alerts.noise import RuleNoise
from core.indicators import format_number
from core.shared.language import N_, Language, translate, translate_plural

_COUNTS = N_("fired: {fired}, taken: {taken}, left without an answer: {ignored}, to and fro: {flapped}")


def noise_words(language: Language, one: RuleNoise) -> list[str]:
    """The counts of a span; then, if there is one, the threshold that would have been calmer."""
    counts = translate(
        language,
        _COUNTS,
        fired=one.fired,
        taken=one.acknowledged,
        ignored=one.ignored,
        flapped=one.flapped,
    )
    return [counts] if one.calmer is None else [counts, _calmer_words(language, one, one.calmer)]


def _calmer_words(language: Language, one: RuleNoise, calmer: float) -> str:
    decimals = one.indicator.decimals
    return translate_plural(
        language,
        N_("With {calmer} in place of {now} it would have fired {count} time on its history, not {times}."),
        N_("With {calmer} in place of {now} it would have fired {count} times on its history, not {times}."),
        one.calmer_times,
        calmer=format_number(language, calmer, decimals=decimals),
        now=format_number(language, one.rule.threshold, decimals=decimals),
        times=one.times,
    )
