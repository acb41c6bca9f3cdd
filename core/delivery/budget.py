"""How many messages about alerts a person gets a day; the rest comes together in the evening."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from core.delivery.model import DeliveryRow, NoticeBudgetRow
from core.delivery.rules import DeliveryState
from core.shared.doors import OWN_SCREENS, Actor, Door, reached
from core.shared.errors import Invalid
from core.shared.ids import PersonId
from core.store import Reading, UnitOfWork

USUAL_BUDGET, LARGEST_BUDGET = 10, 100


@reached(
    Actor.CITIZEN,
    Door.WEB,
    closed={Door.API: OWN_SCREENS, Door.BOT: "a number is typed into a form, beside what it is for"},
)
def choose_budget(uow: UnitOfWork, *, person_id: PersonId, per_day: int) -> None:
    """Choose how many messages about alerts a day are enough. Raises: Invalid outside of 1 to 100."""
    if not 1 <= per_day <= LARGEST_BUDGET:
        raise Invalid
    statement = uow.insert(NoticeBudgetRow).values(person_id=person_id, per_day=per_day)
    uow.session.execute(
        statement.on_conflict_do_update(index_elements=["person_id"], set_={"per_day": per_day})
    )


def budgets_of(reading: Reading, *, person_ids: Collection[PersonId]) -> dict[PersonId, int]:
    """What each has chosen, or the usual."""
    rows = reading.session.execute(
        select(NoticeBudgetRow.person_id, NoticeBudgetRow.per_day).where(
            NoticeBudgetRow.person_id.in_(person_ids)
        )
    ).tuples()
    chosen = {PersonId(person_id): per_day for person_id, per_day in rows}
    return {person_id: chosen.get(person_id, USUAL_BUDGET) for person_id in person_ids}


def told_between(
    reading: Reading, *, kind: str, person_ids: Collection[PersonId], since: datetime, until: datetime
) -> Counter[PersonId]:
    """How many messages of a kind each has got or will get in a span, one over several ways counted once."""
    rows = reading.session.execute(
        select(DeliveryRow.person_id, func.count(DeliveryRow.fact_id.distinct()))
        .where(
            DeliveryRow.person_id.in_(person_ids),
            DeliveryRow.kind == kind,
            DeliveryRow.due_at >= since,
            DeliveryRow.due_at < until,
            DeliveryRow.state != DeliveryState.FAILED,
        )
        .group_by(DeliveryRow.person_id)
    ).tuples()
    return Counter({PersonId(person_id): count for person_id, count in rows})
