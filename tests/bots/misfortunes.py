"""What may go wrong between us and a fake messenger: refusals, pauses, answers that are lost."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any


class Refusal(Exception):
    """The fake messenger does not take a call: what it answers instead."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class _Planned:
    call: str
    refusal: Refusal | None
    pause_s: float = 0.0


class Misfortunes:
    """Plans them by the name of a call; a call during a pause is refused again and counted as impatient."""

    def __init__(self) -> None:
        self.impatient = 0
        self._planned: deque[_Planned] = deque()
        self._paused_until: dict[str, float] = defaultdict(float)
        self._pauses: dict[str, Refusal] = {}

    def refuse(self, call: str, refusal: Refusal, *, times: int = 1) -> None:
        """Answer the next calls so; nothing takes effect."""
        self._planned.extend(_Planned(call, refusal) for _ in range(times))

    def throttle(self, call: str, refusal: Refusal, *, pause_s: float) -> None:
        """Answer the next call so, and every other until the pause is over."""
        self._planned.append(_Planned(call, refusal, pause_s))

    def lose_answer(self, call: str, *, times: int = 1) -> None:
        """Let the next calls take effect, then cut the connection instead of answering."""
        self._planned.extend(_Planned(call, None) for _ in range(times))

    def strike(self, call: str) -> bool:
        """Raise what is planned for this call; True if its answer is to be lost."""
        if time.monotonic() < self._paused_until[call]:
            self.impatient += 1
            raise self._pauses[call]
        for planned in self._planned:
            if planned.call != call:
                continue
            self._planned.remove(planned)
            if planned.refusal is None:
                return True
            if planned.pause_s:
                self._paused_until[call] = time.monotonic() + planned.pause_s
                self._pauses[call] = planned.refusal
            raise planned.refusal
        return False
