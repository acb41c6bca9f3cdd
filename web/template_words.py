"""Tags and filters that every template may use: icons, addresses of files, numbers and times in words."""

from datetime import datetime

from django import template
from django.utils.html import format_html

from web.static_files import static_url
from web.words import number, short_date, short_moment, short_time

register = template.Library()


def unlocal(value: float) -> str:
    """A coordinate, never with a decimal comma."""
    return f"{value:g}"


def tick(value: float) -> str:
    """The number at a tick: as many digits as it needs, at most two."""
    digits = next((n for n in (0, 1) if round(value, n) == value), 2)
    return number(value, digits=digits)


def icon(name: str, size: str = "") -> str:
    """A decorative icon of the one set; the words stand beside it."""
    css_class = f"icon icon--{size}" if size else "icon"
    address = f"{static_url('icons/sprite.svg')}#{name}"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', css_class, address
    )


def asset(name: str) -> str:
    """The address of a static file."""
    return static_url(name)


def as_number(value: float | None, digits: int = 0) -> str:
    """A number as people write it here: ``1 234,5``."""
    return "—" if value is None else number(value, digits=digits)


def as_day(value: datetime) -> str:
    """A day: ``today``, ``14 March``."""
    return short_date(value)


def as_time(value: datetime) -> str:
    """Hours and minutes in the territory's zone."""
    return short_time(value)


def as_moment(value: datetime) -> str:
    """``today at 14:02``."""
    return short_moment(value)


def iso(value: datetime) -> str:
    """A moment for the ``datetime`` attribute."""
    return value.isoformat()


register.simple_tag(icon)
register.simple_tag(asset)
register.filter("unlocal", unlocal)
register.filter("tick", tick)
register.filter("number", as_number)
register.filter("day", as_day)
register.filter("clock_time", as_time)
register.filter("moment", as_moment)
register.filter("iso", iso)
