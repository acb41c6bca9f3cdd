"""The conversations of one process: carriers fetch, lanes work, both until told to stop."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from pathlib import Path

from bots.build import build_dispatcher
from bots.engine.lanes import Lanes
from bots.engine.port import CarrierPort
from bots.engine.worker import Worker
from core.store import Database
from messengers import ButtonCodec, Carrier, ChannelPolicy, Site

log = logging.getLogger(__name__)


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
        policies: dict[Carrier, ChannelPolicy] | None = None,
    ) -> None:
        full = {port.carrier: ChannelPolicy.FULL for port in carriers}
        self._carriers = {port.carrier: port for port in carriers}
        dispatcher = build_dispatcher(
            codec=ButtonCodec(secret_key),
            site=Site(public_url),
            policies={**full, **(policies or {})},
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
            asyncio.create_task(port.run(stop, arrived=self.lanes.wake), name=f"carrier {carrier}")
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
