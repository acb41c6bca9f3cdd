"""When a message may be sent: quiet hours by the clock of the place."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_BEGINS, QUIET_ENDS = time(22), time(8)
QUIET = "quiet"
"""In the details of a delivery: by which clock it is not sent at night."""
# How long a message waits for its picture; without one it goes as text.
PICTURE_WAIT = timedelta(seconds=20)
# The day is over for most, and it can still be read today.
DIGEST_AT = time(18, 30)


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
