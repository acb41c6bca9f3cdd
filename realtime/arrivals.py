"""What a connection asks when it comes: who am I, may I follow this. Thousands ask at once after a deploy."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.identity import ANONYMOUS, Viewer, viewers_of_tokens
from core.store import Database, Head
from realtime.doors import Knock, enter_all
from realtime.gathering import Gathering
from realtime.protocol import NoSuchStream

MOST_AT_ONCE = 500
MOST_WAITING = 50_000


@dataclass(slots=True, eq=False)
class Arrivals:
    """Answers those who come together by one reading."""

    database: Database
    _viewers: Gathering[str, Viewer] = field(init=False)
    _knocks: Gathering[Knock, Head | None] = field(init=False)

    def __post_init__(self) -> None:
        self._viewers = Gathering(self._read_viewers, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING)
        self._knocks = Gathering(self._read_heads, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING)

    async def viewer(self, token: str | None) -> Viewer:
        """Whoever shows this session token; nobody in particular if it is not good."""
        return await self._viewers.ask(token) if token else ANONYMOUS

    async def enter(self, viewer: Viewer, stream: str) -> Head | None:
        """How far the stream has got, None for a stream of states. Raises: NoSuchStream."""
        return await self._knocks.ask(Knock(viewer, stream))

    async def _read_viewers(self, tokens: Sequence[str]) -> Sequence[Viewer]:
        return await self.database.read_async(viewers_of_tokens, tokens=tokens)

    async def _read_heads(self, knocks: Sequence[Knock]) -> Sequence[Head | NoSuchStream | None]:
        return await self.database.read_async(enter_all, knocks=knocks)
