"""The job that follows every release: forecast what it changed, evaluate the alerts."""

import logging
import time
from collections.abc import Collection, Mapping

import numpy as np

from analytics.forecasting import forecast
from analytics.jobs.context import context
from analytics.jobs.panels import Panels
from core.alerts import evaluate_series, publish_forecast, watched_indicators
from core.indicators import (
    Forecast,
    Indicator,
    Point,
    all_series,
    gapless_tail,
    indicator,
    redefinitions,
    release,
    series_changed_by,
    series_forecast_at,
    series_held_by,
)
from core.jobs import Job, fail_job, finish_job, renew_job, take_job
from core.shared.ids import ReleaseId, TerritoryId
from core.store import Database, Reading, UnitOfWork

log = logging.getLogger(__name__)

_RENEW_AFTER_S = 15.0
# A commit costs as much as a forecast; twenty of both take a third of a second.
_BATCH = 20

Pair = tuple[TerritoryId, str]
"""A series: territory and indicator."""


def forecast_release(key: str) -> None:
    """Forecast the series that a release has changed, the watched ones first.

    Safe to run twice and to die anywhere: a forecast and the alerts of its series are one commit.
    Alerts are evaluated even if forecasting fails.
    """
    database, holder = context().database, context().holder
    job = database.run(take_job, key=key, holder=holder)
    if job is None:
        log.info("job_not_taken key=%s", key)
        return
    try:
        whole = _forecast(database, job, holder)
    except Exception as error:
        log.exception("job_failed key=%s attempt=%s", key, job.attempts)
        database.run(fail_job, key=key, failure=f"{type(error).__name__}: {error}")
        raise
    if whole:
        database.run(finish_job, key=key)


def _forecast(database: Database, job: Job, holder: str) -> bool:
    """Whether all of it is done; if another worker has the job by now, the rest and the end are its own."""
    found = database.read(release, release_id=ReleaseId(job.arguments["release_id"]))
    began = renewed = time.monotonic()
    batches = database.read(_batches, vintage=found.vintage)
    redefined = database.read(redefinitions)
    panels = Panels(database, vintage=found.vintage, redefined=redefined)
    for batch in batches:
        if time.monotonic() - renewed > _RENEW_AFTER_S:
            renewed = time.monotonic()
            if not database.run(renew_job, key=job.key, holder=holder):
                log.info("job_lost key=%s", job.key)
                return False
        made = _made(database.read(_known, batch=batch, vintage=found.vintage), panels, redefined)
        database.run(_publish, vintage=found.vintage, made=made)
    database.run(_judge_held, vintage=found.vintage)
    log.info(
        "release_forecast release=%s series=%s took_ms=%.0f",
        found.id, sum(map(len, batches)), (time.monotonic() - began) * 1000,
    )  # fmt: skip
    return True


def _batches(reading: Reading, *, vintage: int) -> list[list[Pair]]:
    """The changed series without a forecast, a commit each batch: watched ones alone and first.

    Somebody waits for the watched ones. What a killed worker has published is not made again, so each
    attempt gets further.
    """
    done = series_forecast_at(reading, vintage=vintage)
    pairs = [pair for pair in series_changed_by(reading, vintage=vintage) if pair not in done]
    watched = watched_indicators(reading)
    others = [pair for pair in pairs if pair[1] not in watched]
    batches = [others[start : start + _BATCH] for start in range(0, len(others), _BATCH)]
    return [*([pair] for pair in pairs if pair[1] in watched), *batches]


def _known(
    reading: Reading, *, batch: Collection[Pair], vintage: int
) -> list[tuple[Pair, Indicator, tuple[Point, ...]]]:
    found = all_series(
        reading,
        territory_ids={territory_id for territory_id, _ in batch},
        indicators={code for _, code in batch},
        as_of=vintage,
    )
    return [(pair, indicator(reading, code=pair[1]), gapless_tail(found[pair])) for pair in batch]


def _made(
    known: list[tuple[Pair, Indicator, tuple[Point, ...]]], panels: Panels, redefined: Mapping[str, str]
) -> list[tuple[Pair, Forecast | None]]:
    """Forecast each series, with its panel where it has one.

    None for one that cannot be forecast, whose alerts are judged all the same.
    """
    made: list[tuple[Pair, Forecast | None]] = []
    for pair, shown, points in known:
        try:
            mark = redefined.get(shown.code, "")
            made.append((pair, panels.forecast(pair[0], shown, points) or _alone(shown, points, mark)))
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            log.exception("series_not_forecast indicator=%s territory=%s", pair[1], pair[0])
            made.append((pair, None))
    return made


def _alone(shown: Indicator, points: tuple[Point, ...], redefined_in: str) -> Forecast:
    values = [point.value for point in points]
    return forecast(values, last_period=points[-1].period, unit=shown.unit, redefined_in=redefined_in)


def _judge_held(uow: UnitOfWork, *, vintage: int) -> None:
    """Rules on the quality of data also see what is held or decided; the series itself has not changed."""
    changed = series_changed_by(uow, vintage=vintage)
    for territory_id, code in series_held_by(uow, vintage=vintage):
        if (territory_id, code) not in changed:
            evaluate_series(uow, indicator=code, territory_id=territory_id, vintage=vintage)


def _publish(uow: UnitOfWork, *, vintage: int, made: list[tuple[Pair, Forecast | None]]) -> None:
    for (territory_id, code), each in made:
        if each is None:
            evaluate_series(uow, indicator=code, territory_id=territory_id, vintage=vintage)
        else:
            publish_forecast(uow, indicator=code, territory_id=territory_id, vintage=vintage, forecast=each)
