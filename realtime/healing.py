"""What keeps a hub true although Redis may lose anything: the database is asked where streams stand."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.store import NOTHING_YET, Database, heads
from realtime import measures
from realtime.fanout import Fanout
from realtime.history import History, follows

log = logging.getLogger(__name__)

# SQLite allows 32,766 bound values, and a page of names must not hold a connection for long.
HEADS_PER_QUERY: Final = 500


@dataclass(slots=True)
class Healer:
    """Fills gaps of followed streams from the database, each stream by one task at a time."""

    database: Database
    fanout: Fanout
    history: History
    _filling: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)

    def gap(self, stream: str) -> None:
        """Something of this stream is missing: read it. Never waits for a late publication."""
        if stream in self._filling:
            # The page being read may be older than what was missed just now.
            self._again.add(stream)
            return
        task = asyncio.create_task(self._fill(stream))
        self._filling[stream] = task
        task.add_done_callback(lambda done: self._filled(stream, done))

    async def compare(self) -> None:
        """Compare all followed streams with the database and mend what differs."""
        streams = list(self.fanout.channels)
        for begin in range(0, len(streams), HEADS_PER_QUERY):
            await self._compare(streams[begin : begin + HEADS_PER_QUERY])

    async def stop(self) -> None:
        """Give up what is being filled; the next hub reads it anew."""
        tasks = list(self._filling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _compare(self, streams: Sequence[str]) -> None:
        # Positions from before the query: those of now may rightly be ahead of its answer.
        shown = {
            stream: (channel.epoch, channel.position)
            for stream in streams
            if (channel := self.fanout.channels.get(stream)) is not None
        }
        stand = await self.database.read_async(heads, streams=list(shown))
        for stream, (epoch, position) in shown.items():
            if epoch is None or position is None:
                continue
            head = stand.get(stream, NOTHING_YET)
            if head.epoch != epoch or head.seq < position:
                log.warning("stream_restarted stream=%s", stream)
                self.fanout.restart(stream)
            elif head.seq > position:
                self.gap(stream)

    async def _fill(self, stream: str) -> None:
        while (channel := self.fanout.channels.get(stream)) is not None and channel.position is not None:
            self._again.discard(stream)
            position = channel.position
            page = await self.history.page(stream, seq=position)
            if page.epoch != channel.epoch or not follows(position, page.events):
                self.fanout.restart(stream)
                return
            if page.events and page.events[-1].seq > (channel.position or 0):
                measures.gaps.inc()
            self.fanout.publish(stream, page.epoch, page.events)
            if not page.more and stream not in self._again:
                return

    def _filled(self, stream: str, done: asyncio.Task[None]) -> None:
        self._filling.pop(stream, None)
        if not done.cancelled() and done.exception() is not None:
            # The database did not answer; the next comparison tries again.
            log.warning("gap_not_filled stream=%s", stream, exc_info=done.exception())
