"""How much one connection and one person may ask for, so that nobody can starve the others."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of the hub; the defaults suit people, benchmarks and tests set their own."""

    connections_per_person: int = 20
    # Visitors without a session are told apart by address only, and a whole office may share one.
    connections_per_address: int = 500
    subscriptions_per_connection: int = 100
    messages_per_s: float = 20.0
    message_burst: int = 60
    # Refusals in a row before the connection itself is closed.
    patience: int = 100
    pending_bytes: int = 1024 * 1024
    close_timeout_s: float = 5.0
    # What waits for a commit, in the whole process: a few seconds of work. Beyond it, "too fast".
    messages_waiting: int = 2_000
    messages_per_commit: int = 500
    replay_page: int = 200
    replay_stall_s: float = 30.0
    buffered_events: int = 1_000
    # A client that is further behind starts afresh with the newest ``reset_tail`` events.
    longest_replay: int = 20_000
    reset_tail: int = 200


DEFAULT_LIMITS: Final = Limits()
# Of those who write, so many are remembered after they have gone.
REMEMBERED_HOLDERS: Final = 10_000


class TooFast(DomainError):
    """More messages a second than a person writes."""

    code = "too_fast"
    kind = RefusalKind.UNAVAILABLE
    message = N_("That was too quick. Wait a moment and send it again.")


class TooManyStreams(DomainError):
    """One connection follows too much."""

    code = "too_many_streams"
    kind = RefusalKind.UNAVAILABLE
    message = N_("Too many live parts are open on this page. Close some of them.")


@dataclass(slots=True)
class TokenBucket:
    """Lets ``burst`` messages through at once and ``rate`` a second after that. Times in seconds.

    >>> bucket = TokenBucket(rate=1.0, burst=2)
    >>> [bucket.take(now=0.0) for _ in range(3)], bucket.take(now=1.0)
    ([True, True, False], True)
    """

    rate: float
    burst: int
    _tokens: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._tokens = float(self.burst)

    def take(self, *, now: float) -> bool:
        """Whether one more message may pass."""
        if self._at is not None:
            self._tokens = min(float(self.burst), self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


@dataclass(slots=True)
class Seats:
    """Counts who holds how many connections in this process, and how fast each holder writes over all."""

    taken: Counter[str] = field(default_factory=Counter)
    _writing: dict[str, TokenBucket] = field(default_factory=dict)

    def take(self, holder: str, *, limit: int) -> bool:
        """One more connection of ``holder``, unless that would be above ``limit``."""
        if self.taken[holder] >= limit:
            return False
        self.taken[holder] += 1
        return True

    def free(self, holder: str) -> None:
        """A connection of ``holder`` has ended."""
        self.taken[holder] -= 1
        if self.taken[holder] <= 0:
            del self.taken[holder]

    def may_write(self, holder: str, *, limits: Limits, now: float) -> bool:
        """Whether the holder may write one more message; coming back gives nobody a new allowance."""
        bucket = self._writing.get(holder)
        if bucket is None:
            if len(self._writing) >= REMEMBERED_HOLDERS:
                self._writing = {one: kept for one, kept in self._writing.items() if one in self.taken}
            bucket = TokenBucket(rate=limits.messages_per_s, burst=limits.message_burst)
            self._writing[holder] = bucket
        return bucket.take(now=now)
