"""The web chat as a messenger: a message is an event of the chat's stream, written once."""

from core.chats import edit_in_web_chat, show_in_web_chat
from core.delivery import Urgency
from core.shared.ids import ChatId, DeliveryId
from core.store import Database
from messengers import ButtonCodec, Carrier, Screen, screen_body
from notifications.senders.port import Outcome, Sent


class WebChatSender:
    """Writes into the chat; whoever is away finds it on return. Exactly once by the delivery's id."""

    carrier = Carrier.WEB

    def __init__(self, database: Database, codec: ButtonCodec) -> None:
        self._database = database
        self._codec = codec

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Append the message."""
        event = await self._database.run_async(
            show_in_web_chat,
            chat_id=ChatId(address),
            client_id=delivery_id,
            body=screen_body(screen, self._codec),
        )
        return Sent(str(event.seq))

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change the message; an edit that changes nothing is done already."""
        await self._database.run_async(
            edit_in_web_chat,
            chat_id=ChatId(address),
            seq=int(native_id),
            body=screen_body(screen, self._codec),
        )
        return Sent(native_id)

    async def close(self) -> None:
        """Nothing is held open."""
