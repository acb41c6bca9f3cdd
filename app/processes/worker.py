"""Background work from Redis queues: `default` forks for each job, `charts` keeps one warm Chrome.

A killed job comes back only through the maintenance of a living worker, hence the short intervals; the truth
about long work is the job row in the database, rq carries keys.
"""

from __future__ import annotations

import importlib

import redis
import structlog
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from analytics.jobs import configure, inherit
from app import lifeline
from app.degraded import find_chrome
from app.settings import Settings
from app.wiring import open_database
from core.store import StoreUnavailable

logger = structlog.get_logger()

CHARTS = "charts"

_MAINTENANCE_S = 30
_WORKER_TTL_S = 60
_MONITORING_S = 5


def main(settings: Settings, *queues: str) -> None:
    """Work on the queues named (default: `default`) until SIGTERM; the job under way is finished first."""
    names = list(queues) or ["default"]
    chrome = find_chrome(settings)
    configure(
        database=open_database(settings),
        files_dir=settings.files_folder,
        cache_dir=settings.var / "charts",
        browser_path=str(chrome) if chrome else None,
    )
    # A chart takes 0.3 s in a Chrome that is kept and 3 to 5 s in a new one, so that queue never forks.
    kind = SimpleWorker if CHARTS in names else Worker
    worker = kind(
        names,
        connection=redis.Redis.from_url(settings.redis_url),
        serializer=JSONSerializer,
        worker_ttl=_WORKER_TTL_S,
        job_monitoring_interval=_MONITORING_S,
        maintenance_interval=_MAINTENANCE_S,
    )
    _inherit()
    lifeline.report_ready()
    if CHARTS not in names:
        worker.work(logging_level="WARNING")
        return
    # By name: only this one of the workers carries the libraries of the charts.
    pictures = importlib.import_module("analytics.jobs.pictures")
    pictures.warm()
    try:
        worker.work(logging_level="WARNING")
    finally:
        pictures.close()


def _inherit() -> None:
    try:
        inherited = inherit()
    except StoreUnavailable:
        # Their leases end by themselves.
        logger.warning("jobs_not_inherited")
        return
    if inherited:
        logger.info("jobs_inherited", jobs=inherited)
