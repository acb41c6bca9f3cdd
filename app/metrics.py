"""Prometheus metrics of all processes of an instance, gathered into one page.

prometheus-client keeps the values of each process in files of a shared folder when PROMETHEUS_MULTIPROC_DIR
names one before its import; the supervisor sets it, and `web` shows the sum under /metrics. Folders declare
their own counters with prometheus-client; names start with `s24_` and carry their unit.
"""

from __future__ import annotations

from pathlib import Path

import prometheus_client
from prometheus_client import multiprocess

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST


def exposition(folder: Path | None) -> bytes:
    """Return the metrics page: of all processes writing into `folder`, or of this process alone."""
    if folder is None:
        return prometheus_client.generate_latest(prometheus_client.REGISTRY)
    registry = prometheus_client.CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return prometheus_client.generate_latest(registry)
