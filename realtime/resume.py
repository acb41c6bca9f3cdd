"""Following a sequenced stream from any point: history and live events joined without a seam.

The order of the steps is the whole point. The follower is registered *first*, so that everything
published from now on is buffered for it; *then* its history is read, page by page; then the buffer is
merged by seq. Read first and register second, and an event committed in between is never seen.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from core.store import Head
from realtime.audience import Joining
from realtime.fanout import Fanout
from realtime.frames import subscribed_frame
from realtime.history import History, HistoryPage, whole_part
from realtime.limits import Limits
from realtime.outlet import BoundedOutlet
from realtime.protocol import CloseCode, Subscribe
from realtime.wire import Frame

MAX_FRUITLESS_PAGES: Final = 3


@dataclass(frozen=True, slots=True)
class Start:
    """Where a replay begins and whether what the client holds is void."""

    epoch: int
    head: int
    position: int
    reset: bool


def where_to_start(request: Subscribe, *, epoch: int, newest: int, limits: Limits) -> Start:
    """Decide between going on, starting now and starting afresh.

    Starting afresh (``reset``): the epoch is another one, the client has seen what the database has not
    (its history went back), or it is so far behind that reading the newest part anew is kinder.
    """
    if request.seq is None:
        return Start(epoch=epoch, head=newest, position=newest, reset=request.epoch not in (None, epoch))
    other_history = request.epoch not in (None, epoch) or request.seq > newest
    too_far = newest - request.seq > limits.longest_replay
    if other_history or too_far:
        return Start(epoch=epoch, head=newest, position=max(0, newest - limits.reset_tail), reset=True)
    return Start(epoch=epoch, head=newest, position=request.seq, reset=False)


@dataclass(frozen=True, slots=True)
class Resume:
    """One replay for one follower. ``run`` ends when the follower is live or closed."""

    history: History
    fanout: Fanout
    limits: Limits

    async def run(self, request: Subscribe, newest: Head, outlet: BoundedOutlet, joining: Joining) -> None:
        """Read history to ``outlet`` until it meets what was buffered since ``joining`` was registered.

        ``newest`` may be from before the registration: at least one page is read after it.
        """
        start = where_to_start(request, epoch=newest.epoch, newest=newest.seq, limits=self.limits)
        self._begin(request, start, outlet, joining)
        if not await self._replay(request, outlet, joining):
            # The history moved under the replay (a restore): the client comes back and is told to reset.
            self.fanout.restart(request.stream)

    def _begin(self, request: Subscribe, start: Start, outlet: BoundedOutlet, joining: Joining) -> None:
        joining.epoch, joining.position = start.epoch, start.position
        answer = subscribed_frame(
            request.id,
            request.stream,
            epoch=start.epoch,
            seq=start.head,
            start=start.position,
            reset=start.reset,
        )
        outlet.offer(Frame.of(answer))

    async def _replay(self, request: Subscribe, outlet: BoundedOutlet, joining: Joining) -> bool:
        """False if the history is not what it was when the replay began."""
        fruitless = 0
        while not outlet.closed:
            page = await self._page(joining)
            if page.epoch != joining.epoch:
                return False
            self._hand_over(page, request, outlet, joining)
            if not await self._drained(outlet):
                return True
            if page.more:
                continue
            if self.fanout.settle(joining):
                return True
            # What is missing was committed before it was published, so the next page has it.
            fruitless = 0 if page.events else fruitless + 1
            if fruitless > MAX_FRUITLESS_PAGES:
                return False
        return True

    async def _page(self, joining: Joining) -> HistoryPage:
        return await self.history.page(joining.stream, seq=joining.position)

    def _hand_over(
        self, page: HistoryPage, request: Subscribe, outlet: BoundedOutlet, joining: Joining
    ) -> None:
        events = whole_part(joining.position, page.events)
        if len(events) < len(page.events) or (events and events[0].seq != joining.position + 1):
            # Older events are kept no longer: it cannot be whole, so the client must be told.
            fresh = Start(epoch=page.epoch, head=events[-1].seq, position=events[0].seq - 1, reset=True)
            self._begin(request, fresh, outlet, joining)
            joining.hand_over(events)
        elif events:
            for frame in page.frames():
                outlet.offer(frame)
            joining.position = events[-1].seq

    async def _drained(self, outlet: BoundedOutlet) -> bool:
        """Wait until the client has taken most of what it was sent; give up on one that reads nothing."""
        try:
            async with asyncio.timeout(self.limits.replay_stall_s):
                await outlet.drained()
        except TimeoutError:
            outlet.close(CloseCode.TOO_SLOW)
        return not outlet.closed
