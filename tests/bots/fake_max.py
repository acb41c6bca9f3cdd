"""A strict MAX Bot API server of our own, for tests: nothing here is MAX's.

It keeps what a phone would show, brings updates to a subscribed address or hands them out by marker, takes
pictures in two steps (not ready at first when told so), refuses what MAX refuses (`fake_max_rules`) and
misbehaves on demand: 429, 403, 5xx, answers lost, updates brought again and shuffled.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

import aiohttp
from aiohttp import web
from aiohttp.web_request import FileField

from tests.bots import fake_max_rules as rules
from tests.bots.fake_max_phone import BOT, MaxUser
from tests.bots.fake_phone import Shown
from tests.bots.fake_telegram_rules import check_image
from tests.bots.misfortunes import Misfortunes, Refusal

T = TypeVar("T")

TOKEN = "max-test-token"
_UPDATE_KINDS = {"message_created", "message_callback", "bot_started", "bot_stopped"}


class FakeMax:
    """The server; `base_url` is what MAX_API_BASE would hold."""

    def __init__(self) -> None:
        self.users: dict[int, MaxUser] = {}
        self.misfortunes = Misfortunes()
        self.calls: list[tuple[str, int]] = []
        self.commands: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.subscriptions: dict[str, str] = {}
        self.unanswered: set[str] = set()
        self.not_ready = 0
        self.uploads = 0
        self.files: dict[str, bytes] = {}
        self._tokens: dict[str, bytes] = {}
        self._documents: dict[str, tuple[str, bytes]] = {}
        self._updates: list[tuple[int, dict[str, Any]]] = []
        self._numbers = itertools.count(1)
        self._arrived = asyncio.Condition()
        self._bringing: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=20 * 1024 * 1024)
        application.router.add_route("*", "/upload/{kind}/{name}", self._take_upload)
        application.router.add_get("/files/{name}", self._give_file)
        application.router.add_route("*", "/{path:.*}", self._serve)
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

    # ---- what tests do ----

    def user(self, user_id: int, first_name: str) -> MaxUser:
        """A person known to the bot by this id."""
        return self.users.setdefault(user_id, MaxUser(self, user_id, first_name))

    def redeliver(self, updates: list[dict[str, Any]], *, shuffled_by: random.Random | None = None) -> None:
        """Bring old updates once more, as after an answer that MAX did not get."""
        copies = list(updates)
        if shuffled_by:
            shuffled_by.shuffle(copies)
        for update in copies:
            self._queue(update)

    @property
    def waiting(self) -> int:
        """How many updates have not been confirmed."""
        return len(self._updates)

    def number(self) -> int:
        """One number for messages, taps and files: all differ."""
        return next(self._numbers)

    def push(self, update: dict[str, Any]) -> dict[str, Any]:
        """Something has happened on a phone."""
        whole = {"timestamp": int(time.time() * 1000), **update}
        self._queue(whole)
        return whole

    def _queue(self, update: dict[str, Any]) -> None:
        self._updates.append((self.number(), update))

        async def notify() -> None:
            async with self._arrived:
                self._arrived.notify_all()

        self._notifying = asyncio.get_running_loop().create_task(notify())

    async def _bring(self) -> None:
        """As long as an address is subscribed, bring updates there in order until each is taken with 200."""
        async with aiohttp.ClientSession() as session:
            while True:
                async with self._arrived:
                    await self._arrived.wait_for(lambda: self._updates and self.subscriptions)
                number, update = self._updates[0]
                taken = [
                    await _brought(session, url, secret, update) for url, secret in self.subscriptions.items()
                ]
                if all(taken):
                    self._updates = [one for one in self._updates if one[0] != number]
                else:
                    await asyncio.sleep(0.05)

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
        self._updates = [one for one in self._updates if one[0] > marker]
        async with self._arrived:
            try:
                ready = self._arrived.wait_for(lambda: self._updates)
                await asyncio.wait_for(ready, float(query["timeout"]))
            except TimeoutError:
                pass
        found = self._updates[: int(query["limit"])]
        return {"updates": [update for _, update in found], "marker": found[-1][0] if found else marker}

    async def _get_subscriptions(self, _query: dict[str, str], _body: dict[str, Any]) -> dict[str, Any]:
        return {"subscriptions": [{"url": url, "time": 0} for url in self.subscriptions]}

    async def _subscribe(self, _query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        rules.check_fields(body, {"url", "secret", "update_types"}, "field")
        if not 5 <= len(body["secret"]) <= 256 or not body["secret"].replace("-", "").isalnum():
            raise rules.bad_request("secret")
        self.subscriptions[body["url"]] = body["secret"]
        async with self._arrived:
            self._arrived.notify_all()
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

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.files[request.match_info["name"]])

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


async def _brought(session: aiohttp.ClientSession, url: str, secret: str, update: dict[str, Any]) -> bool:
    try:
        headers = {"X-Max-Bot-Api-Secret": secret}
        async with session.post(url, json=update, headers=headers) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
