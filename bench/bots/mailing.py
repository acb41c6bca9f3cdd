"""A mailing in compressed time with critical messages in the middle: real rows, real sender, no network.

The limit is raised by the speed-up, everything else stays as it is; a wait is given as it would be at the
messenger's own pace, that is times the speed-up, so what our own code takes counts for more than it would.
"""

import asyncio
import math
import statistics
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bench.bots.town import BenchTown
from core.delivery import (
    BroadcastState,
    EventKind,
    NewDelivery,
    Urgency,
    approve_broadcast,
    broadcast,
    enqueue,
    propose_broadcast,
)
from core.identity import Role, create_person, grant_role, link_identity
from core.schema import metadata
from core.shared.clock import ManualClock
from core.shared.ids import DeliveryId, FactId, PersonId, new_id
from core.store import Database, UnitOfWork
from messengers import RATES, Carrier, ChannelPolicy, FileLedger, Limiter, Screen
from notifications import Sender, WebChatSender, push_broadcasts
from notifications.senders.port import Outcome, Sent
from notifications.sending import ROOM

POLICIES = {Carrier.TELEGRAM: ChannelPolicy.FULL}
INSERTED_AT_ONCE = 2000
CRITICAL_EVERY_S = 2.0
# A Tuesday at noon in Moscow: nobody's night holds anything back.
NOON = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """How a mailing went. ``critical_wait_s``: the longest, at the messenger's own pace."""

    rows: int
    speed_up: float
    took_s: float
    cpu_ms_per_row: float
    critical_sent: int
    critical_wait_s: float
    critical_wait_median_s: float
    # By the clock on the wall: a stall of a busy machine is not ten-fold only because the mailing was.
    critical_wait_unscaled_s: float
    most_to_one_person: int


