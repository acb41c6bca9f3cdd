"""The bots and the sender of one messenger in processes of their own, to be killed at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
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
from messengers import ButtonCodec, Carrier, ChannelPolicy, FileLedger, Limiter, LivePolicies, Rates
from notifications import Sender, TelegramSender
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


@contextmanager
def sending(database_url: str, api_base: str, folder: Path) -> Iterator[None]:
    """A process that sends over the Telegram at ``api_base`` for the length of a block."""
    process = _PROCESSES.Process(target=_send, args=(database_url, api_base, folder), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _send(database_url: str, api_base: str, folder: Path) -> None:
    compile_catalogues()
    database = Database(database_url, clock=ManualClock(NOON))
    limiter = Limiter("telegram", Rates(per_second=1000), FileLedger(folder / "sending.sqlite3"))
    telegram = TelegramSender(database, ButtonCodec(SECRET), token=TOKEN, api_base=api_base, limiter=limiter)
    sender = Sender(database, [telegram], public_url=PUBLIC_URL, files=folder, policies=_policies(database))
    asyncio.run(sender.run(asyncio.Event()))


def _policies(database: Database) -> LivePolicies:
    return LivePolicies(database, {Carrier.TELEGRAM: ChannelPolicy.FULL})


def _talk(database_url: str, api_base: str, folder: Path, talks: Event) -> None:
    compile_catalogues()
    database = Database(database_url, clock=ManualClock(NOON))
    for_ever = asyncio.Event()

    async def work(_held: Held) -> None:
        talks.set()
        carrier = TelegramCarrier(database, token=TOKEN, api_base=api_base)
        conversations = Conversations(
            database,
            [carrier],
            secret_key=SECRET,
            public_url=PUBLIC_URL,
            files=FILES,
            policies=_policies(database),
        )
        await conversations.run(for_ever)

    asyncio.run(work_alone(database, "bots", folder=folder, stop=for_ever, work=work))
