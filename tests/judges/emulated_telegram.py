"""A Telegram that is not ours: npm's telegram-test-api, behind a small front that speaks as Telegram does.

The emulator knows messages, edits, buttons and their answers. The front translates what it does not: forms,
the wait of getUpdates, a callback's ``chat_instance``, seconds for milliseconds. It judges nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from core.identity import person_by_identity
from core.shared.ids import PersonId
from core.store import Database
from tests.bots.doors import Seen

TOKEN = "666:an-emulated-bot"
POLL_S = 0.02
# Methods without a trace in a dialogue, which the emulator does not have.
_TRACELESS = {"setMyCommands", "setMyName", "deleteWebhook", "sendChatAction"}


@asynccontextmanager
async def emulator(folder: Path) -> AsyncIterator[str]:
    """The address of an emulator started from a folder where its packages are installed."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(folder / "serve.js"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # It parses our JSON and writes its own; nothing of it is to reach beyond this process.
        cwd=folder,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 30))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)


@asynccontextmanager
async def front(emulated: str) -> AsyncIterator[str]:
    """The address for a bot: an emulator reached as Telegram is."""
    async with aiohttp.ClientSession(emulated) as http:
        application = web.Application()
        application.router.add_post("/bot{token}/{method}", _Front(http).serve)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            host, port = runner.addresses[0][:2]
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()


@dataclass(slots=True)
class _Front:
    http: aiohttp.ClientSession
    unconfirmed: list[dict[str, Any]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        form = (
            await request.json() if request.content_type == "application/json" else dict(await request.post())
        )
        if method in _TRACELESS:
            return web.json_response({"ok": True, "result": True})
        if method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._updates(form)})
        path = f"/bot{request.match_info['token']}/{method}"
        async with self.http.post(path, json=form) as answer:
            said = await answer.json()
            if answer.status != 200 or not said["ok"]:
                return web.json_response(
                    {"ok": False, "error_code": 400, "description": str(said)}, status=400
                )
        return web.json_response({"ok": True, "result": _as_telegram(method, said["result"])})

    async def _updates(self, form: dict[str, Any]) -> list[dict[str, Any]]:
        """Everything from the offset on, waited for; the emulator hands each update out once."""
        offset, until = int(form.get("offset", 0)), time.monotonic() + int(form.get("timeout", 0))
        self.unconfirmed = [one for one in self.unconfirmed if one["update_id"] >= offset]
        while not self.unconfirmed and time.monotonic() < until:
            async with self.http.post(f"/bot{TOKEN}/getUpdates") as answer:
                for update in (await answer.json())["result"]:
                    if "callback_query" in update:
                        update["callback_query"]["chat_instance"] = "1"
                    self.unconfirmed.append(update)
            if not self.unconfirmed:
                await asyncio.sleep(POLL_S)
        return self.unconfirmed


def _as_telegram(method: str, result: Any) -> Any:
    match method:
        case "getMe":
            return {**result, "is_bot": True}
        case "sendMessage":
            return {**result, "date": result["date"] // 1000}
        case _:
            return True


class EmulatedPhone:
    """A person's fingers and eyes at the emulator, by its own interface for clients."""

    def __init__(self, database: Database, http: aiohttp.ClientSession, *, user_id: int, name: str) -> None:
        self._database = database
        self._http = http
        self._person = {"id": user_id, "first_name": name, "is_bot": False, "language_code": "ru"}
        self._chat = {"id": user_id, "first_name": name, "type": "private"}

    async def says(self, text: str) -> None:
        """Type."""
        message: dict[str, Any] = {"text": text, **self._meta(), "from": self._person, "chat": self._chat}
        if text.startswith("/"):
            message["entities"] = [
                {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
            ]
        await self._post("/sendCommand" if text.startswith("/") else "/sendMessage", message)

    async def taps(self, label: str) -> None:
        """Press the newest button with this label; one of the menu types it."""
        shown, data = await self._until(lambda said: _button(said, label), f"no button «{label}»")
        if data is None:
            await self.says(label)
            return
        of = {"message_id": shown["messageId"], "chat": self._chat, **self._meta()}
        await self._post("/sendCallback", {**self._meta(), "from": self._person, "message": of, "data": data})

    async def sees(self, text: str) -> Seen:
        """Read the newest screen with these words."""

        def find(said: list[dict[str, Any]]) -> dict[str, Any] | None:
            return next((one for one in reversed(said) if text in one["message"]["text"]), None)

        shown = await self._until(find, f"«{text}» did not appear")
        rows = _rows(shown, "inline_keyboard") or _rows(shown, "keyboard")
        return Seen(shown["message"]["text"], [button["text"] for row in rows for button in row])

    @property
    def person_id(self) -> PersonId:
        """Who they are to us."""
        person = self._database.read(person_by_identity, provider="telegram", subject=str(self._person["id"]))
        assert person is not None
        return person.id

    def _meta(self) -> dict[str, Any]:
        return {"botToken": TOKEN, "date": int(time.time())}

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._http.post(path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def _until(self, find: Any, why: str) -> Any:
        said: list[dict[str, Any]] = []
        for _ in range(1500):
            history = (await self._post("/getUpdatesHistory", {"token": TOKEN}))["result"]
            said = [one for one in history if "chat_id" in one.get("message", {})]
            found = find(said)
            if found is not None:
                return found
            await asyncio.sleep(POLL_S)
        raise AssertionError(f"{why}:\n" + "\n".join(one["message"]["text"] for one in said))


def _rows(shown: dict[str, Any], kind: str) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = (shown["message"].get("reply_markup") or {}).get(kind, [])
    return rows


def _button(said: list[dict[str, Any]], label: str) -> tuple[dict[str, Any], str | None] | None:
    for shown in reversed(said):
        for kind in ("inline_keyboard", "keyboard"):
            for button in (button for row in _rows(shown, kind) for button in row):
                if button["text"] == label:
                    return shown, button.get("callback_data")
    return None
