"""«Why?» in words: a line each for the threshold, the changes, the odds and the past of the rule."""

from core.alerts.explanation import Explanation
from core.alerts.rules import RuleKind
from core.alerts.wording import figure, reason_lines
from core.indicators import change_words, period_words, probability_words
from core.shared.language import N_, Language, translate, translate_plural

_PLAN = N_("The plan for {period}: {value}.")
_CHANGED = N_("The rule was set anew after that: by what it asks now there would be no alert.")
_DELETED = N_("The rule was deleted after that.")
_SINCE = N_("Against {period}: {change}, it was {value}.")
_FIRST = N_("There is no earlier period to compare with.")
_NEW = N_("The release before did not have this value yet.")
_SAME = N_("The release before had the same value.")
_CORRECTED = N_("Corrected since the release before: {change}, it was {value}.")
_BACK = N_("Probability of a return within the threshold, by the forecast for {period}: {percent}.")
_HELD = N_("The rule waits for {count} releases in a row before it fires.")
_NEVER = N_("The rule has not fired here before.")


def explanation_lines(language: Language, why: Explanation) -> list[str]:
    """The answer below the headline, at most eight short lines."""
    lines = reason_lines(language, why.card)
    if why.planned is not None:
        period = period_words(language, why.card.alert.period)
        lines.append(translate(language, _PLAN, period=period, value=figure(language, why.card, why.planned)))
    if why.rule_changed:
        lines.append(translate(language, _DELETED if why.rule_now is None else _CHANGED))
    return [*lines, _against_period(language, why), *_odds(language, why), *_past(language, why)]


def _against_period(language: Language, why: Explanation) -> str:
    """What has changed since the period before."""
    card, previous = why.card, why.card.previous
    if previous is None:
        return translate(language, _FIRST)
    return translate(
        language,
        _SINCE,
        period=period_words(language, previous.period),
        change=change_words(language, card.alert.value - previous.value, card.indicator),
        value=figure(language, card, previous.value),
    )


def _odds(language: Language, why: Explanation) -> list[str]:
    """What has changed since the release before, and what the forecast gives for a return."""
    card, lines = why.card, []
    if card.alert.rule.kind is not RuleKind.STALENESS:
        # Of data that are late there is no release to compare: that is what the alert is about.
        lines.append(_against_release(language, why))
    if card.forecast is not None and card.probability_back is not None:
        period = period_words(language, card.forecast.points[-1].period)
        percent = probability_words(language, card.probability_back)
        lines.append(translate(language, _BACK, period=period, percent=percent))
    return lines


def _against_release(language: Language, why: Explanation) -> str:
    card, earlier = why.card, why.earlier
    if earlier is None:
        return translate(language, _NEW)
    if earlier.value == card.alert.value:
        return translate(language, _SAME)
    change = change_words(language, card.alert.value - earlier.value, card.indicator)
    return translate(language, _CORRECTED, value=figure(language, card, earlier.value), change=change)


def _past(language: Language, why: Explanation) -> list[str]:
    """How patient the rule is, and how often it has fired."""
    lines = []
    if why.card.alert.rule.hold > 1:
        lines.append(translate(language, _HELD, count=why.card.alert.rule.hold))
    if why.last_fired is None:
        return [*lines, translate(language, _NEVER)]
    fired = translate_plural(
        language,
        N_("The rule has fired here {count} time before, last for {period}."),
        N_("The rule has fired here {count} times before, last for {period}."),
        why.fired_before,
        period=period_words(language, why.last_fired),
    )
    return [*lines, fired]
