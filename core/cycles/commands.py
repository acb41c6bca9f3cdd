"""Use cases of cycles: one begins, its steps are planned and confirmed, owners are reminded."""

from datetime import date

from sqlalchemy import select

from core.cycles.errors import CycleBegun, StepByFacts, UnknownCycle, WrongPeriod
from core.cycles.events import StepReminded
from core.cycles.model import CycleReminderRow, CycleRow, CycleStepRow
from core.cycles.queries import as_cycle, board_of, local_day, owns_a_step
from core.cycles.rules import (
    BY_FACTS_ONLY,
    REMIND_BEFORE,
    STEPS,
    USUAL_LAG_DAYS,
    Cycle,
    Step,
    occasion_of,
    reported_periods,
    usual_terms,
)
from core.identity import Action, UnknownPerson, require_right, viewer_of
from core.indicators import NoRole, Period, catalogue, lags
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.errors import Forbidden, Invalid, checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork

NOTE_LIMIT = 500
_FURTHEST = date(2200, 1, 1)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def begin_cycle(uow: UnitOfWork, *, territory_id: TerritoryId, period: str, begun_by: PersonId) -> str:
    """Begin the cycle of a year or a quarter; its owners are those of the last one, else whoever begins it.

    Returns its id. Raises: Forbidden, WrongPeriod, CycleBegun.
    """
    require_right(uow, person_id=begun_by, action=Action.LOAD_DATA, territory_id=territory_id)
    about = _period(period)
    today = local_day(uow, territory_id)
    if about.last_day >= today:
        raise WrongPeriod
    values = {
        "id": new_id(),
        "territory_id": territory_id,
        "period": str(about),
        "begun_at": uow.now,
        "begun_by": begun_by,
    }
    owners = _owners_before(uow, territory_id, about)
    if not uow.insert_new(CycleRow, values, conflict=("territory_id", "period")):
        raise CycleBegun
    terms = usual_terms(about, _slowest(uow, about), today)
    for step in STEPS:
        uow.session.add(
            CycleStepRow(
                cycle_id=str(values["id"]), step=step, owner=owners.get(step, begun_by), due=terms[step]
            )
        )
    uow.session.flush()
    uow.audit("cycle_begun", actor=begun_by, subject=f"cycle:{values['id']}")
    return str(values["id"])


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def plan_step(
    uow: UnitOfWork, *, cycle_id: str, step: Step, owner: PersonId | None, due: date, planned_by: PersonId
) -> None:
    """Say who does a step and by when. Raises: UnknownCycle, Forbidden, NoRole, Invalid."""
    row = _step_for(uow, cycle_id, step, planned_by, owner_may=False)
    if not date(2000, 1, 1) < due < _FURTHEST:
        raise Invalid
    if owner is not None and not _has_role(uow, owner):
        raise NoRole
    row.owner, row.due = owner, due
    uow.session.flush()
    uow.audit("step_planned", actor=planned_by, subject=f"cycle:{cycle_id}:{step}")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def confirm_step(uow: UnitOfWork, *, cycle_id: str, step: Step, note: str, confirmed_by: PersonId) -> None:
    """Say that a step is done, and what was done or why nothing had to be; its owner may, and who loads data.

    Raises: UnknownCycle, Forbidden, StepByFacts, Empty, TooLong.
    """
    row = _step_for(uow, cycle_id, step, confirmed_by, owner_may=True)
    if step in BY_FACTS_ONLY:
        raise StepByFacts
    row.note = checked_text(note, limit=NOTE_LIMIT)
    row.confirmed_at, row.confirmed_by = uow.now, confirmed_by
    uow.session.flush()
    uow.audit("step_confirmed", actor=confirmed_by, subject=f"cycle:{cycle_id}:{step}")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def reopen_step(uow: UnitOfWork, *, cycle_id: str, step: Step, reopened_by: PersonId) -> None:
    """Take the word back that a step is done. Raises: UnknownCycle, Forbidden."""
    row = _step_for(uow, cycle_id, step, reopened_by, owner_may=True)
    row.confirmed_at, row.confirmed_by, row.note = None, None, ""
    uow.session.flush()
    uow.audit("step_reopened", actor=reopened_by, subject=f"cycle:{cycle_id}:{step}")


