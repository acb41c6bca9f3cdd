"""The ways to talk to the same bot: fake messengers and the web chat, with one set of gestures.

A scenario written once runs over all of them and must leave the same state behind.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bots import Conversations, MaxCarrier, TelegramCarrier, VkCarrier, WebChatCarrier
from core.chats import chat_stream, open_web_chat, press_in_web_chat, write_in_web_chat
from core.files import KeptContent, keep_upload
from core.identity import create_person, person_by_identity
from core.shared.ids import ChatId, PersonId, new_id
from core.store import Database, StreamEvent, events_after
from messengers import Carrier, ChannelPolicy, Webhook, hook_secret, webhook
from messengers.clients import MaxClient, VkClient
from tests.bots.fake_max import TOKEN as MAX_TOKEN
from tests.bots.fake_max import FakeMax
from tests.bots.fake_phone import Album, FakeUser
from tests.bots.fake_telegram import TOKEN, FakeTelegram
from tests.bots.fake_vk import TOKEN as VK_TOKEN
from tests.bots.fake_vk import FakeVk
from tests.bots.hook_server import hook_server

SECRET = "a secret of the tests that is long enough"
VK_SECRET = "asecretofvk"
# Files are named by their bytes, so the tests of a process may share the folder; those of another process
# may forget a person, whose files are then gone from the disk.
FILES = Path(tempfile.mkdtemp(prefix="strategy24-tests-files-"))
atexit.register(shutil.rmtree, FILES, ignore_errors=True)
PUBLIC_URL = "https://kontakt.example"


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of the bot: its text, the labels of its buttons, the SHA-256 of its picture, the name of
    its document."""

    text: str
    labels: list[str]
    picture: str | None = None
    document: str | None = None


class Phone(Protocol):
    """A person's fingers and eyes."""

    def says(self, text: str) -> None: ...

    def sends_photo(self, content: bytes, caption: str = "") -> None: ...

    def sends_document(self, content: bytes, name: str, caption: str = "") -> None: ...

    def sends_album(self, files: Album, caption: str = "") -> None: ...

    def sends_place(self, latitude: float, longitude: float) -> None: ...

    async def taps(self, label: str) -> None: ...

    async def sees(self, text: str) -> Seen: ...

    def dialogue(self) -> str: ...

    def pictures(self) -> list[str]: ...

    @property
    def person_id(self) -> PersonId: ...


@dataclass(slots=True)
class MessengerPhone:
    """A person in a fake messenger."""

    database: Database
    user: FakeUser
    provider: str = "telegram"

    def says(self, text: str) -> None:
        self.user.says(text)

    def sends_photo(self, content: bytes, caption: str = "") -> None:
        self.user.sends_photo(content, caption)

    def sends_document(self, content: bytes, name: str, caption: str = "") -> None:
        self.user.sends_document(content, name, caption)

    def sends_album(self, files: Album, caption: str = "") -> None:
        self.user.sends_album(files, caption)

    def sends_place(self, latitude: float, longitude: float) -> None:
        self.user.sends_place(latitude, longitude)

    async def taps(self, label: str) -> None:
        await _until(lambda: self.user.offers(label), why=lambda: f"no button «{label}»:\n{self.dialogue()}")
        self.user.taps(label)

    async def sees(self, text: str) -> Seen:
        shown = await self.user.sees(text)
        rows = self.user.chat.keyboard if not shown.buttons else []
        labels = shown.labels + [label for row in rows for label in row]
        return Seen(shown.text, labels, _hash(shown.photo), shown.document[0] if shown.document else None)

    def pictures(self) -> list[str]:
        """SHA-256 of the bot's pictures, in the order in which they came."""
        said = [_hash(shown.photo) for shown in self.user.chat.messages if shown.from_bot]
        return [picture for picture in said if picture]

    def dialogue(self) -> str:
        return self.user.chat.dialogue()

    @property
    def person_id(self) -> PersonId:
        person = self.database.read(
            person_by_identity, provider=self.provider, subject=str(self.user.user_id)
        )
        assert person is not None
        return person.id


