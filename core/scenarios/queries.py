"""Questions about models and runs."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from core.identity import Action, Viewer
from core.indicators import hidden_from, redefinitions
from core.jobs import JobState, job
from core.scenarios.errors import UnknownModel, UnknownRun
from core.scenarios.model import ScenarioModelRow, ScenarioResultRow, ScenarioRunRow
from core.scenarios.rules import ModelState, RunRequest, RunState, ScenarioModel, ScenarioRun
from core.shared.ids import PersonId, TerritoryId
from core.spaces import territories_where
from core.store import PART, Part, Reading, part_of
from core.territories import ancestry


def models_in(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> list[ScenarioModel]:
    """Models that may be run for these territories, theirs and those of the places above, newest first."""
    above = {place for one in territory_ids for place in ancestry(reading, territory_id=one)}
    rows = reading.session.execute(
        select(ScenarioModelRow)
        .where(ScenarioModelRow.territory_id.in_(above))
        .order_by(ScenarioModelRow.added_at.desc(), ScenarioModelRow.id.desc())
    ).scalars()
    return [_as_model(row) for row in rows]


def model_text(reading: Reading, *, model_id: str) -> tuple[ScenarioModel, str]:
    """A model with the text of its file. Raises: UnknownModel."""
    row = reading.session.get(ScenarioModelRow, model_id)
    if row is None:
        raise UnknownModel
    return _as_model(row), row.text


def runs_in(
    reading: Reading, *, territory_ids: Collection[TerritoryId], first: int = 0, limit: int = PART
) -> Part[ScenarioRun]:
    """The runs of these territories, newest first."""
    wanted = (
        select(ScenarioRunRow)
        .where(ScenarioRunRow.territory_id.in_(territory_ids))
        .order_by(ScenarioRunRow.asked_at.desc(), ScenarioRunRow.id.desc())
    )
    return part_of(reading, wanted, first=first, limit=limit).map(lambda row: _as_run(reading, row[0]))


def count_runs_under_way(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> int:
    """How many runs of these territories wait or are being computed."""
    rows = reading.session.execute(
        select(ScenarioRunRow).where(
            ScenarioRunRow.territory_id.in_(territory_ids),
            ScenarioRunRow.state.in_([RunState.WAITING, RunState.RUNNING]),
        )
    ).scalars()
    return sum(not state_now(reading, row).is_over for row in rows)


def run_for(reading: Reading, *, viewer: Viewer, run_id: str) -> ScenarioRun:
    """One run of a territory where the viewer may run models. Raises: UnknownRun."""
    row = reading.session.get(ScenarioRunRow, run_id)
    if row is None or row.territory_id not in territories_where(reading, viewer, Action.RUN_MODELS):
        raise UnknownRun
    return _as_run(reading, row)


def run_at_work(reading: Reading, *, run_id: str) -> ScenarioRun:
    """One run as its worker sees it. Raises: UnknownRun."""
    row = reading.session.get(ScenarioRunRow, run_id)
    if row is None:
        raise UnknownRun
    return _as_run(reading, row)


def result_of(reading: Reading, *, run_id: str) -> tuple[str, str] | None:
    """The answer of a run as its text and the SHA-256 of it, or None. For those who may see the run."""
    row = reading.session.get(ScenarioResultRow, run_id)
    return None if row is None else (row.body, row.digest)


def published_run(reading: Reading, *, territory_id: TerritoryId) -> ScenarioRun | None:
    """The run that citizens of the territory are shown, or None."""
    row = reading.session.execute(
        select(ScenarioRunRow)
        .where(ScenarioRunRow.territory_id == territory_id, ScenarioRunRow.published_at.is_not(None))
        .order_by(ScenarioRunRow.published_at.desc(), ScenarioRunRow.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else _as_run(reading, row)


def published_result(reading: Reading, *, viewer: Viewer, run_id: str) -> dict[str, Any]:
    """The answer of a published run without the indicators that the viewer may not see.

    Raises: UnknownRun if it is not published.
    """
    row = reading.session.get(ScenarioRunRow, run_id)
    found = result_of(reading, run_id=run_id)
    if row is None or row.published_at is None or found is None:
        raise UnknownRun
    return visible_part(reading, viewer=viewer, body=json.loads(found[0]))


def published_results(
    reading: Reading, *, viewer: Viewer, territory_ids: Collection[TerritoryId]
) -> dict[TerritoryId, dict[str, Any]]:
    """What the published runs of these territories answer, as far as the viewer may see it."""
    rows = reading.session.execute(
        select(ScenarioRunRow.territory_id, ScenarioResultRow.body)
        .join(ScenarioResultRow, ScenarioResultRow.run_id == ScenarioRunRow.id)
        .where(ScenarioRunRow.territory_id.in_(territory_ids), ScenarioRunRow.published_at.is_not(None))
        .order_by(ScenarioRunRow.published_at, ScenarioRunRow.id)
    ).tuples()
    # The one published last comes last and stays.
    newest = {TerritoryId(place): body for place, body in rows}
    if not newest:
        return {}
    hidden, marks = hidden_from(reading, viewer=viewer), redefinitions(reading)
    return {
        place: _without(_with_later_marks(json.loads(body), marks), hidden) for place, body in newest.items()
    }


def visible_part(reading: Reading, *, viewer: Viewer, body: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an answer that tells nothing of hidden indicators, with the marks that it does not know of.

    Everything in it that is about a variable lies under the variable's name or carries `about`.
    """
    return _without(_with_later_marks(body, redefinitions(reading)), hidden_from(reading, viewer=viewer))


