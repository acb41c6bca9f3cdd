"""Where a conversation stands, kept in the database: it survives a restart and a wiped Redis.

Changes are held back and written in the transaction that settles the update, so that a replay after a
crash starts from where the first attempt started.
"""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StorageKey

from bots.engine.scope import current_scope


class DialogueStorage(BaseStorage):
    """aiogram's view of the dialogue of the update in hand (a lane works on one update at a time)."""

    async def set_state(self, key: StorageKey, state: str | State | None = None) -> None:
        """Say where the conversation stands now."""
        scope = current_scope.get()
        scope.state = state.state if isinstance(state, State) else state

    async def get_state(self, key: StorageKey) -> str | None:
        """Where the conversation stands."""
        return current_scope.get().state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace what the conversation remembers."""
        scope = current_scope.get()
        scope.data = dict(data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """What the conversation remembers."""
        return dict(current_scope.get().data)

    async def close(self) -> None:
        """Nothing is held open."""
