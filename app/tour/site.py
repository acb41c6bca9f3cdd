"""The pages and the API of the instance, as a program sees them: nothing followed, nothing remembered."""

import asyncio
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

TIMEOUT_S = 20.0
API = "/api/v1/"


class Denied(Exception):
    """The API refused a request; the text is its status and what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request got; redirections are answers like others."""

    status: int
    media_type: str
    content: bytes
    # Where a redirection leads; empty for other answers.
    location: str = ""

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")

    @property
    def json(self) -> Any:
        """What the API answered. Raises: Denied."""
        if self.status >= 400:
            raise Denied(f"{self.status} {self.text}")
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Site:
    """An instance at ``address`` (``http://host:port``), visited with a session token or without."""

    address: str
    token: str = ""

    @property
    def live_url(self) -> str:
        """Where its sockets are."""
        return self.address.replace("http", "ws", 1) + "/live"

    async def page(self, path: str) -> Answer:
        """A page as a browser gets it, by the session cookie."""
        headers = {"Cookie": f"session={self.token}"} if self.token else {}
        return await asyncio.to_thread(self._request, "GET", path, headers, None)

    async def submit(self, path: str, **fields: str) -> Answer:
        """Send a form of a page as a browser does."""
        # What guards the form is that its field and the cookie say the same, not what they say.
        same = uuid4().hex
        headers = {
            "Cookie": f"session={self.token}; csrf={same}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        content = urlencode({"csrfmiddlewaretoken": same, **fields}).encode()
        return await asyncio.to_thread(self._request, "POST", path, headers, content)

    async def get(self, path: str) -> Answer:
        """Read something from the API; ``path`` is what follows ``/api/v1/``."""
        return await asyncio.to_thread(self._request, "GET", f"{API}{path}", self._bearer(), None)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Do something over the API."""
        headers = {**self._bearer(), "Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        content = json.dumps(body or {}).encode()
        return await asyncio.to_thread(self._request, "POST", f"{API}{path}", headers, content)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _request(self, method: str, path: str, headers: dict[str, str], content: bytes | None) -> Answer:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body=content, headers=headers)
            response = connection.getresponse()
            return Answer(
                status=response.status,
                media_type=response.headers.get_content_type(),
                content=response.read(),
                location=response.headers.get("Location", ""),
            )
        finally:
            connection.close()
