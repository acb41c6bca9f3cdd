"""What a connection asks when it comes: who am I, may I follow this. Thousands ask at once after a deploy."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.identity import ANONYMOUS, Viewer, viewers_of_tokens
from core.store import Database, Gathering, Head
from realtime.doors import Knock, enter_all
from realtime.limits import TooFast
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
        self._viewers = Gathering(self._read_viewers, MOST_AT_ONCE, MOST_WAITING, TooFast)
        self._knocks = Gathering(self._read_heads, MOST_AT_ONCE, MOST_WAITING, TooFast)

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
