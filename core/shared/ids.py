"""Identifiers: 32 hex digits of a UUID version 7, one type per thing they name."""

import os
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


def new_id() -> str:
    """A fresh identifier that sorts by the millisecond it was made in.

    Source: RFC 9562, section 5.7 (UUID version 7): 48 bits of Unix milliseconds, then random bits.
    Sorting by time keeps index pages warm. A thing whose time of birth must stay unknown
    (a secret ballot) must not take its id from here.
    """
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0b11 << 62) | 0b10 << 62
    return UUID(int=value).hex