def remind_owners(uow: UnitOfWork) -> int:
    """Remind the owners of steps whose term is near or over, once each; how many. Run by the clock."""
    horizon = (uow.now + REMIND_BEFORE).date()
    due = select(CycleStepRow.cycle_id).where(
        CycleStepRow.due <= horizon, CycleStepRow.confirmed_at.is_(None), CycleStepRow.owner.is_not(None)
    )
    rows = uow.session.execute(select(CycleRow).where(CycleRow.id.in_(due)).order_by(CycleRow.id)).scalars()
    return sum(_remind(uow, as_cycle(row)) for row in list(rows))


def _remind(uow: UnitOfWork, cycle: Cycle) -> int:
    told = 0
    for one in board_of(uow, cycle).steps:
        occasion, plan = occasion_of(one.state), one.plan
        if occasion is None or plan.owner is None:
            continue
        # The primary key, not a SELECT, decides: another clock may run beside this one.
        key = {
            "cycle_id": cycle.id,
            "step": plan.step,
            "occasion": occasion,
            "owner": plan.owner,
            "due": plan.due,
        }
        if uow.insert_new(CycleReminderRow, key | {"at": uow.now}, conflict=tuple(key)):
            told += 1
            uow.record(
                StepReminded(
                    cycle_id=cycle.id,
                    step=plan.step,
                    occasion=occasion,
                    owner=plan.owner,
                    territory_id=cycle.territory_id,
                )
            )
    return told


def _period(text: str) -> Period:
    try:
        about = Period.parse(text)
    except ValueError as wrong:
        raise WrongPeriod from wrong
    if about.frequency == "M":
        raise WrongPeriod
    return about


def _owners_before(uow: UnitOfWork, territory_id: TerritoryId, about: Period) -> dict[str, str]:
    """Who owned the steps of the last cycle of this kind, as far as they still have a role."""
    rows = uow.session.execute(
        select(CycleRow).where(CycleRow.territory_id == territory_id).order_by(CycleRow.begun_at.desc())
    ).scalars()
    same = [row for row in rows if Period.parse(row.period).frequency == about.frequency]
    if not same:
        return {}
    steps = uow.session.execute(select(CycleStepRow).where(CycleStepRow.cycle_id == same[0].id)).scalars()
    return {row.step: row.owner for row in steps if row.owner and _has_role(uow, PersonId(row.owner))}


def _slowest(uow: UnitOfWork, about: Period) -> int:
    """Days until the slowest figures of the cycle are published."""
    known, frequencies = lags(uow), reported_periods(about)
    days = [
        known.get(one.code, USUAL_LAG_DAYS[one.frequency])
        for one in catalogue(uow)
        if one.frequency in frequencies
    ]
    return max(days, default=USUAL_LAG_DAYS[about.frequency])


def _step_for(
    uow: UnitOfWork, cycle_id: str, step: Step, person_id: PersonId, *, owner_may: bool
) -> CycleStepRow:
    cycle = uow.session.get(CycleRow, cycle_id)
    row = uow.session.get(CycleStepRow, (cycle_id, step), with_for_update=True)
    if cycle is None or row is None:
        raise UnknownCycle
    if owner_may and row.owner == person_id and _has_role(uow, person_id):
        return row
    place = TerritoryId(cycle.territory_id)
    try:
        require_right(uow, person_id=person_id, action=Action.LOAD_DATA, territory_id=place)
    except Forbidden:
        if owns_a_step(uow, cycle_id=cycle_id, person_id=person_id):
            raise
        # To whom the board is not shown, it is not there.
        raise UnknownCycle from None
    return row


def _has_role(uow: UnitOfWork, person_id: PersonId) -> bool:
    try:
        return bool(viewer_of(uow, person_id=person_id).grants)
    except UnknownPerson:
        return False
