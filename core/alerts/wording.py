"""An alert in words: the same on the picture's caption, in the console and in the chat."""

from datetime import date
from textwrap import shorten
from typing import assert_never
from zoneinfo import ZoneInfo

from core.alerts.entries import EntryKind
from core.alerts.escalating import calls_made
from core.alerts.mute_words import quiet_lines
from core.alerts.queries import AlertCard
from core.alerts.rules import AlertState, RuleKind, Severity
from core.indicators import Period, format_number, period_words, probability_words, with_unit
from core.shared.language import N_, Language, translate
from core.shared.moments import clock_time, day_words

_HEAD = N_("{title}: {value}")
_WHERE = N_("{territory}, {period}")
_OVER = N_("Above the threshold of {threshold}.")
_UNDER = N_("Below the threshold of {threshold}.")
_LAGS = N_("Behind the plan by {measure} %; up to {threshold} % is allowed.")
_UNLIKELY = N_("Probability of reaching the target: {measure} %; the limit is {threshold} %.")
_BROKEN = N_("The trend has broken: the last facts lie outside of what was forecast.")
_LATE = N_("Nothing has come for {period}: {measure} days since its end, the term is {threshold}.")
_REVISED = N_("A published value was changed by {measure} %; the forecast is made anew.")
_REVISION = N_("{period}: {before} → {after}")
_WRONG = N_("The last value looks wrong. Check the unit, the sign and the sum of the parts.")
_BEFORE = N_("Before: {value} ({period}).")
_AHEAD = N_("Forecast for {period}: {value}; probability of a return within the threshold: {percent}.")
_AHEAD_PLAIN = N_("Forecast for {period}: {value}.")
_AHEAD_BARE = N_("Forecast for {period}: {value}; how sure it is cannot be known yet.")
_NO_FORECAST = N_("There is no forecast yet.")
_TAKEN = N_("Taken by {name}, {time}")
_SNOOZED = N_("Put off by {name} until {time}")
_RESOLVED = N_("Over: {value} has come back.")
_ASSIGNED = N_("Assigned to {name}, till {day}")
_ASSIGNED_AND_TAKEN = N_("Assigned to {name}, till {day}. Taken: {time}")
_RETURNED = N_("Given back by {name}: {reason}")
_CALLED = N_("Nobody has taken it yet. Called: {people}")
_CALL = N_("{name}, {time}")
_CALL_INSTEAD = N_("{name} (stands in for {other}), {time}")
_NOTE = N_("📝 {name}: {text}")
_MORE_NOTES = N_("and earlier notes: {count}")
_WITHDRAWN = N_("Closed: its rule was deleted.")
_SYNTHETIC = N_("Synthetic data: an example, not the real town.")
REVISIONS_SHOWN = 3
NOTE_SHOWN = 160
CALLS_SHOWN = 3
_SIGNS = {Severity.INFO: "🔎", Severity.WARN: "⚠️", Severity.CRITICAL: "🔴"}


# What is written down beside the way of an alert and does not change who has it.
_BESIDE = frozenset({EntryKind.NOTED, EntryKind.DUE, EntryKind.OVERDUE, EntryKind.PROMISE_DUE})


def alert_headline(language: Language, card: AlertCard) -> str:
    """The first line, which is the news: what and how much."""
    value = figure(language, card, card.alert.value)
    words = translate(language, _HEAD, title=card.indicator.title(language), value=value)
    sign = "✅" if card.alert.state is AlertState.OK else _SIGNS[card.alert.rule.severity]
    return f"{sign} {words}"


def alert_sentence(language: Language, card: AlertCard) -> str:
    """The headline and why nobody is disturbed, in one line: of a digest, of a message of several alerts."""
    why = [line.removesuffix(".") + "." for line in quiet_lines(language, card)]
    headline = alert_headline(language, card)
    return " ".join([f"{headline}.", *why]) if why else headline


def alert_lines(language: Language, card: AlertCard) -> list[str]:
    """The caption below the headline: where, against which threshold, from where, where to, who has it."""
    alert = card.alert
    period = period_words(language, alert.period)
    where = translate(language, _WHERE, territory=card.territory.name(language), period=period)
    lines = [where, *reason_lines(language, card)]
    if card.previous is not None:
        before = figure(language, card, card.previous.value)
        said = period_words(language, card.previous.period)
        lines.append(translate(language, _BEFORE, value=before, period=said))
    lines.append(_ahead(language, card))
    lines += quiet_lines(language, card)
    if card.territory.synthetic:
        lines.append(translate(language, _SYNTHETIC))
    return [*lines, *holder_lines(language, card)]


def alert_caption(language: Language, card: AlertCard) -> str:
    """The whole caption; well under the 1024 characters of a messenger."""
    return "\n".join([alert_headline(language, card), *alert_lines(language, card)])


