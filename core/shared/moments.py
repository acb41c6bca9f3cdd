"""Moments as people say them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.shared.language import N_, Language, translate

_MONTHS_RU = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def clock_time(moment: datetime, zone: str) -> str:
    """Hours and minutes by the clock of a place: ``14:02``."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def spoken_day(day: date, *, today: date, language: Language) -> str:
    """A day as people say it: today, tomorrow, 14 марта, 14 марта 2028.

    >>> spoken_day(date(2027, 3, 14), today=date(2027, 3, 1), language="ru")
    '14\\xa0марта'
    """
    if day == today:
        return translate(language, N_("today"))
    if day == today + timedelta(days=1):
        return translate(language, N_("tomorrow"))
    return day_words(day, year=today.year, language=language)


def day_words(day: date, *, year: int, language: Language) -> str:
    """A day that is read later too, so not by its distance; its year only if it is another one.

    >>> day_words(date(2027, 11, 28), year=2027, language="en")
    '28\\xa0November'
    """
    months = _MONTHS_RU if language == "ru" else _MONTHS_EN
    said = f"{day.day}\xa0{months[day.month - 1]}"
    return said if day.year == year else f"{said}\xa0{day.year}"


def spoken_moment(moment: datetime, *, now: datetime, zone: str, language: Language) -> str:
    """A moment as people say it: ``завтра до 18:00`` is built from ``завтра`` and ``18:00``."""
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    day = spoken_day(local.date(), today=now.astimezone(place).date(), language=language)
    return translate(language, N_("{day} at {time}"), day=day, time=f"{local:%H:%M}")
