"""The real panel's releases arrive year by year while relay and workers are killed and jobs are lost.

What is expected is worked out beside it, by the pure state machine over the same values.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import redis
import rq
from rq.serializers import JSONSerializer
from sqlalchemy import text

from analytics.job_names import JOBS
from analytics.jobs import keep_up
from app.lifeline import descendants, kill_quietly
from core.alerts import DRAW_ALERT, settle_late_illustrations
from core.chats import chat_stream, chats_of
from core.delivery import DeliveryState, deliveries_about
from core.identity import Role, create_person, grant_role
from core.indicators import FORECAST_RELEASE
from core.jobs import finish_job
from core.shared.clock import SystemClock
from core.shared.ids import PersonId
from core.store import Database, UnitOfWork, events_after, waiting_facts
from tests.faults.processes import Processes
from tests.replay import REAL, WITHOUT_REAL, Replay, panel, regions
from tests.town import Town

log = logging.getLogger(__name__)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not REAL.exists(), reason=WITHOUT_REAL),
]

REGIONS = ("01000000", "20000000", "46000000", "67000000")
RELAY, WORKERS = "relay", ("worker-1", "worker-2")
COMMANDS = {RELAY: "relay", **dict.fromkeys(WORKERS, "worker default")}
STRIKES_A_BURST = 2
LIMIT_S = 300


@dataclass(slots=True)
class Instance:
    """A relay and two workers over the databases of the test. One official, on the site, has all regions."""

    replay: Replay
    database: Database
    processes: Processes
    redis_url: str
    official: PersonId
    chance: random.Random = field(default_factory=lambda: random.Random(8))
    keys: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)

    def start(self, name: str) -> None:
        self.processes.start(name, command=COMMANDS[name])

    async def bursts(self) -> None:
        """One to three releases at once, so that jobs overtake each other; faults; all are judged."""
        years = self.replay.years
        while years:
            count = self.chance.randint(1, 3)
            for year in years[:count]:
                self.keys.append(f"forecast:{self.replay.release(year).id}")
            years = years[count:]
            for _ in range(STRIKES_A_BURST):
                await self.strikes()
            await self.waits_until(self.is_judged, f"releases before {years[:1]} are judged")

    async def strikes(self) -> None:
        """Something bad happens, in half of the cases while a job is under way."""
        if self.chance.random() < 0.5:
            await self.waits_until(lambda: self.is_working() or self.is_judged(), "a job is under way")
        await asyncio.sleep(self.chance.uniform(0.0, 0.3))
        deed = self.chance.choice(
            [self.kill_worker, self.kill_worker, self.orphan_a_job, self.kill_relay, self.kill_all,
             self.wipe_redis, self.deliver_again]
        )  # fmt: skip
        inside = " inside a job" if self.is_working() else ""
        deed()
        self.struck[f"{deed.__name__}{inside}"] += 1

    def kill_worker(self) -> None:
        """SIGKILL for a worker and for the process of its job, and a new start."""
        name = self.chance.choice(WORKERS)
        for pid in descendants(self.processes.alive[name].pid):
            kill_quietly(pid, signal.SIGKILL)
        self.restart(name)

    def orphan_a_job(self) -> None:
        """SIGKILL for a worker alone: the process of its job goes on beside whoever takes the job next."""
        self.restart(self.chance.choice(WORKERS))

    def kill_relay(self) -> None:
        self.restart(RELAY)

    def kill_all(self) -> None:
        for name in COMMANDS:
            self.restart(name)

    def restart(self, name: str) -> None:
        self.processes.kill(name)
        self.start(name)

    def wipe_redis(self) -> None:
        """Every job that is queued is lost until somebody tells of it again."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def deliver_again(self) -> None:
        """The jobs of now twice more, and one that was over long ago."""
        name = JOBS[FORECAST_RELEASE]
        with redis.Redis.from_url(self.redis_url) as client:
            queue = rq.Queue(name.queue, connection=client, serializer=JSONSerializer)
            for key in [*self.keys[-3:], *self.keys[-3:], self.chance.choice(self.keys)]:
                queue.enqueue_call(func=name.function, args=(key,))

    def is_working(self) -> bool:
        return "running" in self.states().values()

    def is_judged(self) -> bool:
        states = self.states()
        return {states[key] for key in self.keys} <= {"done", "failed"}

    def states(self) -> dict[str, str]:
        """Of the jobs of releases, by key."""
        return dict(self.jobs(FORECAST_RELEASE))

    def jobs(self, kind: str) -> list[tuple[str, str]]:
        with self.database.reading() as reading:
            found = reading.session.execute(
                text("SELECT key, state FROM job WHERE kind = :kind"), {"kind": kind}
            )
            return [(key, state) for key, state in found]

    def is_quiet(self) -> bool:
        """Nothing waits to be carried out or to be sent."""
        with self.database.reading() as reading:
            unsent = reading.session.execute(
                text("SELECT COUNT(*) FROM delivery WHERE finished_at IS NULL AND kind = 'alert'")
            ).scalar_one()
        return not unsent and not self.database.read(waiting_facts, limit=1)

    async def waits_until(self, question: Callable[[], bool], what: str) -> None:
        """The clock goes on meanwhile: what is forgotten is told again."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not question():
                    await asyncio.to_thread(self.time_goes_on)
                    await asyncio.sleep(0.3)
        except TimeoutError as late:
            raise AssertionError(f"not within {LIMIT_S} s: {what}\n{self.processes.logs()}") from late

    def time_goes_on(self) -> None:
        keep_up(self.database)
        self.database.run(
            _without_pictures, draws=[key for key, state in self.jobs(DRAW_ALERT) if state != "done"]
        )

    def shown(self) -> list[str]:
        """The messages in the official's chat on the site."""
        return [
            str(event.body["text"])
            for chat in self.database.read(chats_of, person_id=self.official)
            for event in self.database.read(events_after, stream=chat_stream(chat.id), seq=0, limit=100_000)
            if event.kind == "message"
        ]

    def groups(self) -> Iterator[tuple[str, list[DeliveryState]]]:
        """The messages that were asked for, by the alert that leads each, with their fate."""
        with self.database.reading() as reading:
            leads = reading.session.execute(
                text("SELECT DISTINCT lead_id FROM alert WHERE lead_id IS NOT NULL")
            )
            for lead in list(leads.scalars()):
                about = deliveries_about(reading, topic=f"alert:{lead}")
                yield lead, [one.state for one in about if one.kind == "alert"]

    def split(self) -> list[tuple[int, str]]:
        """Releases of a place whose alerts, none of them ever muted, were told in more than one message."""
        with self.database.reading() as reading:
            rows = reading.session.execute(
                text("SELECT vintage, territory_id FROM alert"
                     " WHERE id NOT IN (SELECT alert_id FROM alert_mute)"
                     " GROUP BY vintage, territory_id HAVING COUNT(DISTINCT lead_id) <> 1")
            )  # fmt: skip
            return [(vintage, place) for vintage, place in rows]

    def largest_group(self) -> int:
        with self.database.reading() as reading:
            counts = reading.session.execute(text("SELECT COUNT(*) FROM alert GROUP BY lead_id"))
            return max(map(int, counts.scalars()))


