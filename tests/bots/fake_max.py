"""A strict MAX Bot API server of our own, for tests: nothing here is MAX's.

It keeps what a phone would show, brings updates to a subscribed address or hands them out by marker, takes
pictures in two steps (not ready at first when told so), refuses what MAX refuses (`fake_max_rules`) and
misbehaves on demand: 429, 403, 5xx, answers lost, updates brought again and shuffled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import aiohttp
from aiohttp import web
from aiohttp.web_request import FileField

from tests.bots import fake_max_rules as rules
from tests.bots.fake_max_phone import BOT, MaxUser
from tests.bots.fake_phone import Shown
from tests.bots.fake_server import FakeServer
from tests.bots.fake_telegram_rules import check_image
from tests.bots.misfortunes import Refusal

T = TypeVar("T")

TOKEN = "max-test-token"
_UPDATE_KINDS = {"message_created", "message_callback", "bot_started", "bot_stopped"}


class FakeMax(FakeServer[MaxUser]):
    """The server; `base_url` is what MAX_API_BASE would hold."""

    phone = MaxUser

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []
        self.commands: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.subscriptions: dict[str, str] = {}
        self.not_ready = 0
        self._tokens: dict[str, bytes] = {}
        self._documents: dict[str, tuple[str, bytes]] = {}

    def routes(self) -> Sequence[web.RouteDef]:
        """Uploads, and all calls of the API."""
        return [
            web.route("*", "/upload/{kind}/{name}", self._take_upload),
            web.route("*", "/{path:.*}", self._serve),
        ]

    def addressed(self) -> bool:
        """Whether an address is subscribed."""
        return bool(self.subscriptions)

    async def bring(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        """Bring it to every address; taken is what each has answered with 200."""
        taken = []
        for url, secret in self.subscriptions.items():
            headers = {"X-Max-Bot-Api-Secret": secret}
            async with session.post(url, json=update, headers=headers) as response:
                taken.append(response.status == 200)
        return all(taken)

    def push(self, update: dict[str, Any]) -> dict[str, Any]:
        """Something has happened on a phone."""
        whole = {"timestamp": int(time.time() * 1000), **update}
        self.queue(whole)
        return whole

    # ---- the server ----

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = f"{request.method} /{request.match_info['path']}"
        try:
            if request.headers.get("Authorization") != TOKEN:
                raise Refusal(401, {"code": "verify.token", "message": "Invalid access_token"})
            lost = self.misfortunes.strike(call)
            perform = self._routes.get(call)
            if perform is None:
                raise Refusal(404, {"code": "not.found", "message": "path"})
            body = await request.json() if request.can_read_body else {}
            result = await perform(self, dict(request.query), body)
        except Refusal as refusal:
            self.calls.append((call, refusal.status))
            return web.json_response(refusal.body, status=refusal.status, headers=refusal.headers)
        self.calls.append((call, 200))
        if lost and request.transport:
            request.transport.close()
        return web.json_response(result)

    async def _me(self, _query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return BOT

    async def _set_commands(self, _query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(body, {"commands"}, "field")
        for command in body["commands"]:
            rules.check_fields(command, {"name", "description"}, "field of a command")
        self.commands = body["commands"]
        return {"success": True}

    async def _get_updates(self, query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(query, {"marker", "types", "timeout", "limit"}, "parameter")
        kinds = set(query["types"].split(","))
        if not kinds <= _UPDATE_KINDS or int(query["timeout"]) > 90:
            raise rules.bad_request("types or timeout")
        if self.subscriptions:
            return {"updates": [], "marker": None}
        marker = int(query.get("marker", 0))
        waiting = await self.waited_for(after=marker, wait_s=float(query["timeout"]))
        found = waiting[: int(query["limit"])]
        return {"updates": [update for _, update in found], "marker": found[-1][0] if found else marker}

    async def _get_subscriptions(self, _query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {"subscriptions": [{"url": url, "time": 0} for url in self.subscriptions]}

    async def _subscribe(self, _query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(body, {"url", "secret", "update_types"}, "field")
        if not 5 <= len(body["secret"]) <= 256 or not body["secret"].replace("-", "").isalnum():
            raise rules.bad_request("secret")
        self.subscriptions[body["url"]] = body["secret"]
        await self.look_again()
        return {"success": True}

    async def _unsubscribe(self, query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        if self.subscriptions.pop(query["url"], None) is None:
            return {"success": False, "message": "no such subscription"}
        return {"success": True}

    async def _send(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(query, {"user_id"}, "parameter")
        user = self.users.get(int(query["user_id"]))
        if user is None:
            raise Refusal(404, {"code": "dialog.not.found", "message": "no dialogue"})
        if user.chat.blocked:
            raise Refusal(403, {"code": "chat.denied", "message": "error.dialog.suspended"})
        shown = Shown(self.number(), from_bot=True, text="")
        self._fill(shown, body)
        user.chat.messages.append(shown)
        return {"message": user.message(shown)}

    async def _edit(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(query, {"message_id"}, "parameter")
        for user in self.users.values():
            for shown in user.chat.messages:
                if shown.from_bot and user.mid(shown) == query["message_id"]:
                    if user.chat.blocked:
                        raise Refusal(403, {"code": "chat.denied", "message": "error.dialog.suspended"})
                    self._fill(shown, body)
                    shown.edits += 1
                    return {"success": True}
        return {"success": False, "message": "message not found"}

    def _fill(self, shown: Shown, body: dict[str, Any]) -> None:
        """Show what the body says; what it does not name is gone."""
        rules.check_fields(body, {"text", "format", "attachments", "notify"}, "field")
        self.bodies.append(body)
        text, marks = rules.read_text(body)
        buttons: list[list[dict[str, Any]]] = []
        photo: bytes | None = None
        document: tuple[str, bytes] | None = None
        for attachment in body["attachments"]:
            rules.check_fields(attachment, {"type", "payload"}, "field of an attachment")
            if attachment["type"] == "inline_keyboard":
                buttons = rules.read_keyboard(attachment)
            elif attachment["type"] == "image":
                photo = self._uploaded(self._tokens, attachment["payload"])
            elif attachment["type"] == "file":
                document = self._uploaded(self._documents, attachment["payload"])
            else:
                raise rules.bad_request(f"attachments: {attachment['type']}")
        if not text and photo is None and document is None:
            raise rules.bad_request("text: an empty message")
        shown.text, shown.entities, shown.buttons = text, marks, buttons
        shown.photo, shown.document = photo, document

    def _uploaded(self, kept: dict[str, T], payload: dict[str, Any]) -> T:
        if payload.get("token") not in kept:
            raise rules.bad_request("attachments: unknown token")
        if self.not_ready:
            self.not_ready -= 1
            raise rules.bad_request(
                "Key: errors.process.attachment.file.not.processed", "attachment.not.ready"
            )
        return kept[payload["token"]]

    async def _answer(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(body, {"message", "notification"}, "field")
        if query["callback_id"] not in self.unanswered:
            return {"success": False, "message": "callback not found"}
        self.unanswered.remove(query["callback_id"])
        return {"success": True}

    async def _start_upload(self, query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        if query not in ({"type": "image"}, {"type": "file"}):
            raise rules.bad_request("type")
        return {"url": f"{self.base_url}/upload/{query['type']}/{self.number()}"}

    async def _take_upload(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            return web.json_response({"message": "our token was shown to a host that needs none"}, status=400)
        form = await request.post()
        part = form["data"]
        assert isinstance(part, FileField)
        content, number = part.file.read(), request.match_info["name"]
        self.uploads += 1
        if request.match_info["kind"] == "file":
            token = f"document-{number}"
            self._documents[token] = (part.filename, content)
            return web.json_response({"fileId": int(number), "token": token})
        check_image(content)
        token = f"picture-{number}"
        self._tokens[token] = content
        return web.json_response({"photos": {token: {"token": token}}})

    _routes: ClassVar[dict[str, Callable[..., Any]]] = {
        "GET /me": _me,
        "PATCH /me/commands": _set_commands,
        "GET /updates": _get_updates,
        "GET /subscriptions": _get_subscriptions,
        "POST /subscriptions": _subscribe,
        "DELETE /subscriptions": _unsubscribe,
        "POST /messages": _send,
        "PUT /messages": _edit,
        "POST /answers": _answer,
        "POST /uploads": _start_upload,
    }