class Counted:
    """A messenger that takes everything at the pace of the limiter and notes when, and to whom."""

    carrier = Carrier.TELEGRAM

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self.got: dict[str, int] = {}
        self.critical_at: dict[str, float] = {}

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Take it."""
        await self._limiter.turn(address, urgency)
        if urgency is Urgency.CRITICAL:
            self.critical_at[address] = time.monotonic()
        else:
            self.got[address] = self.got.get(address, 0) + 1
        return Sent("text:1")

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Nothing is edited here."""
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing is held open."""


async def mail(town: BenchTown, folder: Path, *, rows: int, speed_up: float) -> Mailed:
    """Send a mailing to ``rows`` people. Raises: RuntimeError if it did not reach all of them once."""
    # The clock of the rows stands still: nothing of a mailing is postponed.
    database = Database(town.database.url, clock=ManualClock(NOON))
    add_people(database, town, rows)
    broadcast_id = _let_out(database, town)
    usual = RATES["telegram"]
    rates = replace(usual, per_second=usual.per_second * speed_up)
    telegram = Counted(Limiter("telegram", rates, FileLedger(folder / "limits.sqlite3")))
    # As much time's worth of messages in hand as in the product, or no sender would be fast enough.
    room = {lane: math.ceil(most * max(1.0, speed_up / 2)) for lane, most in ROOM.items()}
    sender = Sender(
        database,
        # The moderator of the town has no messenger.
        [telegram, WebChatSender(database, town.codec)],
        public_url="https://town.example",
        files=folder,
        policies=POLICIES,
        room=room,
    )
    stop, began, cpu = asyncio.Event(), time.monotonic(), time.process_time()
    sending = asyncio.create_task(sender.run(stop))
    asked = await _push(database, sender, broadcast_id)
    stop.set()
    sender.wake()
    await sending
    took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
    reached = sum(address.startswith("m") for address in telegram.got)
    if reached != rows or set(asked) != set(telegram.critical_at):
        raise RuntimeError(f"{reached} of {rows} reached, {len(telegram.critical_at)} of {len(asked)} warned")
    waits = [telegram.critical_at[address] - at for address, at in asked.items()]
    database.close()
    return Mailed(
        rows=rows,
        speed_up=speed_up,
        took_s=round(took_s, 1),
        cpu_ms_per_row=round(cpu_s * 1000 / rows, 2),
        critical_sent=len(waits),
        critical_wait_s=round(max(waits) * speed_up, 2),
        critical_wait_median_s=round(statistics.median(waits) * speed_up, 2),
        critical_wait_unscaled_s=round(max(waits), 2),
        most_to_one_person=max(telegram.got.values()),
    )


async def _push(database: Database, sender: Sender, broadcast_id: str) -> dict[str, float]:
    """Feed the mailing as the relay does, and put a critical message in now and then; when each was asked."""
    asked: dict[str, float] = {}
    next_critical = time.monotonic() + CRITICAL_EVERY_S
    while True:
        await asyncio.to_thread(push_broadcasts, database, policies=POLICIES)
        sender.wake()
        if time.monotonic() >= next_critical:
            next_critical += CRITICAL_EVERY_S
            address = f"critical {len(asked)}"
            asked[address] = time.monotonic()
            await database.run_async(_warn, broadcast_id=broadcast_id, address=address)
            sender.wake()
        said = await database.read_async(broadcast, broadcast_id=broadcast_id)
        if said.state is BroadcastState.DONE:
            return asked
        await asyncio.sleep(0.2)


def _warn(uow: UnitOfWork, *, broadcast_id: str, address: str) -> None:
    """Ask for a critical message to somebody who lives elsewhere, so that the mailing does not reach them."""
    one = create_person(uow, display_name="Дежурный")
    link_identity(uow, person_id=one.id, provider="telegram", subject=address)
    enqueue(uow, deliveries=[_critical(broadcast_id, one.id, address)])


def _critical(broadcast_id: str, person_id: PersonId, address: str) -> NewDelivery:
    # In the words of the mailing: what a warning says costs the same to draw.
    return NewDelivery(
        fact_id=FactId(new_id()),
        person_id=person_id,
        kind="broadcast",
        carrier=Carrier.TELEGRAM,
        address=address,
        topic="alert:bench",
        urgency=Urgency.CRITICAL,
        due_at=NOON,
        details={"broadcast_id": broadcast_id},
    )


def _let_out(database: Database, town: BenchTown) -> str:
    def officials(uow: UnitOfWork) -> list[PersonId]:
        made = [create_person(uow, display_name=name) for name in ("Иванов", "Смирнова")]
        for one in made:
            grant_role(uow, person_id=one.id, role=Role.OFFICIAL, territory_id=town.territory_id)
        return [one.id for one in made]

    author, second = database.run(officials)
    broadcast_id = database.run(
        propose_broadcast,
        territory_id=town.territory_id,
        created_by=author,
        event=EventKind.WARNINGS,
        title="Отключение воды",
        text="12 марта с 9 до 15 часов на улице Ленина не будет воды.",
    )
    database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=second)
    return broadcast_id


def add_people(database: Database, town: BenchTown, count: int) -> None:
    """Residents with a chat in the messenger, written straight into the tables."""
    tables = metadata().tables
    people = [uuid4().hex for _ in range(count)]
    with database.engine.begin() as connection:
        for start in range(0, count, INSERTED_AT_ONCE):
            group = people[start : start + INSERTED_AT_ONCE]
            connection.execute(
                tables["person"].insert(),
                [
                    {
                        "id": one,
                        "display_name": "Житель",
                        "position": "",
                        "assurance": "registered",
                        "language": "ru",
                        "home_id": town.territory_id,
                        "created_at": NOON,
                    }
                    for one in group
                ],
            )
            connection.execute(
                tables["identity"].insert(),
                [
                    {"provider": "telegram", "subject": f"m{one[:30]}", "person_id": one, "linked_at": NOON}
                    for one in group
                ],
            )
            connection.execute(
                tables["chat"].insert(),
                [
                    {
                        "id": new_id(),
                        "carrier": "telegram",
                        "native_id": f"m{one[:30]}",
                        "person_id": one,
                        "opened_at": NOON,
                        "data": {},
                    }
                    for one in group
                ],
            )
