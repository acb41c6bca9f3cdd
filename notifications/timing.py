"""When a message may be sent: quiet hours by the clock of the place."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WORK_BEGINS, WORK_ENDS = time(9), time(18)
SATURDAY = 5


def in_working_hours(now: datetime, zone: str) -> bool:
    """Whether it is a working hour of a working day there. Public holidays are not known yet."""
    local = now.astimezone(ZoneInfo(zone))
    return local.weekday() < SATURDAY and WORK_BEGINS <= local.time() < WORK_ENDS


def next_working_moment(now: datetime, zone: str) -> datetime:
    """Now if it is working time there, else the next morning of a working day."""
    if in_working_hours(now, zone):
        return now
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    day = local.date() if local.time() < WORK_BEGINS else local.date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, WORK_BEGINS, tzinfo=place).astimezone(now.tzinfo)
