"""An alert in words: the same on the picture's caption, in the console and in the chat."""

from zoneinfo import ZoneInfo

from core.alerts.queries import AlertCard
from core.alerts.rules import AlertState, Severity
from core.indicators import period_words, probability_words, with_unit
from core.shared.language import N_, Language, translate

_HEAD = N_("{title}: {value}")
_WHERE = N_("{territory}, {period}")
_OVER = N_("Above the threshold of {threshold}.")
_UNDER = N_("Below the threshold of {threshold}.")
_BEFORE = N_("Before: {value} ({period}).")
_AHEAD = N_("Forecast for {period}: {value}; probability of a return within the threshold: {percent}.")
_AHEAD_BARE = N_("Forecast for {period}: {value}; how sure it is cannot be known yet.")
_NO_FORECAST = N_("There is no forecast yet.")
_TAKEN = N_("Taken by {name}, {time}")
_SNOOZED = N_("Put off by {name} until {time}")
_RESOLVED = N_("Over: {value} has come back.")
_SYNTHETIC = N_("Synthetic data: an example, not the real town.")
_SIGNS = {Severity.WARN: "⚠️", Severity.CRITICAL: "🔴"}


def alert_headline(language: Language, card: AlertCard) -> str:
    """The first line, which is the news: what and how much."""
    value = _figure(language, card, card.alert.value)
    words = translate(language, _HEAD, title=card.indicator.title(language), value=value)
    sign = "✅" if card.alert.state is AlertState.OK else _SIGNS[card.alert.rule.severity]
    return f"{sign} {words}"


def alert_lines(language: Language, card: AlertCard) -> list[str]:
    """The caption below the headline: where, against which threshold, from where, where to, who has it."""
    alert = card.alert
    period = period_words(language, alert.period)
    threshold = _figure(language, card, alert.rule.threshold)
    beyond = _OVER if alert.rule.bad == "above" else _UNDER
    lines = [
        translate(language, _WHERE, territory=card.territory.name(language), period=period),
        translate(language, beyond, threshold=threshold),
    ]
    if card.previous is not None:
        before = _figure(language, card, card.previous.value)
        said = period_words(language, card.previous.period)
        lines.append(translate(language, _BEFORE, value=before, period=said))
    lines.append(_ahead(language, card))
    if card.territory.synthetic:
        lines.append(translate(language, _SYNTHETIC))
    return [*lines, *_who_has_it(language, card)]


def alert_caption(language: Language, card: AlertCard) -> str:
    """The whole caption; well under the 1024 characters of a messenger."""
    return "\n".join([alert_headline(language, card), *alert_lines(language, card)])


def _ahead(language: Language, card: AlertCard) -> str:
    if card.forecast is None:
        return translate(language, _NO_FORECAST)
    end = card.forecast.points[-1]
    period = period_words(language, end.period)
    value = _figure(language, card, end.median)
    back = card.probability_back
    if back is None:
        return translate(language, _AHEAD_BARE, period=period, value=value)
    return translate(language, _AHEAD, period=period, value=value, percent=probability_words(language, back))


def _who_has_it(language: Language, card: AlertCard) -> list[str]:
    alert = card.alert
    zone = ZoneInfo(card.territory.time_zone)
    if alert.state is AlertState.OK and alert.resolved_value is not None:
        return [translate(language, _RESOLVED, value=_figure(language, card, alert.resolved_value))]
    if card.acknowledged_by_name is not None and alert.acknowledged_at is not None:
        time = alert.acknowledged_at.astimezone(zone).strftime("%H:%M")
        return [translate(language, _TAKEN, name=card.acknowledged_by_name, time=time)]
    if card.snoozed_by_name is not None and alert.snoozed_until is not None:
        time = alert.snoozed_until.astimezone(zone).strftime("%d.%m %H:%M")
        return [translate(language, _SNOOZED, name=card.snoozed_by_name, time=time)]
    return []


def _figure(language: Language, card: AlertCard, value: float) -> str:
    unit = card.indicator.unit_words(language)
    return with_unit(language, value, unit, decimals=card.indicator.decimals)
