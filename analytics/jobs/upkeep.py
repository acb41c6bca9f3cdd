"""What the clock does for jobs and alerts, so that nothing waits for ever."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from core.alerts import end_snoozes, evaluate_release, settle_late_illustrations, settle_mutes
from core.indicators import FORECAST_RELEASE, UnknownRelease, release
from core.jobs import jobs_failed, wake_jobs
from core.scenarios import end_followings
from core.shared.ids import ReleaseId
from core.store import Database

log = logging.getLogger(__name__)

PICTURE_PATIENCE = timedelta(seconds=30)
"""How long an alert waits for its picture."""

_LOOK_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How many things one round has moved on."""

    jobs_woken: int
    alerts_without_picture: int
    snoozes_ended: int
    alerts_heard: int
    alerts_without_forecast: int
    runs_told: int


def keep_up(database: Database) -> Upkeep:
    """One round, to be run by the clock every 10 to 30 seconds.

    Tells again of lost jobs, lets alerts go without a picture, brings back those put off and those that
    were muted, evaluates the alerts of releases whose forecasting has failed for good, and tells of runs that
    have failed for good.
    """
    done = Upkeep(
        jobs_woken=database.run(wake_jobs),
        alerts_without_picture=database.run(settle_late_illustrations, after=PICTURE_PATIENCE),
        snoozes_ended=database.run(end_snoozes),
        alerts_heard=database.run(settle_mutes),
        alerts_without_forecast=_evaluate_failed(database),
        runs_told=database.run(end_followings),
    )
    if done != Upkeep(0, 0, 0, 0, 0, 0):
        log.info(
            "upkeep_done woken=%s without_picture=%s snoozes_ended=%s heard=%s without_forecast=%s runs=%s",
            done.jobs_woken, done.alerts_without_picture, done.snoozes_ended, done.alerts_heard,
            done.alerts_without_forecast, done.runs_told,
        )  # fmt: skip
    return done


def _evaluate_failed(database: Database) -> int:
    fired = 0
    for failed in database.read(jobs_failed, since=database.clock.now() - _LOOK_BACK):
        if failed.kind != FORECAST_RELEASE:
            continue
        try:
            found = database.read(release, release_id=ReleaseId(failed.arguments["release_id"]))
        except UnknownRelease:
            log.warning("failed_job_without_release key=%s", failed.key)
            continue
        fired += len(database.run(evaluate_release, vintage=found.vintage))
    return fired