def reason_lines(language: Language, card: AlertCard) -> list[str]:
    """What the rule has against it, and by how much."""
    alert, rule = card.alert, card.alert.rule
    numbers = {
        "measure": format_number(language, alert.measure, decimals=0),
        "threshold": format_number(language, rule.threshold, decimals=0),
    }
    match rule.kind:
        case RuleKind.THRESHOLD:
            beyond = _OVER if rule.bad == "above" else _UNDER
            return [translate(language, beyond, threshold=figure(language, card, rule.threshold))]
        case RuleKind.PLAN:
            return [translate(language, _LAGS, **numbers)]
        case RuleKind.GOAL:
            return [translate(language, _UNLIKELY, **numbers)]
        case RuleKind.TREND:
            return [translate(language, _BROKEN)]
        case RuleKind.STALENESS:
            missing = period_words(language, str(Period.parse(alert.period).next()))
            return [translate(language, _LATE, period=missing, **numbers)]
        case RuleKind.REVISION:
            return [translate(language, _REVISED, **numbers), *_revised(language, card)]
        case RuleKind.QUALITY:
            return [translate(language, _WRONG)]
        case _:
            assert_never(rule.kind)


def _revised(language: Language, card: AlertCard) -> list[str]:
    """The largest changes; a caption has no room for all."""
    largest = sorted(card.revisions, key=lambda one: -abs(one.after - one.before))[:REVISIONS_SHOWN]
    return [
        translate(
            language,
            _REVISION,
            period=period_words(language, one.period),
            before=figure(language, card, one.before),
            after=figure(language, card, one.after),
        )
        for one in largest
    ]


def _ahead(language: Language, card: AlertCard) -> str:
    if card.forecast is None:
        return translate(language, _NO_FORECAST)
    end = card.forecast.points[-1]
    period = period_words(language, end.period)
    value = figure(language, card, end.median)
    back = card.probability_back
    if back is None and end.quantiles:
        return translate(language, _AHEAD_PLAIN, period=period, value=value)
    if back is None:
        return translate(language, _AHEAD_BARE, period=period, value=value)
    return translate(language, _AHEAD, period=period, value=value, percent=probability_words(language, back))


def holder_lines(language: Language, card: AlertCard) -> list[str]:
    """Whether it is over, or who has it or has put it off; then the last note."""
    return [*standing_lines(language, card), *note_lines(language, card)]


def standing_lines(language: Language, card: AlertCard) -> list[str]:
    """Whether it is over, or who has it has put it off or was called."""
    alert = card.alert
    zone = ZoneInfo(card.territory.time_zone)
    if alert.state is AlertState.OK:
        back = alert.resolved_value
        if back is None:
            return [translate(language, _WITHDRAWN)]
        return [translate(language, _RESOLVED, value=figure(language, card, back))]
    if card.assigned_to_name is not None and alert.assigned_due is not None:
        calls = [] if alert.acknowledged_at else _called(language, card)
        return [_assigned(language, card, card.assigned_to_name, alert.assigned_due), *calls]
    if card.acknowledged_by_name is not None and alert.acknowledged_at is not None:
        time = alert.acknowledged_at.astimezone(zone).strftime("%H:%M")
        return [translate(language, _TAKEN, name=card.acknowledged_by_name, time=time)]
    if card.snoozed_by_name is not None and alert.snoozed_until is not None:
        time = alert.snoozed_until.astimezone(zone).strftime("%d.%m %H:%M")
        return [translate(language, _SNOOZED, name=card.snoozed_by_name, time=time)]
    last = next((one for one in reversed(card.entries) if one.kind not in _BESIDE), None)
    if last is not None and last.kind is EntryKind.RETURNED:
        return [translate(language, _RETURNED, name=last.person_name, reason=_brief(last.text))]
    return _called(language, card)


def _called(language: Language, card: AlertCard) -> list[str]:
    """Who has been called since it waits: whoever is called next sees the way so far."""
    zone = card.territory.time_zone
    calls = [
        translate(
            language,
            _CALL if entry.person_id == entry.about_id else _CALL_INSTEAD,
            name=entry.about_name,
            other=entry.person_name,
            time=clock_time(entry.at, zone),
        )
        for entry in calls_made(card)
        if entry.kind is EntryKind.ESCALATED
    ]
    return [translate(language, _CALLED, people="; ".join(calls[-CALLS_SHOWN:]))] if calls else []


def _assigned(language: Language, card: AlertCard, name: str, due: date) -> str:
    day = day_words(due, year=card.alert.fired_at.year, language=language)
    if card.alert.acknowledged_at is None:
        return translate(language, _ASSIGNED, name=name, day=day)
    time = clock_time(card.alert.acknowledged_at, card.territory.time_zone)
    return translate(language, _ASSIGNED_AND_TAKEN, name=name, day=day, time=time)


def note_lines(language: Language, card: AlertCard) -> list[str]:
    """The last note of those who handle it, and how many there are besides."""
    notes = [one for one in card.entries if one.kind is EntryKind.NOTED]
    if not notes:
        return []
    lines = [translate(language, _NOTE, name=notes[-1].person_name, text=_brief(notes[-1].text))]
    return lines if len(notes) == 1 else [*lines, translate(language, _MORE_NOTES, count=len(notes) - 1)]


def _brief(text: str) -> str:
    """What people wrote, in one line that leaves a caption of 1024 characters room for the numbers."""
    return shorten(text, width=NOTE_SHOWN, placeholder="…")


def figure(language: Language, card: AlertCard, value: float) -> str:
    """A value of the alert's indicator with its unit."""
    unit = card.indicator.unit_words(language)
    return with_unit(language, value, unit, decimals=card.indicator.decimals)
