"""The conversations: the web chat always, a messenger that has a token while its policy lets it."""

import asyncio
import contextlib
import logging
import signal
from typing import assert_never

from app import lifeline
from app.carriers import live_policies, max_client, messengers_of, vk_client, webhook_of
from app.limits import limiter_for
from app.nudges import Alarm
from app.settings import Settings
from app.wiring import INBOX_NUDGE, open_database
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


def main(settings: Settings) -> None:
    """Talk until SIGTERM. What is in hand then is finished or waits in the inbox for the next start."""
    # aiogram writes a line for each update at INFO; the inbox and our own log tell more.
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    collect_seldom()
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
    conversations = build_conversations(settings, database)
    async with Alarm(settings.redis_url, INBOX_NUDGE) as alarm:
        waking = asyncio.create_task(_wake_on_nudges(alarm, conversations), name="inbox nudges")
        try:
            lifeline.report_ready()
            await conversations.run(stop)
        finally:
            waking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waking


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
