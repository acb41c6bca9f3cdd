"""What a message asks of the ledger of places, and what the ledger answers."""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Protocol


class Standing(IntEnum):
    """What became of an ask; the values go over the wire of the ledger."""

    GRANTED = 1
    # The line for all is longer than this lane may reach ahead.
    LINE = 0
    # This chat is not ready yet; others may be.
    CHAT = -1
    # The messenger asked everybody to wait.
    PAUSED = -2


class Scope(StrEnum):
    """Whom a 429 is meant for."""

    CHAT = "chat"
    ALL = "all"
    # Telegram does not say. The first refusal is taken for the chat's; a second chat refused while the first
    # one still waits means that all are.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One message asking for its place. Steps are gaps between messages; 0 means no limit."""

    carrier: str
    chat: str | None
    step_us: int
    chat_step_us: int
    chat_burst_us: int
    reach_us: int

    def slower(self, times: float) -> "Ask":
        """The same ask under a limit that many times lower."""
        return replace(self, step_us=int(self.step_us * times))


@dataclass(frozen=True, slots=True)
class Answer:
    """``wait_s``: until the place granted, or until it is worth asking again.

    ``at_us``: the moment of the place by the ledger's clock, 0 unless granted.
    """

    standing: Standing
    wait_s: float
    at_us: int


class LedgerAway(Exception):
    """The ledger does not answer now."""


class Ledger(Protocol):
    """Where the places of all processes are written: one clock, one line for each carrier.

    GCRA: the line and each chat are a single moment, that of the next free place.
    """

    async def take(self, ask: Ask) -> Answer:
        """Take a place if one is within reach. Raises: LedgerAway."""
        ...

    async def hold(self, carrier: str, chat: str | None, *, wait_s: float, scope: Scope) -> bool:
        """Let nothing out before ``wait_s`` is over; whether that is for all. Raises: LedgerAway.

        A longer pause that stands already stays: no request shortens it.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
