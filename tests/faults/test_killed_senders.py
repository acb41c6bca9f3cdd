"""Three senders killed with SIGKILL in the middle of a mailing: the personal arrive, the mass never twice."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.chats import open_chat
from core.delivery import (
    Delivery,
    DeliveryState,
    EventKind,
    NewDelivery,
    Urgency,
    approve_broadcast,
    deliveries_about,
    enqueue,
    propose_broadcast,
)
from core.identity import create_person, link_identity
from core.schema import metadata
from core.shared.clock import SystemClock
from core.shared.ids import FactId, new_id
from core.store import Database, UnitOfWork
from messengers import Carrier
from tests.bots.fake_telegram import FakeTelegram
from tests.faults.processes import Processes
from tests.town import IVANOV, SMIRNOVA, Town

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.faults]

TOPIC = "mailing:under-fire"
SENDERS = 3
FIRST_USER = 5000
ENDS = {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNCERTAIN}


@dataclass(slots=True)
class Mailing:
    """Messages asked for, the messenger that takes them, and the processes that bring them."""

    town: Town
    database: Database
    telegram: FakeTelegram
    processes: Processes
    rows: int
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def ask(self) -> None:
        """Every third message is personal; each goes to somebody of its own, every twentieth to a blocker."""
        broadcast_id = _let_out(self.town)
        with self.database.transaction() as uow:
            asked = [self._message(uow, number, broadcast_id) for number in range(self.rows)]
            enqueue(uow, deliveries=asked)

    def start(self) -> None:
        self.processes.start(f"sender-{next(self.numbers)}", command="sender")

    def kill_one(self) -> None:
        """SIGKILL; that the time of its leases passes is put in by hand."""
        killed = self.processes.kill(random.choice(sorted(self.processes.alive)))
        table = metadata().tables["delivery"]
        with self.database.transaction() as uow:
            uow.session.execute(
                update(table)
                .where(table.c.claimed_by.contains(f"-{killed}-"), table.c.state == "sending")
                .values(leased_until=uow.now - timedelta(seconds=1))
            )

    async def goes_on(self, messages: int) -> None:
        """Wait until so many more messages have arrived, and a moment that falls anywhere.

        What a killed sender had in hand may end uncertain, or wait a minute to be repeated, so that fewer may
        be left than that.
        """
        wanted = len(self.telegram.effects) + messages
        async with asyncio.timeout(60):
            while len(self.telegram.effects) < wanted and self.has_something_due():
                await asyncio.sleep(0.05)
        await asyncio.sleep(random.uniform(0, 0.15))

    async def comes_to_rest(self) -> None:
        async with asyncio.timeout(90):
            while self.is_at_work():
                await asyncio.sleep(0.3)

    def is_at_work(self) -> bool:
        return any(one.finished_at is None for one in self.deliveries())

    def has_something_due(self) -> bool:
        now = self.database.clock.now()
        return any(one.finished_at is None and one.due_at <= now for one in self.deliveries())

    def deliveries(self) -> list[Delivery]:
        """What became of all rows, those by which a blocked messenger's were replaced among them."""
        return self.database.read(deliveries_about, topic=TOPIC)

    def _message(self, uow: UnitOfWork, number: int, broadcast_id: str) -> NewDelivery:
        user_id = FIRST_USER + number
        person = create_person(uow, display_name=f"Житель {number}", home_id=self.town.territory.id)
        link_identity(uow, person_id=person.id, provider="telegram", subject=str(user_id))
        open_chat(uow, carrier="telegram", native_id=str(user_id), person_id=person.id)
        self.telegram.user(user_id, "Житель").chat.blocked = number % 20 == 19
        return NewDelivery(
            fact_id=FactId(new_id()),
            person_id=person.id,
            kind="broadcast",
            carrier=Carrier.TELEGRAM,
            address=str(user_id),
            topic=TOPIC,
            urgency=Urgency.BULK if number % 3 else Urgency.PERSONAL,
            # Side by side, not lane after lane: each kill finds both kinds in hand.
            due_at=uow.now + timedelta(milliseconds=35 * number),
            details={"broadcast_id": broadcast_id},
        )


async def test_three_senders_are_killed_in_a_mailing(
    town: Town, processes: Processes, database_url: str
) -> None:
    await _killed_at_random(town, processes, database_url, rows=60, kills=3, left=1)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_senders_are_killed_a_hundred_times(
    town: Town, processes: Processes, database_url: str
) -> None:
    await _killed_at_random(town, processes, database_url, rows=2400, kills=100, left=SENDERS)


async def _killed_at_random(
    town: Town, processes: Processes, database_url: str, *, rows: int, kills: int, left: int
) -> None:
    """``left``: as many go on after each kill, the killed ones replaced where it takes that."""
    database = Database(database_url, clock=SystemClock())
    async with FakeTelegram() as telegram:
        # A kill falls often between the effect and the answer: the moment that nobody can undo.
        telegram.answers_after_s = 0.1
        processes.environment["TELEGRAM_API_BASE"] = telegram.base_url
        mailing = Mailing(town, database, telegram, processes, rows)
        mailing.ask()
        for _ in range(SENDERS):
            mailing.start()
        try:
            for _ in range(kills):
                await mailing.goes_on(rows // (kills + 1) // 2)
                mailing.kill_one()
                while len(processes.alive) < left:
                    mailing.start()
            await mailing.comes_to_rest()
        except (AssertionError, TimeoutError) as failure:
            raise AssertionError(f"{failure!r}\n{processes.logs()}") from failure
        _each_has_come_as_promised(mailing)
    database.close()


def _each_has_come_as_promised(mailing: Mailing) -> None:
    arrived = Counter(str(effect.chat_id) for effect in mailing.telegram.effects)
    every = [one for one in mailing.deliveries() if one.carrier == Carrier.TELEGRAM]
    elsewhere = {one.person_id: one.state for one in mailing.deliveries() if one.carrier == Carrier.WEB}
    mass = [one for one in every if one.urgency is Urgency.BULK]
    personal = [one for one in every if one.urgency is Urgency.PERSONAL]
    ended = Counter((one.urgency.value, one.state.value) for one in every)
    twice = sum(count > 1 for count in arrived.values())
    log.info("mailing_under_fire ended=%s told_twice=%s", dict(ended), twice)

    assert {one.state for one in every} <= ENDS
    assert [one.address for one in mass if arrived[one.address] > 1] == []
    sent = [one for one in mass if one.state is DeliveryState.SENT]
    assert [one.address for one in sent if arrived[one.address] != 1] == []
    # A blocked messenger fails the row, which goes another way; nothing else may end without arriving.
    assert {one.state for one in personal} <= {DeliveryState.SENT, DeliveryState.FAILED}
    assert [one for one in personal if one.state is DeliveryState.SENT and not arrived[one.address]] == []
    failed = [one for one in every if one.state is DeliveryState.FAILED]
    assert {one.reason for one in failed} <= {"blocked"}
    assert {one.person_id for one in failed} == set(elsewhere)
    instead = [elsewhere[one.person_id] for one in personal if one.person_id in elsewhere]
    assert set(instead) == {DeliveryState.SENT}


def _let_out(town: Town) -> str:
    broadcast_id = town.database.run(
        propose_broadcast,
        territory_id=town.territory.id,
        created_by=town.people[IVANOV],
        event=EventKind.WARNINGS,
        title="Отключение воды",
        text="12 марта на улице Ленина не будет воды.",
    )
    town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[SMIRNOVA])
    return broadcast_id
