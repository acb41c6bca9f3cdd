"""Runs of a scenario model as jobs: once, cancelled, killed, in two workers, with a model that is wrong."""

import json
import math
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from analytics.answering import answer
from analytics.jobs.scenarios import computed, read_model_file, run_scenarios
from analytics.model import ModelError, parse_model, read_model, read_table
from analytics.synthetic.generator import DATA
from core.indicators import NewValue, Passport, Period, record_release, write_passport
from core.jobs import JobState, job, take_job, wake_jobs
from core.scenarios import (
    Decision,
    ModelState,
    RunEnded,
    RunRequest,
    RunState,
    ScenarioRun,
    Search,
    add_model,
    ask_run,
    cancel_run,
    follow_run,
    model_text,
    models_in,
    report_progress,
    result_of,
    run_at_work,
)
from core.scenarios.errors import BadRequest, ModelNotReady
from core.shared.errors import Forbidden
from core.store import waiting_facts
from core.territories import territory_by_slug
from tests.town import ANNA, VERA, Town

WORKER = """
import sys
from pathlib import Path
from analytics.jobs import configure
from analytics.jobs.scenarios import run_scenarios
from app.catalogue import compile_catalogues
from core.store import Database
compile_catalogues()
configure(database=Database(sys.argv[1]), files_dir=Path(sys.argv[2]))
run_scenarios(sys.argv[3])
"""


def the_model(krai: Town) -> str:
    """The example model, read by a worker."""
    (model,) = krai.database.read(models_in, territory_ids=[krai.territory.id])
    if model.state is ModelState.WAITING:
        read_model_file(f"model:{model.id}")
    return model.id


def ask(krai: Town, request: RunRequest | None = None, *, slug: str = "zarechny", who: str = VERA) -> str:
    place = krai.database.read(territory_by_slug, slug=slug)
    return krai.database.run(
        ask_run,
        model_id=the_model(krai),
        territory_id=place.id,
        request=request or RunRequest(draws=200),
        asked_by=krai.people[who] if slug == "zarechny" else None,
    )


def state_of(krai: Town, run_id: str) -> ScenarioRun:
    return krai.database.read(run_at_work, run_id=run_id)


def body_of(krai: Town, run_id: str) -> dict[str, Any]:
    found = krai.database.read(result_of, run_id=run_id)
    assert found is not None
    body: dict[str, Any] = json.loads(found[0])
    return body


def silent(_stage: str, _share: float) -> None:
    """Nobody listens."""


def test_a_run_is_computed_once_kept_with_its_passport_and_the_same_to_the_byte(krai: Town) -> None:
    run_id = ask(krai)
    again = ask(krai)
    other = ask(krai, RunRequest(draws=200, seed=25))
    run_scenarios(f"run:{run_id}:1")
    found = krai.database.read(result_of, run_id=run_id)

    run = state_of(krai, run_id)
    assert found is not None
    body, digest = json.loads(found[0]), found[1]
    assert (again, run.state, run.percent) == (run_id, RunState.DONE, 100)
    assert other != run_id
    assert krai.database.run(take_job, key=f"run:{run_id}:1", holder="second") is None
    # The passport alone leads to the same bytes.
    assert computed(krai.database, run, silent) == found[0]
    assert len(digest) == 64
    assert body["passport"]["model_sha256"] == run.model.digest
    assert body["passport"] | {"vintage": run.vintage, "seed": 24, "draws": 200} == body["passport"]
    # What the database holds of the town is what its file says.
    outlook = answer(
        read_model(DATA / "model.toml"),
        read_table(DATA / "observations.csv"),
        "99701000",
        run.request,
        report=silent,
    )
    assert body["fans"] == json.loads(json.dumps(outlook["fans"]))
    with pytest.raises(Forbidden):
        ask(krai, who=ANNA)
    with pytest.raises(BadRequest):
        RunRequest(draws=10**6)


