"""The bots of one messenger in a process of their own, to be killed at any moment."""

from __future__ import annotations

import asyncio
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

from app.catalogue import compile_catalogues
from bots import Conversations, TelegramCarrier
from core.shared.clock import ManualClock
from core.store import Database
from tests.bots.doors import FILES, PUBLIC_URL, SECRET
from tests.bots.fake_telegram import TOKEN
from tests.conftest import NOON

# Forked from a server that has imported all this once: a start costs milliseconds, not aiogram's seconds.
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def start(database_url: str, api_base: str) -> ForkServerProcess:
    """Talk over the Telegram at ``api_base`` until killed."""
    process = _PROCESSES.Process(target=_talk, args=(database_url, api_base), daemon=True)
    process.start()
    return process


def _talk(database_url: str, api_base: str) -> None:
    compile_catalogues()
    database = Database(database_url, clock=ManualClock(NOON))
    carrier = TelegramCarrier(database, token=TOKEN, api_base=api_base)
    conversations = Conversations(database, [carrier], secret_key=SECRET, public_url=PUBLIC_URL, files=FILES)
    asyncio.run(conversations.run(asyncio.Event()))
