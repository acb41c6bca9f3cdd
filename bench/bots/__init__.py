"""`./run bench bots [--json]`: conversations beside bare aiogram, and three senders on one limit.

Figures: CPU-seconds of this process an update, through inbox, middlewares, dialogue and core (SQLite,
synchronous=FULL), against a bare aiogram dispatcher with memory state that draws the same screens; grants
of a limiter that three sender processes share; a mailing in compressed time.
"""

import bots  # noqa: F401 - before aiogram, whose types are then built when they are met
from bench.bots.run import main

__all__ = ["main"]
