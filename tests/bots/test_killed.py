"""Processes of the bots killed with SIGKILL while people talk: each effect once, each chat in its order.

Two of them share a database: one talks, the other stands by and takes over.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.bots.doors import MessengerPhone, running, telegram_conversations
from tests.bots.fake_telegram import FakeTelegram
from tests.bots.killable import start
from tests.bots.test_dialogues import settle_in
from tests.bots.test_lanes import said_by, waiting
from tests.town import Town

pytestmark = pytest.mark.faults

MESSAGES = 30


async def killed_while_talking(
    town: Town, database_url: str, folder: Path, *, kills: int, seed: int
) -> list[str]:
    """One person writes thirty messages, each brought three times; of two processes that may talk, the one
    that does is killed again and again, and the other takes over."""
    chance = random.Random(seed)
    async with FakeTelegram() as telegram:
        user = telegram.user(1001, "Дарья")
        async with running(telegram_conversations(town.database, telegram)):
            phone = MessengerPhone(town.database, user)
            await settle_in(phone)
            await phone.taps("✉️ Прямая связь")
            await phone.sees("Напишите, что случилось")
        updates = [user.says(f"сообщение {number}") for number in range(MESSAGES)]
        talkers = [start(database_url, telegram.base_url, folder) for _ in range(2)]
        for _ in range(kills):
            telegram.redeliver(chance.sample(updates[:1] + updates, 3), shuffled_by=chance)
            await _until_called(telegram, chance.randint(1, 6))
            await asyncio.sleep(chance.random() * 0.05)
            # The calls may have been the last of the one before: then the other has not taken over yet.
            await _until(lambda: any(talker.talks.is_set() for talker in talkers))
            (talking,) = (talker for talker in talkers if talker.talks.is_set())
            await asyncio.to_thread(talking.kill)
            talkers.remove(talking)
            talkers.append(start(database_url, telegram.base_url, folder))
        telegram.redeliver(updates, shuffled_by=chance)
        await user.sees("Добавлено к")
        await _until(lambda: telegram.unconfirmed == 0 and not waiting(town.database))
        for talker in talkers:
            await asyncio.to_thread(talker.kill)
    return said_by(town, 1001)


async def _until_called(telegram: FakeTelegram, more: int) -> None:
    """Wait until the bots have made some more calls: they are somewhere in the middle of their work."""
    enough = len(telegram.calls) + more
    await _until(lambda: len(telegram.calls) >= enough)


async def _until(condition: object) -> None:
    for _ in range(6000):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


@pytest.mark.timeout(180)
async def test_a_few_kills_leave_each_message_once_and_in_order(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    said = await killed_while_talking(town, database_url, tmp_path, kills=4, seed=24)

    assert said == [f"сообщение {number}" for number in range(MESSAGES)]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5))
async def test_a_hundred_kills_leave_each_message_once_and_in_order(
    town: Town, database_url: str, tmp_path: Path, seed: int
) -> None:
    said = await killed_while_talking(town, database_url, tmp_path, kills=20, seed=seed)

    assert said == [f"сообщение {number}" for number in range(MESSAGES)]
