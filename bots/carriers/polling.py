"""The loop of a carrier that fetches its updates: it outlives everything but a wrong token."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from core.shared.errors import DomainError, RefusalKind
from messengers import Carrier
from messengers.clients import MessengerFailure, TokenRefused, TooFast

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 30.0
SUBSCRIBE_EVERY_S = 3600.0
T = TypeVar("T")


@dataclass(slots=True)
class Polling:
    """Prepares once, then fetches until told to stop.

    prepare: whatever must be told to the messenger first; fetch: one long poll into the inbox, returns
    how many updates came.
    """

    carrier: Carrier
    prepare: Callable[[], Awaitable[None]]
    fetch: Callable[[], Awaitable[int]]
    _failures: int = field(default=0, init=False)

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Poll until ``stop``; a poll in hand is broken off. A wrong token ends the loop with an error."""
        ready = False
        while not stop.is_set():
            try:
                if not ready:
                    await self.prepare()
                    ready = True
                if await unless(stop, self.fetch()):
                    arrived()
                self._failures = 0
            except TokenRefused:
                log.exception("token_refused carrier=%s: check the token of this messenger", self.carrier)
                return
            except TooFast as limit:
                await pause(stop, limit.wait_s)
            except (MessengerFailure, DomainError) as failure:
                await self._wait_out(stop, failure)

    async def _wait_out(self, stop: asyncio.Event, failure: MessengerFailure | DomainError) -> None:
        if isinstance(failure, DomainError) and failure.kind is not RefusalKind.UNAVAILABLE:
            raise failure
        self._failures += 1
        log.warning(
            "poll_failed carrier=%s why=%s in_a_row=%s", self.carrier, type(failure).__name__, self._failures
        )
        await pause(stop, min(LONGEST_PAUSE_S, 0.2 * 2 ** min(self._failures, 10)))


async def ask_again(subscribe: Callable[[], Awaitable[None]], *, after_s: float = SUBSCRIBE_EVERY_S) -> int:
    """Fetch nothing, the updates are brought; ask for that again now and then.

    MAX ends a subscription whose address has not answered for eight hours, and does not say so.
    """
    await asyncio.sleep(after_s)
    await subscribe()
    return 0


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """The result of the work, or None if ``stop`` was set first; the work is then broken off."""
    task = asyncio.ensure_future(work)
    ended = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        ended.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, or less if ``stop`` is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
