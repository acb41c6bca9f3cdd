"""A worker killed in the middle of a release: another one ends the work, and nothing is done twice."""

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.importing import ImportReport
from analytics.jobs import forecasts as forecasting
from analytics.jobs.forecasts import forecast_release
from analytics.synthetic import seed
from core.jobs import JobState, job, take_job, wake_jobs
from core.shared.facts import Fact
from core.store import Database
from tests.town import Town

pytestmark = pytest.mark.faults

WORKER = """
import sys
from pathlib import Path
from analytics.jobs import configure
from analytics.jobs.forecasts import forecast_release
from core.store import Database
configure(database=Database(sys.argv[1]), files_dir=Path(sys.argv[2]))
forecast_release(sys.argv[3])
"""


def published(database: Database) -> Counter[str]:
    """How many times each series was told of."""
    with database.reading() as reading:
        rows = reading.session.execute(text("SELECT payload FROM outbox WHERE kind = 'ForecastPublished'"))
        return Counter(str(payload) for (payload,) in rows)


def forecasts(database: Database) -> int:
    with database.reading() as reading:
        return int(reading.session.execute(text("SELECT COUNT(*) FROM forecast")).scalar_one())


def killed_in_the_middle(database: Database, folder: Path, key: str) -> int:
    """Start a worker in a process of its own, kill -9 it after its first forecasts; how many there were."""
    url = database.engine.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, url, str(folder), key])
    try:
        until = time.monotonic() + 60
        while forecasts(database) < 5 and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    return forecasts(database)


def test_another_worker_ends_what_a_killed_one_began(krai: Town, tmp_path: Path) -> None:
    report: ImportReport = seed(krai.database)
    assert report.release is not None
    key = f"forecast:{report.release.id}"

    done_before = killed_in_the_middle(krai.database, tmp_path, key)
    # The clock of the test is ahead of the worker's, so the lease of the dead one is over.
    woken = krai.database.run(wake_jobs)
    forecast_release(key)

    series = report.release.new
    assert 5 <= done_before < series
    assert woken == 1
    found = krai.database.read(job, key=key)
    assert found is not None
    assert (found.state, found.attempts) == (JobState.DONE, 2)
    assert set(published(krai.database).values()) == {1}
    assert krai.database.run(take_job, key=key, holder="third") is None


def test_a_worker_whose_lease_is_over_does_not_end_the_job_that_another_has(
    krai: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecasting, "_RENEW_AFTER_S", 0.0)
    report: ImportReport = seed(krai.database)
    assert report.release is not None
    key = f"forecast:{report.release.id}"

    def another_takes_it(_facts: list[Fact]) -> None:
        krai.database.on_commit = None
        krai.clock.advance(timedelta(minutes=5))
        assert krai.database.run(take_job, key=key, holder="another") is not None

    krai.database.on_commit = another_takes_it
    forecast_release(key)

    # The other one dies with it: were the job called done, nobody would judge what is left.
    found = krai.database.read(job, key=key)
    assert found is not None
    assert found.state is JobState.RUNNING
    assert 0 < forecasts(krai.database) < report.release.new
