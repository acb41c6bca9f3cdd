"""Use cases of scenarios: a model arrives, a run is asked for, a worker reports, a person cancels."""

import hashlib
import re

from sqlalchemy import select, update

from core.identity import Action, require_right
from core.indicators import newest_vintage, redefinitions
from core.jobs import add_job, finish_job
from core.scenarios.errors import ModelNotReady, NoData, UnknownModel, UnknownRun
from core.scenarios.following import begin_following, tell_of_end, tell_of_progress
from core.scenarios.model import ScenarioModelRow, ScenarioResultRow, ScenarioRunRow
from core.scenarios.queries import job_key, state_now
from core.scenarios.rules import ModelState, RunRequest, RunState, Sentences, run_digest
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.errors import Forbidden, checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import ancestry

READ_MODEL = "read_model"
"""Kind of the job that reads the file of a model."""

RUN_SCENARIOS = "run_scenarios"
"""Kind of the job that computes a run."""

TEXT_LIMIT = 500_000
_NAME_LIMIT = 120
_NAMES = re.compile(r"[A-Z][A-Z0-9_]*")
_TO_BE_DONE_AGAIN = {RunState.FAILED, RunState.CANCELLED}


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def add_model(
    uow: UnitOfWork, *, territory_id: TerritoryId, file_name: str, text: str, added_by: PersonId | None
) -> str:
    """Keep a model file for a territory and have it read; the same text again is the same model.

    added_by: None is the operator of the instance. Returns its id. Raises: Forbidden, Empty, TooLong.
    """
    if added_by is not None:
        require_right(uow, person_id=added_by, action=Action.RUN_MODELS, territory_id=territory_id)
    kept = checked_text(text, limit=TEXT_LIMIT)
    digest = hashlib.sha256(kept.encode()).hexdigest()
    values = {
        "id": new_id(),
        "territory_id": territory_id,
        "file_name": checked_text(file_name[:_NAME_LIMIT], limit=_NAME_LIMIT),
        "text": kept,
        "digest": digest,
        "state": ModelState.WAITING,
        "added_by": added_by,
        "added_at": uow.now,
    }
    if uow.insert_new(ScenarioModelRow, values, conflict=("territory_id", "digest")):
        model_id = str(values["id"])
        add_job(uow, key=f"model:{model_id}", kind=READ_MODEL, arguments={"model_id": model_id})
        uow.audit("model_added", actor=added_by, subject=f"model:{model_id}", digest=digest)
        return model_id
    same = (ScenarioModelRow.territory_id == territory_id, ScenarioModelRow.digest == digest)
    return uow.session.execute(select(ScenarioModelRow.id).where(*same)).scalar_one()


def describe_model(uow: UnitOfWork, *, model_id: str, outline: dict[str, object]) -> None:
    """The file has been read: this is what it says."""
    _settle_model(uow, model_id, state=ModelState.READY, outline=outline)


def refuse_model(uow: UnitOfWork, *, model_id: str, refusal: Sentences) -> None:
    """The file cannot be used, for this reason in every language."""
    _settle_model(uow, model_id, state=ModelState.REFUSED, refusal=dict(refusal))


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def ask_run(
    uow: UnitOfWork,
    *,
    model_id: str,
    territory_id: TerritoryId,
    request: RunRequest,
    asked_by: PersonId | None,
) -> str:
    """Ask a model about a territory on the newest data; the same question again is the same run.

    Indicators that were redefined since make it another question.

    What was cancelled or has failed begins anew. Returns the id of the run.
    Raises: Forbidden, UnknownModel, ModelNotReady, NoData.
    """
    if asked_by is not None:
        require_right(uow, person_id=asked_by, action=Action.RUN_MODELS, territory_id=territory_id)
    model = _usable(uow, model_id, territory_id)
    vintage = newest_vintage(uow)
    if not vintage:
        raise NoData
    body, redefined = request.to_json(), _redefined(uow, model)
    digest = run_digest(
        model_digest=model.digest,
        vintage=vintage,
        territory_id=territory_id,
        request=body,
        redefined=redefined,
    )
    values = {
        "id": new_id(),
        "digest": digest,
        "territory_id": territory_id,
        "model_id": model_id,
        "vintage": vintage,
        "request": body,
        "redefined": redefined,
        "state": RunState.WAITING,
        "attempt": 1,
        "percent": 0,
        "stage": "",
        "asked_by": asked_by,
        "asked_at": uow.now,
    }
    first = uow.insert_new(ScenarioRunRow, values, conflict=("digest",))
    row = uow.session.execute(
        select(ScenarioRunRow).where(ScenarioRunRow.digest == digest).with_for_update()
    ).scalar_one()
    if first:
        uow.audit("run_asked", actor=asked_by, subject=f"run:{row.id}", digest=digest)
    elif state_now(uow, row) in _TO_BE_DONE_AGAIN:
        row.state, row.attempt, row.percent, row.finished_at = RunState.WAITING, row.attempt + 1, 0, None
        uow.session.flush()
    _enqueue(uow, row)
    return row.id


