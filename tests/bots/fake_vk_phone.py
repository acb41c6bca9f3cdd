"""The phones around our fake VK."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any, Protocol

from tests.bots.fake_phone import Album, FakeUser, Shown


class VkServer(Protocol):
    """What a phone needs of the server."""

    base_url: str
    files: dict[str, bytes]
    unanswered: set[str]

    def number(self) -> int: ...

    def push(self, kind: str, what: dict[str, Any]) -> dict[str, Any]: ...


class VkUser(FakeUser):
    """A person with VK on the phone. Messages are numbered within the dialogue."""

    def __init__(self, server: VkServer, user_id: int, first_name: str) -> None:
        super().__init__(server, user_id, first_name)  # type: ignore[arg-type]
        self._server = server
        self.numbers = itertools.count(1)
        self.ref: str | None = None

    def starts(self, ref: str | None = None) -> dict[str, Any]:
        """Press «Начать», perhaps after a deep link."""
        self.ref = ref
        return self._sends(self._own("Начать"), payload=json.dumps({"command": "start"}))

    def stops(self) -> dict[str, Any]:
        """Forbid the community's messages."""
        self.chat.blocked = True
        return self._server.push("message_deny", {"user_id": self.user_id})

    def says(self, text: str) -> dict[str, Any]:
        """Type a message; returns the event."""
        return self._sends(self._own(text))

    def replies(self, to: Shown, text: str) -> dict[str, Any]:
        """Answer one message of the dialogue."""
        answered = {
            "id": self._server.number(),
            "date": int(time.time()),
            "from_id": -3,
            "peer_id": self.user_id,
            "text": to.text,
            "conversation_message_id": to.message_id,
        }
        return self._sends(self._own(text), reply_message=answered)

    def sends_photo(self, content: bytes, caption: str = "") -> dict[str, Any]:
        """Send a picture, perhaps with words."""
        shown = self._own(caption)
        shown.photo = content
        return self._sends(shown, attachments=[self._attachment("", content)])

    def sends_document(self, content: bytes, name: str, caption: str = "") -> dict[str, Any]:
        """Send a file, perhaps with words."""
        shown = self._own(caption)
        shown.document = (name, content)
        return self._sends(shown, attachments=[self._attachment(name, content)])

    def sends_album(self, files: Album, caption: str = "") -> None:
        """Send several files: one message with all of them."""
        self._sends(self._own(caption), attachments=[self._attachment(*file) for file in files])

    def _attachment(self, name: str, content: bytes) -> dict[str, Any]:
        number = self._server.number()
        self._server.files[str(number)] = content
        url = f"{self._server.base_url}/files/{number}"
        about = {"id": number, "owner_id": self.user_id, "date": int(time.time())}
        if not name:
            sizes = [
                {"type": "s", "width": 75, "height": 75, "url": "https://wrong.example/small"},
                {"type": "w", "width": 1280, "height": 960, "url": url},
            ]
            return {"type": "photo", "photo": {**about, "album_id": -3, "sizes": sizes}}
        told = {"title": name, "size": len(content), "ext": name.rpartition(".")[2], "type": 1}
        return {"type": "doc", "doc": {**about, **told, "access_key": "key", "url": url}}

    def sends_place(self, latitude: float, longitude: float) -> dict[str, Any]:
        """Send where one is."""
        geo = {"type": "point", "coordinates": {"latitude": latitude, "longitude": longitude}}
        return self._sends(self._own(""), geo=geo)

    def presses(self, shown: Shown, data: str) -> dict[str, Any]:
        """Press a button with this payload under this message, forged or not."""
        event_id = f"e{self._server.number()}"
        self._server.unanswered.add(event_id)
        try:
            payload = json.loads(data)
        except ValueError:
            payload = {"b": data}
        event = {
            "user_id": self.user_id,
            "peer_id": self.user_id,
            "event_id": event_id,
            "payload": payload,
            "conversation_message_id": shown.message_id,
        }
        return self._server.push("message_event", event)

    def _own(self, text: str) -> Shown:
        return Shown(next(self.numbers), from_bot=False, text=text)

    def _sends(self, shown: Shown, **more: Any) -> dict[str, Any]:
        self.chat.messages.append(shown)
        message = {
            "id": self._server.number(),
            "date": int(time.time()),
            "from_id": self.user_id,
            "peer_id": self.user_id,
            "out": 0,
            "version": 10000,
            "text": shown.text,
            "conversation_message_id": shown.message_id,
            "attachments": [],
            "fwd_messages": [],
            **({"ref": self.ref} if self.ref else {}),
            **more,
        }
        return self._server.push("message_new", {"message": message, "client_info": {"keyboard": True}})
