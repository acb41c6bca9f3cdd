"""A person on the tour: their eyes and fingers at the web chat, their socket, their way into the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.tour.followed import Arrived
from app.tour.live_client import LiveClient
from app.tour.site import Site

# Generous, because a loaded machine is no broken promise; what is measured is reported apart.
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the chat as it looks now; ``author`` None is the bot."""

    seq: int
    author: str | None
    body: dict[str, Any]
    arrived_at: float

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.body.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, str]]:
        """Its buttons, row after row."""
        return [button for row in self.body.get("buttons", []) for button in row]

    def has(self, label: str) -> bool:
        """Whether one of its buttons says this."""
        return any(_said(button) == label for button in self.buttons)


@dataclass(slots=True, kw_only=True)
class Visitor:
    """Somebody with an account who is connected. ``chat`` is the stream of their chat with the bot."""

    id: str
    name: str
    site: Site
    live: LiveClient = field(init=False)
    chat: str = ""

    async def connect(self) -> None:
        """Open the socket."""
        self.live = await LiveClient(self.site.live_url, token=self.site.token).__aenter__()

    async def leave(self) -> None:
        """Close the socket."""
        await self.live.close()

    async def open_chat(self) -> None:
        """Open the chat with the bot and read it from its beginning."""
        self.chat = (await self.site.post("chat")).json["stream"]
        await self.live.subscribe(self.chat, seq=0)

    async def say(self, text: str) -> None:
        """Write to the bot; returns when it is durable."""
        await self.live.send(self.chat, text, timeout_s=PATIENCE_S)

    async def tap(self, label: str) -> None:
        """Press the button that says this under the newest message that has it, once there is one."""
        shown = await self.see(lambda message: message.has(label))
        data = next(button["data"] for button in shown.buttons if _said(button) == label)
        await self.live.press(self.chat, of=shown.seq, data=data, timeout_s=PATIENCE_S)

    async def read(self, words: str, *, times: int = 1) -> Message:
        """Wait until the bot has said this in so many messages; the newest of them. Raises: TimeoutError."""
        await self._until(lambda: len(self.messages(words)) >= times, PATIENCE_S)
        return self.messages(words)[-1]

    async def see(self, wanted: Callable[[Message], bool], *, within_s: float = PATIENCE_S) -> Message:
        """The newest message that is wanted, once there is one. Raises: TimeoutError."""
        await self._until(lambda: any(map(wanted, self.messages())), within_s)
        return next(message for message in reversed(self.messages()) if wanted(message))

    def messages(self, words: str = "") -> list[Message]:
        """What the bot has said with these words in it, edits applied, in order."""
        shown: dict[int, Message] = {}
        for event in self.live.followed[self.chat].events:
            if event.kind == "message":
                shown[event.seq] = _as_message(event)
            elif event.kind == "edit" and event.body["of"] in shown:
                original = shown[event.body["of"]]
                shown[original.seq] = Message(original.seq, original.author, event.body, event.arrived_at)
        return [message for message in shown.values() if message.author is None and words in message.text]

    async def _until(self, reached: Callable[[], bool], within_s: float) -> None:
        try:
            await self.live.wait_until(self.chat, lambda _: reached(), timeout_s=within_s)
        except TimeoutError as late:
            shown = self.messages()[-1:]
            labels = [button["text"] for message in shown for button in message.buttons]
            said = "".join(message.text for message in shown)
            raise TimeoutError(f"{self.name}: «{said}» {labels}") from late


def _as_message(event: Arrived) -> Message:
    return Message(event.seq, event.author, event.body, event.arrived_at)


def _said(button: dict[str, str]) -> str:
    """The label without the mark of what was chosen."""
    return button["text"].removeprefix("✓ ")
