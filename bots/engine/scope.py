"""One update being worked on: what it does is done once, what it changes is kept with its settling."""

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from bots.engine.meeting import Meeting
from core.chats import Dialogue
from core.store import Database, GroupCommit, GroupRead, UnitOfWork, WaitingUpdate, run_once

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class UpdateScope:
    """The update, the number of effects it has had so far, and the dialogue that it leaves behind.

    A crash between an effect and the settling replays the update from the same dialogue state, so the
    same effects come in the same order under the same keys and are answered from the store.
    """

    update: WaitingUpdate
    database: Database
    reads: GroupRead
    writes: GroupCommit
    meeting: Meeting
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    effects: int = 0
    screens: int = 0

    def __post_init__(self) -> None:
        self.state = self.meeting.dialogue.state
        self.data = dict(self.meeting.dialogue.data)

    @property
    def key(self) -> str:
        """Carrier and update in one."""
        return f"{self.update.carrier}:{self.update.update_key}"

    @property
    def dialogue_left(self) -> Dialogue | None:
        """Where the dialogue stands after the update, None if it did not move."""
        left = Dialogue(state=self.state, data=self.data)
        return None if left == self.meeting.dialogue else left

    async def run_once(
        self,
        command: Callable[Concatenate[UnitOfWork, P], R],
        returns: type[R],
        *args: P.args,
        **arguments: P.kwargs,
    ) -> R:
        """Run a core command, once for this update however often it is replayed; returns when it is durable.

        What other updates do at the same moment shares its commit. Raises: what the command raises.
        """
        if args:
            raise TypeError("a core command takes keyword arguments only")
        key = f"{self.key}:{self.effects}"
        self.effects += 1
        return await self.writes.run(run_once, key=key, command=command, arguments=arguments, returns=returns)

    def client_id(self, what: str) -> str:
        """A name for something this update makes, the same one in a replay; 32 hex digits."""
        return hashlib.sha256(f"{self.key}:{what}".encode()).hexdigest()[:32]

    def next_screen_id(self) -> str:
        """A name for the next screen."""
        self.screens += 1
        return self.client_id(f"screen {self.screens}")


current_scope: ContextVar[UpdateScope] = ContextVar("current_scope")
