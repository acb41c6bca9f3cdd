"""Every call of the Bot API in our code × every carrier: mapped, or listed with the reason why not."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import aiogram.methods
import pytest
from aiogram import Bot
from aiogram.methods import EditMessageCaption

from bots import CarrierPort
from bots.carriers.mapping import CannotDo, MappedSession
from bots.carriers.max import MaxSession
from bots.carriers.vk import VkSession
from bots.carriers.webchat import WebChatCarrier, WebChatSession
from core.store import Database

ROOT = Path(__file__).parents[2]
# Setting up Telegram itself: no other carrier is asked to.
TELEGRAM_ALONE = ROOT / "bots/carriers/telegram.py"
SESSIONS: list[type[MappedSession]] = [WebChatSession, MaxSession, VkSession]
# Calls that aiogram makes of others: a shortcut of an event, a download.
SHORTCUTS = {"event.answer": "AnswerCallbackQuery", "bot.download": "GetFile"}
NOT_NEEDED = {
    (WebChatSession, "GetFile"): "the browser has brought the file already; it is read from core.files"
}
BOT_METHODS = {name for name, _ in inspect.getmembers(Bot, inspect.iscoroutinefunction)}


def calls_of(source: str) -> Iterator[str]:
    """Names of Bot API methods that a source calls on a bot or on an event, or makes by their class."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if _receiver(node.func) == "bot":
            yield from (_receiver(made.func) for made in node.args if isinstance(made, ast.Call))
        elif isinstance(node.func, ast.Attribute):
            called = f"{_receiver(node.func.value)}.{node.func.attr}"
            if called in SHORTCUTS:
                yield SHORTCUTS[called]
            elif called.startswith("bot.") and node.func.attr in BOT_METHODS:
                yield "".join(word.title() for word in node.func.attr.split("_"))


def _receiver(node: ast.expr) -> str:
    """The last name of an expression: ``bot`` of ``self._bot``, ``talk.bot`` and ``data["bot"]``."""
    match node:
        case (
            ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return name.lstrip("_")
    return ""


def used_methods() -> set[str]:
    files = [*(ROOT / "bots").rglob("*.py"), *(ROOT / "messengers").rglob("*.py")]
    sources = [path.read_text(encoding="utf-8") for path in files if path != TELEGRAM_ALONE]
    return {name for source in sources for name in calls_of(source)}


def test_calls_are_found_however_they_are_written() -> None:
    source = (
        "await self._bot.send_photo(1)\n"
        "await talk.bot(SendDocument(chat_id=1))\n"
        "await data['bot'].pin_chat_message(1)\n"
        "await event.answer()\n"
        "await bot.download('x')\n"
        "await elsewhere.send_poll(1)\n"
    )

    found = {"SendPhoto", "SendDocument", "PinChatMessage", "AnswerCallbackQuery", "GetFile"}
    assert set(calls_of(source)) == found


@pytest.mark.parametrize("session", SESSIONS)
def test_each_carrier_maps_every_method_that_our_code_calls_and_no_other(
    session: type[MappedSession],
) -> None:
    used = used_methods()
    mapped = {kind.__name__ for kind in session.methods}
    excused = {name for kind, name in NOT_NEEDED if kind is session}

    assert used - excused == mapped
    assert all(hasattr(aiogram.methods, name) for name in used)


@pytest.mark.parametrize("kind", SESSIONS)
async def test_a_method_without_a_mapping_fails_loudly(kind: type[MappedSession]) -> None:
    session = kind.__new__(kind)
    bot = Bot("24:no-token")

    with pytest.raises(CannotDo):
        await session.make_request(bot, EditMessageCaption(chat_id=1, message_id=1, caption="—"))


async def test_the_web_chat_shows_no_picture_of_another_messenger(database: Database) -> None:
    carrier: CarrierPort = WebChatCarrier()

    with pytest.raises(CannotDo):
        await carrier.bot.send_photo(chat_id=1, photo="file-id-of-another-messenger")
