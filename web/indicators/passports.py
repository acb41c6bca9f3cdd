"""The passport of an indicator in words, and the switch between vintages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from core.identity import Person
from core.indicators import (
    AccessLevel,
    Frequency,
    Indicator,
    IndicatorPage,
    Passport,
    Point,
    Revision,
    VintageNote,
)
from web.indicators.views import Speaker, redefined_words


@dataclass(frozen=True, slots=True, kw_only=True)
class VintageChoice:
    """A vintage to choose. ``words`` say what it changed in the series."""

    vintage: int
    moment: datetime
    words: str
    chosen: bool


def passport_lines(
    one: Indicator, now: Sequence[Point], passport: Passport, responsible: Person | None, say: Speaker
) -> list[tuple[str, str]]:
    """The passport as pairs of a label and its words; what nobody has filled in says so."""
    blank = gettext("not filled in")
    unit = f"{say.unit} ({gettext('OKEI')} {passport.okei})" if passport.okei else say.unit
    source = passport.source or (now[-1].source if now else "")
    return [
        (gettext("Code"), one.code),
        (gettext("Unit"), unit),
        (gettext("Method"), passport.method or blank),
        (gettext("Source"), source or blank),
        (gettext("Responsible"), person_words(responsible) or gettext("nobody yet")),
        (gettext("Frequency"), frequency_words(one.frequency)),
        (gettext("Published"), lag_words(passport.lag_days) or blank),
        *(
            [(gettext("Definition"), redefined_words(passport.redefined_in, say))]
            if passport.redefined_in
            else []
        ),
        (gettext("Last vintage"), str(max(point.vintage for point in now)) if now else gettext("none")),
        (gettext("Access"), level_words(one.access_level)),
    ]


def person_words(person: Person | None) -> str:
    """A person with their post, empty for nobody."""
    if person is None:
        return ""
    return f"{person.display_name}, {person.position}" if person.position else person.display_name


def frequency_words(frequency: Frequency) -> str:
    """How often a value comes."""
    return {"A": gettext("once a year"), "Q": gettext("every quarter"), "M": gettext("every month")}[
        frequency
    ]


def lag_words(days: int | None) -> str:
    """When a value comes, empty if nobody has said."""
    if days is None:
        return ""
    return ngettext(
        "%(days)d day after the end of the period", "%(days)d days after the end of the period", days
    ) % {"days": days}


def level_words(level: AccessLevel) -> str:
    """Who may see an indicator."""
    return {
        AccessLevel.PUBLIC: gettext("everybody"),
        AccessLevel.REGISTERED: gettext("those who have signed in"),
        AccessLevel.OFFICIAL: gettext("the authority"),
        AccessLevel.RESTRICTED: gettext("those on the list"),
    }[level]


def vintage_choices(notes: Sequence[VintageNote], as_of: int | None) -> list[VintageChoice]:
    """The vintages of a series, the newest first."""
    return [
        VintageChoice(
            vintage=note.vintage,
            moment=note.recorded_at,
            words=", ".join(_note_words(note)),
            chosen=note.vintage == as_of,
        )
        for note in notes
    ]


def _note_words(note: VintageNote) -> list[str]:
    new = ngettext("%(count)d new value", "%(count)d new values", note.new) % {"count": note.new}
    revised = ngettext("%(count)d revised", "%(count)d revised", note.revised) % {"count": note.revised}
    return [words for words, count in ((new, note.new), (revised, note.revised)) if count]


def revision_marks(
    page: IndicatorPage, now: Sequence[Point], as_of: int | None, say: Speaker
) -> Mapping[str, str]:
    """What stands beside a value in the table: what it was before, and for a past view what it became."""
    marks = {
        one.period: gettext("revised: was %(before)s") % {"before": say.bare(one.before)}
        for one in _first_changes(page.revisions, as_of)
    }
    if as_of is None:
        return marks
    shown = {point.period: point.value for point in page.points}
    later = {
        point.period: gettext("later: %(after)s") % {"after": say.bare(point.value)}
        for point in now
        if shown.get(point.period, point.value) != point.value
    }
    return marks | {
        period: f"{marks[period]}; {words}" if period in marks else words for period, words in later.items()
    }


def _first_changes(revisions: Sequence[Revision], as_of: int | None) -> list[Revision]:
    """The first change of each period up to a vintage: its ``before`` is what was first published."""
    known = [one for one in revisions if as_of is None or one.vintage <= as_of]
    return list({one.period: one for one in sorted(known, key=lambda one: -one.vintage)}.values())
