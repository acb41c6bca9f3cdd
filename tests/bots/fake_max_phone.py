"""The phones around our fake MAX."""

from __future__ import annotations

import time
from typing import Any, Protocol

from tests.bots.fake_phone import Album, FakeUser, Shown

BOT = {
    "user_id": 24,
    "first_name": "Прямой контакт",
    "username": "fake_bot",
    "is_bot": True,
    "last_activity_time": 0,
}


class MaxServer(Protocol):
    """What a phone needs of the server."""

    base_url: str
    files: dict[str, bytes]
    unanswered: set[str]

    def number(self) -> int: ...

    def push(self, update: dict[str, Any]) -> dict[str, Any]: ...


class MaxUser(FakeUser):
    """A person with MAX on the phone."""

    def __init__(self, server: MaxServer, user_id: int, first_name: str) -> None:
        super().__init__(server, user_id, first_name)  # type: ignore[arg-type]
        self._server = server

    @property
    def as_json(self) -> dict[str, Any]:
        """The User object of MAX."""
        return {
            "user_id": self.user_id,
            "first_name": self.first_name,
            "last_name": None,
            "is_bot": False,
            "last_activity_time": int(time.time() * 1000),
        }

    @property
    def dialog_id(self) -> int:
        """The dialogue has a number of its own in MAX, another one than its person."""
        return 900_000_000 + self.user_id

    def mid(self, shown: Shown) -> str:
        """MAX's name of a message: a string."""
        return f"mid.{self.dialog_id:016x}{shown.message_id:016x}"

    def message(self, shown: Shown, *, attachments: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The Message object of MAX."""
        sent = attachments or []
        if shown.photo is not None:
            sent = [self._attachment(shown.message_id, "", shown.photo), *sent]
        if shown.document is not None:
            sent = [self._attachment(shown.message_id, *shown.document), *sent]
        return {
            "sender": BOT if shown.from_bot else self.as_json,
            "recipient": {
                "chat_id": self.dialog_id,
                "chat_type": "dialog",
                "user_id": self.user_id if shown.from_bot else BOT["user_id"],
            },
            "timestamp": int(time.time() * 1000),
            "body": {
                "mid": self.mid(shown),
                "seq": shown.message_id,
                "text": shown.text or None,
                "attachments": sent,
            },
        }

    def starts(self, payload: str | None = None) -> dict[str, Any]:
        """Press «Начать», perhaps after a deep link."""
        update = {"update_type": "bot_started", "chat_id": self.dialog_id, "user": self.as_json}
        return self._server.push({**update, "payload": payload, "user_locale": "ru"})

    def stops(self) -> dict[str, Any]:
        """Block the bot."""
        self.chat.blocked = True
        update = {"update_type": "bot_stopped", "chat_id": self.dialog_id, "user": self.as_json}
        return self._server.push({**update, "user_locale": "ru"})

    def says(self, text: str) -> dict[str, Any]:
        """Type a message; returns the update."""
        return self._sends(Shown(self._server.number(), from_bot=False, text=text))

    def replies(self, to: Shown, text: str) -> dict[str, Any]:
        """Answer one message of the chat."""
        link = {
            "type": "reply",
            "sender": BOT,
            "chat_id": self.dialog_id,
            "message": self.message(to)["body"],
        }
        return self._sends(Shown(self._server.number(), from_bot=False, text=text), link=link)

    def sends_photo(self, content: bytes, caption: str = "") -> dict[str, Any]:
        """Send a picture, perhaps with words."""
        shown = Shown(self._server.number(), from_bot=False, text=caption, photo=content)
        self._server.files[str(shown.message_id)] = content
        return self._sends(shown)

    def sends_document(self, content: bytes, name: str, caption: str = "") -> dict[str, Any]:
        """Send a file, perhaps with words."""
        shown = Shown(self._server.number(), from_bot=False, text=caption, document=(name, content))
        self._server.files[str(shown.message_id)] = content
        return self._sends(shown)

    def sends_album(self, files: Album, caption: str = "") -> None:
        """Send several files: one message with all of them."""
        sent = []
        for name, content in files:
            number = self._server.number()
            self._server.files[str(number)] = content
            sent.append(self._attachment(number, name, content))
        self._sends(Shown(self._server.number(), from_bot=False, text=caption), *sent)

    def _attachment(self, number: int, name: str, content: bytes) -> dict[str, Any]:
        url = f"{self._server.base_url}/files/{number}"
        if not name:
            return {"type": "image", "payload": {"photo_id": 1, "token": "t", "url": url}}
        told = {"filename": name, "size": len(content)}
        return {"type": "file", "payload": {"fileId": 1, "token": "t", "url": url}, **told}

    def sends_place(self, latitude: float, longitude: float) -> dict[str, Any]:
        """Send where one is."""
        place = {"type": "location", "latitude": latitude, "longitude": longitude}
        return self._sends(Shown(self._server.number(), from_bot=False, text=""), place)

    def sends_contact(self, *, of_user_id: int, phone: str) -> dict[str, Any]:
        """Send a card, one's own or somebody else's."""
        owner = {**self.as_json, "user_id": of_user_id}
        card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:{phone}\r\nEND:VCARD"
        contact = {"type": "contact", "payload": {"vcf_info": card, "max_info": owner}}
        return self._sends(Shown(self._server.number(), from_bot=False, text=""), contact)

    def presses(self, shown: Shown, data: str) -> dict[str, Any]:
        """Press a button with this data under this message, forged or not."""
        callback_id = f"cb{self._server.number()}"
        self._server.unanswered.add(callback_id)
        now = int(time.time() * 1000)
        callback = {"timestamp": now, "callback_id": callback_id, "payload": data, "user": self.as_json}
        keyboard = {"type": "inline_keyboard", "payload": {"buttons": []}}
        message = self.message(shown, attachments=[keyboard])
        update = {"update_type": "message_callback", "callback": callback, "message": message}
        return self._server.push({**update, "user_locale": "ru"})

    def _sends(self, shown: Shown, *attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
        self.chat.messages.append(shown)
        message = {**self.message(shown, attachments=list(attachments)), **more}
        update = {"update_type": "message_created", "message": message, "user_locale": "ru"}
        return self._server.push(update)
