"""MAX as a messenger of notifications: words, pictures by token, buttons; edits keep the picture."""

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
from notifications.senders.outcomes import Paced
from notifications.senders.pictures import Pictures
from notifications.senders.port import Outcome

# Sends or edits with these pictures, by their tokens.
Put = Callable[[list[str]], Awaitable[str | None]]


class MaxSender:
    """Sends and edits through a client of the MAX Bot API."""

    carrier = Carrier.MAX

    def __init__(
        self, database: Database, codec: ButtonCodec, client: MaxClient, *, limiter: Limiter
    ) -> None:
        self._codec = codec
        self._client = client
        self._pictures = Pictures(database, self.carrier, self._bring)
        self._paced = Paced(limiter)

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Send one message, picture and words in one."""

        async def put(images: list[str]) -> str:
            message = self._message(screen, images)
            return await self._client.send(user_id=int(address), message=message)

        return await self._paced.message(address, urgency, lambda: self._with_picture(screen, put))

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change words and buttons; the picture is named again, for MAX drops what an edit does not name."""

        async def put(images: list[str]) -> None:
            await self._client.edit(mid=native_id, message=self._message(screen, images))

        return await self._paced.change(address, urgency, lambda: self._with_picture(screen, put))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _with_picture(self, screen: Screen, put: Put) -> str | None:
        if screen.photo is None:
            return await put([])
        return await self._pictures.use(screen.photo, lambda token: put([token]))

    def _message(self, screen: Screen, images: list[str]) -> dict[str, object]:
        usable = with_usable_links(screen, self.carrier)
        return max_message(usable.text, button_rows(usable.buttons, self._codec), images=images)

    async def _bring(self, photo: Photo) -> str:
        return await self._client.upload_image(photo.content, photo.file_name)