@dataclass(slots=True)
class WebPhone:
    """A person in the browser; what the hub would do is done by its core commands."""

    database: Database
    person: PersonId
    chat_id: ChatId
    conversations: Conversations

    @property
    def person_id(self) -> PersonId:
        return self.person

    def says(self, text: str) -> None:
        self._sends(text)

    def sends_photo(self, content: bytes, caption: str = "") -> None:
        self._sends(caption, file=keep_upload(FILES, content, name=""))

    def sends_document(self, content: bytes, name: str, caption: str = "") -> None:
        self._sends(caption, file=keep_upload(FILES, content, name=name))

    def sends_album(self, files: Album, caption: str = "") -> None:
        # As attach.js does it, which refuses itself what is not taken.
        for number, (name, content) in enumerate(files):
            self._sends("" if number else caption, file=keep_upload(FILES, content, name=name))

    def sends_place(self, latitude: float, longitude: float) -> None:
        self._sends("", place=(latitude, longitude))

    def _sends(
        self, text: str, file: KeptContent | None = None, place: tuple[float, float] | None = None
    ) -> None:
        self.database.run(
            write_in_web_chat,
            chat_id=self.chat_id,
            person_id=self.person,
            client_id=new_id(),
            text=text,
            file=file,
            place=place,
        )
        self.conversations.wake()

    async def taps(self, label: str) -> None:
        await _until(lambda: self._find(label), why=lambda: f"no button «{label}»:\n{self.dialogue()}")
        found = self._find(label)
        assert found is not None
        self.presses(*found)

    def _find(self, label: str) -> tuple[int, str] | None:
        for event in reversed(self._messages()):
            for button in (button for row in event.body.get("buttons", ()) for button in row):
                if button["text"] == label:
                    return event.seq, button["data"]
        return None

    def presses(self, seq: int, data: str) -> None:
        self.database.run(
            press_in_web_chat,
            chat_id=self.chat_id,
            person_id=self.person,
            client_id=new_id(),
            of=seq,
            data=data,
        )
        self.conversations.wake()

    async def sees(self, text: str) -> Seen:
        for _ in range(1500):
            for event in reversed(self._messages()):
                if event.author is None and text in event.body["text"]:
                    rows = event.body.get("buttons", [])
                    labels = [b["text"] for row in rows for b in row]
                    document = (event.body.get("document") or {}).get("name")
                    return Seen(event.body["text"], labels, event.body.get("photo"), document)
            await asyncio.sleep(0.02)
        raise AssertionError(f"«{text}» did not appear:\n{self.dialogue()}")

    def dialogue(self) -> str:
        lines = []
        for event in self._messages():
            rows = event.body.get("buttons", [])
            buttons = "".join(f"\n      [{'] ['.join(b['text'] for b in row)}]" for row in rows)
            lines.append(f"{'Бот' if event.author is None else 'Я'}: {event.body['text']}{buttons}")
        return "\n".join(lines)

    def pictures(self) -> list[str]:
        said = [event.body.get("photo") for event in self._messages() if event.author is None]
        return [picture for picture in said if picture]

    def _messages(self) -> list[StreamEvent]:
        events = self.database.read(events_after, stream=chat_stream(self.chat_id), seq=0, limit=1000)
        return [event for event in events if event.kind == "message"]


def _hash(content: bytes | None) -> str | None:
    return hashlib.sha256(content).hexdigest() if content else None


