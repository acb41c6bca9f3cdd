"""The cycle of data: facts do what facts can, people say the rest, and owners are reminded once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from core.cycles import (
    STEPS,
    Board,
    CycleBegun,
    Step,
    StepByFacts,
    StepReminded,
    StepState,
    UnknownCycle,
    WrongPeriod,
    begin_cycle,
    confirm_step,
    cycle_board,
    cycles_in,
    plan_step,
    remind_owners,
    reopen_step,
)
from core.dashboards import DashboardState, make_dashboard, set_state
from core.identity import revoke_roles
from core.indicators import AccessLevel, NoRole, Passport, register_indicators, reject_held, write_passport
from core.jobs import finish_job
from core.shared.clock import ManualClock
from core.shared.errors import Empty, Forbidden
from core.shared.ids import PersonId
from tests.core.test_held_values import decide, indicator_of, record, waiting
from tests.town import ANNA, IVANOV, OLEG, VERA, Town


@pytest.fixture
def stats(town: Town) -> Town:
    town.database.run(register_indicators, indicators=[indicator_of("UNEMPL"), indicator_of("WAGE")])
    record(town, {2025: 5.0})
    record(town, {2025: 5.0}, code="WAGE")
    # What happens in the same second as the beginning is not of the cycle.
    town.clock.advance(timedelta(seconds=1))
    return town


def begin(town: Town, period: str = "2026", who: str = VERA) -> str:
    cycle_id = town.database.run(
        begin_cycle, territory_id=town.territory.id, period=period, begun_by=town.people[who]
    )
    town.clock.advance(timedelta(seconds=1))
    return cycle_id


def states(board: Board) -> dict[str, StepState]:
    return {one.plan.step: one.state for one in board.steps}


def board(town: Town, cycle_id: str) -> Board:
    return town.database.read(cycle_board, cycle_id=cycle_id)


def forecast_all(town: Town) -> None:
    with town.database.transaction() as uow:
        keys = list(
            uow.session.execute(text("SELECT key FROM job WHERE kind = 'forecast_release'")).scalars()
        )
        for key in keys:
            finish_job(uow, key=key)


def reminded(town: Town) -> list[tuple[str, str, str]]:
    with town.database.transaction() as uow:
        remind_owners(uow)
        return [
            (fact.step, fact.occasion, fact.owner) for fact in uow.recorded if isinstance(fact, StepReminded)
        ]


def test_a_cycle_begins_with_seven_steps_after_the_slowest_figures(stats: Town) -> None:
    stats.database.run(
        write_passport, code="WAGE", passport=Passport(lag_days=75), written_by=stats.people[VERA]
    )

    found = board(stats, begin(stats))

    assert [one.plan.step for one in found.steps] == list(STEPS)
    assert {one.plan.owner for one in found.steps} == {stats.people[VERA]}
    assert (found.steps[0].plan.due, found.steps[-1].plan.due) == (date(2027, 3, 16), date(2027, 4, 15))
    assert found.steps[0].found.missing == ("UNEMPL", "WAGE")


@pytest.mark.parametrize("period", ["2027", "2027-Q1", "2026-11", "никогда"])
def test_a_cycle_is_of_a_year_or_a_quarter_that_has_ended(stats: Town, period: str) -> None:
    with pytest.raises(WrongPeriod):
        begin(stats, period)
    begin(stats, "2026-Q4")
    with pytest.raises(CycleBegun):
        begin(stats, "2026-Q4")
    with pytest.raises(Forbidden):
        begin(stats, "2025", IVANOV)


def test_facts_do_the_steps_that_facts_can_do(stats: Town) -> None:
    cycle_id, vera = begin(stats), stats.people[VERA]
    before = states(board(stats, cycle_id))
    record(stats, {2026: 5.1}, held={2024: 50.0})
    half = board(stats, cycle_id).steps[0]
    record(stats, {2026: 7.0}, code="WAGE")
    filled = states(board(stats, cycle_id))
    forecast_all(stats)
    held_back = states(board(stats, cycle_id))
    decide(stats, reject_held, waiting(stats))
    forecast_all(stats)
    passport = Passport(access_level=AccessLevel.OFFICIAL)
    stats.database.run(write_passport, code="WAGE", passport=passport, written_by=vera)
    page = stats.database.run(
        make_dashboard, territory_id=stats.territory.id, address="jobs", title="Работа", made_by=vera
    )
    stats.database.run(set_state, dashboard_id=page, state=DashboardState.PUBLISHED, set_by=vera)
    after = states(board(stats, cycle_id))

    assert set(before.values()) == {StepState.OPEN}
    assert (half.found.have, half.found.of, half.found.missing, half.state) == (
        1, 2, ("WAGE",), StepState.OPEN,
    )  # fmt: skip
    assert (filled[Step.FILL], filled[Step.REFRESH]) == (StepState.DONE, StepState.OPEN)
    assert held_back[Step.REFRESH] is StepState.OPEN
    assert {step for step, state in after.items() if state is StepState.DONE} == {
        Step.FILL, Step.REFRESH, Step.PAGES, Step.ACCESS,
    }  # fmt: skip


def test_what_facts_cannot_tell_is_said_by_the_owner_with_what_was_done(stats: Town) -> None:
    cycle_id, run = begin(stats), stats.database.run
    vera, ivanov = stats.people[VERA], stats.people[IVANOV]
    due = date(2027, 5, 1)

    def say(step: Step, who: PersonId, note: str = "Сверили с прошлым годом") -> None:
        run(confirm_step, cycle_id=cycle_id, step=step, note=note, confirmed_by=who)

    run(plan_step, cycle_id=cycle_id, step=Step.FACTORS, owner=ivanov, due=due, planned_by=vera)
    say(Step.FACTORS, ivanov)
    for refusal, step, who, note in (
        (StepByFacts, Step.FILL, vera, "да"),
        (Empty, Step.EQUATIONS, vera, " "),
        (Forbidden, Step.EQUATIONS, ivanov, "да"),
        (UnknownCycle, Step.PAGES, vera, "да"),
    ):
        with pytest.raises(refusal):
            run(
                confirm_step,
                cycle_id=cycle_id if refusal is not UnknownCycle else "none",
                step=step,
                note=note,
                confirmed_by=who,
            )
    with pytest.raises(NoRole):
        run(plan_step, cycle_id=cycle_id, step=Step.PAGES, owner=stats.people[ANNA], due=due, planned_by=vera)
    said = board(stats, cycle_id).steps[1]
    run(reopen_step, cycle_id=cycle_id, step=Step.FACTORS, reopened_by=ivanov)

    assert (said.state, said.by_facts, said.plan.note) == (StepState.DONE, False, "Сверили с прошлым годом")
    assert board(stats, cycle_id).steps[1].state is StepState.OPEN
    found = [
        [one.id for one in stats.database.read(cycles_in, territory_ids=[], person_id=stats.people[who])]
        for who in (IVANOV, OLEG)
    ]
    assert found == [[cycle_id], []]


def test_the_owners_of_the_last_cycle_own_the_next_if_they_still_have_a_role(stats: Town) -> None:
    first, vera, due = begin(stats, "2024"), stats.people[VERA], date(2027, 5, 1)
    for step, owner in ((Step.FACTORS, IVANOV), (Step.PAGES, OLEG)):
        stats.database.run(
            plan_step, cycle_id=first, step=step, owner=stats.people[owner], due=due, planned_by=vera
        )
    stats.database.run(revoke_roles, person_id=stats.people[OLEG])

    owners = {one.plan.step: one.plan.owner for one in board(stats, begin(stats, "2025")).steps}

    assert (owners[Step.FACTORS], owners[Step.PAGES]) == (stats.people[IVANOV], vera)


def test_an_owner_is_reminded_once_before_the_term_and_once_after(stats: Town, clock: ManualClock) -> None:
    cycle_id, vera, ivanov = begin(stats), stats.people[VERA], stats.people[IVANOV]
    today = clock.now().date()

    def plan(step: Step, owner: PersonId, days: int) -> None:
        due = today + timedelta(days=days)
        stats.database.run(plan_step, cycle_id=cycle_id, step=step, owner=owner, due=due, planned_by=vera)

    for step in STEPS:
        plan(step, vera, 100)
    plan(Step.PAGES, ivanov, 3)
    plan(Step.FACTORS, vera, 1)
    stats.database.run(
        confirm_step, cycle_id=cycle_id, step=Step.FACTORS, note="Не менялись", confirmed_by=vera
    )

    assert reminded(stats) == [("pages", "before", ivanov)]
    assert reminded(stats) == []
    clock.advance(timedelta(days=4))
    assert reminded(stats) == [("pages", "after", ivanov)]
    assert reminded(stats) == []
    plan(Step.PAGES, vera, 5)
    assert reminded(stats) == [("pages", "before", vera)]