def _without_pictures(uow: UnitOfWork, *, draws: list[str]) -> None:
    """There is no worker of charts here: tests/faults/test_killed_alerts.py is about pictures."""
    settle_late_illustrations(uow, after=timedelta(0))
    for key in draws:
        finish_job(uow, key=key)


async def test_each_transition_of_the_panel_and_each_message_come_once_whatever_is_killed(
    town: Town, processes: Processes, database_url: str, redis_url: str
) -> None:
    real, database = panel(), Database(database_url, clock=SystemClock())
    _, places = regions(database, REGIONS)
    replay = Replay(
        database, {(places[one], code): years for one in REGIONS for code, years in real[one].items()}
    )
    replay.prepare()
    with database.transaction() as uow:
        official = create_person(uow, display_name="Пётр Белов", home_id=town.territory.id).id
        for place in places.values():
            grant_role(uow, person_id=official, role=Role.OFFICIAL, territory_id=place)
    instance = Instance(replay, database, processes, redis_url, official)
    for name in COMMANDS:
        instance.start(name)

    await instance.bursts()
    await instance.waits_until(instance.is_quiet, "every message has ended")

    expected, groups, shown = replay.expected(), dict(instance.groups()), instance.shown()
    fates = Counter(state for states in groups.values() for state in states)
    log.info(
        "panel_under_fire releases=%s transitions=%s messages=%s largest=%s fates=%s struck=%s",
        len(instance.keys), expected.total(), len(shown), instance.largest_group(), dict(fates),
        dict(instance.struck),
    )  # fmt: skip
    assert replay.told() == expected
    assert replay.journaled() == expected
    assert all(len(states) == 1 for states in groups.values())
    # What was over before it could be told is told to nobody.
    assert set(fates) <= {DeliveryState.SENT, DeliveryState.FAILED}
    assert len(shown) == fates[DeliveryState.SENT] > 0
    assert instance.split() == []
    database.close()
