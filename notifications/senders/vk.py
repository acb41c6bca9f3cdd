"""VK as a messenger of notifications: words, files by name, buttons; a repetition arrives once."""

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
    random_id_of,
    vk_message,
    with_usable_links,
)
from messengers.clients import VkClient
from notifications.senders.files import CarrierFiles, File, cache_key
from notifications.senders.outcomes import Paced
from notifications.senders.port import Outcome

# Sends or edits with these files, by their names.
Put = Callable[[list[str]], Awaitable[str | None]]


class VkSender:
    """Sends and edits through a client of VK. The delivery's id is the message's random id."""

    carrier = Carrier.VK

    def __init__(self, database: Database, codec: ButtonCodec, client: VkClient, *, limiter: Limiter) -> None:
        self._codec = codec
        self._client = client
        self._files = CarrierFiles(database, self.carrier)
        self._paced = Paced(limiter)

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Send one message, file and words in one."""

        async def put(files: list[str]) -> str:
            message = self._message(screen, files, editing=False)
            number = await self._client.send(
                peer_id=int(address), message=message, random_id=random_id_of(delivery_id)
            )
            return str(number)

        return await self._paced.message(address, urgency, lambda: self._with_file(address, screen, put))

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change words and buttons; the file is named again, for VK drops what an edit does not name."""

        async def put(files: list[str]) -> None:
            message = self._message(screen, files, editing=True)
            await self._client.edit(peer_id=int(address), number=int(native_id), message=message)

        return await self._paced.change(address, urgency, lambda: self._with_file(address, screen, put))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _with_file(self, address: str, screen: Screen, put: Put) -> str | None:
        file = screen.file
        if file is None:
            return await put([])
        # VK takes a document for one dialogue, and does not say that another may have it.
        key = cache_key(file, of=address)
        return await self._files.use(key, lambda: self._bring(file, address), lambda name: put([name]))

    def _message(self, screen: Screen, files: list[str], *, editing: bool) -> dict[str, str]:
        usable = with_usable_links(screen, self.carrier)
        rows = button_rows(usable.buttons, self._codec)
        return vk_message(usable.text, rows, files=files, editing=editing)

    async def _bring(self, file: File, address: str) -> str:
        if isinstance(file, Photo):
            return await self._client.upload_image(file.content, file.file_name)
        return await self._client.upload_document(file.content, file.file_name, peer_id=int(address))
