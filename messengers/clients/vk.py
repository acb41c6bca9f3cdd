"""VK: the calls of its API that a community's bot makes.

Source: https://dev.vk.com/reference (version 5.199). Calls are forms, refusals come in the body of a 200. A
message carries a ``random_id``: VK takes the same one in one dialogue only once, for about an hour.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from messengers.clients.calls import Calls, json_of, retry_after_s
from messengers.clients.failures import (
    AnswerLost,
    Blocked,
    MessengerFailure,
    Rejected,
    TokenRefused,
    TooFast,
)

VK_API = "https://api.vk.ru"
API_VERSION = "5.199"
# Source: https://dev.vk.com/reference/errors
_BAD_TOKEN = {5, 27, 28, 1116}
_TOO_FAST = {6: 1.0, 9: 30.0, 29: 60.0}
_INTERNAL = {1, 10}
# Deleted or banned; in our black list; never allowed us to write; forbids messages; not found.
_GONE = {18, 900, 901, 902, 936}


@dataclass(frozen=True, slots=True)
class VkLongPoll:
    """Where to wait for updates, and after which one."""

    server: str
    key: str
    ts: str


@dataclass(frozen=True, slots=True)
class VkGroup:
    """The community whose token we have; ``name`` is what stands in its links."""

    group_id: int
    name: str


class VkClient:
    """Speaks to VK at ``api_base`` with a community's token. Every call may raise a ``MessengerFailure``."""

    def __init__(self, *, token: str, api_base: str = VK_API) -> None:
        self._base = f"{api_base.rstrip('/')}/method/"
        self._calls = Calls(headers={"Authorization": f"Bearer {token}"})

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def group(self) -> VkGroup:
        """Whose token this is."""
        found = await self._call("groups.getById", {})
        groups = found.get("groups") if isinstance(found, dict) else found
        if not groups:
            raise Rejected("no_group")
        group_id = int(groups[0]["id"])
        return VkGroup(group_id=group_id, name=str(groups[0].get("screen_name") or f"club{group_id}"))

    async def names_of(self, user_id: int) -> tuple[str, str]:
        """First and last name of a person."""
        found = await self._call("users.get", {"user_ids": user_id})
        if not found:
            return "", ""
        return str(found[0].get("first_name") or ""), str(found[0].get("last_name") or "")

    async def long_poll(self, *, group_id: int) -> VkLongPoll:
        """A place to wait for updates at; it ends after a while."""
        found = await self._call("groups.getLongPollServer", {"group_id": group_id})
        return VkLongPoll(server=str(found["server"]), key=str(found["key"]), ts=str(found["ts"]))

    async def updates(
        self, place: VkLongPoll, *, wait_s: int
    ) -> tuple[list[dict[str, Any]], VkLongPoll | None]:
        """One long poll, and where to ask next; None if the place has ended and another one is needed."""
        query = {"act": "a_check", "key": place.key, "ts": place.ts, "wait": str(wait_s)}
        async with self._calls.open(
            "GET", place.server, params=query, timeout_s=wait_s + 10, own=False
        ) as response:
            if response.status != 200:
                raise AnswerLost(f"long_poll_{response.status}")
            body = await json_of(response)
        if body.get("failed", 1) != 1:
            return [], None
        return list(body.get("updates") or ()), VkLongPoll(place.server, place.key, str(body["ts"]))

    async def send(self, *, peer_id: int, message: Mapping[str, str], random_id: int) -> int:
        """Write to a person; returns the message's number in the dialogue."""
        # Only the form for several receivers tells that number, which is what an edit takes.
        sent = await self._call(
            "messages.send", {"peer_ids": str(peer_id), "random_id": random_id, **message}
        )
        try:
            refusal = sent[0].get("error")
            if refusal:
                raise _failure(int(refusal["code"]))
            return int(sent[0]["conversation_message_id"])
        except (KeyError, IndexError, TypeError, AttributeError) as failure:
            raise AnswerLost("no_conversation_message_id") from failure

    async def edit(self, *, peer_id: int, number: int, message: Mapping[str, str]) -> None:
        """Replace a message; what is not given again is gone. VK takes it for 24 hours."""
        await self._call("messages.edit", {"peer_id": peer_id, "cmid": number, **message})

    async def answer(self, *, event_id: str, user_id: int, peer_id: int) -> None:
        """Let the tapped button stop turning."""
        place = {"event_id": event_id, "user_id": user_id, "peer_id": peer_id}
        await self._call("messages.sendMessageEventAnswer", place)

    async def upload_image(self, content: bytes, file_name: str) -> str:
        """Bring a picture to VK; the name may be used in any number of messages."""
        place = await self._call("photos.getMessagesUploadServer", {})
        taken = await self._upload(place, "photo", content, file_name)
        kept = {"server": taken["server"], "photo": taken["photo"], "hash": taken["hash"]}
        (photo, *_) = await self._call("photos.saveMessagesPhoto", kept)
        return _name("photo", photo)

    async def upload_document(self, content: bytes, file_name: str, *, peer_id: int) -> str:
        """Bring a document to VK for one dialogue; the name may be used in any number of its messages."""
        place = await self._call("docs.getMessagesUploadServer", {"type": "doc", "peer_id": peer_id})
        taken = await self._upload(place, "file", content, file_name)
        if "file" not in taken:
            # VK says of an upload that it does not like: {"error": "..."}.
            raise Rejected("document_not_taken")
        saved = await self._call("docs.save", {"file": taken["file"], "title": file_name})
        return _name("doc", saved["doc"])

    def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """The bytes of an attachment, by the address in the update."""
        return self._calls.download(url)

    async def _upload(
        self, place: Mapping[str, Any], field: str, content: bytes, file_name: str
    ) -> dict[str, Any]:
        # Unquoted: a quoted name would be shown to people with its percent signs.
        form = aiohttp.FormData(quote_fields=False)
        form.add_field(field, content, filename=file_name, content_type="application/octet-stream")
        async with self._calls.open("POST", str(place["upload_url"]), data=form, own=False) as response:
            if response.status != 200:
                raise AnswerLost(f"upload_{response.status}")
            return await json_of(response)

    async def _call(self, method: str, fields: Mapping[str, Any]) -> Any:
        """VK's answer: what it is depends on the method."""
        form = {**{name: str(value) for name, value in fields.items()}, "v": API_VERSION}
        async with self._calls.open("POST", self._base + method, data=form) as response:
            if response.status == 429:
                raise TooFast("429", wait_s=retry_after_s(response))
            if response.status != 200:
                raise AnswerLost(str(response.status))
            body = await json_of(response)
        if "error" in body:
            raise _failure(int(body["error"].get("error_code", 0)))
        return body.get("response")


def _name(kind: str, kept: Mapping[str, Any]) -> str:
    """How a message names what was uploaded."""
    name = f"{kind}{kept['owner_id']}_{kept['id']}"
    return f"{name}_{kept['access_key']}" if kept.get("access_key") else name


def _failure(code: int) -> MessengerFailure:
    said = f"vk_{code}"
    if code in _BAD_TOKEN:
        return TokenRefused(said)
    if code in _TOO_FAST:
        return TooFast(said, wait_s=_TOO_FAST[code])
    if code in _INTERNAL:
        return AnswerLost(said)
    return Blocked(said) if code in _GONE else Rejected(said)
