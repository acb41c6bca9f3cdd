"""What the phones around our fake Telegram show, and the fingers on them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.bots.fake_telegram_rules import bad_request

# Files of one message: their names, a photo has none.
Album = Sequence[tuple[str, bytes]]


class Server(Protocol):
    """What a phone needs of the server."""

    # What the next asks for a file are answered by, instead of the file.
    file_answers: list[int]

    def next_message_id(self) -> int: ...

    def next_query_id(self) -> str: ...

    def message_json(self, user: FakeUser, shown: Shown) -> dict[str, Any]: ...

    def push(self, content: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(slots=True)
class Shown:
    """One message as the phone shows it."""

    message_id: int
    from_bot: bool
    text: str
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    entities: list[dict[str, Any]] = field(default_factory=list)
    edits: int = 0
    place: tuple[float, float] | None = None

    @property
    def labels(self) -> list[str]:
        """Texts of the buttons under the message, row after row."""
        return [button["text"] for row in self.buttons for button in row]


class FakeChat:
    """A private chat between one person and the bot."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        self.messages: list[Shown] = []
        self.keyboard: list[list[str]] = []
        self.blocked = False
        # A group that has become a supergroup: its new id.
        self.moved_to: int | None = None

    def screen(self) -> Shown:
        """The last message of the bot."""
        return next(message for message in reversed(self.messages) if message.from_bot)

    def find(self, message_id: int) -> Shown:
        """A message by its id, or Telegram's refusal."""
        for message in self.messages:
            if message.message_id == message_id:
                return message
        raise bad_request("message to edit not found")

    def dialogue(self) -> str:
        """The whole chat as text, to be read aloud."""
        lines = []
        for message in self.messages:
            buttons = "".join(f"\n      [{'] ['.join(b['text'] for b in row)}]" for row in message.buttons)
            photo = "(фото) " if message.photo else "(файл) " if message.document else ""
            lines.append(f"{'Бот' if message.from_bot else 'Я'}: {photo}{message.text}{buttons}")
        return "\n".join(lines)


class FakeUser:
    """A person with a phone."""

    def __init__(self, telegram: Server, user_id: int, first_name: str) -> None:
        self._telegram = telegram
        self.user_id = user_id
        self.first_name = first_name
        self.chat = FakeChat(user_id)

    @property
    def as_json(self) -> dict[str, Any]:
        """The User object of the Bot API."""
        return {"id": self.user_id, "is_bot": False, "first_name": self.first_name, "language_code": "ru"}

    def says(self, text: str) -> dict[str, Any]:
        """Type a message; returns the update."""
        shown = Shown(self._telegram.next_message_id(), from_bot=False, text=text)
        self.chat.messages.append(shown)
        message = self._telegram.message_json(self, shown)
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._telegram.push({"message": message})

    def replies(self, to: Shown, text: str) -> dict[str, Any]:
        """Answer one message of the chat."""
        shown = Shown(self._telegram.next_message_id(), from_bot=False, text=text)
        self.chat.messages.append(shown)
        message = self._telegram.message_json(self, shown)
        answered = self._telegram.message_json(self, to)
        return self._telegram.push({"message": {**message, "reply_to_message": answered}})

    def loses_files(self, *statuses: int) -> None:
        """Let the messenger answer the next asks for a file so."""
        self._telegram.file_answers += statuses

    def sends_photo(self, content: bytes, caption: str = "") -> dict[str, Any]:
        """Send a picture, perhaps with words."""
        return self._sends_shown(
            Shown(self._telegram.next_message_id(), from_bot=False, text=caption, photo=content)
        )

    def sends_document(self, content: bytes, name: str, caption: str = "") -> dict[str, Any]:
        """Send a file as a file, perhaps with words."""
        shown = Shown(self._telegram.next_message_id(), from_bot=False, text=caption)
        shown.document = (name, content)
        return self._sends_shown(shown)

    def sends_album(self, files: Album, caption: str = "") -> None:
        """Send several files as one: a message for each, which their group holds together."""
        group = f"group{self._telegram.next_message_id()}"
        for number, (name, content) in enumerate(files):
            shown = Shown(self._telegram.next_message_id(), from_bot=False, text="" if number else caption)
            shown.photo, shown.document = (None, (name, content)) if name else (content, None)
            self._sends_part(shown, group)

    def sends_part(self, content: bytes, group: str) -> None:
        """Send one picture of an album, which the messenger may bring later than the others."""
        shown = Shown(self._telegram.next_message_id(), from_bot=False, text="", photo=content)
        self._sends_part(shown, group)

    def _sends_part(self, shown: Shown, group: str) -> None:
        self.chat.messages.append(shown)
        message = self._telegram.message_json(self, shown)
        self._telegram.push({"message": {**message, "media_group_id": group}})

    def sends_place(self, latitude: float, longitude: float) -> dict[str, Any]:
        """Send where one is."""
        shown = Shown(self._telegram.next_message_id(), from_bot=False, text="")
        shown.place = (latitude, longitude)
        return self._sends_shown(shown)

    def _sends_shown(self, shown: Shown) -> dict[str, Any]:
        self.chat.messages.append(shown)
        return self._telegram.push({"message": self._telegram.message_json(self, shown)})

    def taps(self, label: str) -> dict[str, Any]:
        """Press a button by its label: the newest message that has it, else the reply keyboard."""
        for shown in reversed(self.chat.messages):
            for button in (button for row in shown.buttons for button in row):
                if button["text"] == label:
                    return self.presses(shown, button["callback_data"])
        if any(label in row for row in self.chat.keyboard):
            return self.says(label)
        raise AssertionError(f"no button «{label}» on the screen:\n{self.chat.dialogue()}")

    def offers(self, label: str) -> bool:
        """Whether a button with this label can be tapped."""
        return any(label in shown.labels for shown in self.chat.messages) or any(
            label in row for row in self.chat.keyboard
        )

    def presses(self, shown: Shown, data: str) -> dict[str, Any]:
        """Press a button with this data under this message, forged or not."""
        query_id = self._telegram.next_query_id()
        query = {
            "id": query_id,
            "from": self.as_json,
            "chat_instance": str(self.user_id),
            "data": data,
            "message": self._telegram.message_json(self, shown),
        }
        return self._telegram.push({"callback_query": query})

    async def sees(self, text: str, *, timeout_s: float = 30.0) -> Shown:
        """Wait until some message of the bot holds the text, and return the newest such message."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for shown in reversed(self.chat.messages):
                if shown.from_bot and text in shown.text:
                    return shown
            await asyncio.sleep(0.01)
        raise AssertionError(f"«{text}» did not appear in {timeout_s} s:\n{self.chat.dialogue()}")