def test_new_data_make_another_run(krai: Town) -> None:
    run_id = ask(krai)
    krai.database.run(
        record_release,
        source="test",
        digest="1" * 64,
        title="Пересмотр",
        values=[
            NewValue(
                indicator="GMP",
                territory_id=krai.territory.id,
                period=Period.parse("2024"),
                value=26000.0,
                source="Росстат",
            )
        ],
        recorded_by=None,
    )

    later = ask(krai)
    for one in (run_id, later):
        run_scenarios(f"run:{one}:1")

    before, after = (body_of(krai, one)["history"]["GMP"]["2024"] for one in (run_id, later))
    assert later != run_id
    # The earlier run keeps to what was known when it was asked for.
    assert before != 26000.0
    assert after == 26000.0


def test_a_mark_of_a_new_definition_makes_another_run_that_keeps_to_it(krai: Town) -> None:
    def mark(code: str, period: str) -> None:
        new = Passport(redefined_in=period)
        krai.database.run(write_passport, code=code, passport=new, written_by=None)

    before = ask(krai)
    mark("MIGR_NET", "2012")
    unnamed = ask(krai)
    mark("INVEST", "2012")
    later = ask(krai)
    run_scenarios(f"run:{later}:1")
    mark("INVEST", "2015")

    body, run = body_of(krai, later), state_of(krai, later)
    assert unnamed == before != later
    assert body["passport"]["redefined"] == {"INVEST": 2012}
    found = {name: one["left_out"] for name, one in body["equations"].items() if one["redefined"]}
    assert found == {"INVEST": [2012, 2013], "GMP": [2012]}
    # What was known when it was asked for decides, not what is known now.
    kept = krai.database.read(result_of, run_id=later)
    assert kept is not None
    assert computed(krai.database, run, silent) == kept[0]


def test_changes_of_the_analyst_move_their_scenario_and_no_other(krai: Town) -> None:
    changes = RunRequest(
        draws=200,
        drivers={"pessimistic": {"GDP_RF": {str(year): 120.0 for year in range(2025, 2031)}}},
        addfactors={"optimistic": {"WAGE": {"2026": 0.05}}},
        decision=Decision(title="Цех", sector="industry", money=900, jobs=300, year=2026, duration=2),
        search=Search(indicator="GMP", value=33000, year=2030, instrument="INVEST"),
    )
    plain, run_id = ask(krai), ask(krai, changes)
    for one in (plain, run_id):
        run_scenarios(f"run:{one}:1")

    before, body = body_of(krai, plain), body_of(krai, run_id)
    assert body["fans"]["GMP"]["base"] == before["fans"]["GMP"]["base"]
    assert body["fans"]["GMP"]["pessimistic"]["path"][-1] < before["fans"]["GMP"]["pessimistic"]["path"][-1]
    assert body["fans"]["WAGE"]["optimistic"]["path"][1] > before["fans"]["WAGE"]["optimistic"]["path"][1]
    assert body["conditions"]["pessimistic"]["GDP_RF"]["2027"] == 120.0
    # Money is spent evenly over its years, jobs come after it and stay.
    effects = {one["variable"]: one for one in body["decision"]["effects"]}
    assert effects["INVEST"]["median"][1] == pytest.approx(450.0)
    assert effects["EMPLOYED"]["median"][3] > 0.3 > effects["EMPLOYED"]["median"][2]
    assert body["search"]["answers"][0]["amount"] > 0
    # The terms of an equation add up to what it says, the correction of the blend among them.
    terms = body["contributions"]["GMP"]["base"]
    path = body["fans"]["GMP"]["base"]["path"]
    last = body["history"]["GMP"]["2024"]
    assert sum(one["by_year"][0] for one in terms) == pytest.approx(math.log(path[0] / last))


def test_a_cancelled_run_stops_and_may_be_asked_for_again(krai: Town) -> None:
    run_id = ask(krai)
    krai.database.run(take_job, key=f"run:{run_id}:1", holder="worker")
    assert krai.database.run(report_progress, run_id=run_id, percent=40, stage="checking")

    assert krai.database.run(cancel_run, run_id=run_id, cancelled_by=krai.people[VERA])

    assert not krai.database.run(report_progress, run_id=run_id, percent=50, stage="checking")
    assert state_of(krai, run_id).state is RunState.CANCELLED
    assert krai.database.read(result_of, run_id=run_id) is None
    assert not krai.database.run(cancel_run, run_id=run_id, cancelled_by=krai.people[VERA])
    assert ask(krai) == run_id
    run_scenarios(f"run:{run_id}:2")
    assert state_of(krai, run_id).state is RunState.DONE


