"""One more sender beside the relay's, on this machine or on another: rows and limiter keep them apart."""

import asyncio
import contextlib
import os
import socket
import time

from app import lifeline
from app.notices import build_sender
from app.nudges import Alarm
from app.settings import Settings
from app.until_told import run_until_told
from app.wiring import SENDER_NUDGE
from core.store import Database
from notifications import Sender


def main(settings: Settings) -> None:
    """Send until SIGTERM. What is in hand then is finished; after a kill its leases end by themselves."""
    run_until_told(settings, _send)


async def _send(settings: Settings, database: Database, stop: asyncio.Event) -> None:
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
