"""What a browser does without scripts: keeps cookies, sends forms, follows redirects."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import httpx

from core.identity import open_session
from tests.town import Town
from web.asgi_types import AsgiApp


@dataclass(slots=True)
class Browser:
    """A person's browser. ``signed_in_as`` gives it a session without walking through the sign-in."""

    client: httpx.AsyncClient
    town: Town

    @classmethod
    @asynccontextmanager
    async def open(cls, web: AsgiApp, town: Town) -> AsyncIterator[Self]:
        """A fresh browser that reads Russian."""
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers={"Accept-Language": "ru"}
        ) as client:
            yield cls(client=client, town=town)

    def sign_in_as(self, name: str) -> Self:
        """Become one of the town's people."""
        session = self.town.database.run(open_session, person_id=self.town.people[name], label="Firefox")
        self.client.cookies.set("session", session.token, domain="testserver.local")
        return self

    async def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return await self.client.get(path)

    async def submit(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of ours, with the token that its page carried."""
        return await self.client.post(path, data={"csrfmiddlewaretoken": await self.csrf_token(), **fields})

    async def upload(self, path: str, content: bytes, *, name: str, **fields: str) -> httpx.Response:
        """Send a form of ours with a file in its field ``file``."""
        data = {"csrfmiddlewaretoken": await self.csrf_token(), **fields}
        return await self.client.post(path, data=data, files={"file": (name, content)})

    async def csrf_token(self) -> str:
        """The token against foreign forms: of the pages seen so far, of the sign-in if there was none."""
        if "csrf" not in self.client.cookies:
            await self.client.get("/in")
        return self.client.cookies["csrf"]


def words_of(response: httpx.Response) -> str:
    """The text of a page as a reader sees it, blanks collapsed."""
    body = re.sub(r"<(script|style|template|head).*?</\1>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).replace("\u00a0", " ").strip()
