"""One more sender beside the relay's, on this machine or on another: rows and limiter keep them apart."""

import asyncio
import contextlib
import os
import signal
import socket
import time

from app import lifeline
from app.notices import build_sender
from app.nudges import Alarm
from app.settings import Settings
from app.wiring import SENDER_NUDGE, open_database
from core.store import Database
from notifications import Sender


def main(settings: Settings) -> None:
    """Send until SIGTERM. What is in hand then is finished; after a kill its leases end by themselves."""
    database = open_database(settings)
    try:
        asyncio.run(_main(settings, database))
    finally:
        database.close()


async def _main(settings: Settings, database: Database) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # Nobody guards this name with a lock, so it is never used again and nobody is succeeded.
    name = f"{socket.gethostname()[:30]}-{os.getpid()}-{int(time.time())}"
    sender = build_sender(settings, database, name=name, succeeds=False)
    async with Alarm(settings.redis_url, SENDER_NUDGE) as alarm:
        waking = asyncio.create_task(_wake_on_nudges(alarm, sender), name="sender nudges")
        try:
            lifeline.report_ready()
            await sender.run(stop)
        finally:
            waking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waking


async def _wake_on_nudges(alarm: Alarm, sender: Sender) -> None:
    while True:
        # The sender polls once a second itself: this only carries the nudges.
        await alarm.wait(timeout_s=60)
        sender.wake()
