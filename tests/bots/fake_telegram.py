"""A strict Telegram Bot API server of our own, for tests: nothing here is Telegram's.

It keeps what a phone would show (`fake_phone`), hands out updates with the offset semantics of getUpdates,
refuses what Telegram refuses (`fake_telegram_rules`) and misbehaves on demand: 429, 403, 5xx, answers lost.

    async with FakeTelegram() as telegram:
        anna = telegram.user(1001, "Анна")
        anna.says("/start")
        await anna.sees("Здравствуйте")
        anna.taps("Согласен(на)")
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web
from aiohttp.web_request import FileField

from tests.bots import fake_telegram_rules as rules
from tests.bots.fake_phone import FakeUser, Shown
from tests.bots.fake_telegram_rules import RefusedError, bad_request

TOKEN = "424242:TEST-token"
BOT_ID = 424242


@dataclass(frozen=True, slots=True)
class Effect:
    """One call that took effect."""

    method: str
    chat_id: int | None
    message_id: int | None
    text: str
    at: float


@dataclass(slots=True)
class _Misfortune:
    method: str
    answer: rules.Answer | None
    lose_answer: bool = False
    chat_id: int | None = None


def _snake(method: str) -> str:
    return "_" + re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), method)


class FakeTelegram:
    """The server; `base_url` is what TELEGRAM_API_BASE would hold."""

    def __init__(self) -> None:
        self.users: dict[int, FakeUser] = {}
        self.effects: list[Effect] = []
        self.calls: list[tuple[str, int]] = []
        self.impatient = 0
        self.uploads = 0
        # How long an answer is on its way after the call has taken effect.
        self.answers_after_s = 0.0
        self.unanswered_queries: set[str] = set()
        self.commands: list[dict[str, Any]] = []
        self.confirmed_offset = 0
        self._updates: list[dict[str, Any]] = []
        self._strays: list[dict[str, Any]] = []
        self._arrived = asyncio.Condition()
        self._misfortunes: deque[_Misfortune] = deque()
        self._paused_until: dict[str, float] = defaultdict(float)
        self._counters: dict[str, int] = defaultdict(int)
        self._files: dict[str, bytes] = {}
        self.file_answers: list[int] = []
        self._documents: dict[str, tuple[str, bytes]] = {}
        self._polling = 0
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=20 * 1024 * 1024)
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        application.router.add_get("/file/bot{token}/{path}", self._give_file)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    # ---- what tests do ----

    def user(self, user_id: int, first_name: str) -> FakeUser:
        """A person known to the bot by this id."""
        return self.users.setdefault(user_id, FakeUser(self, user_id, first_name))

    def refuse(
        self,
        method: str,
        *,
        status: int,
        description: str = "Internal Server Error",
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next calls of a method with an error; nothing takes effect.

        A description that is a page (<html>) is all that is sent.
        """
        answer = rules.Answer(status, description, retry_after)
        self._misfortunes.extend(_Misfortune(method, answer) for _ in range(times))

    def throttle(self, method: str, *, retry_after: int, chat_id: int | None = None) -> None:
        """429 for the next call, in one chat or in all; calls before its pause is over count in `impatient`.

        Telegram's answer does not say which of the two it is.
        """
        answer = rules.Answer(429, f"Too Many Requests: retry after {retry_after}", retry_after)
        self._misfortunes.append(_Misfortune(method, answer, chat_id=chat_id))

    def lose_answer(self, method: str, *, times: int = 1) -> None:
        """Let the next calls take effect, then cut the connection instead of answering."""
        self._misfortunes.extend(_Misfortune(method, None, lose_answer=True) for _ in range(times))

    def redeliver(self, updates: list[dict[str, Any]], *, shuffled_by: random.Random | None = None) -> None:
        """Hand out old updates once more whatever the offset says, as after a lost webhook answer."""
        copies = list(updates)
        if shuffled_by:
            shuffled_by.shuffle(copies)
        self._strays.extend(copies)
        self._wake()

    @property
    def unconfirmed(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self._updates)

    def effects_in(self, chat_id: int, method: str | None = None) -> list[Effect]:
        """Calls that took effect in one chat."""
        return [e for e in self.effects if e.chat_id == chat_id and method in {None, e.method}]

    # ---- building of updates ----

    def next_message_id(self) -> int:
        """Ids grow over all chats."""
        self._counters["message"] += 1
        return 100 + self._counters["message"]

    def next_query_id(self) -> str:
        """Id of a button press; it must be answered."""
        self._counters["query"] += 1
        query_id = f"q{self._counters['query']}"
        self.unanswered_queries.add(query_id)
        return query_id

    def message_json(self, user: FakeUser, shown: Shown) -> dict[str, Any]:
        """The Message object of the Bot API."""
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Прямой контакт", "username": "fake_bot"}
        body: dict[str, Any] = {
            "message_id": shown.message_id,
            "date": int(time.time()),
            "chat": {"id": user.user_id, "type": "private", "first_name": user.first_name},
            "from": bot if shown.from_bot else user.as_json,
        }
        if shown.place is not None:
            return {**body, "location": {"latitude": shown.place[0], "longitude": shown.place[1]}}
        if shown.document is not None:
            name, content = shown.document
            file_id = f"document-{shown.message_id}"
            self._files[file_id] = content
            told = {"file_id": file_id, "file_unique_id": f"u{shown.message_id}", "file_name": name}
            said = {"caption": shown.text} if shown.text else {}
            return {**body, **said, "document": {**told, "file_size": len(content)}}
        if shown.photo is None:
            return {**body, "text": shown.text}
        self._files[f"photo-{shown.message_id}"] = shown.photo
        size = {
            "file_id": f"photo-{shown.message_id}",
            "file_unique_id": f"u{shown.message_id}",
            "width": 1,
            "height": 1,
        }
        return {**body, **({"caption": shown.text} if shown.text else {}), "photo": [size]}

    def push(self, content: dict[str, Any]) -> dict[str, Any]:
        """Queue an update for getUpdates."""
        self._counters["update"] += 1
        update = {"update_id": 7000 + self._counters["update"], **content}
        self._updates.append(update)
        self._wake()
        return update

    def _wake(self) -> None:
        async def notify() -> None:
            async with self._arrived:
                self._arrived.notify_all()

        self._waker = asyncio.get_running_loop().create_task(notify())

    # ---- the server ----

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != TOKEN:
                raise RefusedError(401, "Unauthorized")
            parameters = await self._parameters(method, request)
            misfortune = self._misfortune(method, parameters.get("chat_id"))
            result = await getattr(self, _snake(method))(**parameters)
        except RefusedError as refusal:
            self.calls.append((method, refusal.answer.status))
            if refusal.answer.description.startswith("<"):
                # Something on the way answers in Telegram's place, with a page.
                return web.Response(text=refusal.answer.description, status=refusal.answer.status)
            return web.json_response(refusal.answer.as_json(), status=refusal.answer.status)
        self.calls.append((method, 200))
        await asyncio.sleep(self.answers_after_s)
        if misfortune and misfortune.lose_answer and request.transport:
            request.transport.close()
        return web.json_response({"ok": True, "result": result})

    def _misfortune(self, method: str, chat_id: int | None) -> _Misfortune | None:
        if time.monotonic() < max(self._paused_until[method], self._paused_until[f"{method} {chat_id}"]):
            self.impatient += 1
            raise RefusedError(429, "Too Many Requests: retry after 1", retry_after=1)
        for misfortune in self._misfortunes:
            if misfortune.method == method and misfortune.chat_id in {None, chat_id}:
                self._misfortunes.remove(misfortune)
                if misfortune.answer is None:
                    return misfortune
                if misfortune.answer.retry_after:
                    paused = method if misfortune.chat_id is None else f"{method} {chat_id}"
                    self._paused_until[paused] = time.monotonic() + misfortune.answer.retry_after
                raise RefusedError(
                    misfortune.answer.status, misfortune.answer.description, misfortune.answer.retry_after
                )
        return None

    async def _parameters(self, method: str, request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            given: dict[str, Any] = await request.json()
            rules.check_names(method, given)
            return given
        form = dict(await request.post())
        form.update(request.query)
        attached = {name for name, value in form.items() if isinstance(value, FileField)}
        named = {
            str(value).removeprefix("attach://")
            for value in form.values()
            if str(value).startswith("attach://")
        }
        rules.check_names(
            method, {name: value for name, value in form.items() if name not in attached & named}
        )
        types = rules.PARAMETERS[method]
        return {
            name: await self._value(types[name], value, form)
            for name, value in form.items()
            if name not in attached & named
        }

    async def _value(self, kind: str, value: object, form: dict[str, Any]) -> object:
        if kind not in {"file", "named file"}:
            return rules.convert(kind, str(value), json.loads)
        if isinstance(value, str) and value.startswith("attach://"):
            value = form[value.removeprefix("attach://")]
        if isinstance(value, FileField):
            self.uploads += 1
            content = value.file.read()
            return (value.filename, content) if kind == "named file" else content
        return value

    def _recipient(self, chat_id: int) -> FakeUser:
        user = self.users.get(chat_id)
        if user is None:
            raise bad_request("chat not found")
        if user.chat.moved_to is not None:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise RefusedError(400, said, migrate_to_chat_id=user.chat.moved_to)
        if user.chat.blocked:
            raise RefusedError(403, "Forbidden: bot was blocked by the user")
        return user

    def _record(self, method: str, chat_id: int | None, message_id: int | None, text: str) -> None:
        self.effects.append(Effect(method, chat_id, message_id, text, time.monotonic()))

    async def _get_me(self) -> dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Прямой контакт", "username": "fake_bot"}

    async def _delete_webhook(self, drop_pending_updates: bool = False) -> bool:
        if drop_pending_updates:
            self._updates.clear()
        return True

    async def _set_my_commands(self, commands: list[dict[str, Any]], **_: object) -> bool:
        rules.check_commands(commands)
        self.commands = commands
        return True

    async def _get_updates(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109 - the parameter's name in the Bot API
        allowed_updates: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        if not 1 <= limit <= 100:
            raise bad_request("limit must be between 1 and 100")
        self._polling += 1
        mine = self._polling
        self.confirmed_offset = max(self.confirmed_offset, offset)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        deadline = time.monotonic() + timeout
        while not (self._updates or self._strays) and time.monotonic() < deadline:
            async with self._arrived:
                try:
                    await asyncio.wait_for(self._arrived.wait(), min(0.2, deadline - time.monotonic()))
                except TimeoutError:
                    continue
            if mine != self._polling:
                raise RefusedError(409, "Conflict: terminated by other getUpdates request")
        strays, self._strays = self._strays, []
        wanted = [u for u in self._updates if not allowed_updates or set(u) & set(allowed_updates)]
        return (strays + wanted)[:limit]

    async def _send_message(
        self,
        chat_id: int,
        text: str,
        entities: list[dict[str, Any]] | None = None,
        reply_markup: dict[str, Any] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        rules.check_text(text, limit=4096, name="message")
        return self._send("sendMessage", chat_id, text, entities, reply_markup)

    async def _send_photo(
        self,
        chat_id: int,
        photo: bytes | str,
        caption: str = "",
        caption_entities: list[dict[str, Any]] | None = None,
        reply_markup: dict[str, Any] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        rules.check_text(caption, limit=1024, name="message caption")
        if isinstance(photo, str):
            if photo not in self._files:
                raise bad_request("wrong file identifier/HTTP URL specified")
            photo = self._files[photo]
        rules.check_image(photo)
        return self._send("sendPhoto", chat_id, caption, caption_entities, reply_markup, photo=photo)

    async def _send_document(
        self,
        chat_id: int,
        document: tuple[str, bytes] | str,
        caption: str = "",
        caption_entities: list[dict[str, Any]] | None = None,
        reply_markup: dict[str, Any] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        rules.check_text(caption, limit=1024, name="message caption")
        if isinstance(document, str):
            if document not in self._documents:
                raise bad_request("wrong remote file identifier specified: can't unserialize it")
            document = self._documents[document]
        shown = self._send(
            "sendDocument", chat_id, caption, caption_entities, reply_markup, document=document
        )
        self._documents[shown["document"]["file_id"]] = document
        return shown

    def _send(
        self,
        method: str,
        chat_id: int,
        text: str,
        entities: list[dict[str, Any]] | None,
        markup: dict[str, Any] | None,
        *,
        photo: bytes | None = None,
        document: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        rules.check_entities(entities, text)
        rules.check_markup(markup)
        user = self._recipient(chat_id)
        shown = Shown(self.next_message_id(), from_bot=True, text=text, photo=photo, entities=entities or [])
        shown.document = document
        markup = markup or {}
        shown.buttons = markup.get("inline_keyboard", [])
        if "keyboard" in markup:
            user.chat.keyboard = [[button["text"] for button in row] for row in markup["keyboard"]]
        if markup.get("remove_keyboard"):
            user.chat.keyboard = []
        user.chat.messages.append(shown)
        if photo is not None:
            self._files[f"photo-{shown.message_id}"] = photo
        self._record(method, chat_id, shown.message_id, text)
        return self.message_json(user, shown)

    async def _edit_message_text(
        self,
        chat_id: int,
        message_id: int,
        text: str,
        entities: list[dict[str, Any]] | None = None,
        reply_markup: dict[str, Any] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        rules.check_text(text, limit=4096, name="message")
        return self._edit("editMessageText", chat_id, message_id, text, entities, reply_markup)

    async def _edit_message_caption(
        self,
        chat_id: int,
        message_id: int,
        caption: str = "",
        caption_entities: list[dict[str, Any]] | None = None,
        reply_markup: dict[str, Any] | None = None,
        **_: object,
    ) -> dict[str, Any]:
        rules.check_text(caption, limit=1024, name="message caption")
        return self._edit("editMessageCaption", chat_id, message_id, caption, caption_entities, reply_markup)

    async def _edit_message_reply_markup(
        self, chat_id: int, message_id: int, reply_markup: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        shown = self._recipient(chat_id).chat.find(message_id)
        return self._edit(
            "editMessageReplyMarkup", chat_id, message_id, shown.text, shown.entities, reply_markup
        )

    def _edit(
        self,
        method: str,
        chat_id: int,
        message_id: int,
        text: str,
        entities: list[dict[str, Any]] | None,
        markup: dict[str, Any] | None,
    ) -> dict[str, Any]:
        rules.check_entities(entities, text)
        rules.check_markup(markup, inline_only=True)
        user = self._recipient(chat_id)
        shown = user.chat.find(message_id)
        if not shown.from_bot:
            raise bad_request("message can't be edited")
        if method == "editMessageText" and (shown.photo or shown.document):
            raise bad_request("there is no text in the message to edit")
        if method == "editMessageCaption" and not (shown.photo or shown.document):
            raise bad_request("there is no caption in the message to edit")
        buttons = (markup or {}).get("inline_keyboard", [])
        if (text, buttons, entities or []) == (shown.text, shown.buttons, shown.entities):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            )
        shown.text, shown.buttons, shown.entities = text, buttons, entities or []
        shown.edits += 1
        self._record(method, chat_id, message_id, text)
        return self.message_json(user, shown)

    async def _answer_callback_query(self, callback_query_id: str, text: str = "", **_: object) -> bool:
        rules.check_text(text, limit=200, name="message")
        if callback_query_id not in self.unanswered_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.unanswered_queries.remove(callback_query_id)
        self._record("answerCallbackQuery", None, None, text)
        return True

    async def _get_file(self, file_id: str) -> dict[str, Any]:
        if file_id not in self._files:
            raise bad_request("invalid file_id")
        if len(self._files[file_id]) > 20 * 1024 * 1024:
            raise bad_request("file is too big")
        return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        if self.file_answers:
            return web.Response(status=self.file_answers.pop(0))
        return web.Response(body=self._files[request.match_info["path"]])

    async def _send_chat_action(self, chat_id: int, action: str, **_: object) -> bool:
        self._recipient(chat_id)
        if action not in rules.ACTIONS:
            raise bad_request("wrong parameter action in request")
        return True
