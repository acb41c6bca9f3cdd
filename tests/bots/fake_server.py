"""What our fakes of MAX and of VK have in common: a server, phones, updates that are brought in order."""

from __future__ import annotations

import asyncio
import itertools
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar, Generic, Self, TypeVar

import aiohttp
from aiohttp import web

from tests.bots.fake_phone import FakeUser
from tests.bots.misfortunes import Misfortunes

U = TypeVar("U", bound=FakeUser)
Update = dict[str, Any]


class FakeServer(ABC, Generic[U]):
    """The server; `base_url` is where it stands for the length of a block."""

    phone: ClassVar[type[Any]]

    def __init__(self) -> None:
        self.users: dict[int, U] = {}
        self.misfortunes = Misfortunes()
        # Taps that wait for an answer.
        self.unanswered: set[str] = set()
        self.uploads = 0
        self.files: dict[str, bytes] = {}
        self.file_answers: list[int] = []
        self.updates: list[tuple[int, Update]] = []
        self.base_url = ""
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Condition()
        self._bringing: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=20 * 1024 * 1024)
        application.router.add_routes([web.get("/files/{name}", self._give_file), *self.routes()])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        self._bringing = asyncio.create_task(self._bring())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._bringing:
            self._bringing.cancel()
            await asyncio.gather(self._bringing, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    # ---- what a messenger has of its own ----

    @abstractmethod
    def routes(self) -> Sequence[web.RouteDef]:
        """Its calls; the first that fits takes one."""

    @abstractmethod
    def addressed(self) -> bool:
        """Whether there is an address to bring updates to."""

    @abstractmethod
    async def bring(self, session: aiohttp.ClientSession, update: Update) -> bool:
        """Bring one update there; whether it was taken."""

    # ---- what tests do ----

    def user(self, user_id: int, first_name: str) -> U:
        """A person known to the bot by this id."""
        return self.users.setdefault(user_id, self.phone(self, user_id, first_name))

    def redeliver(self, updates: list[Update], *, shuffled_by: random.Random | None = None) -> None:
        """Bring old updates once more, as after an answer that the messenger did not get."""
        copies = list(updates)
        if shuffled_by:
            shuffled_by.shuffle(copies)
        for update in copies:
            self.queue(update)

    @property
    def waiting(self) -> int:
        """How many updates have not been confirmed."""
        return len(self.updates)

    # ---- what its calls are made of ----

    def number(self) -> int:
        """One number for messages, taps and files: all differ."""
        return next(self._numbers)

    def queue(self, update: Update) -> None:
        """Put an update behind those that wait."""
        self.updates.append((self.number(), update))
        self._notifying = asyncio.get_running_loop().create_task(self.look_again())

    async def look_again(self) -> None:
        """Something has changed for whoever waits for updates."""
        async with self._arrived:
            self._arrived.notify_all()

    async def waited_for(self, *, after: int, wait_s: float) -> list[tuple[int, Update]]:
        """A long poll: confirms what came up to ``after`` and waits for more; updates and their numbers."""
        self.updates = [one for one in self.updates if one[0] > after]
        async with self._arrived:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait_for(lambda: self.updates), wait_s)
        return self.updates

    async def _bring(self) -> None:
        """As long as there is an address, bring updates there in order until each is taken."""
        async with aiohttp.ClientSession() as session:
            while True:
                async with self._arrived:
                    await self._arrived.wait_for(lambda: self.updates and self.addressed())
                number, update = self.updates[0]
                if await self._taken(session, update):
                    self.updates = [one for one in self.updates if one[0] != number]
                else:
                    await asyncio.sleep(0.05)

    async def _taken(self, session: aiohttp.ClientSession, update: Update) -> bool:
        try:
            return await self.bring(session, update)
        except aiohttp.ClientError:
            return False

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        if self.file_answers:
            return web.Response(status=self.file_answers.pop(0))
        return web.Response(body=self.files[request.match_info["name"]])
