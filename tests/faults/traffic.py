"""People who go on talking and voting whatever happens, and remember what was acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from app.tour.live_client import LiveClient
from tests.faults.instance import Account, TownUnderFire
from tests.realtime.history_checker import Written

PATIENCE_S = 150.0
# The bots are the slowest to start: aiogram alone takes seconds to import.
BOT_LIMIT_S = 120.0


@dataclass(slots=True)
class Actor:
    """Somebody who does one thing after another; ``done`` counts what was acknowledged."""

    town: TownUnderFire
    account: Account
    done: int = 0
    live: LiveClient | None = None

    async def connect(self, stack: AsyncExitStack) -> None:
        """Open a connection for one test."""
        self.live = await stack.enter_async_context(
            LiveClient(self.town.live_address, token=self.account.token)
        )

    @property
    def line(self) -> LiveClient:
        """The open connection."""
        assert self.live is not None
        return self.live

    async def act(self) -> None:
        """One thing, until it is acknowledged."""
        raise NotImplementedError

    async def go_on(self, resting: asyncio.Event) -> None:
        """Act at a person's pace until it is time to rest."""
        while not resting.is_set():
            await self.act()
            self.done += 1
            await asyncio.sleep(random.uniform(0.1, 0.5))

    async def call(self, method: str, path: str, **request: Any) -> Any:
        """Ask the API, again with the same key until there is an answer."""
        headers = {"Authorization": f"Bearer {self.account.token}", "Idempotency-Key": uuid4().hex}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self._try(method, path, headers=headers, **request)
                if answer is not None:
                    return answer.json() if answer.content else None
                await asyncio.sleep(0.2)

    async def _try(self, method: str, path: str, **request: Any) -> httpx.Response | None:
        try:
            async with httpx.AsyncClient(base_url=self.town.address, timeout=10, trust_env=False) as client:
                answer = await client.request(method, f"/api/v1{path}", **request)
        except httpx.TransportError:
            return None
        assert answer.status_code < 400 or answer.status_code == 503, f"{answer.status_code} {answer.text}"
        return None if answer.status_code == 503 else answer


@dataclass(slots=True)
class ChatActor(Actor):
    """Somebody who uses the bot in the browser."""

    stream: str = ""
    written: list[Written] = field(default_factory=list)

    async def connect(self, stack: AsyncExitStack) -> None:
        """Open the chat and follow it from its beginning."""
        await Actor.connect(self, stack)
        self.stream = self.stream or (await self.call("POST", "/chat"))["stream"]
        await self.line.subscribe(self.stream, seq=0, timeout_s=PATIENCE_S)

    async def say(self, text: str) -> int:
        """Write to the bot; the number of the message."""
        client_id = uuid4().hex
        self.written.append(Written(client_id, text, None))
        receipt = await self.line.send(self.stream, text, client_id=client_id, timeout_s=PATIENCE_S)
        self.written[-1] = Written(client_id, text, receipt.seq)
        return receipt.seq


@dataclass(slots=True)
class Citizen(ChatActor):
    """Writes to the authority through the bot."""

    texts: list[str] = field(default_factory=list)

    @property
    def chat_id(self) -> str:
        """The chat as the core names it."""
        return self.stream.removeprefix("chat:")

    async def settle_in(self) -> None:
        """Open the direct line and say the first words, so that a conversation is there."""
        await self.say("/obr")
        await self.line.wait_for(
            self.stream, lambda event: "Напишите, что случилось" in event.body["text"], timeout_s=BOT_LIMIT_S
        )
        await self.act()
        await self.line.wait_for(
            self.stream, lambda event: "Принято" in event.body["text"], timeout_s=BOT_LIMIT_S
        )

    async def act(self) -> None:
        """Write one more message."""
        text = f"Сообщение [{len(self.texts) + 1}] от {self.account.id[-6:]}"
        self.texts.append(text)
        await self.say(text)

    def id_in_room(self, client_id: str) -> str:
        """Under which id the bot carries a message into the room of the conversation."""
        return hashlib.sha256(f"web:{self.chat_id}:{client_id}:message".encode()).hexdigest()[:32]


@dataclass(slots=True)
class Official(Actor):
    """Answers in the rooms of the conversations."""

    rooms: list[str] = field(default_factory=list)
    written: dict[str, list[Written]] = field(default_factory=dict)

    async def connect(self, stack: AsyncExitStack) -> None:
        """Follow every room from its beginning."""
        await Actor.connect(self, stack)
        self.rooms = self.rooms or [card["stream"] for card in await self.call("GET", "/queue")]
        for room in self.rooms:
            await self.line.subscribe(room, seq=0, timeout_s=PATIENCE_S)

    async def act(self) -> None:
        """Answer somebody."""
        room = random.choice(self.rooms)
        said = self.written.setdefault(room, [])
        client_id, text = uuid4().hex, f"Ответ [{len(said) + 1}]"
        said.append(Written(client_id, text, None))
        receipt = await self.line.send(room, text, client_id=client_id, timeout_s=PATIENCE_S)
        said[-1] = Written(client_id, text, receipt.seq)


