"""The relay and the sender: facts out of the outbox, messages out to the messengers."""

import asyncio
import logging
from functools import partial

from app import lifeline
from app.job_routes import JobQueues
from app.notices import build_sender, notice_routes
from app.pushing import push
from app.relay import run_relay
from app.routes import joined
from app.settings import Settings
from app.sole import Held, work_alone
from app.until_told import run_until_told
from app.wiring import RELAY_NUDGE
from core.store import Database

log = logging.getLogger(__name__)


def main(settings: Settings) -> None:
    """Run until SIGTERM; stand by while another relay holds the lock."""
    run_until_told(settings, _in_turn)


async def _in_turn(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    work = partial(_work, settings, database, stop)
    await work_alone(database, "relay", folder=settings.var, stop=stop, work=work)


async def _work(settings: Settings, database: Database, stop: asyncio.Event, held: Held) -> None:
    """Relay, push and send side by side; the sender stops with the relay, finishing what it has in hand."""
    lifeline.report_ready()
    relay_over = asyncio.Event()
    sender = build_sender(settings, database)
    sending = asyncio.create_task(sender.run(relay_over), name="sender")
    pushing = asyncio.create_task(push(settings, database, sender, relay_over), name="pushing")
    try:
        await run_relay(
            database,
            redis_url=settings.redis_url,
            nudge_channel=RELAY_NUDGE,
            routes=joined(notice_routes(settings, database, sender), JobQueues(settings.redis_url).routes()),
            stop=stop,
            held=held,
        )
    finally:
        relay_over.set()
        sender.wake()
        await asyncio.gather(sending, pushing)
