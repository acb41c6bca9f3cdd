"""MAX: the calls of its Bot API that we make.

Source: https://dev.max.ru/docs-api (2026): the token goes in the header ``Authorization``; 30 requests a
second to all, two messages a second to one chat; long polling at most twice a second and for trials only.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from messengers.clients.calls import REQUEST_TIMEOUT_S, Calls, json_of, retry_after_s
from messengers.clients.failures import (
    AnswerLost,
    Blocked,
    MessengerFailure,
    NotSent,
    Rejected,
    TokenRefused,
    TooFast,
)

log = logging.getLogger(__name__)

MAX_API = "https://platform-api2.max.ru"
# An upload is taken in while it is being processed: these pauses, then the message is for later.
NOT_READY = "attachment.not.ready"
READY_PAUSES_S = (0.3, 0.7, 1.5, 3.0)
_GONE = {"chat.not.found", "dialog.not.found", "user.not.found", "not.found"}


@dataclass(frozen=True, slots=True)
class MaxUpdates:
    """A page of long polling; asking with ``marker`` confirms these updates."""

    updates: list[dict[str, Any]]
    marker: int | None


class MaxClient:
    """Speaks to MAX at ``api_base``. Every call may raise a ``MessengerFailure``.

    ca_file: the root certificate of the Ministry of Digital Development, where the system lacks it.
    """

    def __init__(
        self,
        *,
        token: str,
        api_base: str = MAX_API,
        ca_file: Path | None = None,
        ready_pauses_s: Sequence[float] = READY_PAUSES_S,
    ) -> None:
        self._ready_pauses_s = ready_pauses_s
        self._base = api_base.rstrip("/")
        self._calls = Calls(headers={"Authorization": token}, ca_file=ca_file)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def me(self) -> dict[str, Any]:
        """Who the bot is; ``username`` is the name in its links."""
        return await self._call("GET", "/me")

    async def set_commands(self, commands: Sequence[tuple[str, str]]) -> None:
        """The list behind «/»: names and what they do."""
        listed = [{"name": name, "description": description} for name, description in commands]
        await self._call("PATCH", "/me/commands", json={"commands": listed})

    async def updates(self, *, marker: int | None, kinds: Sequence[str], wait_s: int) -> MaxUpdates:
        """One long poll."""
        query = {"types": ",".join(kinds), "timeout": str(wait_s), "limit": "100"}
        if marker is not None:
            query["marker"] = str(marker)
        body = await self._call("GET", "/updates", params=query, timeout_s=wait_s + 10)
        return MaxUpdates(updates=list(body.get("updates") or ()), marker=body.get("marker"))

    async def subscribe(self, *, url: str, secret: str, kinds: Sequence[str]) -> None:
        """Have updates brought to ``url``, each with the secret in ``X-Max-Bot-Api-Secret``."""
        wanted = {"url": url, "secret": secret, "update_types": list(kinds)}
        await self._call("POST", "/subscriptions", json=wanted)

    async def subscriptions(self) -> list[str]:
        """Addresses that updates are brought to; MAX adds to them and never replaces."""
        body = await self._call("GET", "/subscriptions")
        return [str(one["url"]) for one in body.get("subscriptions") or ()]

    async def unsubscribe(self, *, url: str) -> None:
        """No longer bring updates to ``url``; long polling works only when nothing is subscribed."""
        await self._call("DELETE", "/subscriptions", params={"url": url})

    async def send(self, *, user_id: int, message: dict[str, Any]) -> str:
        """Write to a person; returns the message's own name (``mid``)."""
        body = await self._when_ready("POST", {"user_id": str(user_id)}, message)
        try:
            return str(body["message"]["body"]["mid"])
        except (KeyError, TypeError) as failure:
            raise AnswerLost("no_mid") from failure

    async def edit(self, *, mid: str, message: dict[str, Any]) -> None:
        """Replace text and attachments of a message; what is not given again is gone."""
        _successful(await self._when_ready("PUT", {"message_id": mid}, message))

    async def answer(self, *, callback_id: str) -> None:
        """Let the tapped button stop turning."""
        _successful(await self._call("POST", "/answers", params={"callback_id": callback_id}, json={}))

    async def upload_image(self, content: bytes, file_name: str) -> str:
        """Bring a picture to MAX; the token may be used in any number of messages."""
        taken = await self._upload("image", content, file_name)
        for photo in (taken.get("photos") or {}).values():
            return str(photo["token"])
        raise AnswerLost("no_photo_token")

    async def upload_document(self, content: bytes, file_name: str) -> str:
        """Bring a document to MAX; the token may be used in any number of messages."""
        taken = await self._upload("file", content, file_name)
        if not taken.get("token"):
            raise AnswerLost("no_file_token")
        return str(taken["token"])

    def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """The bytes of an attachment, by the address in the update."""
        return self._calls.download(url)

    async def _upload(self, kind: str, content: bytes, file_name: str) -> dict[str, Any]:
        place = await self._call("POST", "/uploads", params={"type": kind})
        # Unquoted: a quoted name would be shown to people with its percent signs.
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("data", content, filename=file_name, content_type="application/octet-stream")
        async with self._calls.open("POST", str(place["url"]), data=form, own=False) as response:
            if response.status != 200:
                raise _failure(response, {})
            return await json_of(response)

    async def _when_ready(
        self, method: str, query: dict[str, str], message: dict[str, Any]
    ) -> dict[str, Any]:
        for pause_s in self._ready_pauses_s:
            try:
                return await self._call(method, "/messages", params=query, json=message)
            except NotSent as failure:
                if failure.reason != NOT_READY:
                    raise
                log.info("max_attachment_not_ready wait_s=%s", pause_s)
                await asyncio.sleep(pause_s)
        return await self._call(method, "/messages", params=query, json=message)

    async def _call(
        self, method: str, path: str, *, timeout_s: float = REQUEST_TIMEOUT_S, **request: Any
    ) -> dict[str, Any]:
        async with self._calls.open(method, self._base + path, timeout_s=timeout_s, **request) as response:
            if response.status == 200:
                return await json_of(response)
            try:
                said = await json_of(response)
            except AnswerLost:
                said = {}
            raise _failure(response, said)


def _successful(body: dict[str, Any]) -> None:
    # Editing and answering tell of a refusal in the body of a 200.
    if body.get("success") is False:
        raise Rejected(str(body.get("message") or "unsuccessful")[:100])


def _failure(response: aiohttp.ClientResponse, said: dict[str, Any]) -> MessengerFailure:
    code = str(said.get("code") or response.status)
    match response.status:
        case 401:
            return TokenRefused(code)
        case 403:
            return Blocked(code)
        case 404 if code in _GONE:
            return Blocked(code)
        case 429:
            return TooFast(code, wait_s=retry_after_s(response))
        case _ if code == NOT_READY:
            return NotSent(code)
        case status if status >= 500:
            return AnswerLost(code)
    return Rejected(f"{code}: {str(said.get('message') or '')[:100]}")
