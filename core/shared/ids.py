"""Identifiers: 32 hex digits of a UUID version 7, one type per thing they name."""

import secrets
import threading
import time
from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", str)
SessionId = NewType("SessionId", str)
TerritoryId = NewType("TerritoryId", str)
SpaceId = NewType("SpaceId", str)
RoomId = NewType("RoomId", str)
ChatId = NewType("ChatId", str)
ConversationId = NewType("ConversationId", str)
PollId = NewType("PollId", str)
OptionId = NewType("OptionId", str)
ReleaseId = NewType("ReleaseId", str)
RuleId = NewType("RuleId", str)
AlertId = NewType("AlertId", str)
EffectCardId = NewType("EffectCardId", str)
CommitmentId = NewType("CommitmentId", str)
DeliveryId = NewType("DeliveryId", str)
FactId = NewType("FactId", str)


_TICKS = 1 << 12
"""Parts of a millisecond that an id tells apart."""


class _LastTick(threading.local):
    """Of each thread: a transaction runs in one, and a lock might be held where a process forks."""

    tick = 0


_last = _LastTick()


def new_id() -> str:
    """A fresh identifier that sorts by when it was made; within a thread strictly, whatever the clock does.

    Source: RFC 9562, sections 5.7 and 6.2, method 3 (UUID version 7): 48 bits of Unix milliseconds,
    12 bits of their fraction, then random bits. What is written in one transaction is read in the order
    it was written, and sorting by time keeps index pages warm. A thing whose time of birth must stay
    unknown (a secret ballot) must not take its id from here.
    """
    _last.tick = max(_last.tick + 1, time.time_ns() * _TICKS // 1_000_000)
    milliseconds, part = divmod(_last.tick, _TICKS)
    value = milliseconds << 80 | 0x7 << 76 | part << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value).hex
