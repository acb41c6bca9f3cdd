"""Bots and relay killed with SIGKILL while people write in a messenger: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import pytest
import redis

from core.chats import chat_stream, open_web_chat
from core.contact import answer, conversations_of
from core.delivery import DeliveryState, deliveries_about
from core.identity import person_by_identity
from core.rooms import stream_of
from core.shared.clock import SystemClock
from core.shared.ids import ConversationId, PersonId, RoomId, new_id
from core.store import Database, events_after, waiting_facts, waiting_updates
from tests.bots.fake_phone import FakeUser
from tests.bots.fake_telegram import FakeTelegram
from tests.faults.processes import Processes
from tests.town import IVANOV, Town

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

PEOPLE, MESSAGES, ANSWERS = 4, 10, 2


async def test_people_write_while_everything_dies(
    town: Town, processes: Processes, database_url: str, redis_url: str
) -> None:
    database = Database(database_url, clock=SystemClock())
    async with FakeTelegram() as telegram:
        processes.environment["TELEGRAM_API_BASE"] = telegram.base_url
        for name in ("relay", "bots"):
            processes.start(name)
        users = [telegram.user(1000 + number, f"Житель {number}") for number in range(PEOPLE)]
        try:
            await asyncio.gather(*(_settle_in(user) for user in users))
            processes.start("stand-by", command="bots")
            await asyncio.gather(
                *(_writes(user) for user in users),
                _official_answers(database, town, users),
                _everything_dies(processes, redis_url, telegram),
            )
            await _until(lambda: telegram.unconfirmed == 0, limit_s=60)
            await _until(lambda: _all_is_quiet(database), limit_s=60)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{processes.logs()}") from failure

        for user in users:
            _nothing_is_missing_or_doubled(database, user)
    database.close()


async def _settle_in(user: FakeUser) -> None:
    user.says("/start")
    await user.sees("Ваше согласие", timeout_s=60)
    user.taps("Согласен(на)")
    await user.sees("Где вы живёте?", timeout_s=20)
    user.taps("Заречный")
    await user.sees("Ваше место", timeout_s=20)
    user.taps("✉️ Прямая связь")
    await user.sees("Напишите, что случилось", timeout_s=20)
    user.says("сообщение 0")
    await user.sees("Принято", timeout_s=20)


async def _writes(user: FakeUser) -> None:
    for number in range(1, MESSAGES):
        await asyncio.sleep(random.uniform(0.2, 1.2))
        user.says(f"сообщение {number}")


async def _official_answers(database: Database, town: Town, users: list[FakeUser]) -> None:
    for number in range(ANSWERS):
        for user in users:
            await asyncio.sleep(random.uniform(0.2, 0.8))
            await database.run_async(
                answer,
                official_id=town.people[IVANOV],
                conversation_id=_conversation(database, user)[0],
                text=f"ответ {number}",
                client_id=new_id(),
            )


async def _everything_dies(processes: Processes, redis_url: str, telegram: FakeTelegram) -> None:
    await asyncio.sleep(random.uniform(1.0, 2.5))
    known = telegram.confirmed_offset
    processes.kill("bots")
    # The one that stood by talks on; aiogram alone takes seconds to import.
    await _until(lambda: telegram.confirmed_offset > known, limit_s=60)
    await asyncio.sleep(random.uniform(0.5, 1.5))
    processes.kill("relay")
    redis.Redis.from_url(redis_url).flushall()
    processes.start("relay")


def _all_is_quiet(database: Database) -> bool:
    """The inbox is empty, the outbox is empty, and no delivery waits."""
    if database.read(waiting_updates, carriers=["telegram", "web"]):
        return False
    if database.read(waiting_facts):
        return False
    waiting = {DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNCERTAIN}
    return not any(
        delivery.state in waiting
        for number in range(PEOPLE)
        for delivery in database.read(
            deliveries_about, topic=f"conversation:{_conversation_of(database, 1000 + number)[0]}"
        )
    )


def _nothing_is_missing_or_doubled(database: Database, user: FakeUser) -> None:
    conversation_id, room_id, person_id = _conversation(database, user)
    events = database.read(events_after, stream=stream_of(room_id), seq=0, limit=1000)
    said = [event.body["text"] for event in events if event.body["side"] == "citizen"]
    assert said == [f"сообщение {number}" for number in range(MESSAGES)]

    deliveries = database.read(deliveries_about, topic=f"conversation:{conversation_id}")
    assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
    assert len(deliveries) == 2 * ANSWERS

    # Telegram has no idempotency keys: at least once. Our own chat has them: once.
    on_phone = Counter(_answer_in(message.text) for message in user.chat.messages if message.from_bot)
    chat = database.run(open_web_chat, person_id=person_id)
    events = database.read(events_after, stream=chat_stream(chat.id), seq=0)
    in_browser = Counter(_answer_in(event.body["text"]) for event in events)
    for number in range(ANSWERS):
        assert on_phone[f"ответ {number}"] >= 1
        assert in_browser[f"ответ {number}"] == 1


def _answer_in(text: str) -> str:
    return next((line for line in text.splitlines() if line.startswith("ответ ")), "")


def _conversation(database: Database, user: FakeUser) -> tuple[ConversationId, RoomId, PersonId]:
    return _conversation_of(database, user.user_id)


def _conversation_of(database: Database, user_id: int) -> tuple[ConversationId, RoomId, PersonId]:
    person = database.read(person_by_identity, provider="telegram", subject=str(user_id))
    assert person is not None
    (found,) = database.read(conversations_of, citizen_id=person.id)
    return found.id, found.room_id, person.id


async def _until(condition: Callable[[], bool], *, limit_s: float) -> None:
    for _ in range(int(limit_s / 0.2)):
        if await asyncio.to_thread(condition):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it does not come to rest")
