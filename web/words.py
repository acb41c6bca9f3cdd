"""Numbers, days and remaining time, as people of the current language say them."""

import json
from contextvars import ContextVar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext

from core.files import MEGABYTE
from web.dependencies import dependencies

NBSP = "\u00a0"
MINUS = "\u2212"
# Of the viewer's territory; set by the middleware for the time of a request.
_zone: ContextVar[str] = ContextVar("zone", default="Europe/Moscow")


def speak_in_zone(name: str) -> None:
    """Say days and hours by the clock of this zone (IANA name) until the request ends."""
    _zone.set(name)


def zone_of_viewer() -> str:
    """The zone in which days and hours are said now (IANA name)."""
    return _zone.get()


def number(value: float, *, digits: int = 0) -> str:
    """``-1234.5`` → ``−1 234,5`` in Russian and ``−1,234.5`` in English. ``digits``: after the point."""
    text = f"{abs(value):,.{digits}f}"
    if get_language() != "en":
        text = text.replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if value < 0 and text.strip("0,.") else text


def size_in_words(size_bytes: int) -> str:
    """``240 kB``, ``1.5 MB``: megabytes from a tenth of one."""
    if size_bytes < MEGABYTE / 10:
        return gettext("%(size)s kB") % {"size": number(max(1, round(size_bytes / 1000)))}
    return gettext("%(size)s MB") % {"size": number(size_bytes / MEGABYTE, digits=1)}


def short_time(moment: datetime) -> str:
    """``14:02`` in the local zone."""
    return moment.astimezone(ZoneInfo(_zone.get())).strftime("%H:%M")


def short_date(moment: datetime, *, now: datetime | None = None) -> str:
    """``today``, ``yesterday``, ``tomorrow``, else ``14 March`` with the year if it is another one."""
    local = moment.astimezone(ZoneInfo(_zone.get()))
    today = (now or dependencies().database.clock.now()).astimezone(ZoneInfo(_zone.get())).date()
    days = (local.date() - today).days
    near = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    if days in near:
        return near[days]
    day = f"{local.day}{NBSP}{month_of(local.month)}"
    return day if local.year == today.year else f"{day} {local.year}"


def short_moment(moment: datetime, *, now: datetime | None = None) -> str:
    """``today at 17:45``, ``14 March at 18:00``."""
    return gettext("%(day)s at %(time)s") % {"day": short_date(moment, now=now), "time": short_time(moment)}


def month_of(month: int) -> str:
    """The month in the form that follows a day: ``March``, «марта»."""
    return (
        gettext("January"),
        gettext("February"),
        gettext("March"),
        gettext("April"),
        gettext("May"),
        gettext("June"),
        gettext("July"),
        gettext("August"),
        gettext("September"),
        gettext("October"),
        gettext("November"),
        gettext("December"),
    )[month - 1]


def time_left(left: timedelta) -> str:
    """``3 days``, ``6 h``, ``12 min``: the largest unit only, rounded down, never below a minute."""
    minutes = max(int(left.total_seconds() // 60), 1)
    if minutes >= 48 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if minutes >= 60:
        return gettext("%(hours)d h") % {"hours": minutes // 60}
    return gettext("%(minutes)d min") % {"minutes": minutes}


def plural_forms(one: str, many: str) -> str:
    """The forms of a counted phrase for scripts, as JSON by the names of ``Intl.PluralRules``.

    The phrase keeps its ``%(count)d``, which the script replaces.
    """
    forms = {name: ngettext(one, many, count) for name, count in (("one", 1), ("few", 2), ("many", 5))}
    return json.dumps(forms | {"other": ngettext(one, many, 2)}, ensure_ascii=False)
