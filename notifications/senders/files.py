"""Files that a messenger has got from us before: brought once, named by its own name afterwards."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.chats import carrier_file, forget_carrier_file, keep_carrier_file
from core.store import Database
from messengers import Carrier, Document, Photo
from messengers.clients import AnswerLost, NotSent, Rejected

File = Photo | Document


def cache_key(file: File, *, of: str = "") -> str:
    """Under what a messenger's name of the file is kept.

    A messenger shows a document under the name that it was brought with, so another name is another
    document. of: the chat, where a messenger lets a file be used in one chat only.
    """
    if isinstance(file, Photo):
        return file.key
    return hashlib.sha256(f"{file.key}\n{file.file_name}\n{of}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CarrierFiles:
    """The names that one messenger gives to our files."""

    database: Database
    carrier: Carrier

    async def use(
        self, key: str, bring: Callable[[], Awaitable[str]], call: Callable[[str], Awaitable[str | None]]
    ) -> str | None:
        """Make the call with the file's name; a name that is no longer taken is replaced once."""
        known = await self.known(key)
        if known is None:
            return await call(await self._brought(key, bring))
        try:
            return await call(known)
        except Rejected:
            await self.forget(key)
            return await call(await self._brought(key, bring))

    async def known(self, key: str) -> str | None:
        """What the messenger calls it, None if it has not got it yet."""
        return await self.database.read_async(carrier_file, carrier=self.carrier, key=key)

    async def keep(self, key: str, name: str) -> None:
        """The messenger has it by this name."""
        await self.database.run_async(keep_carrier_file, carrier=self.carrier, key=key, native_id=name)

    async def forget(self, key: str) -> None:
        """The messenger no longer takes the name."""
        await self.database.run_async(forget_carrier_file, carrier=self.carrier, key=key)

    async def _brought(self, key: str, bring: Callable[[], Awaitable[str]]) -> str:
        try:
            name = await bring()
        except AnswerLost as failure:
            # A lost upload is no lost message: nobody has seen anything yet.
            raise NotSent(failure.reason) from failure
        await self.keep(key, name)
        return name
