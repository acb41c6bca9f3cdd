"""What the engine asks of a carrier."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from aiogram import Bot
from aiogram.types import Update

from core.store import WaitingUpdate
from messengers import Carrier


class CarrierPort(Protocol):
    """A messenger as the engine sees it."""

    @property
    def carrier(self) -> Carrier:
        """Which messenger."""
        ...

    @property
    def bot(self) -> Bot:
        """The bot whose session speaks to the messenger."""
        ...

    async def translate(self, waiting: WaitingUpdate) -> Update:
        """An inbox row as an aiogram update. Raises: ValueError if it cannot be understood."""
        ...

    async def run(self, stop: asyncio.Event, *, arrived: Callable[[], None]) -> None:
        """Bring updates into the inbox until ``stop``, calling ``arrived`` after each commit."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
