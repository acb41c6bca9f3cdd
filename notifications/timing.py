"""When a message may be sent: quiet hours by the clock of the place."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WORK_BEGINS, WORK_ENDS = time(9), time(18)
QUIET_BEGINS, QUIET_ENDS = time(22), time(8)
# The day is over for most, and it can still be read today.
DIGEST_AT = time(18, 30)
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


def next_waking_moment(now: datetime, zone: str) -> datetime:
    """Now if people there are awake, else the end of their night."""
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    if QUIET_ENDS <= local.time() < QUIET_BEGINS:
        return now
    day = local.date() if local.time() < QUIET_ENDS else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_ENDS, tzinfo=place).astimezone(now.tzinfo)


def next_digest_moment(now: datetime, zone: str) -> datetime:
    """When the next digest of people there goes out."""
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, tzinfo=place).astimezone(now.tzinfo)
