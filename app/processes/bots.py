"""The conversations: the web chat always, a messenger that has a token while its policy lets it.

One process talks, others stand by: the order of a chat is kept in the memory of the one (decision 0032).
"""

import asyncio
import contextlib
import logging
from functools import partial
from typing import assert_never

from app import lifeline
from app.carriers import live_policies, max_client, messengers_of, vk_client, webhook_of
from app.limits import limiter_for
from app.nudges import Alarm
from app.settings import Settings
from app.sole import Held, work_alone
from app.until_told import run_until_told
from app.wiring import INBOX_NUDGE
from bots import (
    CarrierPort,
    Conversations,
    MaxCarrier,
    TelegramCarrier,
    VkCarrier,
    WebChatCarrier,
    collect_seldom,
)
from core.store import Database
from messengers import Carrier

log = logging.getLogger(__name__)

# How soon a process that has lost its lock stops talking.
LOOK_S = 1.0


def main(settings: Settings) -> None:
    """Talk until SIGTERM. What is in hand then is finished or waits in the inbox for the next start."""
    # aiogram writes a line for each update at INFO; the inbox and our own log tell more.
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    collect_seldom()
    run_until_told(settings, _in_turn)


async def _in_turn(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    work = partial(talk, settings, database, stop)
    await work_alone(database, "bots", folder=settings.var, stop=stop, work=work)


async def talk(settings: Settings, database: Database, stop: asyncio.Event, held: Held) -> None:
    """Talk until ``stop``, or until the lock is lost in some trouble: another process may be talking then."""
    over = asyncio.Event()
    conversations = build_conversations(settings, database)
    async with Alarm(settings.redis_url, INBOX_NUDGE) as alarm:
        beside = [
            asyncio.create_task(_wake_on_nudges(alarm, conversations), name="inbox nudges"),
            asyncio.create_task(_end(stop, held, over), name="end of talking"),
        ]
        try:
            lifeline.report_ready()
            await conversations.run(over)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _end(stop: asyncio.Event, held: Held, over: asyncio.Event) -> None:
    """Set ``over`` when it is time to stop or the lock is no longer ours."""
    while not stop.is_set() and await asyncio.to_thread(held):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)
    if not stop.is_set():
        log.warning("bots_lock_lost")
    over.set()


def build_conversations(settings: Settings, database: Database) -> Conversations:
    """The conversations over the carriers that the settings allow."""
    carriers: list[CarrierPort] = [WebChatCarrier()]
    carriers += [_carrier(one, settings, database) for one in messengers_of(settings)]
    log.info("carriers_started carriers=%s", ",".join(port.carrier for port in carriers))
    return Conversations(
        database,
        carriers,
        secret_key=settings.secret_key,
        public_url=settings.public_url,
        files=settings.files_folder,
        policies=live_policies(settings, database),
    )


def _carrier(carrier: Carrier, settings: Settings, database: Database) -> CarrierPort:
    webhook = webhook_of(settings, carrier)
    match carrier:
        case Carrier.TELEGRAM:
            return TelegramCarrier(
                database,
                token=settings.telegram_bot_token,
                api_base=settings.telegram_api_base,
                webhook=webhook,
                limiter=limiter_for(settings, carrier),
            )
        case Carrier.MAX:
            limiter = limiter_for(settings, carrier)
            return MaxCarrier(database, max_client(settings), webhook=webhook, limiter=limiter)
        case Carrier.VK:
            limiter = limiter_for(settings, carrier)
            return VkCarrier(database, vk_client(settings), brought=settings.webhooks, limiter=limiter)
        case Carrier.WEB:
            return WebChatCarrier()
        case Carrier.EMAIL:
            raise ValueError("nobody talks to the bot by mail")
        case _:
            assert_never(carrier)


async def _wake_on_nudges(alarm: Alarm, conversations: Conversations) -> None:
    while True:
        # The lanes poll once a second themselves: this only carries the nudges.
        await alarm.wait(timeout_s=60)
        conversations.wake()
