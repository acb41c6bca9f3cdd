"""Three sender processes on one limit: what the limiter granted, counted by its own clock."""

import itertools
import json
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from app.settings import PROJECT
from messengers import RATES

ASKER = Path(__file__).with_name("asker.py")
PROCESSES = 3
SETTLING_S = 2
SECOND_US = 1_000_000

Grant = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How the limit was kept over the time counted."""

    granted: int
    limit_used: float
    limit_exceeded_seconds: int
    smallest_chat_gap_s: float


def measure(redis_url: str, *, seconds: int) -> Keeping:
    """Run the processes, all from one moment on, and count after they have settled."""
    running = [_started(redis_url, number) for number in range(PROCESSES)]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    until = time.time() + SETTLING_S + seconds
    for process in running:
        assert process.stdin is not None
        process.stdin.write(f"{until}\n")
        process.stdin.flush()
    said = [process.communicate(timeout=seconds + 60)[0] for process in running]
    if any(process.returncode for process in running):
        raise RuntimeError("a sender process did not end well")
    grants = [(at_us, chat) for one in said for at_us, chat in json.loads(one)]
    return judge(grants, ends_us=int(until * SECOND_US), seconds=seconds)


def _started(redis_url: str, number: int) -> "subprocess.Popen[str]":
    # By its path: as a part of this package it would load aiogram, which no sender does.
    return subprocess.Popen(
        [sys.executable, str(ASKER), redis_url, str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(PROJECT), "PATH": ""},
    )


def judge(grants: list[Grant], *, ends_us: int, seconds: int) -> Keeping:
    """Look at the last ``seconds`` before ``ends_us``.

    A second is any second, not one of the clock: the window from each grant on.
    """
    counted = sorted(grant for grant in grants if ends_us - seconds * SECOND_US <= grant[0] < ends_us)
    moments = [at_us for at_us, _ in counted]
    limit = RATES["telegram"].per_second
    exceeded, first = 0, 0
    for last, at_us in enumerate(moments):
        while moments[first] <= at_us - SECOND_US:
            first += 1
        exceeded += last - first + 1 > limit
    by_chat: dict[str, list[int]] = defaultdict(list)
    for at_us, chat in counted:
        by_chat[chat].append(at_us)
    gaps = [after - before for one in by_chat.values() for before, after in itertools.pairwise(one)]
    return Keeping(
        granted=len(counted),
        limit_used=round(len(counted) / (limit * seconds), 4),
        limit_exceeded_seconds=exceeded,
        smallest_chat_gap_s=min(gaps) / SECOND_US,
    )
