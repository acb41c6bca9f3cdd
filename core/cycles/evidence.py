"""What the facts say of each step: releases, models, runs and passports, nothing that was ticked."""

from core.cycles.rules import DASHBOARD, Cycle, Found, Step, reported_periods
from core.dashboards import dashboard_shown_since
from core.indicators import (
    FORECAST_RELEASE,
    access_changed_since,
    count_held,
    newest_release_of,
    reported,
)
from core.jobs import JobState, job
from core.scenarios import ModelState, RunState, ScenarioRun, models_in, runs_in
from core.store import Reading


def found_of(reading: Reading, cycle: Cycle) -> dict[Step, Found]:
    """The facts of every step of a cycle."""
    runs = [
        run
        for run in runs_in(reading, territory_ids=[cycle.territory_id]).items
        if run.state is RunState.DONE and run.asked_at >= cycle.begun_at
    ]
    return {
        Step.FILL: _fill(reading, cycle),
        Step.FACTORS: _by_run([run for run in runs if run.request.drivers or run.request.addfactors]),
        Step.EQUATIONS: _equations(reading, cycle),
        Step.CONSEQUENCES: _by_run(runs),
        Step.REFRESH: _refresh(reading, cycle),
        Step.PAGES: _pages(reading, cycle, [run for run in runs if run.published_at is not None]),
        Step.ACCESS: Found(done=access_changed_since(reading, since=cycle.begun_at)),
    }


def _fill(reading: Reading, cycle: Cycle) -> Found:
    """All that was ever reported for the territory is there for this period."""
    have, missing = reported(reading, territory_id=cycle.territory_id, periods=reported_periods(cycle.period))
    of = len(have) + len(missing)
    return Found(done=bool(of) and not missing, have=len(have), of=of, missing=tuple(missing))


def _refresh(reading: Reading, cycle: Cycle) -> Found:
    """The last release since the cycle began is forecast, and no value of the territory waits."""
    newest = newest_release_of(reading, territory_id=cycle.territory_id, since=cycle.begun_at)
    held = count_held(reading, territory_ids=[cycle.territory_id])
    if newest is None:
        return Found()
    work = job(reading, key=f"forecast:{newest.id}")
    forecast = work is None or (work.kind == FORECAST_RELEASE and work.state is JobState.DONE)
    return Found(done=forecast and not held, thing=str(newest.vintage))


def _equations(reading: Reading, cycle: Cycle) -> Found:
    added = [
        model
        for model in models_in(reading, territory_ids=[cycle.territory_id])
        if model.state is ModelState.READY and model.added_at >= cycle.begun_at
    ]
    return Found(done=bool(added), thing=added[0].id if added else "")


def _pages(reading: Reading, cycle: Cycle, published: list[ScenarioRun]) -> Found:
    """Citizens are shown a run or a dashboard; the dashboard is named by its address."""
    address = dashboard_shown_since(reading, territory_id=cycle.territory_id, since=cycle.begun_at)
    return Found(done=True, thing=f"{DASHBOARD}{address}") if address else _by_run(published)


def _by_run(runs: list[ScenarioRun]) -> Found:
    return Found(done=bool(runs), thing=runs[0].id if runs else "")
