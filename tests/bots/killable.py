"""The bots of one messenger in processes of their own, to be killed at any moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

from app.catalogue import compile_catalogues
from app.sole import Held, work_alone
from bots import Conversations, TelegramCarrier
from core.shared.clock import ManualClock
from core.store import Database
from tests.bots.doors import FILES, PUBLIC_URL, SECRET
from tests.bots.fake_telegram import TOKEN
from tests.conftest import NOON

# Forked from a server that has imported all this once: a start costs milliseconds, not aiogram's seconds.
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Talker:
    """One of the processes; ``talks`` is set while it is the one that talks, the others stand by."""

    process: ForkServerProcess
    talks: Event

    def kill(self) -> None:
        """SIGKILL; returns when it is gone."""
        self.process.kill()
        self.process.join()


def start(database_url: str, api_base: str, folder: Path) -> Talker:
    """Talk over the Telegram at ``api_base`` in turn with the others of this folder, until killed."""
    talks = _PROCESSES.Event()
    process = _PROCESSES.Process(target=_talk, args=(database_url, api_base, folder, talks), daemon=True)
    process.start()
    return Talker(process, talks)


def _talk(database_url: str, api_base: str, folder: Path, talks: Event) -> None:
    compile_catalogues()
    database = Database(database_url, clock=ManualClock(NOON))
    for_ever = asyncio.Event()

    async def work(_held: Held) -> None:
        talks.set()
        carrier = TelegramCarrier(database, token=TOKEN, api_base=api_base)
        await Conversations(database, [carrier], secret_key=SECRET, public_url=PUBLIC_URL, files=FILES).run(
            for_ever
        )

    asyncio.run(work_alone(database, "bots", folder=folder, stop=for_ever, work=work))
