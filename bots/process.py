"""The conversations of one process: carriers fetch, lanes work, both until told to stop."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from pathlib import Path

from bots.build import build_dispatcher
from bots.carriers.polling import pause, unless
from bots.engine.lanes import Lanes
from bots.engine.port import CarrierPort
from bots.engine.worker import Worker
from core.store import Database
from messengers import ButtonCodec, Carrier, ChannelPolicy, Policies, Site

log = logging.getLogger(__name__)

# How soon a messenger that was switched on or off is taken up or left.
LOOK_AGAIN_S = 1.0

# An update makes some thousand objects, and a hundred updates are in hand at once: Python's 700 would
# look for garbage several times an update, most of it still in use.
GARBAGE_AFTER = (20_000, 20, 50)


def collect_seldom() -> None:
    """Have this process look for garbage as seldom as conversations need it."""
    gc.set_threshold(*GARBAGE_AFTER)


class Conversations:
    """All conversations over the given carriers."""

    def __init__(
        self,
        database: Database,
        carriers: Sequence[CarrierPort],
        *,
        secret_key: str,
        public_url: str,
        files: Path,
        policies: Policies | None = None,
    ) -> None:
        self._policies = policies or {port.carrier: ChannelPolicy.FULL for port in carriers}
        self._carriers = {port.carrier: port for port in carriers}
        dispatcher = build_dispatcher(
            codec=ButtonCodec(secret_key),
            site=Site(public_url),
            policies=self._policies,
            files=files,
        )
        self.lanes = Lanes(
            database,
            carriers=[carrier.value for carrier in self._carriers],
            work=Worker(database, dispatcher, self._carriers),
        )

    @property
    def carriers(self) -> list[Carrier]:
        """Over which messengers we talk."""
        return list(self._carriers)

    def wake(self) -> None:
        """Something has come into the inbox (a nudge)."""
        self.lanes.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Talk until ``stop`` is set. An update in hand is finished or stays in the inbox."""
        tasks = [asyncio.create_task(self.lanes.run(stop), name="lanes")]
        tasks += [
            asyncio.create_task(self._talk_over(port, stop), name=f"carrier {carrier}")
            for carrier, port in self._carriers.items()
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for port in self._carriers.values():
                await port.close()

    async def _talk_over(self, port: CarrierPort, stop: asyncio.Event) -> None:
        """Bring in what the messenger has for as long as its policy lets it carry anything."""
        while not stop.is_set():
            if not self._open(port):
                await pause(stop, LOOK_AGAIN_S)
                continue
            log.info("carrier_opened carrier=%s", port.carrier)
            closing = asyncio.Event()
            work = asyncio.create_task(port.run(closing, arrived=self.lanes.wake))
            try:
                while not (stop.is_set() or work.done()) and self._open(port):
                    await unless(stop, asyncio.wait({work}, timeout=LOOK_AGAIN_S))
            finally:
                # By itself it ends for a wrong token only, which does not mend itself.
                over = work.done()
                closing.set()
                await work
            if over:
                return

    def _open(self, port: CarrierPort) -> bool:
        return self._policies.get(port.carrier, ChannelPolicy.OFF) is not ChannelPolicy.OFF
