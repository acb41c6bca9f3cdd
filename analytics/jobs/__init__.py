"""Long work of analytics: what a worker runs, given the key of a job.

A worker process calls ``configure`` once; the bodies are plain functions of a key, so a queue carries
nothing that could be lost.
"""

from analytics.jobs.context import configure, inherit
from analytics.jobs.upkeep import keep_up

__all__ = ["configure", "inherit", "keep_up"]
