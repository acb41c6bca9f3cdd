"""MAX as a messenger of notifications: words, files by token, buttons; edits keep the file."""

from collections.abc import Awaitable, Callable

from core.delivery import Urgency
from core.shared.ids import DeliveryId
from core.store import Database
from messengers import (
    ButtonCodec,
    Carrier,
    Limiter,
    Photo,
    Screen,
    button_rows,
    max_message,
    with_usable_links,
)
from messengers.clients import MaxClient
from notifications.senders.files import CarrierFiles, File, cache_key
from notifications.senders.outcomes import Paced
from notifications.senders.port import Outcome

# Sends or edits with the file of this token, if any.
Put = Callable[[str | None], Awaitable[str | None]]


class MaxSender:
    """Sends and edits through a client of the MAX Bot API."""

    carrier = Carrier.MAX

    def __init__(
        self, database: Database, codec: ButtonCodec, client: MaxClient, *, limiter: Limiter
    ) -> None:
        self._codec = codec
        self._client = client
        self._files = CarrierFiles(database, self.carrier)
        self._paced = Paced(limiter)

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Send one message, file and words in one."""

        async def put(token: str | None) -> str:
            message = self._message(screen, token)
            return await self._client.send(user_id=int(address), message=message)

        return await self._paced.message(address, urgency, lambda: self._with_file(screen, put))

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change words and buttons; the file is named again, for MAX drops what an edit does not name."""

        async def put(token: str | None) -> None:
            await self._client.edit(mid=native_id, message=self._message(screen, token))

        return await self._paced.change(address, urgency, lambda: self._with_file(screen, put))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _with_file(self, screen: Screen, put: Put) -> str | None:
        file = screen.file
        if file is None:
            return await put(None)
        return await self._files.use(cache_key(file), lambda: self._bring(file), put)

    def _message(self, screen: Screen, token: str | None) -> dict[str, object]:
        usable = with_usable_links(screen, self.carrier)
        rows = button_rows(usable.buttons, self._codec)
        if token is None:
            return max_message(usable.text, rows)
        if isinstance(screen.file, Photo):
            return max_message(usable.text, rows, images=[token])
        return max_message(usable.text, rows, files=[token])

    async def _bring(self, file: File) -> str:
        if isinstance(file, Photo):
            return await self._client.upload_image(file.content, file.file_name)
        return await self._client.upload_document(file.content, file.file_name)
