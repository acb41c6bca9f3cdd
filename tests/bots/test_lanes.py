"""Updates: kept before they are confirmed, each effect once, a chat in order, a bad one in nobody's way."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bots.engine import lanes as lanes_of_bots
from bots.engine.lanes import CarrierUnavailable, Lanes
from bots.engine.meeting import part
from core.contact import conversations_of
from core.identity import person_by_identity
from core.rooms import stream_of
from core.shared.clock import ManualClock
from core.store import (
    Database,
    WaitingUpdate,
    events_after,
    prune_inbox,
    receive_update,
    settle_update,
    waiting_updates,
)
from messengers import Carrier, keep_updates
from tests.bots.doors import MessengerPhone, running, telegram_conversations
from tests.bots.fake_telegram import FakeTelegram
from tests.bots.test_dialogues import settle_in
from tests.town import Town


def receive(database: Database, key: str, *, lane: str = "1") -> None:
    database.run(receive_update, carrier="web", update_key=key, lane=lane, payload={"kind": "message"})


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("s24_updates_total", {"carrier": "web", "outcome": outcome}) or 0.0


def waiting(database: Database) -> list[str]:
    return [one.update_key for one in database.read(waiting_updates, carriers=["web", "telegram"])]


class ProcessDied(BaseException):
    """Nothing after this line is reached, no handler of ours runs."""


class Recorder:
    """Work that notes what it was given and may be told to fail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.done: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.busy = 0
        self.most_busy = 0

    async def __call__(self, update: WaitingUpdate) -> None:
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            await asyncio.sleep(random.random() * 0.002)
            if update.update_key in self.failing:
                raise self.failing[update.update_key]
            await self.database.run_async(settle_update, row=update.row)
            self.done.append(update.update_key)
        finally:
            self.busy -= 1


async def test_thirty_updates_of_one_chat_stay_in_order_among_others(database: Database) -> None:
    for number in range(30):
        receive(database, f"a{number}", lane="a")
        receive(database, f"b{number}", lane="b")
    work = Recorder(database)

    await Lanes(database, carriers=["web"], work=work).drain()

    assert [key for key in work.done if key.startswith("a")] == [f"a{n}" for n in range(30)]
    assert [key for key in work.done if key.startswith("b")] == [f"b{n}" for n in range(30)]
    assert work.most_busy == 2


async def test_a_poisonous_update_is_given_up_and_its_lane_goes_on(database: Database) -> None:
    for key in ("before", "poison", "after"):
        receive(database, key)
    work = Recorder(database)
    work.failing["poison"] = RuntimeError("cannot be understood")
    lanes = Lanes(database, carriers=["web"], work=work)
    parked, failed = counted("parked"), counted("failed")

    await lanes.drain()

    assert work.done == ["before", "after"]
    assert (counted("parked") - parked, counted("failed") - failed) == (1, 5)
    assert waiting(database) == []


async def test_an_update_waits_for_a_messenger_that_does_not_answer(database: Database) -> None:
    receive(database, "patient")
    work = Recorder(database)
    work.failing["patient"] = CarrierUnavailable()
    lanes = Lanes(database, carriers=["web"], work=work)
    failed, stop = counted("failed"), asyncio.Event()
    running_lanes = asyncio.create_task(lanes.run(stop))
    await asyncio.sleep(0.6)

    work.failing.clear()
    async with asyncio.timeout(30):
        while not work.done:
            await asyncio.sleep(0.02)
    stop.set()
    await running_lanes

    assert work.done == ["patient"]
    assert counted("failed") == failed


async def test_a_messenger_that_does_not_answer_takes_no_room_from_the_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes_of_bots, "PAGE", 3)
    monkeypatch.setattr(lanes_of_bots, "MOST_HELD", 5)
    for number in range(6):
        database.run(
            receive_update, carrier="telegram", update_key=str(number), lane=str(number % 2), payload={}
        )
    receive(database, "from the browser")
    work = Recorder(database)
    work.failing |= {str(number): CarrierUnavailable(60) for number in range(6)}
    lanes = Lanes(database, carriers=["telegram", "web"], work=work)
    stop = asyncio.Event()
    running_lanes = asyncio.create_task(lanes.run(stop))
    async with asyncio.timeout(30):
        while not work.done:
            await asyncio.sleep(0.02)
    stop.set()
    await running_lanes

    assert work.done == ["from the browser"]


async def test_settled_updates_are_forgotten_after_a_week_and_given_up_ones_are_kept(
    database: Database, clock: ManualClock
) -> None:
    for key in ("settled", "poison"):
        receive(database, key)
    work = Recorder(database)
    work.failing["poison"] = RuntimeError("cannot be understood")
    await Lanes(database, carriers=["web"], work=work).drain()

    clock.advance(timedelta(days=8))

    assert database.run(prune_inbox) == 1
    assert database.run(prune_inbox) == 0


async def test_no_more_updates_are_worked_on_at_once_than_allowed(database: Database) -> None:
    for number in range(40):
        receive(database, f"u{number}", lane=str(number))
    work = Recorder(database)

    await Lanes(database, carriers=["web"], work=work, concurrency=4).drain()

    assert len(work.done) == 40
    assert work.most_busy == 4


async def test_a_stream_replayed_three_times_and_shuffled_has_each_effect_once(town: Town) -> None:
    async with FakeTelegram() as telegram:
        user = telegram.user(1001, "Дарья")
        phone = MessengerPhone(town.database, user)
        async with running(telegram_conversations(town.database, telegram)):
            await settle_in(phone)
            await phone.taps("✉️ Прямая связь")
            await phone.sees("Напишите, что случилось")
            updates = [user.says(f"сообщение {number}") for number in range(20)]
            for seed in range(3):
                telegram.redeliver(updates, shuffled_by=random.Random(seed))
            await phone.sees("Добавлено к")
            await _until_quiet(town.database)

    assert said_by(town, 1001) == [f"сообщение {number}" for number in range(20)]


async def test_a_crash_between_the_effect_and_the_settling_doubles_nothing(
    town: Town, monkeypatch: Any
) -> None:
    crashes = iter([True, True, False])

    def crashing_part(uow: Any, **arguments: Any) -> None:
        part(uow, **arguments)
        if arguments["chat_id"] and next(crashes, False):
            raise ProcessDied

    async with FakeTelegram() as telegram:
        user = telegram.user(1001, "Дарья")
        phone = MessengerPhone(town.database, user)
        async with running(telegram_conversations(town.database, telegram)):
            await settle_in(phone)
            await phone.taps("✉️ Прямая связь")
            await phone.sees("Напишите, что случилось")
            await _until_quiet(town.database)
        town.database.run(keep_updates, carrier=Carrier.TELEGRAM, updates=[user.says("Яма на Ленина, 12")])

        monkeypatch.setattr("bots.engine.worker.part", crashing_part)
        for _ in range(3):
            lanes = telegram_conversations(town.database, telegram).lanes
            await lanes.fetch()
            await asyncio.gather(*lanes._tasks, return_exceptions=True)

    assert said_by(town, 1001) == ["Яма на Ленина, 12"]
    assert waiting(town.database) == []


async def _until_quiet(database: Database) -> None:
    for _ in range(1500):
        await asyncio.sleep(0.02)
        if not waiting(database):
            return
    raise AssertionError("the inbox does not empty")


def said_by(town: Town, user_id: int) -> list[str]:
    """What the authority has got from this person."""
    person = town.database.read(person_by_identity, provider="telegram", subject=str(user_id))
    assert person is not None
    (found,) = town.database.read(conversations_of, citizen_id=person.id)
    events = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    return [event.body["text"] for event in events]
