"""How a process of ours lives: with a database of its own, at work until it is told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from app.settings import Settings
from app.wiring import open_database
from core.store import Database

Work = Callable[[Settings, Database, asyncio.Event], Awaitable[None]]


def run_until_told(settings: Settings, work: Work) -> None:
    """Run the work; SIGTERM and SIGINT set its event, and what is in hand then is for it to finish."""
    database = open_database(settings)
    try:
        asyncio.run(_run(settings, database, work))
    finally:
        database.close()


async def _run(settings: Settings, database: Database, work: Work) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(settings, database, stop)