def _with_later_marks(body: Mapping[str, Any], marks: Mapping[str, str]) -> dict[str, Any]:
    """The answer, with `marked_later` if there are first years of new definitions marked after its run."""
    passport = body.get("passport", {})
    heeded, last = passport.get("redefined", {}), passport.get("last_year", 0)
    later = {
        code: int(period)
        for code, period in marks.items()
        if period.isdecimal() and int(period) <= last and heeded.get(code) != int(period)
    }
    return {**body, "marked_later": later} if later else dict(body)


def _without(body: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    return {
        key: _shown(value, hidden)
        for key, value in body.items()
        if key not in hidden and not _tells_of(value, hidden)
    }


def _shown(value: Any, hidden: Collection[str]) -> Any:
    if isinstance(value, dict):
        return _without(value, hidden)
    if isinstance(value, list):
        return [_shown(one, hidden) for one in value if not _tells_of(one, hidden)]
    return value


def _tells_of(value: Any, hidden: Collection[str]) -> bool:
    return isinstance(value, dict) and any(name in hidden for name in value.get("about", ()))


def _as_run(reading: Reading, row: ScenarioRunRow) -> ScenarioRun:
    model = reading.session.get(ScenarioModelRow, row.model_id)
    if model is None:
        raise UnknownModel
    return ScenarioRun(
        id=row.id,
        territory_id=TerritoryId(row.territory_id),
        model=_as_model(model),
        vintage=row.vintage,
        request=RunRequest.from_json(row.request),
        redefined=row.redefined,
        state=state_now(reading, row),
        percent=row.percent,
        stage=row.stage,
        asked_by=None if row.asked_by is None else PersonId(row.asked_by),
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        published_at=row.published_at,
        refusal=row.refusal,
    )


def job_key(row: ScenarioRunRow) -> str:
    """The key of the job of this attempt."""
    return f"run:{row.id}:{row.attempt}"


def state_now(reading: Reading, row: ScenarioRunRow) -> RunState:
    """A run whose job has ended too many workers has failed, though nobody was left to write it down."""
    state = RunState(row.state)
    if not state.is_over:
        work = job(reading, key=job_key(row))
        if work is not None and work.state is JobState.FAILED:
            return RunState.FAILED
    return state


def _as_model(row: ScenarioModelRow) -> ScenarioModel:
    return ScenarioModel(
        id=row.id,
        territory_id=TerritoryId(row.territory_id),
        file_name=row.file_name,
        digest=row.digest,
        state=ModelState(row.state),
        outline=row.outline,
        refusal=row.refusal,
        added_by=None if row.added_by is None else PersonId(row.added_by),
        added_at=row.added_at,
    )
