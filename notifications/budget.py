"""Who has heard of enough alerts for a day: what comes beyond that waits for the evening."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.delivery import Urgency, budgets_of, told_between
from core.shared.ids import PersonId
from core.store import UnitOfWork
from notifications.kinds import Kind
from notifications.notices import Notice


def beyond_budget(uow: UnitOfWork, notice: Notice) -> set[PersonId]:
    """Whom a notice of an alert is one too many for, on the day that it would come; never a critical one."""
    if notice.kind is not Kind.ALERT or notice.urgency is Urgency.CRITICAL or not notice.people:
        return set()
    since, until = day_of(notice.due_at, notice.zone or "UTC")
    told = told_between(uow, kind=Kind.ALERT, person_ids=notice.people, since=since, until=until)
    enough = budgets_of(uow, person_ids=notice.people)
    return {one for one in notice.people if told[one] >= enough[one]}


def day_of(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """The beginning and the end of the day of a moment, by the clock of a place."""
    place = ZoneInfo(zone)
    day = moment.astimezone(place).date()
    ends = day + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=place), datetime.combine(ends, time(), tzinfo=place)