@dataclass(slots=True)
class Voter(Actor):
    """Votes and changes the vote over the API. Each receipt names the answer that it replaced."""

    poll: dict[str, Any] = field(default_factory=dict)
    chosen: str | None = None
    surprises: list[str] = field(default_factory=list)

    async def act(self) -> None:
        """Choose another answer."""
        option_id = random.choice(
            [one["id"] for one in self.poll["options"] if one["id"] != self.chosen],
        )
        receipt = await self.call("POST", f"/polls/{self.poll['id']}/ballot", json={"option_id": option_id})
        if receipt["previous"] != self.chosen or receipt["option_id"] != option_id:
            self.surprises.append(f"chose {option_id} after {self.chosen} and was told {receipt}")
        self.chosen = option_id


@dataclass(slots=True)
class BotVoter(ChatActor):
    """Votes by the buttons of the bot; an acknowledged press is a vote."""

    poll: dict[str, Any] = field(default_factory=dict)
    chosen: str | None = None
    buttons: dict[str, str] = field(default_factory=dict)
    under: int = 0

    async def settle_in(self) -> None:
        """Find the poll and its buttons."""
        await self.say("/vote")
        listed = await self.line.wait_for(self.stream, _has_button("пустыре"), timeout_s=BOT_LIMIT_S)
        self.under = listed.seq
        await self.line.press(
            self.stream,
            of=listed.seq,
            data=_buttons(listed.body)[self.poll["question"]],
            timeout_s=PATIENCE_S,
        )
        first = self.poll["options"][0]["text"]
        shown = await self.line.wait_for(self.stream, _has_button(first), timeout_s=BOT_LIMIT_S)
        named = _buttons(shown.body)
        self.buttons = {one["id"]: named[one["text"]] for one in self.poll["options"]}

    async def act(self) -> None:
        """Press the button of another answer."""
        option_id = random.choice([one for one in self.buttons if one != self.chosen])
        await self.line.press(self.stream, of=self.under, data=self.buttons[option_id], timeout_s=PATIENCE_S)
        self.chosen = option_id


def _has_button(part: str) -> Callable[[Any], bool]:
    return lambda event: any(part in name for name in _buttons(event.body))


def _buttons(body: dict[str, Any]) -> dict[str, str]:
    return {one["text"]: one.get("data", "") for row in body.get("buttons", ()) for one in row}


@dataclass(slots=True)
class Crowd:
    """All of them; `async with crowd.busy():` lets them live while something happens."""

    town: TownUnderFire
    citizens: list[Citizen]
    official: Official
    voters: list[Voter]
    bot_voters: list[BotVoter]
    poll: dict[str, Any]

    @classmethod
    async def gather(cls, town: TownUnderFire) -> Self:
        """Make the people, and let those who use the bot find their way."""
        official, *others = town.accounts("official", *["citizen"] * 6)
        (poll,) = await Actor(town, official).call("GET", "/polls?territory=zarechny")
        crowd = cls(
            town,
            [Citizen(town, account) for account in others[:3]],
            Official(town, official),
            [Voter(town, account, poll=poll) for account in others[3:5]],
            [BotVoter(town, account, poll=poll) for account in others[5:]],
            poll,
        )
        async with AsyncExitStack() as stack:
            newcomers: list[Citizen | BotVoter] = [*crowd.citizens, *crowd.bot_voters]
            for newcomer in newcomers:
                await newcomer.connect(stack)
                await newcomer.settle_in()
        return crowd

    @property
    def everybody(self) -> list[Actor]:
        """All actors."""
        return [*self.citizens, self.official, *self.voters, *self.bot_voters]

    def busy(self) -> Busy:
        """Traffic for the time of a `async with` block."""
        return Busy(self)


class Busy:
    """The crowd at work. Leave the block in good order: `rest` first, so that views can be compared."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._stack = AsyncExitStack()
        self._resting = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await asyncio.gather(*(actor.connect(self._stack) for actor in self._crowd.everybody))
        self._tasks = [asyncio.create_task(actor.go_on(self._resting)) for actor in self._crowd.everybody]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def everybody_gets_on(self, *, times: int = 2) -> None:
        """Wait until each of them has been acknowledged so many times more."""
        goals = [(actor, actor.done + times) for actor in self._crowd.everybody]
        async with asyncio.timeout(PATIENCE_S):
            while any(actor.done < goal for actor, goal in goals):
                for task in self._tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.05)

    async def rest(self) -> None:
        """Let everybody end what they are at."""
        self._resting.set()
        await asyncio.gather(*self._tasks)
