"""Questions about duty."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from core.duty.calendars import WorkingCalendar
from core.duty.model import CalendarDayRow, ChainRow, DeputyRow, StepRow
from core.duty.rules import Chain, Deputy, Step
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading, once_a_view
from core.territories import ancestry

# A deputy of a deputy of a deputy: further nobody looks, and a circle ends there too.
_LONGEST_PATH = 5


def chain_of(reading: Reading, *, territory_id: TerritoryId) -> Chain | None:
    """The chain that was set for this very territory."""
    row = reading.session.get(ChainRow, territory_id)
    if row is None:
        return None
    steps = reading.session.execute(
        select(StepRow).where(StepRow.territory_id == territory_id).order_by(StepRow.position)
    ).scalars()
    return Chain(
        territory_id=territory_id,
        steps=tuple(
            Step(person_id=PersonId(step.person_id), after_minutes=step.after_minutes) for step in steps
        ),
        repeats=row.repeats,
    )


def chain_for(reading: Reading, *, territory_id: TerritoryId) -> Chain | None:
    """The chain that holds in a territory: its own, else that of the nearest one above it."""
    found = (chain_of(reading, territory_id=place) for place in ancestry(reading, territory_id=territory_id))
    return next((chain for chain in found if chain is not None), None)


def acting_for(reading: Reading, *, person_id: PersonId, day: date) -> PersonId:
    """Who acts for a person on a day: the person, or who stands in for them, or who for those."""
    for _ in range(_LONGEST_PATH):
        deputy = reading.session.execute(
            select(DeputyRow.deputy_id)
            .where(DeputyRow.person_id == person_id, DeputyRow.since <= day, DeputyRow.until >= day)
            # What was set last holds.
            .order_by(DeputyRow.set_at.desc(), DeputyRow.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if deputy is None:
            break
        person_id = PersonId(deputy)
    return person_id


def deputies_of(reading: Reading, *, person_ids: Collection[PersonId], day: date) -> list[Deputy]:
    """Who stands in for these persons on a day or later, the earliest first."""
    rows = reading.session.execute(
        select(DeputyRow)
        .where(DeputyRow.person_id.in_(person_ids), DeputyRow.until >= day)
        .order_by(DeputyRow.since, DeputyRow.id)
    ).scalars()
    return [
        Deputy(
            id=row.id,
            person_id=PersonId(row.person_id),
            deputy_id=PersonId(row.deputy_id),
            since=row.since,
            until=row.until,
        )
        for row in rows
    ]


@once_a_view
def working_calendar(reading: Reading) -> WorkingCalendar:
    """Which days are worked."""
    rows = reading.session.execute(select(CalendarDayRow.day, CalendarDayRow.worked)).tuples()
    return WorkingCalendar(moved=dict(rows.all()))