def report_progress(uow: UnitOfWork, *, run_id: str, percent: int, stage: str) -> bool:
    """How far the worker is; False if the run was cancelled meanwhile: stop working on it."""
    statement = update(ScenarioRunRow).where(
        ScenarioRunRow.id == run_id, ScenarioRunRow.state.in_([RunState.WAITING, RunState.RUNNING])
    )
    if uow.changed(statement.values(state=RunState.RUNNING, percent=percent, stage=stage)) == 0:
        return False
    tell_of_progress(uow, run_id=run_id)
    return True


def finish_run(uow: UnitOfWork, *, run_id: str, body: str) -> bool:
    """Keep the answer; False for a run that is over already: a worker thought dead may come late."""
    if not _end(uow, run_id, RunState.DONE, percent=100):
        return False
    uow.session.add(
        ScenarioResultRow(run_id=run_id, body=body, digest=hashlib.sha256(body.encode()).hexdigest())
    )
    return True


def refuse_run(uow: UnitOfWork, *, run_id: str, refusal: Sentences) -> None:
    """The model and the data do not go together, for this reason in every language."""
    _end(uow, run_id, RunState.REFUSED, refusal=dict(refusal))


@reached(Actor.OFFICIAL, Door.CONSOLE, Door.BOT, closed={Door.API: OVER_TABLES})
def follow_run(uow: UnitOfWork, *, run_id: str, person_id: PersonId, carrier: str = "") -> bool:
    """Tell a person in a messenger how a run goes; False if it is over. Raises: UnknownRun.

    carrier: in which messenger; usually where the person is told of their own affairs.
    """
    row = _run_of(uow, run_id, person_id)
    if state_now(uow, row).is_over:
        return False
    begin_following(uow, run_id=run_id, person_id=person_id, carrier=carrier)
    return True


@reached(Actor.OFFICIAL, Door.CONSOLE, Door.BOT, closed={Door.API: OVER_TABLES})
def cancel_run(uow: UnitOfWork, *, run_id: str, cancelled_by: PersonId) -> bool:
    """Stop a run that is not over; False if it was over. Raises: UnknownRun."""
    row = _run_of(uow, run_id, cancelled_by)
    if not _end(uow, run_id, RunState.CANCELLED):
        return False
    finish_job(uow, key=job_key(row))
    uow.audit("run_cancelled", actor=cancelled_by, subject=f"run:{run_id}")
    return True


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def publish_run(uow: UnitOfWork, *, run_id: str, published_by: PersonId, public: bool) -> None:
    """Show a run to citizens as the forecast of the territory, or take it back. The newest one is shown.

    Raises: UnknownRun, also for a run without an answer.
    """
    row = _run_of(uow, run_id, published_by)
    if row.state != RunState.DONE:
        raise UnknownRun
    row.published_at = uow.now if public else None
    uow.audit("run_published" if public else "run_hidden", actor=published_by, subject=f"run:{run_id}")


def _usable(uow: UnitOfWork, model_id: str, territory_id: TerritoryId) -> ScenarioModelRow:
    """A model made for the territory or for one above it."""
    model = uow.session.get(ScenarioModelRow, model_id)
    if model is None or model.territory_id not in ancestry(uow, territory_id=territory_id):
        raise UnknownModel
    if model.state != ModelState.READY:
        raise ModelNotReady
    return model


def _redefined(uow: UnitOfWork, model: ScenarioModelRow) -> dict[str, str]:
    """The marks of what the model names; those of other indicators do not decide its numbers."""
    named = set(_NAMES.findall(model.text))
    return {code: period for code, period in sorted(redefinitions(uow).items()) if code in named}


def _enqueue(uow: UnitOfWork, row: ScenarioRunRow) -> None:
    if not RunState(row.state).is_over:
        add_job(uow, key=job_key(row), kind=RUN_SCENARIOS, arguments={"run_id": row.id})


def _run_of(uow: UnitOfWork, run_id: str, person_id: PersonId) -> ScenarioRunRow:
    row = uow.session.get(ScenarioRunRow, run_id, with_for_update=True)
    if row is None:
        raise UnknownRun
    place = TerritoryId(row.territory_id)
    try:
        require_right(uow, person_id=person_id, action=Action.RUN_MODELS, territory_id=place)
    except Forbidden as refusal:
        # What is not theirs answers them as what is not there.
        raise UnknownRun from refusal
    return row


def _end(uow: UnitOfWork, run_id: str, state: RunState, **values: object) -> bool:
    uow.session.flush()
    statement = update(ScenarioRunRow).where(
        ScenarioRunRow.id == run_id, ScenarioRunRow.state.in_([RunState.WAITING, RunState.RUNNING])
    )
    if uow.changed(statement.values(state=state, finished_at=uow.now, **values)) == 0:
        return False
    tell_of_end(uow, run_id=run_id)
    return True


def _settle_model(uow: UnitOfWork, model_id: str, **values: object) -> None:
    waiting = (ScenarioModelRow.id == model_id, ScenarioModelRow.state == ModelState.WAITING)
    uow.session.execute(update(ScenarioModelRow).where(*waiting).values(**values))
