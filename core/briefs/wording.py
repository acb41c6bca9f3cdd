"""A brief in words: the same in the messenger and on the page."""

from collections.abc import Iterator

from core.briefs.rules import Brief, Change
from core.indicators import change_words, period_words, with_unit
from core.shared.language import N_, Language, translate, translate_plural
from core.shared.moments import day_words

_HEADING = N_("The week of {place}, {day}")
_NOTHING = N_("Nothing of note in a week, and nothing is overdue.")
_WORSE = N_("Worse")
_BETTER = N_("Better")
_LATE = N_("Data are late")
_OVERDUE = N_("Overdue")
_LINE = N_("{title}: {value}, {period} ({change})")
_LINE_ELSEWHERE = N_("{place}. {title}: {value}, {period} ({change})")
_LATE_LINE = N_("{title}, {place}")
LATE_LISTED = 5


def brief_heading(language: Language, brief: Brief) -> str:
    """Whose week it is and which."""
    day = day_words(brief.week, year=brief.week.year, language=language)
    return translate(language, _HEADING, place=brief.territory.name(language), day=day)


def brief_sections(language: Language, brief: Brief) -> list[tuple[str, list[str]]]:
    """Headings with their lines; one without a heading if there is nothing to tell."""
    if brief.says_nothing:
        return [("", [translate(language, _NOTHING)])]
    found = [
        (translate(language, _WORSE), [_line(language, brief, one) for one in brief.worsened]),
        (translate(language, _BETTER), [_line(language, brief, one) for one in brief.improved]),
        (translate(language, _LATE), _late(language, brief)),
        (translate(language, _OVERDUE), list(_overdue(language, brief))),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def _line(language: Language, brief: Brief, change: Change) -> str:
    shown = change.indicator
    unit = shown.unit_words(language)
    return translate(
        language,
        _LINE if change.territory.id == brief.territory.id else _LINE_ELSEWHERE,
        place=change.territory.name(language),
        title=shown.title(language),
        value=with_unit(language, change.last.value, unit, decimals=shown.decimals),
        period=period_words(language, change.last.period),
        change=change_words(language, change.last.value - change.previous.value, shown),
    )


def _late(language: Language, brief: Brief) -> list[str]:
    lines = [
        translate(language, _LATE_LINE, title=shown.title(language), place=place.name(language))
        for shown, place in brief.late[:LATE_LISTED]
    ]
    more = len(brief.late) - LATE_LISTED
    return [*lines, translate(language, N_("and {count} more"), count=more)] if more > 0 else lines


def _overdue(language: Language, brief: Brief) -> Iterator[str]:
    if brief.unanswered:
        yield translate_plural(
            language,
            N_("{count} citizen waits for an answer longer than a day"),
            N_("{count} citizens wait for an answer longer than a day"),
            brief.unanswered,
        )
    if brief.missed:
        yield translate_plural(
            language,
            N_("{count} commitment ended without a result within the week"),
            N_("{count} commitments ended without a result within the week"),
            brief.missed,
        )
    if brief.overdue:
        yield translate_plural(
            language,
            N_("{count} assignment is past its term"),
            N_("{count} assignments are past their term"),
            brief.overdue,
        )
