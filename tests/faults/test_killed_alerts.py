"""An alert on its way from a release to a message, and what it passes through killed at each step."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import redis

from analytics.jobs import keep_up
from app.lifeline import descendants, kill_quietly
from core.alerts import Severity, alert_card, alerts_of_vintage, set_alert_rule
from core.chats import chat_stream, chats_of, open_chat
from core.delivery import deliveries_about
from core.identity import link_identity
from core.indicators import NewValue, Period, record_release, register_indicators
from core.jobs import JobState, job
from core.shared.clock import SystemClock
from core.shared.ids import AlertId
from core.store import Database, events_after
from tests.bots.fake_phone import FakeUser
from tests.bots.fake_telegram import FakeTelegram
from tests.faults.processes import Processes
from tests.notifications.post_office import UNEMPLOYMENT
from tests.town import IVANOV, SMIRNOVA, Town

log = logging.getLogger(__name__)

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(900)]

WORKER, CHARTS, RELAY = "worker-default", "worker-charts", "relay"
COMMANDS = {WORKER: "worker default", CHARTS: "worker charts", RELAY: "relay"}
HISTORY = [5.1, 5.0, 5.2, 5.1, 5.0, 5.2, 5.1, 5.0, 5.2, 5.1, 5.0]
LIMIT_S = 120
# A killed sender, or a line that broke after the request: it may have arrived. What is put off for another
# reason (a limit, no connection) is known not to have been sent.
NOBODY_KNOWS = {"sender_died", "TimedOut", "NetworkError"}


@dataclass(slots=True)
class Instance:
    """Relay and workers over the databases of the test; Иванов is in Telegram, Смирнова on the site."""

    town: Town
    database: Database
    processes: Processes
    telegram: FakeTelegram
    redis_url: str
    ivanov: FakeUser
    vintage: int = 0
    release: str = ""

    def data_arrive(self, number: int) -> None:
        """An indicator of its own crosses a critical threshold: it waits for no working hours."""
        code = f"FAULT{number}"
        rows = [
            NewValue(
                indicator=code, territory_id=self.town.territory.id, period=Period("A", 2015 + place),
                value=value, source="испытание",
            )
            for place, value in enumerate([*HISTORY, 9.0 + number])
        ]  # fmt: skip
        shown = replace(UNEMPLOYMENT, code=code, title_ru=f"Испытание {number}.")
        with self.database.transaction() as uow:
            register_indicators(uow, indicators=[shown])
            set_alert_rule(
                uow, indicator_code=code, territory_id=self.town.territory.id, bad="above", threshold=6.0,
                clear_at=5.5, severity=Severity.CRITICAL, set_by=None,
            )  # fmt: skip
            recorded = record_release(
                uow, source="fault", digest=code, title=code, values=rows, recorded_by=None
            )
        self.vintage, self.release = recorded.release.vintage, recorded.release.id

    def start(self, name: str) -> None:
        self.processes.start(name, command=COMMANDS[name])

    def kill(self, name: str) -> None:
        """SIGKILL, and a new start."""
        self.processes.kill(name)
        self.start(name)

    def stop_charts(self) -> None:
        self.processes.kill(CHARTS)

    def kill_chrome(self) -> None:
        """SIGKILL for every browser below the worker of charts."""
        for pid in descendants(self.processes.alive[CHARTS].pid):
            kill_quietly(pid, signal.SIGKILL)

    def break_files(self) -> None:
        """A file lies where the folder of pictures was: whoever keeps one fails, as on a full disk."""
        self.files.rename(self.kept_files)
        self.files.touch()

    def mend_files(self) -> None:
        self.files.unlink()
        self.kept_files.rename(self.files)

    @property
    def files(self) -> Path:
        return self.processes.folder / "files"

    @property
    def kept_files(self) -> Path:
        return self.processes.folder / "kept"

    def wipe_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def alerts(self) -> list[AlertId]:
        return [card.alert.id for card in self.database.read(alerts_of_vintage, vintage=self.vintage)]

    def state_of(self, key: str) -> JobState | None:
        found = self.database.read(job, key=key)
        return None if found is None else found.state

    def is_forecasting(self) -> bool:
        return self.state_of(f"forecast:{self.release}") not in {None, JobState.WAITING}

    def has_fired(self) -> bool:
        return bool(self.alerts())

    def is_drawing(self) -> bool:
        return self.has_fired() and self.state_of(f"draw:{self.alerts()[0]}") not in {None, JobState.WAITING}

    def is_drawing_in_chrome(self) -> bool:
        return self.is_drawing() and any(descendants(self.processes.alive[CHARTS].pid))

    def is_sending(self) -> bool:
        """The messenger has taken the message and has not answered yet."""
        return self.has_fired() and bool(self.in_telegram())

    def in_telegram(self) -> list[str]:
        title = self.database.read(alert_card, alert_id=self.alerts()[0]).indicator.title_ru
        return [shown.text for shown in self.ivanov.chat.messages if title in shown.text]

    def attempts_in_telegram(self) -> tuple[int, str | None]:
        """How many times it was sent there, and why nobody knew whether it arrived, if that was so."""
        about = self.database.read(deliveries_about, topic=f"alert:{self.alerts()[0]}")
        (one,) = [one for one in about if one.carrier == "telegram" and one.kind == "alert"]
        return one.attempts, one.reason

    def on_the_site(self) -> list[dict[str, object]]:
        title = self.database.read(alert_card, alert_id=self.alerts()[0]).indicator.title_ru
        return [
            event.body
            for chat in self.database.read(chats_of, person_id=self.town.people[SMIRNOVA])
            for event in self.database.read(events_after, stream=chat_stream(chat.id), seq=0, limit=1000)
            if event.kind == "message" and title in str(event.body["text"])
        ]

    def has_arrived(self) -> bool:
        return self.has_fired() and bool(self.in_telegram()) and bool(self.on_the_site())

    async def waits_until(self, question: Callable[[], bool], what: str) -> None:
        """The clock goes on meanwhile: what is forgotten is told again."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while not question():
                    await asyncio.to_thread(keep_up, self.database)
                    await asyncio.sleep(0.1)
        except TimeoutError as late:
            raise AssertionError(f"not within {LIMIT_S} s: {what}\n{self.processes.logs()}") from late


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, and when."""

    name: str
    moment: Callable[[Instance], bool]
    strike: Callable[[Instance], None]
    # What lasts until the alert has arrived, without its picture.
    mend: Callable[[Instance], None] | None = None


FAULTS = [
    Fault("worker before the forecast's commit", Instance.is_forecasting, lambda one: one.kill(WORKER)),
    Fault("worker after the forecast's commit", Instance.has_fired, lambda one: one.kill(WORKER)),
    Fault("worker of charts while drawing", Instance.is_drawing, lambda one: one.kill(CHARTS)),
    Fault("Chrome while drawing", Instance.is_drawing_in_chrome, Instance.kill_chrome),
    Fault("pictures cannot be kept", lambda _: True, Instance.break_files, mend=Instance.mend_files),
    Fault(
        "no worker of charts",
        lambda _: True,
        Instance.stop_charts,
        mend=lambda one: one.start(CHARTS),
    ),
    Fault("Redis wiped before the forecast", lambda _: True, Instance.wipe_redis),
    Fault("Redis wiped before the chart", Instance.has_fired, Instance.wipe_redis),
    Fault("relay before it sends", Instance.is_drawing, lambda one: one.kill(RELAY)),
    Fault("relay while it sends", Instance.is_sending, lambda one: one.kill(RELAY)),
]


async def test_the_alert_arrives_once_whatever_is_killed_on_its_way(
    town: Town, processes: Processes, database_url: str, redis_url: str
) -> None:
    database = Database(database_url, clock=SystemClock())
    async with FakeTelegram() as telegram:
        telegram.answers_after_s = 0.5
        processes.environment["TELEGRAM_API_BASE"] = telegram.base_url
        instance = Instance(town, database, processes, telegram, redis_url, _in_telegram(town, telegram))
        for name in COMMANDS:
            instance.start(name)
        for number, fault in enumerate(FAULTS):
            instance.data_arrive(number)
            await instance.waits_until(lambda at=fault.moment: at(instance), fault.name)  # type: ignore[misc]
            fault.strike(instance)
            await instance.waits_until(instance.has_arrived, f"{fault.name}: the alert has arrived")
            if fault.mend:
                fault.mend(instance)
            await instance.waits_until(lambda: _is_settled(instance), f"{fault.name}: nothing is under way")
            sent, shown = instance.in_telegram(), instance.on_the_site()
            pictures = sum(bool(body.get("photo")) for body in shown)
            attempts, lost = instance.attempts_in_telegram()
            log.info(
                "alert_under_fire fault=%s telegram=%s attempts=%s lost=%s pictures=%s",
                fault.name, len(sent), attempts, lost, pictures,
            )  # fmt: skip
            assert len(instance.alerts()) == 1, fault.name
            # Twice only where nobody knows whether it arrived: better than not at all.
            assert 1 <= len(sent) <= (attempts if lost in NOBODY_KNOWS else 1), fault.name
            assert len(shown) == 1, fault.name
            assert not (fault.mend and pictures), fault.name
    database.close()


def _in_telegram(town: Town, telegram: FakeTelegram) -> FakeUser:
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[IVANOV], provider="telegram", subject="2001")
        open_chat(uow, carrier="telegram", native_id="2001", person_id=town.people[IVANOV])
    return telegram.user(2001, IVANOV)


def _is_settled(instance: Instance) -> bool:
    """Both jobs are over, and every message of the alert has ended."""
    keys = [f"forecast:{instance.release}", f"draw:{instance.alerts()[0]}"]
    about = instance.database.read(deliveries_about, topic=f"alert:{instance.alerts()[0]}")
    jobs_over = {instance.state_of(key) for key in keys} <= {JobState.DONE, JobState.FAILED}
    return jobs_over and all(one.finished_at is not None for one in about)
