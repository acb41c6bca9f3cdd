"""One timer for all connections: who says nothing is asked, who does not answer is cut.

A timer a connection (uvicorn's way) costs 0.6 KB each and wakes the loop once a connection and period.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

log = logging.getLogger(__name__)

# The period is walked through in this many steps, so that the questions do not all leave at once.
STEPS: Final = 20


class Pulse(Protocol):
    """A connection as the heartbeat knows it. ``heard``: it has said something since it was last asked."""

    heard: bool

    def ask(self) -> None:
        """Send a ping."""
        ...

    def give_up(self) -> None:
        """Nothing came for a whole period after a ping: cut the connection."""
        ...


@dataclass(slots=True, eq=False)
class Heartbeat:
    """Asks every connection once a period; any byte from it is an answer.

    A connection that died without a word is noticed after one to two periods.
    """

    period_s: float
    _ring: deque[dict[Pulse, None]] = field(init=False)
    _timer: asyncio.TimerHandle | None = None

    def __post_init__(self) -> None:
        self._ring = deque({} for _ in range(STEPS))

    def add(self, pulse: Pulse) -> dict[Pulse, None]:
        """Begin to ask it, a whole period from now; it is forgotten by ``del`` from what is returned."""
        place = self._ring[-1]
        place[pulse] = None
        if self._timer is None:
            self._schedule()
        return place

    def _schedule(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.period_s / STEPS, self._step)

    def _step(self) -> None:
        self._timer = None
        for pulse in tuple(self._ring[0]):
            try:
                self._look_at(pulse)
            except Exception:
                # The others are to be asked all the same.
                log.exception("live_heartbeat_failed")
        self._ring.rotate(-1)
        if any(self._ring):
            self._schedule()

    def _look_at(self, pulse: Pulse) -> None:
        if pulse.heard:
            pulse.heard = False
            pulse.ask()
        else:
            pulse.give_up()
