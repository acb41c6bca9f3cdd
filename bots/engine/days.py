"""Days as people type them: 28.11, 28 ноября, завтра, до пятницы."""

import re
from contextlib import suppress
from datetime import date, timedelta

_SOON = {"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2}
# The beginnings of the names: people say them in any case of the word.
_MONTHS = (
    ("янв", "jan"), ("фев", "feb"), ("мар", "mar"), ("апр", "apr"), ("мая", "may"), ("июн", "jun"),
    ("июл", "jul"), ("авг", "aug"), ("сен", "sep"), ("окт", "oct"), ("ноя", "nov"), ("дек", "dec"),
)  # fmt: skip
_WEEKDAYS = (
    ("понедельник", "monday"), ("вторник", "tuesday"), ("сред", "wednesday"), ("четверг", "thursday"),
    ("пятниц", "friday"), ("суббот", "saturday"), ("воскресень", "sunday"),
)  # fmt: skip
_BEFORE = re.compile(r"^(до|к|ко|в|во|на|till|until|on|by)\s+")
_NUMBERS = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_NAMED = re.compile(r"(\d{1,2})\s+([^\W\d]+)(?:\s+(\d{4}))?(?:\s*г(?:ода|\.)?)?")
_LONGEST = 40


def as_day(text: str, *, today: date) -> date | None:
    """The day that a whole text names, None if it names none. Without a year it is the next such day.

    >>> as_day("до 28 ноября", today=date(2027, 3, 9)), as_day("01.02", today=date(2027, 3, 9))
    (datetime.date(2027, 11, 28), datetime.date(2028, 2, 1))
    >>> as_day("в пятницу", today=date(2027, 3, 9)), as_day("28 кленов", today=date(2027, 3, 9))
    (datetime.date(2027, 3, 12), None)
    """
    said = " ".join(text.lower().split())[:_LONGEST].strip(" .,!")
    said = _BEFORE.sub("", said)
    if said in _SOON:
        return today + timedelta(days=_SOON[said])
    for number, names in enumerate(_WEEKDAYS):
        if said.startswith(names) and " " not in said:
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return _dated(said, today)


def _dated(said: str, today: date) -> date | None:
    if found := _ISO.fullmatch(said):
        return _day(found[3], int(found[2]), found[1], today)
    if found := _NUMBERS.fullmatch(said):
        return _day(found[1], int(found[2]), found[3], today)
    if found := _NAMED.fullmatch(said):
        month = next((n for n, names in enumerate(_MONTHS, start=1) if found[2].startswith(names)), None)
        return None if month is None else _day(found[1], month, found[3], today)
    return None


def _day(day: str, month: int, year: str | None, today: date) -> date | None:
    with suppress(ValueError):
        if year is not None:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, int(day))
        this = date(today.year, month, int(day))
        return this if this >= today else date(today.year + 1, month, int(day))
    return None
