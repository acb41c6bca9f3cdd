"""Which carriers a process starts with which settings."""

import asyncio

import pytest

from app.processes.bots import build_conversations, talk
from app.settings import Settings
from core.store import Database
from messengers import Carrier

TOKENS = {
    "telegram": ("TELEGRAM_BOT_TOKEN", "424242:TEST-token"),
    "max": ("MAX_BOT_TOKEN", "a-token-of-max"),
    "vk": ("VK_GROUP_TOKEN", "a-key-of-vk"),
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize(
    ("token", "policy", "started"),
    [
        pytest.param(False, "full", False, id="no token: the web chat alone"),
        pytest.param(True, "full", True, id="a token"),
        pytest.param(True, "off", True, id="switched off: it waits until it is switched on"),
    ],
)
async def test_a_messenger_is_there_when_it_has_a_token(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str, token: bool, policy: str, started: bool
) -> None:
    variable, value = TOKENS[name]
    monkeypatch.setenv(variable, value if token else "")
    monkeypatch.setenv(f"STRATEGY24_CHANNEL_POLICY_{name.upper()}", policy)

    conversations = build_conversations(Settings(secret_key="x" * 40), database)

    assert conversations.carriers == [Carrier.WEB, *([Carrier(name)] if started else [])]


async def test_a_process_that_has_lost_the_lock_stops_talking(database: Database) -> None:
    answers = iter([True, False])
    settings = Settings(secret_key="x" * 40, redis_url="unix:///nowhere/redis.sock")

    await asyncio.wait_for(talk(settings, database, asyncio.Event(), lambda: next(answers)), 30)

    assert list(answers) == []
