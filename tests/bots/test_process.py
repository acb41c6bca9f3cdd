"""Which carriers a process starts with which settings."""

from collections.abc import Sequence

import pytest

from app.processes.bots import build_conversations
from app.settings import Settings
from core.store import Database
from messengers import Carrier


@pytest.mark.parametrize(
    ("token", "policy", "carriers"),
    [
        pytest.param("", "full", ["web"], id="no token: the web chat alone"),
        pytest.param("424242:TEST-token", "full", ["web", "telegram"], id="a token"),
        pytest.param("424242:TEST-token", "inbound_notice_only", ["web", "telegram"], id="notices only"),
        pytest.param("424242:TEST-token", "off", ["web"], id="switched off"),
    ],
)
async def test_telegram_is_started_when_it_may_be(
    database: Database, monkeypatch: pytest.MonkeyPatch, token: str, policy: str, carriers: Sequence[str]
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    monkeypatch.setenv("STRATEGY24_CHANNEL_POLICY_TELEGRAM", policy)

    conversations = build_conversations(Settings(secret_key="x" * 40), database)

    assert conversations.carriers == [Carrier(name) for name in carriers]
