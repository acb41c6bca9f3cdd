"""A strict VK of our own, for tests: nothing here is VK's.

The calls of messages that a community's bot makes, long poll and Callback API, pictures in three steps, a
message known again by its random id, and misfortunes on demand. Written from dev.vk.com/reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import aiohttp
from aiohttp import web
from aiohttp.web_request import FileField

from tests.bots.fake_phone import Shown
from tests.bots.fake_server import FakeServer
from tests.bots.fake_telegram_rules import check_image
from tests.bots.fake_vk_phone import VkUser
from tests.bots.misfortunes import Refusal

TOKEN = "vk-test-token"
GROUP_ID = 24
_FIELDS = {"message", "keyboard", "attachment", "format_data", "dont_parse_links", "v"}


def refused(code: int, message: str = "") -> Refusal:
    """An error in VK's form: in the body of a 200."""
    return Refusal(200, {"error": {"error_code": code, "error_msg": message or f"error {code}"}})


class FakeVk(FakeServer[VkUser]):
    """The server; `base_url` is what VK_API_BASE would hold."""

    phone = VkUser

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.bodies: list[dict[str, str]] = []
        # Where the Callback API brings events, and the secret in each.
        self.callback: tuple[str, str] | None = None
        self.expired_keys = 0
        self._pictures: dict[str, bytes] = {}
        self._uploaded: dict[str, bytes] = {}
        # By name: the document and the dialogue that it was brought for.
        self._documents: dict[str, tuple[str, bytes, int]] = {}
        self._random_ids: dict[tuple[int, int], int] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        """Methods, long poll, uploads."""
        return [
            web.post("/method/{name}", self._serve),
            web.get("/poll", self._poll),
            web.post("/upload", self._take_upload),
            web.post("/upload/{peer_id}", self._take_document),
        ]

    def addressed(self) -> bool:
        """Whether the Callback API is on."""
        return self.callback is not None

    async def bring(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        """Bring it to the callback address; taken is what was answered with «ok»."""
        url, secret = self.callback or ("", "")
        async with session.post(url, json={**update, "secret": secret}) as response:
            return response.status == 200 and await response.text() == "ok"

    def push(self, kind: str, what: dict[str, Any]) -> dict[str, Any]:
        """Something has happened on a phone."""
        event = {"type": kind, "object": what, "group_id": GROUP_ID, "v": "5.199"}
        event["event_id"] = f"{self.number():040x}"
        self.queue(event)
        return event

    # ---- the server ----

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        fields = {key: str(value) for key, value in (await request.post()).items()}
        try:
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                raise refused(5, "User authorization failed")
            if fields.get("v") != "5.199":
                raise refused(8, "Invalid request: versions below 5.199 are not known here")
            lost = self.misfortunes.strike(name)
            perform = self._methods.get(name)
            if perform is None:
                raise refused(3, "Unknown method passed")
            result = perform(self, fields)
        except Refusal as refusal:
            self.calls.append(f"{name} refused")
            return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)
        self.calls.append(name)
        if lost and request.transport:
            request.transport.close()
        return web.json_response({"response": result})

    def _group(self, _fields: dict[str, str]) -> dict[str, Any]:
        return {"groups": [{"id": GROUP_ID, "screen_name": "fake_town"}], "profiles": []}

    def _names(self, fields: dict[str, str]) -> list[dict[str, Any]]:
        user = self.users.get(int(fields["user_ids"]))
        return [] if user is None else [{"id": user.user_id, "first_name": user.first_name, "last_name": ""}]

    def _place(self, _fields: dict[str, str]) -> dict[str, Any]:
        return {"server": f"{self.base_url}/poll", "key": "key", "ts": "0"}

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        if "Authorization" in request.headers or query["act"] != "a_check" or query["key"] != "key":
            return web.Response(status=400)
        if self.expired_keys:
            self.expired_keys -= 1
            return web.json_response({"failed": 2})
        events = await self.waited_for(after=int(query["ts"]), wait_s=float(query["wait"]))
        last = events[-1][0] if events else int(query["ts"])
        return web.json_response({"ts": str(last), "updates": [event for _, event in events]})

    def _send(self, fields: dict[str, str]) -> list[dict[str, Any]]:
        _check_fields(fields, _FIELDS | {"peer_ids", "random_id"})
        peer, random_id = int(fields["peer_ids"]), int(fields["random_id"])
        if not 0 < random_id < 2**31:
            raise refused(100, "random_id")
        user = self.users.get(peer)
        if user is None or user.chat.blocked:
            code = 901 if user else 936
            return [{"peer_id": peer, "error": {"code": code, "description": "no messages"}}]
        known = self._random_ids.get((peer, random_id))
        if known is None:
            shown = Shown(next(user.numbers), from_bot=True, text="")
            self._fill(shown, fields, user)
            user.chat.messages.append(shown)
            known = self._random_ids[peer, random_id] = shown.message_id
        return [{"peer_id": peer, "message_id": self.number(), "conversation_message_id": known}]

    def _edit(self, fields: dict[str, str]) -> int:
        _check_fields(fields, _FIELDS | {"peer_id", "cmid"})
        user = self.users[int(fields["peer_id"])]
        for shown in user.chat.messages:
            if shown.from_bot and shown.message_id == int(fields["cmid"]):
                self._fill(shown, fields, user)
                shown.edits += 1
                return 1
        raise refused(100, "message not found")

    def _fill(self, shown: Shown, fields: dict[str, str], user: VkUser) -> None:
        """Show what the fields say; what they do not name is gone."""
        self.bodies.append(fields)
        text = fields["message"]
        if not text and "attachment" not in fields:
            raise refused(100, "message is empty")
        if _utf16_length(text) > 4096:
            raise refused(914, "Message is too long")
        marks = json.loads(fields.get("format_data", '{"version":1,"items":[]}'))
        if marks["version"] != 1 or any(
            mark["offset"] + mark["length"] > _utf16_length(text) for mark in marks["items"]
        ):
            raise refused(100, "format_data")
        keyboard = json.loads(fields.get("keyboard", "null"))
        rows = _check_keyboard(keyboard) if keyboard else []
        if keyboard and not keyboard["inline"]:
            user.chat.keyboard = [[button["text"] for button in row] for row in rows]
            rows = []
        name = fields.get("attachment", "")
        shown.photo = self._picture(name) if name and not name.startswith("doc") else None
        shown.document = self._document(name, user) if name.startswith("doc") else None
        shown.text, shown.entities, shown.buttons = text, marks["items"], rows

    def _document(self, name: str, user: VkUser) -> tuple[str, bytes]:
        title, content, peer_id = self._documents.get(name, ("", b"", 0))
        if peer_id != user.user_id:
            raise refused(100, "One of the parameters specified was missing or invalid: attachment")
        return title, content

    def _picture(self, name: str) -> bytes:
        if name not in self._pictures:
            raise refused(100, "One of the parameters specified was missing or invalid: attachment")
        return self._pictures[name]

    def _answer(self, fields: dict[str, str]) -> int:
        if fields["event_id"] not in self.unanswered or int(fields["user_id"]) != int(fields["peer_id"]):
            raise refused(100, "event_id")
        self.unanswered.remove(fields["event_id"])
        return 1

    def _upload_place(self, _fields: dict[str, str]) -> dict[str, Any]:
        return {"upload_url": f"{self.base_url}/upload", "album_id": -64, "group_id": GROUP_ID}

    async def _take_upload(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            return web.Response(status=400)
        part = (await request.post())["photo"]
        assert isinstance(part, FileField)
        content = part.file.read()
        check_image(content)
        mark = f"hash{self.number()}"
        self._uploaded[mark] = content
        return web.json_response({"server": 1, "photo": "[]", "hash": mark})

    def _keep_upload(self, fields: dict[str, str]) -> list[dict[str, Any]]:
        content = self._uploaded.pop(fields["hash"], None)
        if content is None:
            raise refused(100, "hash")
        number = self.number()
        self._pictures[f"photo-{GROUP_ID}_{number}_key"] = content
        self.uploads += 1
        return [{"id": number, "owner_id": -GROUP_ID, "access_key": "key"}]

    def _document_place(self, fields: dict[str, str]) -> dict[str, Any]:
        _check_fields(fields, {"type", "peer_id", "v"})
        if fields["type"] != "doc" or int(fields["peer_id"]) not in self.users:
            raise refused(100, "type or peer_id")
        return {"upload_url": f"{self.base_url}/upload/{fields['peer_id']}"}

    async def _take_document(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            return web.Response(status=400)
        part = (await request.post())["file"]
        assert isinstance(part, FileField)
        mark = f"{request.match_info['peer_id']}|{self.number()}"
        self._uploaded[mark] = part.file.read()
        return web.json_response({"file": mark})

    def _keep_document(self, fields: dict[str, str]) -> dict[str, Any]:
        _check_fields(fields, {"file", "title", "v"})
        content = self._uploaded.pop(fields["file"], None)
        if content is None:
            raise refused(105, "Couldn't save file")
        number, peer_id = self.number(), int(fields["file"].partition("|")[0])
        self._documents[f"doc-{GROUP_ID}_{number}"] = (fields["title"], content, peer_id)
        self.uploads += 1
        return {"type": "doc", "doc": {"id": number, "owner_id": -GROUP_ID, "title": fields["title"]}}

    _methods: ClassVar[dict[str, Callable[..., Any]]] = {
        "groups.getById": _group,
        "groups.getLongPollServer": _place,
        "users.get": _names,
        "messages.send": _send,
        "messages.edit": _edit,
        "messages.sendMessageEventAnswer": _answer,
        "photos.getMessagesUploadServer": _upload_place,
        "photos.saveMessagesPhoto": _keep_upload,
        "docs.getMessagesUploadServer": _document_place,
        "docs.save": _keep_document,
    }


def _check_fields(fields: dict[str, str], allowed: set[str]) -> None:
    unknown = sorted(set(fields) - allowed)
    if unknown:
        raise refused(100, f"unknown parameter {', '.join(unknown)}")


def _check_keyboard(keyboard: dict[str, Any]) -> list[list[dict[str, Any]]]:
    inline, rows = keyboard["inline"], keyboard["buttons"]
    unknown = set(keyboard) - {"inline", "one_time", "buttons"}
    most_rows, most = (6, 10) if inline else (10, 40)
    if unknown or len(rows) > most_rows or sum(map(len, rows)) > most or any(len(row) > 5 for row in rows):
        raise refused(911, "Keyboard format is invalid")
    return [[_check_button(button, inline=inline) for button in row] for row in rows]


def _check_button(button: dict[str, Any], *, inline: bool) -> dict[str, Any]:
    action = button["action"]
    kind, label = action["type"], action["label"]
    if not 1 <= len(label) <= 40 or len(action.get("payload", "")) > 255:
        raise refused(911, f"Keyboard format is invalid: label or payload of «{label}»")
    if kind == "open_link":
        if set(button) != {"action"} or not re.match(r"https?://\S+\.\S+", action["link"]):
            raise refused(911, "Keyboard format is invalid: link")
        return {"text": label, "url": action["link"]}
    if button.get("color") not in {"primary", "secondary", "positive", "negative"}:
        raise refused(911, "Keyboard format is invalid: color")
    if kind == "callback" and inline:
        json.loads(action["payload"])
        return {"text": label, "callback_data": action["payload"]}
    if kind == "text" and not inline:
        return {"text": label}
    raise refused(911, f"Keyboard format is invalid: {kind}")


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