def test_a_model_that_is_wrong_is_refused_with_its_place_in_both_languages(krai: Town) -> None:
    good = (DATA / "model.toml").read_text("utf-8")
    line = good[: good.index('eq = "dlog(GMP)')].count("\n") + 1
    unknown = good.replace("c*dlog(INVEST)", "c*dlog(INWEST)", 1)
    place = krai.territory.id

    def upload(body: str) -> str:
        return krai.database.run(
            add_model, territory_id=place, file_name="my.toml", text=body, added_by=krai.people[VERA]
        )

    bad = upload(unknown)
    with pytest.raises(ModelNotReady):
        krai.database.run(ask_run, model_id=bad, territory_id=place, request=RunRequest(), asked_by=None)
    read_model_file(f"model:{bad}")
    model, _ = krai.database.read(model_text, model_id=bad)
    assert model.state is ModelState.REFUSED
    assert model.refusal is not None
    assert f"my.toml, строка {line - 1}, уравнение GMP" in model.refusal["ru"]
    assert "INVEST" in model.refusal["ru"]

    # A mistake that shows only on the way: the year is named, too.
    growing = good.replace(
        'eq = "BUD_REV = BUD_OWN + TRANSFERS"', 'eq = "BUD_REV = BUD_OWN / (2500 - TRANSFERS)"'
    )
    late = upload(growing)
    read_model_file(f"model:{late}")
    run_id = krai.database.run(
        ask_run, model_id=late, territory_id=place, request=RunRequest(draws=50), asked_by=None
    )
    run_scenarios(f"run:{run_id}:1")
    run = state_of(krai, run_id)
    assert run.state is RunState.REFUSED
    assert run.refusal is not None
    assert "уравнение BUD_REV" in run.refusal["ru"]
    assert "год 2025: Деление на ноль" in run.refusal["ru"]
    assert "year 2025: Division by zero" in run.refusal["en"]
    with pytest.raises(ModelError, match="line"):
        parse_model(unknown.encode())


def _worker(krai: Town, folder: Path, run_id: str) -> subprocess.Popen[bytes]:
    url = krai.database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", WORKER, url, str(folder), f"run:{run_id}:1"])


def test_a_killed_worker_costs_time_only_and_towns_are_run_side_by_side(krai: Town, tmp_path: Path) -> None:
    # Long enough to be killed in the middle: the stage that is told of last is the longest one.
    request = RunRequest(draws=5000, years=20)
    killed = ask(krai, request)
    krai.database.run(follow_run, run_id=killed, person_id=krai.people[VERA])
    doomed = _worker(krai, tmp_path, killed)
    try:
        until = time.monotonic() + 60
        while state_of(krai, killed).percent < 5 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        doomed.send_signal(signal.SIGKILL)
        doomed.wait(10)
    assert state_of(krai, killed).state is RunState.RUNNING

    # The clock of the test is ahead of the worker's, so the lease of the dead one is over.
    krai.database.run(wake_jobs)
    neighbour = ask(krai, slug="ozersk")
    both = [_worker(krai, tmp_path, one) for one in (killed, neighbour)]
    assert [worker.wait(60) for worker in both] == [0, 0]

    found = krai.database.read(job, key=f"run:{killed}:1")
    assert found is not None
    assert (found.state, found.attempts) == (JobState.DONE, 2)
    assert [state_of(krai, one).state for one in (killed, neighbour)] == [RunState.DONE, RunState.DONE]
    with krai.database.reading() as reading:
        rows = reading.session.execute(text("SELECT COUNT(*) FROM scenario_result")).scalar_one()
    assert rows == 2
    # Whoever follows it in a messenger is told of its end once.
    facts = [one.recorded.fact for one in krai.database.read(waiting_facts)]
    assert [one.run_id for one in facts if isinstance(one, RunEnded)] == [killed]
    # A worker thought dead that comes to its end late changes nothing.
    kept = krai.database.read(result_of, run_id=killed)
    assert kept is not None
    assert computed(krai.database, state_of(krai, killed), silent) == kept[0]
