"""Pictures that a messenger has got from us before: brought once, named by its token afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.chats import carrier_file, forget_carrier_file, keep_carrier_file
from core.store import Database
from messengers import Carrier, Photo
from messengers.clients import AnswerLost, NotSent, Rejected

Bring = Callable[[Photo], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The names that one messenger gives to our pictures."""

    database: Database
    carrier: Carrier
    bring: Bring

    async def use(self, photo: Photo, call: Callable[[str], Awaitable[str | None]]) -> str | None:
        """Make the call with the picture's name; a name that is no longer taken is replaced once."""
        known = await self.database.read_async(carrier_file, carrier=self.carrier, key=photo.key)
        if known is None:
            return await call(await self._brought(photo))
        try:
            return await call(known)
        except Rejected:
            await self.database.run_async(forget_carrier_file, carrier=self.carrier, key=photo.key)
            return await call(await self._brought(photo))

    async def _brought(self, photo: Photo) -> str:
        try:
            name = await self.bring(photo)
        except AnswerLost as failure:
            # A lost upload is no lost message: nobody has seen anything yet.
            raise NotSent(failure.reason) from failure
        await self.database.run_async(keep_carrier_file, carrier=self.carrier, key=photo.key, native_id=name)
        return name
