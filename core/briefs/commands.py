"""Use cases of briefs: asking for those that are due, once a territory and week."""

from core.briefs.events import BriefDue
from core.briefs.model import BriefRow
from core.briefs.queries import heads_of
from core.briefs.rules import week_begun
from core.store import UnitOfWork
from core.territories import territories


def send_due_briefs(uow: UnitOfWork) -> int:
    """Have the briefs sent whose Monday has come; how many territories. Run by the clock.

    The key of the row decides: two clocks and restarts ask once. A Monday spent switched off is not made up
    for.
    """
    asked = 0
    for place in territories(uow):
        week = week_begun(uow.now, place.time_zone)
        if week is None or not heads_of(uow, territory_id=place.id):
            continue
        values = {"territory_id": place.id, "week": week, "asked_at": uow.now}
        if uow.insert_new(BriefRow, values, conflict=("territory_id", "week")):
            uow.record(BriefDue(territory_id=place.id, week=week))
            asked += 1
    return asked
