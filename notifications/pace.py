"""How fast one process sends: so many messages a second in all, and so many to one chat."""

import asyncio
import time
from collections import OrderedDict

MOST_KEYS = 10_000


class Pace:
    """Spaces messages evenly (GCRA without a burst). In this process only.

    Not yet shared between processes: the bots answer people one by one and stay far below the limit,
    and a 429 is honoured whoever caused it.
    """

    def __init__(self, *, per_second: float, per_key_per_second: float) -> None:
        self._step_s = 1 / per_second
        self._key_step_s = 1 / per_key_per_second
        self._next_s = 0.0
        self._next_of: OrderedDict[str, float] = OrderedDict()

    async def wait(self, key: str | None = None) -> None:
        """Take a place in the row and wait for one's turn; without a key only the whole counts."""
        now = time.monotonic()
        at = max(now, self._next_s, self._next_of.get(key, 0.0) if key else 0.0)
        self._next_s = max(now, self._next_s) + self._step_s
        if key:
            self._remember(key, at + self._key_step_s)
        await asyncio.sleep(at - now)

    def _remember(self, key: str, next_s: float) -> None:
        self._next_of[key] = next_s
        self._next_of.move_to_end(key)
        while len(self._next_of) > MOST_KEYS:
            self._next_of.popitem(last=False)
