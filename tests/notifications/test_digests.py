"""Wishes and digests: every notice is shown exactly once, alone or in one digest, and nothing is dropped."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.alerts import Severity
from core.delivery import (
    EventKind,
    Preferences,
    Preset,
    Urgency,
    When,
    choose_notice,
    choose_preset,
    claim_deliveries,
    deliveries_about,
    mark_sent,
    next_choice,
    notices_in,
    preferences_of,
    told_already,
    unsubscribe,
)
from core.delivery.digests import MOST_IN_ONE
from core.identity import link_identity
from core.shared.clock import ManualClock
from core.shared.errors import Invalid
from core.shared.ids import FactId, PersonId, new_id
from core.store import Database, UnitOfWork
from messengers import Carrier, ChannelPolicy
from notifications import push_broadcasts, send_due_digests
from notifications.channels import Address, addresses_of
from notifications.kinds import Kind
from notifications.notices import Notice, Shown, tell, where_shown
from tests.conftest import NOON
from tests.notifications.post_office import PostOffice, opened
from tests.notifications.test_broadcasts import approved
from tests.town import ANNA, BORIS, IVANOV, Town

POLICIES = {Carrier.WEB: ChannelPolicy.FULL, Carrier.TELEGRAM: ChannelPolicy.FULL}
TELEGRAM, WEB = Address(Carrier.TELEGRAM, "1001"), Address(Carrier.WEB, "chat")
DIGEST_TIME = datetime(2027, 3, 9, 15, 30, tzinfo=UTC)


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def notice(event: EventKind, *, urgency: Urgency = Urgency.PERSONAL, everywhere: bool = False) -> Notice:
    return Notice(
        kind=Kind.ALERT,
        event=event,
        topic="alert:1",
        people=(),
        urgency=urgency,
        due_at=NOON,
        everywhere=everywhere,
    )


@pytest.mark.parametrize(
    ("told", "wanted", "shown"),
    [
        pytest.param(
            notice(EventKind.OWN, everywhere=True),
            Preferences(preset=Preset.QUIET),
            Shown([TELEGRAM, WEB], in_digest=False),
            id="one's own affairs: always, everywhere",
        ),
        pytest.param(
            notice(EventKind.ALERTS),
            Preferences(preset=Preset.ALL),
            Shown([TELEGRAM], in_digest=False),
            id="at once: over the first way",
        ),
        pytest.param(
            notice(EventKind.NEWS),
            Preferences(preset=Preset.CALM),
            Shown([], in_digest=True),
            id="once a day",
        ),
        pytest.param(
            notice(EventKind.NEWS), Preferences(preset=Preset.QUIET), Shown([], in_digest=False), id="never"
        ),
        pytest.param(
            notice(EventKind.NEWS),
            Preferences(choices={(EventKind.NEWS, "web"): When.NOW}),
            Shown([WEB], in_digest=False),
            id="at once over one way: not in the digest as well",
        ),
        pytest.param(
            notice(EventKind.ALERTS, urgency=Urgency.CRITICAL),
            Preferences(preset=Preset.QUIET),
            Shown([TELEGRAM], in_digest=False),
            id="critical: nobody is asked",
        ),
    ],
)
def test_where_a_notice_is_shown(told: Notice, wanted: Preferences, shown: Shown) -> None:
    assert where_shown(told, [TELEGRAM, WEB], wanted) == shown


def test_a_preset_replaces_single_choices(town: Town) -> None:
    anna = town.people[ANNA]
    town.database.run(
        choose_notice, person_id=anna, event=EventKind.NEWS, channel="telegram", choice=When.OFF
    )
    town.database.run(choose_preset, person_id=anna, preset=Preset.ALL)

    wanted = town.database.read(preferences_of, person_id=anna)

    assert wanted == Preferences(preset=Preset.ALL)


def test_own_affairs_cannot_be_switched_off(town: Town) -> None:
    with pytest.raises(Invalid):
        town.database.run(
            unsubscribe, person_id=town.people[ANNA], event=EventKind.OWN, channels=["telegram"]
        )


def test_taps_go_through_all_choices() -> None:
    assert [next_choice(when) for when in When] == [When.DIGEST, When.OFF, When.NOW]


async def test_what_waited_comes_in_one_message_the_newest_first(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.database.run(choose_preset, person_id=office.town.people[IVANOV], preset=Preset.QUIET)
    office.picture(office.alert(value=6.1))
    office.data(4.0)
    office.town.clock.advance(timedelta(minutes=1))
    office.data(7.5)
    await office.deliver()
    assert ivanov.chat.messages == []

    office.town.clock.at = DIGEST_TIME
    send_due_digests(office.town.database, policies=office.policies)
    await office.deliver()
    send_due_digests(office.town.database, policies=office.policies)
    await office.deliver()

    (digest,) = ivanov.chat.messages
    heading, _, first, second = [line for line in digest.text.splitlines() if line]
    assert heading == "2 сообщения, которых вы ещё не видели"
    assert "7,5" in first
    assert "Уровень безработицы" in second
    assert digest.labels == ["Открыть кабинет", "🔔 Уведомления", "⌂ Меню"]


async def test_a_critical_alert_does_not_wait_for_the_digest(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.database.run(choose_preset, person_id=office.town.people[IVANOV], preset=Preset.QUIET)
    office.picture(office.alert(severity=Severity.CRITICAL))

    await office.deliver()

    assert len(ivanov.chat.messages) == 1


async def test_an_answer_at_night_waits_for_the_morning(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.town.clock.at = NOON + timedelta(hours=11)
    office.answer(IVANOV, sent.conversation_id, "Яма заделана.")
    await office.deliver()
    at_night = list(anna.chat.messages), len(office.in_browser(ANNA))

    office.town.clock.at = NOON + timedelta(hours=20)
    await office.deliver()

    assert at_night == ([], 1)
    assert len(anna.chat.messages) == 1


async def test_what_a_pause_of_the_messenger_takes_into_the_night_waits_for_the_morning(
    office: PostOffice,
) -> None:
    anna, boris = office.links(ANNA, 1001), office.links(BORIS, 1002)
    sent = office.message(ANNA, "Яма на Ленина, 12")
    database, people = office.town.database, office.town.people
    database.run(choose_preset, person_id=people[ANNA], preset=Preset.QUIET)
    approved(office.town, event=EventKind.NEWS)
    push_broadcasts(database, policies=office.policies)
    # Five minutes before ten in the evening, after an outage.
    office.town.clock.at = NOON + timedelta(hours=9, minutes=55)
    send_due_digests(database, policies=office.policies)
    office.telegram.throttle("sendMessage", retry_after=1, chat_id=1002)
    office.answer(IVANOV, sent.conversation_id, "Яма заделана.")
    office.telegram.throttle("sendMessage", retry_after=1, chat_id=1001)
    await office.deliver()
    office.town.clock.advance(timedelta(minutes=10))
    await office.deliver()
    at_night = [*anna.chat.messages, *boris.chat.messages]

    office.town.clock.at = NOON + timedelta(hours=20)
    await office.deliver()

    assert at_night == []
    assert [len(one.chat.messages) for one in (anna, boris)] == [1, 1]


async def test_whoever_wrote_a_moment_ago_is_awake(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.town.clock.at = NOON + timedelta(hours=11)
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.town.clock.advance(timedelta(minutes=10))
    office.answer(IVANOV, sent.conversation_id, "Яма заделана.")

    await office.deliver()

    assert len(anna.chat.messages) == 1


# ---- exactly once, whatever happens ----

Step = tuple[str, Any]
CHOSEN = st.sampled_from([EventKind.ALERTS, EventKind.WARNINGS, EventKind.NEWS])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("notice"), CHOSEN),
        st.tuples(st.just("again"), st.integers(0, 30)),
        st.tuples(st.just("preset"), st.sampled_from(list(Preset))),
        st.tuples(st.just("telegram"), st.sampled_from(list(When))),
        st.tuples(st.just("hours"), st.integers(1, 30)),
        st.tuples(st.just("digest"), st.just(0)),
        st.tuples(st.just("crowd"), st.integers(MOST_IN_ONE - 1, 2 * MOST_IN_ONE + 1)),
    ),
    max_size=25,
)


@dataclass
class Anna:
    """One person, her wishes, and what she was told."""

    town: Town
    told: dict[FactId, tuple[EventKind, bool]] = field(default_factory=dict)

    def do(self, name: str, value: Any) -> None:
        getattr(self, name)(value)

    def notice(self, event: EventKind) -> None:
        self.hear(FactId(new_id()), event)

    def crowd(self, size: int) -> None:
        for _ in range(size):
            self.notice(EventKind.NEWS)

    def again(self, number: int) -> None:
        if self.told:
            fact_id = list(self.told)[number % len(self.told)]
            self.hear(fact_id, self.told[fact_id][0])

    def preset(self, preset: Preset) -> None:
        self.town.database.run(choose_preset, person_id=self.id, preset=preset)

    def telegram(self, choice: When) -> None:
        self.town.database.run(
            choose_notice, person_id=self.id, event=EventKind.NEWS, channel="telegram", choice=choice
        )

    def hours(self, count: int) -> None:
        self.town.clock.advance(timedelta(hours=count))

    def digest(self, _: int) -> None:
        send_due_digests(self.town.database, policies=POLICIES)

    @property
    def id(self) -> PersonId:
        return self.town.people[ANNA]

    def hear(self, fact_id: FactId, event: EventKind) -> None:
        def ask(uow: UnitOfWork) -> bool:
            person_id = self.town.people[ANNA]
            if told_already(uow, fact_id=fact_id, kind=Kind.ALERT, person_ids=[person_id]):
                return True
            ways = addresses_of(uow, person_id=person_id, policies=POLICIES)
            wanted = preferences_of(uow, person_id=person_id)
            said = Notice(
                kind=Kind.ALERT,
                event=event,
                topic="alert:1",
                people=(),
                urgency=Urgency.PERSONAL,
                due_at=uow.now,
                zone="Europe/Moscow",
            )
            return bool(tell(uow, said, fact_id=fact_id, ways={person_id: ways}, wanted={person_id: wanted}))

        self.town.clock.advance(timedelta(seconds=1))
        wanted = self.town.database.run(ask)
        self.told[fact_id] = (event, wanted or self.told.get(fact_id, (event, False))[1])

    def digests(self) -> list[list[FactId]]:
        """All that was sent as digests, message by message, as their rows say."""
        found = []
        for carrier in ("telegram", "web"):
            while claimed := self.town.database.run(
                claim_deliveries,
                carrier=carrier,
                room={Urgency.PERSONAL: 50},
                sender="a",
                lease=timedelta(seconds=60),
            ):
                for one in claimed:
                    self.town.database.run(mark_sent, delivery_id=one.id, native_id=None)
                    if one.kind == Kind.DIGEST:
                        rows = self.town.database.read(notices_in, digest_id=one.details["digest_id"])
                        moments = [row.noticed_at for row in rows]
                        assert moments == sorted(moments, reverse=True)
                        found.append([row.fact_id for row in rows])
        return found

    def alone(self) -> list[FactId]:
        return [one.fact_id for one in self.town.database.read(deliveries_about, topic="alert:1")]


@settings(max_examples=8)
@given(steps=STEPS)
def test_every_notice_is_shown_exactly_once_alone_or_in_one_digest(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    live_through(steps, sqlite_template, tmp_path_factory.mktemp("digests"))


@pytest.mark.long
@pytest.mark.timeout(900)
@settings(max_examples=300)
@given(steps=STEPS)
def test_every_notice_is_shown_exactly_once_in_many_lives(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    live_through(steps, sqlite_template, tmp_path_factory.mktemp("digests"))


def live_through(steps: list[Step], template: Path, folder: Path) -> None:
    path = folder / "town.db"
    shutil.copy(template, path)
    clock = ManualClock(NOON)
    database = Database(f"sqlite:///{path}", clock=clock)
    anna = Anna(Town.found(database, clock))
    with database.transaction() as uow:
        link_identity(uow, person_id=anna.town.people[ANNA], provider="telegram", subject="1001")
    try:
        for step in steps:
            anna.do(*step)
        anna.hours(30)
        anna.digest(0)
        anna.hours(12)
        digests = anna.digests()
    finally:
        database.close()

    shown = Counter([*anna.alone(), *(fact for digest in digests for fact in digest)])
    assert shown == Counter({fact: 1 for fact, (_, wanted) in anna.told.items() if wanted})
    assert all(len(digest) <= MOST_IN_ONE for digest in digests)
