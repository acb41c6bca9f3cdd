"""The jobs of scenario models: reading a file, and running what an analyst asked for.

A run is computed from its row alone, so a worker that dies costs time and nothing else: the next one begins
anew and comes to the same bytes.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable

from analytics.answering import answer
from analytics.jobs.context import context
from analytics.model import ModelError, ModelSpec, Table, parse_model
from analytics.outlining import in_every_language, inputs, outline
from core.indicators import all_series, name_inputs
from core.jobs import Job, fail_job, finish_job, renew_job, take_job
from core.scenarios import (
    ScenarioRun,
    describe_model,
    finish_run,
    model_text,
    refuse_model,
    refuse_run,
    report_progress,
    run_at_work,
)
from core.store import Database, Reading, UnitOfWork
from core.territories import territories, territory

log = logging.getLogger(__name__)

# Where each stage begins and ends, in per cent of a usual run.
_STAGES = {"estimating": (0, 5), "checking": (5, 70), "simulating": (70, 85), "explaining": (85, 99)}
_TELL_EVERY_S = 0.25


class _Stop(Exception):
    """The run was cancelled, or another worker has it."""


def read_model_file(key: str) -> None:
    """Read the file of a model; what is wrong with it is kept in words. Safe to run twice."""
    _worked(key, _read)


def run_scenarios(key: str) -> None:
    """Compute a run. Safe to run twice and to die anywhere: the answer is one commit."""
    _worked(key, _run)


def _worked(key: str, body: Callable[[Database, Job], None]) -> None:
    database = context().database
    job = database.run(take_job, key=key, holder=context().holder)
    if job is None:
        log.info("job_not_taken key=%s", key)
        return
    try:
        body(database, job)
    except _Stop:
        log.info("run_stopped key=%s", key)
        return
    except Exception as error:
        log.exception("job_failed key=%s attempt=%s", key, job.attempts)
        database.run(fail_job, key=key, failure=f"{type(error).__name__}: {error}")
        raise


def _read(database: Database, job: Job) -> None:
    model_id = job.arguments["model_id"]
    model, text = database.read(model_text, model_id=model_id)

    def settle(uow: UnitOfWork) -> None:
        try:
            spec = parse_model(text.encode(), name=model.file_name)
            said = outline(spec)
        except ModelError as refused:
            refuse_model(uow, model_id=model_id, refusal=in_every_language(refused.sentence))
        else:
            describe_model(uow, model_id=model_id, outline=said)
            name_inputs(uow, territory_id=model.territory_id, inputs=inputs(spec))
        finish_job(uow, key=job.key)

    database.run(settle)


def _run(database: Database, job: Job) -> None:
    run_id, began = job.arguments["run_id"], time.monotonic()
    run = database.read(run_at_work, run_id=run_id)
    tell = _teller(database, job, run_id)
    tell("estimating", 0.0)
    try:
        body = computed(database, run, tell)
    except ModelError as refused:
        reasons = in_every_language(refused.sentence)
        database.run(_end, key=job.key, end=lambda uow: refuse_run(uow, run_id=run_id, refusal=reasons))
        return
    database.run(_end, key=job.key, end=lambda uow: finish_run(uow, run_id=run_id, body=body))
    log.info("scenarios_run run=%s took_ms=%.0f", run_id, (time.monotonic() - began) * 1000)


def computed(database: Database, run: ScenarioRun, report: Callable[[str, float], None]) -> str:
    """The answer of a run as text: the same for the same row, in any process. Raises: ModelError."""
    _, text = database.read(model_text, model_id=run.model.id)
    spec = parse_model(text.encode(), name=run.model.file_name)
    table, code = database.read(_table, spec=spec, run=run)
    redefined = {name: int(period) for name, period in run.redefined.items() if period.isdecimal()}
    body = answer(spec, table, code, run.request, report=report, redefined=redefined)
    body["passport"]["vintage"] = run.vintage
    # Not sorted: the order of scenarios and indicators is that of the file, and readers see it.
    return json.dumps(body, ensure_ascii=False)


def _table(reading: Reading, *, spec: ModelSpec, run: ScenarioRun) -> tuple[Table, str]:
    """Annual values of the territory and of its neighbours of the same kind, as known at the vintage."""
    own = territory(reading, territory_id=run.territory_id)
    panel = {
        one.id: one.oktmo
        for one in territories(reading)
        if (one.kind, one.parent_id) == (own.kind, own.parent_id)
    }
    names = {*spec.equations, *spec.drivers, *spec.indicators}
    found = all_series(reading, territory_ids=list(panel), indicators=names, as_of=run.vintage)
    values: dict[str, dict[str, dict[int, float]]] = {}
    for (place, name), points in sorted(found.items()):
        years = {int(point.period): point.value for point in points if point.period.isdecimal()}
        if years:
            values.setdefault(panel[place], {})[name] = years
    said = json.dumps(values, sort_keys=True)
    return Table(values, hashlib.sha256(said.encode()).hexdigest()), own.oktmo


def _teller(database: Database, job: Job, run_id: str) -> Callable[[str, float], None]:
    """Writes progress and renews the lease a few times a second; raises _Stop when the work is not wanted."""
    told = 0.0

    def tell(stage: str, share: float) -> None:
        nonlocal told
        if share and time.monotonic() - told < _TELL_EVERY_S:
            return
        told = time.monotonic()
        first, last = _STAGES[stage]
        percent = round(first + share * (last - first))
        if not database.run(_told, key=job.key, run_id=run_id, stage=stage, percent=percent):
            raise _Stop

    return tell


def _told(uow: UnitOfWork, *, key: str, run_id: str, stage: str, percent: int) -> bool:
    return renew_job(uow, key=key, holder=context().holder) and report_progress(
        uow, run_id=run_id, percent=percent, stage=stage
    )


def _end(uow: UnitOfWork, *, key: str, end: Callable[[UnitOfWork], object]) -> None:
    end(uow)
    finish_job(uow, key=key)
