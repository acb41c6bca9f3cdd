"""Who wants to be told in a messenger how a run goes: seldom enough to be read, and surely of its end."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from core.scenarios.events import RunEnded, RunFollowed, RunProgressed
from core.scenarios.model import RunFollowerRow, ScenarioRunRow
from core.scenarios.queries import state_now
from core.shared.ids import PersonId
from core.store import UnitOfWork

TOLD_EVERY = timedelta(seconds=4)
"""A message is brought up to date no more often than it can be read."""


def begin_following(uow: UnitOfWork, *, run_id: str, person_id: PersonId, carrier: str) -> None:
    """Tell this person of the run from now on; asked for again, nothing is told twice."""
    row = {"run_id": run_id, "person_id": person_id, "carrier": carrier, "told_at": uow.now}
    if uow.insert_new(RunFollowerRow, row, conflict=("run_id", "person_id")):
        uow.record(RunFollowed(run_id=run_id, person_id=person_id, carrier=carrier))


def tell_of_progress(uow: UnitOfWork, *, run_id: str) -> None:
    """The worker has come further: told if somebody follows and was told long enough ago."""
    due = (RunFollowerRow.run_id == run_id, RunFollowerRow.told_at <= uow.now - TOLD_EVERY)
    if uow.changed(update(RunFollowerRow).where(*due).values(told_at=uow.now)):
        uow.record(RunProgressed(run_id=run_id))


def tell_of_end(uow: UnitOfWork, *, run_id: str) -> int:
    """The run is over: told to each who follows, once; how many."""
    mine = RunFollowerRow.run_id == run_id
    found = uow.session.execute(select(RunFollowerRow.person_id, RunFollowerRow.carrier).where(mine))
    followers = found.tuples().all()
    for person_id, carrier in followers:
        uow.record(RunEnded(run_id=run_id, person_id=person_id, carrier=carrier))
    if followers:
        uow.session.execute(delete(RunFollowerRow).where(mine))
    return len(followers)


def end_followings(uow: UnitOfWork) -> int:
    """Tell of runs that have failed with their workers, when nobody was left to say so; how many."""
    followed = select(ScenarioRunRow).where(ScenarioRunRow.id.in_(select(RunFollowerRow.run_id)))
    rows = uow.session.execute(followed.order_by(ScenarioRunRow.id)).scalars().all()
    return sum(tell_of_end(uow, run_id=row.id) for row in rows if state_now(uow, row).is_over)


def forget_follower(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Tell this person of no run any more."""
    uow.session.execute(delete(RunFollowerRow).where(RunFollowerRow.person_id == person_id))
