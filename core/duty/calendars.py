"""Working hours by the clock of a place: Monday to Friday, nine to six, without public holidays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

WORK_BEGINS, WORK_ENDS = time(9), time(18)
SATURDAY = 5
# (month, day) but for the first eight days of January, whose weekends move nothing by themselves.
_HOLIDAYS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
_FIRST_DAYS_OF_JANUARY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Which days are worked. `moved` is what the government decided for a year: True is a day of work."""

    moved: Mapping[date, bool] = field(default_factory=dict)

    def is_worked(self, day: date) -> bool:
        """Whether it is a working day.

        >>> WorkingCalendar().is_worked(date(2026, 3, 9)), WorkingCalendar().is_worked(date(2026, 3, 10))
        (False, True)
        """
        if day in self.moved:
            return self.moved[day]
        return day.weekday() < SATURDAY and day not in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Days off besides weekends; one on a weekend moves that day off to the next working day.

    Source: Labour Code of the Russian Federation (197-ФЗ), article 112.
    """
    found = {date(year, 1, day) for day in range(1, _FIRST_DAYS_OF_JANUARY + 1)}
    fixed = {date(year, month, day) for month, day in _HOLIDAYS}
    for day in sorted(fixed):
        instead = day
        while day.weekday() >= SATURDAY and (instead.weekday() >= SATURDAY or instead in fixed | found):
            instead += timedelta(days=1)
        found |= {day, instead}
    return frozenset(found)


def next_working_moment(now: datetime, zone: str, calendar: WorkingCalendar) -> datetime:
    """Now if it is working time there, else the next morning of a working day."""
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    day = local.date()
    if calendar.is_worked(day) and WORK_BEGINS <= local.time() < WORK_ENDS:
        return now
    if local.time() >= WORK_BEGINS:
        day += timedelta(days=1)
    while not calendar.is_worked(day):
        day += timedelta(days=1)
    return datetime.combine(day, WORK_BEGINS, tzinfo=place).astimezone(now.tzinfo)


def after_working_minutes(start: datetime, minutes: int, zone: str, calendar: WorkingCalendar) -> datetime:
    """The moment by which so many working minutes have passed since `start`."""
    place, left = ZoneInfo(zone), timedelta(minutes=minutes)
    at = next_working_moment(start, zone, calendar)
    while True:
        evening = datetime.combine(at.astimezone(place).date(), WORK_ENDS, tzinfo=place)
        # Between aware moments of one zone Python subtracts the clocks, not the time that has passed.
        free = evening.astimezone(start.tzinfo) - at
        if left <= free:
            return at + left
        left -= free
        at = next_working_moment(evening.astimezone(start.tzinfo), zone, calendar)
