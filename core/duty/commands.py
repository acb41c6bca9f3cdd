"""Use cases of duty: setting a chain, standing in, loading the calendar of a year."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete

from core.duty.errors import NotOnDuty, UnknownDeputy, WrongCalendar
from core.duty.model import CalendarDayRow, ChainRow, DeputyRow, StepRow
from core.duty.rules import Step, require_chain, require_deputy_term
from core.identity import Action, people_who_may, person, require_right, viewer_of
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork

_BESIDE_THE_OTHERS = "it is set beside all who are on duty, which takes a page"
_WORDS = {"yes": True, "да": True, "1": True, "no": False, "нет": False, "0": False}


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: _BESIDE_THE_OTHERS, Door.API: _BESIDE_THE_OTHERS},
)
def set_chain(
    uow: UnitOfWork, *, territory_id: TerritoryId, steps: Sequence[Step], repeats: int, set_by: PersonId
) -> None:
    """Say who is called in a territory, and below it, when nobody takes an alert; no steps: nobody.

    What is under way goes on by the new chain. Raises: Forbidden, WrongChain, NotOnDuty.
    """
    require_right(uow, person_id=set_by, action=Action.GRANT_ROLES, territory_id=territory_id)
    require_chain(steps, repeats)
    for step in steps:
        _require_on_duty(uow, step.person_id, territory_id)
    uow.session.execute(delete(StepRow).where(StepRow.territory_id == territory_id))
    uow.session.execute(delete(ChainRow).where(ChainRow.territory_id == territory_id))
    uow.session.flush()
    if steps:
        uow.session.add(ChainRow(territory_id=territory_id, repeats=repeats, set_by=set_by, set_at=uow.now))
        uow.session.flush()
    for position, step in enumerate(steps):
        uow.session.add(
            StepRow(
                territory_id=territory_id,
                position=position,
                person_id=step.person_id,
                after_minutes=step.after_minutes,
            )
        )
    uow.session.flush()
    uow.audit("duty_chain_set", actor=set_by, subject=f"territory:{territory_id}")


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: _BESIDE_THE_OTHERS, Door.API: _BESIDE_THE_OTHERS},
)
def set_deputy(
    uow: UnitOfWork, *, person_id: PersonId, deputy_id: PersonId, since: date, until: date, set_by: PersonId
) -> str:
    """Let somebody stand in for a person; the person says so, or an administrator. Returns its id.

    The deputy needs to handle alerts wherever the person does. Raises: Forbidden, NotOnDuty, WrongDeputyTerm.
    """
    places = _places_of(uow, person_id)
    _require_authority(uow, set_by, person_id, places)
    require_deputy_term(since, until, today=uow.now.date())
    if deputy_id == person_id:
        raise NotOnDuty(name=person(uow, person_id=deputy_id).display_name)
    for place in places:
        _require_on_duty(uow, deputy_id, place)
    row = DeputyRow(
        id=new_id(),
        person_id=person_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
        set_by=set_by,
        set_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.audit("deputy_set", actor=set_by, subject=f"person:{person_id}")
    return row.id


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: _BESIDE_THE_OTHERS, Door.API: _BESIDE_THE_OTHERS},
)
def end_deputy(uow: UnitOfWork, *, deputy_row: str, ended_by: PersonId) -> None:
    """The person is back: nobody stands in for them by this any more. Raises: UnknownDeputy, Forbidden."""
    row = uow.session.get(DeputyRow, deputy_row)
    if row is None:
        raise UnknownDeputy
    person_id = PersonId(row.person_id)
    _require_authority(uow, ended_by, person_id, _places_of(uow, person_id))
    uow.session.delete(row)
    uow.session.flush()
    uow.audit("deputy_ended", actor=ended_by, subject=f"person:{person_id}")


@reached(Actor.OPERATOR, Door.CLI)
def load_calendar(uow: UnitOfWork, *, lines: Iterable[str]) -> int:
    """Read days that are worked or not otherwise than the law says: ``2027-12-31;no``. How many.

    Loaded again, a day is as the newest file has it. A line that begins with a letter is a heading.
    Raises: WrongCalendar.
    """
    days: dict[date, bool] = {}
    for number, cells in enumerate(csv.reader(lines, delimiter=";"), start=1):
        if not cells or cells[0][:1].isalpha():
            continue
        try:
            days[date.fromisoformat(cells[0].strip())] = _WORDS[cells[1].strip().lower()]
        except (ValueError, KeyError, IndexError) as wrong:
            raise WrongCalendar(line=number) from wrong
    for day, worked in days.items():
        statement = uow.insert(CalendarDayRow).values(day=day, worked=worked)
        uow.session.execute(statement.on_conflict_do_update(index_elements=["day"], set_={"worked": worked}))
    return len(days)


def _places_of(uow: UnitOfWork, person_id: PersonId) -> list[TerritoryId]:
    """Where the person has a role."""
    return sorted({grant.territory_id for grant in viewer_of(uow, person_id=person_id).grants})


def _require_authority(
    uow: UnitOfWork, actor: PersonId, person_id: PersonId, places: Sequence[TerritoryId]
) -> None:
    """One's own deputy is one's own to name, another's the administrator's. Raises: Forbidden."""
    if not places:
        raise Forbidden
    if actor != person_id:
        for place in places:
            require_right(uow, person_id=actor, action=Action.GRANT_ROLES, territory_id=place)


def _require_on_duty(uow: UnitOfWork, person_id: PersonId, territory_id: TerritoryId) -> None:
    on_duty = people_who_may(uow, action=Action.HANDLE_ALERTS, territory_id=territory_id)
    if person_id not in {one.id for one in on_duty}:
        raise NotOnDuty(name=person(uow, person_id=person_id).display_name)