async def _until(condition: Callable[[], object], *, why: Callable[[], str]) -> None:
    for _ in range(1500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(why())


@asynccontextmanager
async def running(conversations: Conversations) -> AsyncIterator[None]:
    """The conversations at work for the length of a block."""
    stop = asyncio.Event()
    work = asyncio.create_task(conversations.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(work, 60)


def telegram_conversations(
    database: Database, telegram: FakeTelegram, *, policy: ChannelPolicy = ChannelPolicy.FULL
) -> Conversations:
    """The bot over the fake Telegram."""
    carrier = TelegramCarrier(database, token=TOKEN, api_base=telegram.base_url)
    return Conversations(
        database,
        [carrier],
        secret_key=SECRET,
        public_url=PUBLIC_URL,
        files=FILES,
        policies={Carrier.TELEGRAM: policy},
    )


def web_conversations(database: Database, **_: Any) -> Conversations:
    """The bot over the web chat."""
    return Conversations(database, [WebChatCarrier()], secret_key=SECRET, public_url=PUBLIC_URL, files=FILES)


def web_phone(database: Database, conversations: Conversations, name: str) -> WebPhone:
    """A newcomer in the browser."""
    with database.transaction() as uow:
        person = create_person(uow, display_name=name)
        chat = open_web_chat(uow, person_id=person.id)
    return WebPhone(database, person.id, chat.id, conversations)


@asynccontextmanager
async def phone_at(door: str, database: Database, name: str) -> AsyncIterator[Phone]:
    """A newcomer's phone with a bot behind it: ``web``, ``telegram``, ``max`` or ``vk``."""
    if door == "web":
        conversations = web_conversations(database)
        async with running(conversations):
            yield web_phone(database, conversations, name)
        return
    if door == "vk":
        async with vk_at(database) as fake:
            yield MessengerPhone(database, fake.user(4001, name), "vk")
        return
    if door == "max":
        async with max_at(database) as fake:
            yield MessengerPhone(database, fake.user(3001, name), "max")
        return
    async with FakeTelegram() as telegram, running(telegram_conversations(database, telegram)):
        yield MessengerPhone(database, telegram.user(1001, name))


class Nudge:
    """Wakes the conversations that are built after the door that nudges them."""

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None

    def __call__(self) -> None:
        self.wake()


@asynccontextmanager
async def max_at(database: Database, *, policy: ChannelPolicy = ChannelPolicy.FULL) -> AsyncIterator[FakeMax]:
    """The bot over the fake MAX, which brings its updates to our real door."""
    hook = hook_secret(Carrier.MAX, SECRET)
    nudge = Nudge()
    async with FakeMax() as fake, hook_server(database, {Carrier.MAX: hook}, nudge=nudge) as address:
        carrier = max_carrier(database, fake, webhook(Carrier.MAX, public_url=address, secret_key=SECRET))
        conversations = Conversations(
            database,
            [carrier],
            secret_key=SECRET,
            public_url=PUBLIC_URL,
            files=FILES,
            policies={Carrier.MAX: policy},
        )
        nudge.wake = conversations.wake
        async with running(conversations):
            yield fake


@asynccontextmanager
async def vk_at(database: Database, *, policy: ChannelPolicy = ChannelPolicy.FULL) -> AsyncIterator[FakeVk]:
    """The bot over the fake VK, whose Callback API brings its events to our real door."""
    nudge = Nudge()
    async with FakeVk() as fake, hook_server(database, {Carrier.VK: VK_SECRET}, nudge=nudge) as address:
        conversations = Conversations(
            database,
            [vk_carrier(database, fake, brought=True)],
            secret_key=SECRET,
            public_url=PUBLIC_URL,
            files=FILES,
            policies={Carrier.VK: policy},
        )
        nudge.wake = conversations.wake
        fake.callback = (f"{address}/hooks/vk", VK_SECRET)
        async with running(conversations):
            yield fake


def vk_carrier(database: Database, fake: FakeVk, *, brought: bool = False) -> VkCarrier:
    """The carrier ``vk`` towards the fake one; without ``brought`` it polls."""
    return VkCarrier(database, VkClient(token=VK_TOKEN, api_base=fake.base_url), brought=brought)


def max_carrier(database: Database, fake: FakeMax, hook: Webhook | None = None) -> MaxCarrier:
    """The carrier ``max`` towards the fake one; without a webhook it polls."""
    client = MaxClient(token=MAX_TOKEN, api_base=fake.base_url)
    return MaxCarrier(database, client, webhook=hook)
