"""Random histories of releases, silences, inhibitors and restarts: journaled once, told once."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.alerts import (
    AlertRule,
    Severity,
    Standing,
    Transition,
    acknowledge_alert,
    alert_card,
    attach_illustration,
    end_silence,
    evaluate_release,
    is_muted,
    judge,
    make_silence,
    repeat_alerts,
    rules_in,
    set_alert_rule,
    settle_mutes,
)
from core.alerts.rules import Alert, AlertState
from core.delivery import Delivery, DeliveryState, choose_budget, deliveries_about
from core.identity import Action, Role, create_person, grant_role, people_who_may
from core.indicators import NewValue, Period, record_release, register_indicators
from core.shared.facts import RecordedFact
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.store import Database, mark_sent, waiting_facts
from core.territories import TerritoryKind, add_territory, territory_by_slug
from messengers import ButtonCodec, Carrier, ChannelPolicy
from notifications import Sender, WebChatSender, handle
from tests.bots.doors import PUBLIC_URL, SECRET
from tests.notifications.post_office import UNEMPLOYMENT
from tests.notifications.test_quiet import INVESTMENT
from tests.town import Town

POLICIES = {Carrier.WEB: ChannelPolicy.FULL}
GOOD, BAD = (4.0, 5.0), (6.0, 7.0)
CODES = ("UNEMPL", "INVEST")
STEPS = 30


@dataclass(slots=True)
class History:
    """A country, its region and a town of it, each with an official; what happens is drawn by a seed."""

    town: Town
    folder: Path
    chance: random.Random
    database: Database = field(init=False)
    places: dict[str, TerritoryId] = field(default_factory=dict)
    officials: dict[str, PersonId] = field(default_factory=dict)
    # Values by series, in the order of their vintages.
    known: dict[tuple[TerritoryId, str], list[tuple[int, float]]] = field(default_factory=dict)
    silences: list[str] = field(default_factory=list)
    handled: list[RecordedFact] = field(default_factory=list)
    vintage: int = 0

    def __post_init__(self) -> None:
        self.database = self.town.database
        with self.database.transaction() as uow:
            register_indicators(uow, indicators=[UNEMPLOYMENT, INVESTMENT])
            country = add_territory(
                uow,
                kind=TerritoryKind.COUNTRY,
                oktmo="00000000",
                slug="ru",
                name_ru="Россия",
                name_en="Russia",
            )
            krai = territory_by_slug(uow, slug="krai").id
            uow.session.execute(
                text("UPDATE territory SET parent_id = :country WHERE id = :krai"),
                {"country": country.id, "krai": krai},
            )
            self.places = {"country": country.id, "krai": krai, "town": self.town.territory.id}
            for name, place in self.places.items():
                made = create_person(uow, display_name=f"Official of the {name}")
                grant_role(uow, person_id=made.id, role=Role.OFFICIAL, territory_id=place)
                # What a budget holds back is told in tests/notifications/test_quiet.py.
                choose_budget(uow, person_id=made.id, per_day=100)
                self.officials[name] = made.id
            for code, severity in zip(CODES, (Severity.WARN, Severity.CRITICAL), strict=True):
                for place in (country.id, self.town.territory.id):
                    set_alert_rule(
                        uow,
                        indicator_code=code,
                        territory_id=place,
                        bad="above",
                        threshold=5.5,
                        clear_at=5.5,
                        severity=severity,
                        set_by=None,
                        settle=self.chance.choice((1, 1, 2)),
                    )

    async def runs(self) -> None:
        """Many things happen, in any order."""
        deeds = [
            (self.release, 6), (self.silence, 2), (self.unsilence, 1), (self.time_passes, 4), (self.cron, 3),
            (self.relay, 3), (self.relay_again, 1), (self.take, 1), (self.restart, 1),
        ]  # fmt: skip
        for _ in range(STEPS):
            (deed,) = self.chance.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
            deed()
            if self.chance.random() < 0.4:
                await self.send()
        await self.calms_down()

    async def calms_down(self) -> None:
        """Silences end, what waits for working hours comes; what goes on above or flaps may stay."""
        self.relay()
        await self.send()
        # What was told and is silenced then must not be told again.
        self.silence_all()
        for silence in self.silences:
            self.database.run(end_silence, silence_id=silence, ended_by=self.officials["country"])
        for vintage in range(1, self.vintage + 1):
            self.database.run(evaluate_release, vintage=vintage)
        for _ in range(6):
            self.town.clock.advance(timedelta(hours=12))
            self.database.run(settle_mutes)
            self.relay()
            await self.send()

    def release(self) -> None:
        """Some of the series get one more value, judged at once, perhaps twice, perhaps later."""
        chosen = [pair for pair in self.pairs() if self.chance.random() < 0.5] or [self.pairs()[0]]
        self.vintage += 1
        rows = []
        for place, code in chosen:
            value = self.chance.choice(GOOD + BAD)
            self.known.setdefault((place, code), []).append((self.vintage, value))
            period = Period("A", 1900 + self.vintage)
            rows.append(
                NewValue(indicator=code, territory_id=place, period=period, value=value, source="Росстат")
            )
        self.database.run(
            record_release,
            source="random",
            digest=str(self.vintage),
            title="random",
            values=rows,
            recorded_by=None,
        )
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            for alert_id in self.database.run(evaluate_release, vintage=self.vintage):
                self.database.run(attach_illustration, alert_id=alert_id, picture=None, reason="none")

    def pairs(self) -> list[tuple[TerritoryId, str]]:
        return [(place, code) for place in self.places.values() for code in CODES]

    def silence(self) -> None:
        rules = self.database.read(rules_in, territory_ids=list(self.places.values()))
        made = self.database.run(
            make_silence,
            made_by=self.officials["country"],
            until=(self.town.clock.now() + timedelta(days=self.chance.randint(1, 20))).date(),
            reason="Известно",
            territory_id=self.chance.choice([None, *self.places.values()]),
            indicator_code=self.chance.choice([None, *CODES]),
            rule_id=self.chance.choice([None, None, *(rule.id for rule in rules)]),
            rubric=self.chance.choice([None, "jobs", "poverty"]),
        )
        self.silences.append(made.id)

    def silence_all(self) -> None:
        until = (self.town.clock.now() + timedelta(days=9)).date()
        made = self.database.run(
            make_silence, made_by=self.officials["country"], until=until, reason="Всё известно"
        )
        self.silences.append(made.id)

    def unsilence(self) -> None:
        if self.silences:
            silence = self.chance.choice(self.silences)
            self.database.run(end_silence, silence_id=silence, ended_by=self.officials["country"])

    def time_passes(self) -> None:
        self.town.clock.advance(self.chance.choice([1, 30, 600, 5000]) * timedelta(minutes=1))

    def cron(self) -> None:
        for _ in range(self.chance.choice((1, 2))):
            self.database.run(settle_mutes)
            self.database.run(repeat_alerts)

    def relay(self) -> None:
        """The facts that wait are handed over; the relay may die before it writes that down."""
        waiting = self.database.read(waiting_facts)
        for one in waiting:
            handle(self.database, one.recorded, policies=POLICIES)
        if self.chance.random() < 0.8:
            self.database.run(mark_sent, rows=[one.row for one in waiting])
            self.handled += [one.recorded for one in waiting]

    def relay_again(self) -> None:
        """A backup of the outbox, a relay that begins where it was long ago."""
        for recorded in self.handled[self.chance.randint(0, len(self.handled)) :]:
            handle(self.database, recorded, policies=POLICIES)

    def take(self) -> None:
        firing = [one for one in self.alerts() if one.state is AlertState.FIRING]
        if firing:
            chosen = self.chance.choice(firing)
            self.database.run(acknowledge_alert, alert_id=chosen.id, person_id=self.officials["country"])

    def restart(self) -> None:
        """Go on as another process would: nothing is kept but rows."""
        if self.database is not self.town.database:
            self.database.close()
        self.database = Database(self.town.database.url, clock=self.town.clock)

    async def send(self) -> None:
        sender = Sender(
            self.database,
            [WebChatSender(self.database, ButtonCodec(SECRET))],
            public_url=PUBLIC_URL,
            files=self.folder,
            policies=POLICIES,
        )
        while await sender.deliver_due():
            self.relay()

    def alerts(self) -> list[Alert]:
        with self.database.reading() as reading:
            ids = list(reading.session.execute(text("SELECT id FROM alert ORDER BY id")).scalars())
            return [alert_card(reading, alert_id=AlertId(one)).alert for one in ids]

    def transitions(self) -> Counter[tuple[str, str, str, int]]:
        """(rule, place, transition, vintage) as they are in the journal."""
        with self.database.reading() as reading:
            rows = reading.session.execute(
                text('SELECT rule_id, territory_id, "before", "after", vintage FROM alert_state_change')
            )
            moves = {("firing", "resolved"): "resolved", ("recovering", "resolved"): "resolved"}
            return Counter(
                (rule, place, "fired" if after == "firing" and before in CLOSED else moves[before, after], at)
                for rule, place, before, after, at in rows
                if (after == "firing" and before in CLOSED) or (before, after) in moves
            )

    def expected(self) -> Counter[tuple[str, str, str, int]]:
        """The same by the state machine alone."""
        found: Counter[tuple[str, str, str, int]] = Counter()
        for rule in self.database.read(rules_in, territory_ids=list(self.places.values())):
            for (place, code), values in self.known.items():
                if code == rule.indicator and self.holds(rule, place):
                    found.update(moves(rule, place, values))
        return found

    def holds(self, rule: AlertRule, place: TerritoryId) -> bool:
        order = list(self.places.values())
        return order.index(rule.territory_id) <= order.index(place)

    def people_of(self, place: TerritoryId) -> set[PersonId]:
        """Who handles the alerts of a place."""
        with self.database.reading() as reading:
            return {
                one.id for one in people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=place)
            }

    def messages(self, lead: str) -> list[Delivery]:
        return [
            one
            for one in self.database.read(deliveries_about, topic=f"alert:{lead}")
            if one.kind == "alert" and "again" not in one.details
        ]

    def leads(self) -> dict[str, str | None]:
        with self.database.reading() as reading:
            return dict(reading.session.execute(text("SELECT id, lead_id FROM alert")).tuples().all())


CLOSED = {"ok", "pending", "resolved"}


def moves(
    rule: AlertRule, place: TerritoryId, values: list[tuple[int, float]]
) -> list[tuple[str, str, str, int]]:
    standing, found = Standing(), []
    for vintage, value in values:
        standing, move = judge(rule, standing, value=value, vintage=vintage)
        if move in {Transition.FIRED, Transition.RESOLVED}:
            found.append((str(rule.id), str(place), move.value, vintage))
    return found


async def check(town: Town, folder: Path, seed: int) -> None:
    """Let one history happen and look at what came of it."""
    history = History(town, folder, random.Random(seed))
    await history.runs()

    assert history.transitions() == history.expected()
    leads, alerts = history.leads(), history.alerts()
    assert len(alerts) == sum(move == "fired" for _, _, move, _ in history.expected())
    for alert in alerts:
        lead = leads[alert.id]
        sent = history.messages(lead or alert.id)
        told = Counter(one.person_id for one in sent if one.state is DeliveryState.SENT)
        assert max(told.values(), default=0) <= 1, "nobody is told twice"
        assert lead is not None or not sent, "what was muted all its life is told to nobody"
        muted = history.database.read(is_muted, alert_id=alert.id)
        if alert.state is AlertState.FIRING and not muted and alert.acknowledged_by is None:
            assert set(told) == history.people_of(alert.territory_id), "whoever should know has been told"


@pytest.mark.parametrize(("database_url", "seed"), [("sqlite", 0), ("sqlite", 1)], indirect=["database_url"])
async def test_whatever_happens_each_is_journaled_once_and_told_once(
    town: Town, tmp_path: Path, seed: int
) -> None:
    await check(town, tmp_path, seed)


LONG = [*(("sqlite", seed) for seed in range(100, 200)), *(("postgresql", seed) for seed in range(200, 300))]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("database_url", "seed"), LONG, indirect=["database_url"])
async def test_whatever_happens_two_hundred_times(town: Town, tmp_path: Path, seed: int) -> None:
    await check(town, tmp_path, seed)
