"""Nobody takes an alert: those on duty are called in turn, in working minutes, each once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from core.alerts import (
    EntryKind,
    Severity,
    SnoozeTerm,
    acknowledge_alert,
    alert_card,
    alert_lines,
    assign_alert,
    due_escalations,
    end_silence,
    end_snoozes,
    escalate,
    make_silence,
    return_alert,
    settle_mutes,
    snooze_alert,
)
from core.alerts.model import RuleRow
from core.duty import Step, set_chain, set_deputy
from core.identity import Role, create_person, grant_role, revoke_roles
from core.shared.ids import AlertId, PersonId
from core.store import Database
from tests.core.test_alerts import Watch, watch  # noqa: F401 - the fixture
from tests.town import IVANOV, SMIRNOVA

HEAD = "Пётр Белов"
NOON = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Duty:
    """A chain Иванов 30 → Смирнова 30 → the head 60, once more from the first, and an alert that fires."""

    watch: Watch
    alert: AlertId = field(init=False)

    def __post_init__(self) -> None:
        town = self.watch.town
        with town.database.transaction() as uow:
            head = create_person(uow, display_name=HEAD, home_id=town.territory.id)
            for role in (Role.OFFICIAL, Role.ADMINISTRATOR):
                grant_role(uow, person_id=head.id, role=role, territory_id=town.territory.id)
            town.people[HEAD] = head.id
            steps = [
                Step(person_id=town.people[who], after_minutes=minutes)
                for who, minutes in ((IVANOV, 30), (SMIRNOVA, 30), (HEAD, 60))
            ]
            set_chain(uow, territory_id=town.territory.id, steps=steps, repeats=1, set_by=head.id)
        self.alert = self.watch.fired()

    @property
    def people(self) -> dict[str, PersonId]:
        return self.watch.town.people

    def passes(self, minutes: int) -> int:
        """Time passes and the clock looks; how many were called."""
        self.watch.town.clock.advance(timedelta(minutes=minutes))
        database = self.watch.town.database
        return sum(database.run(escalate, alert_id=each) for each in database.read(due_escalations))

    def called(self) -> list[tuple[EntryKind, str, str]]:
        card = self.watch.town.database.read(alert_card, alert_id=self.alert)
        return [
            (one.kind, one.about_name, f"{one.at - NOON}")
            for one in card.entries
            if one.kind in {EntryKind.ESCALATED, EntryKind.SKIPPED}
        ]

    def names(self) -> list[str]:
        return [name for _, name, _ in self.called()]

    def said(self) -> str:
        card = self.watch.town.database.read(alert_card, alert_id=self.alert)
        return alert_lines("ru", card)[-1]


@pytest.fixture
def duty(watch: Watch) -> Duty:  # noqa: F811
    return Duty(watch)


def test_everybody_is_called_in_turn_twice_and_then_nobody(duty: Duty) -> None:
    # Till the end of the second round: noon, 14:00 and 16:00, each minute looked at once in five.
    made = sum(duty.passes(5) for _ in range(80))

    assert made == 6
    assert duty.called() == [
        (EntryKind.ESCALATED, IVANOV, "0:30:00"),
        (EntryKind.ESCALATED, SMIRNOVA, "1:00:00"),
        (EntryKind.ESCALATED, HEAD, "2:00:00"),
        (EntryKind.ESCALATED, IVANOV, "2:30:00"),
        (EntryKind.ESCALATED, SMIRNOVA, "3:00:00"),
        (EntryKind.ESCALATED, HEAD, "4:00:00"),
    ]
    assert duty.said() == (
        "Пока никто не принял. Позвали: Иван Иванов, 14:30; Мария Смирнова, 15:00; Пётр Белов, 16:00"
    )
    assert len(duty.watch.facts("AlertEscalated")) == 6


def test_whoever_takes_it_ends_the_calls(duty: Duty) -> None:
    assert (duty.passes(29), duty.passes(1)) == (0, 1)
    town = duty.watch.town
    town.database.run(acknowledge_alert, alert_id=duty.alert, person_id=duty.people[IVANOV])

    assert duty.passes(600) == 0
    assert duty.names() == [IVANOV]


def test_nobody_is_called_while_it_is_silenced_and_then_from_when_it_is_heard(duty: Duty) -> None:
    run, ivanov = duty.watch.town.database.run, duty.people[IVANOV]
    made = run(make_silence, made_by=ivanov, until=date(2027, 3, 20), reason="Ждём уточнения")
    assert duty.passes(120) == 0

    run(end_silence, silence_id=made.id, ended_by=ivanov)
    run(settle_mutes)

    assert (duty.passes(29), duty.passes(1)) == (0, 1)
    assert duty.called() == [(EntryKind.ESCALATED, IVANOV, "2:30:00")]


def test_many_clocks_at_once_and_a_restart_call_each_person_once(duty: Duty) -> None:
    town = duty.watch.town
    for _ in range(3):
        town.clock.advance(timedelta(minutes=60))
        again = Database(town.database.url, clock=town.clock)
        with ThreadPoolExecutor(4) as clocks:
            both = [town.database, again] * 3
            made = list(clocks.map(lambda one: one.run(escalate, alert_id=duty.alert), both))
        again.close()
        assert sum(made) == 1

    assert duty.names() == [IVANOV, SMIRNOVA, HEAD]
    assert len(duty.watch.facts("AlertEscalated")) == 3


def test_a_night_and_a_weekend_are_no_working_minutes(duty: Duty) -> None:
    duty.watch.town.clock.at = datetime(2027, 3, 12, 14, 50, tzinfo=UTC)
    assert duty.passes(0) == 1

    assert duty.passes(60 * 24 * 2) == 0
    duty.watch.town.clock.at = datetime(2027, 3, 15, 6, 20, tzinfo=UTC)
    assert duty.passes(0) == 1


def test_a_deputy_is_called_instead_and_whoever_left_office_is_passed_over(duty: Duty) -> None:
    town, today = duty.watch.town, NOON.date()
    ivanov, smirnova, head = (duty.people[who] for who in (IVANOV, SMIRNOVA, HEAD))
    town.database.run(set_deputy, person_id=ivanov, deputy_id=head, since=today, until=today, set_by=ivanov)
    town.database.run(revoke_roles, person_id=smirnova)

    assert (duty.passes(30), duty.passes(30)) == (1, 0)
    assert duty.said() == "Пока никто не принял. Позвали: Пётр Белов (замещает: Иван Иванов), 12:30"
    assert duty.passes(30) == 1
    assert [(kind, name) for kind, name, _ in duty.called()] == [
        (EntryKind.ESCALATED, HEAD),
        (EntryKind.SKIPPED, SMIRNOVA),
        (EntryKind.ESCALATED, HEAD),
    ]


def test_put_off_it_calls_nobody_and_then_begins_anew_as_after_a_return(duty: Duty) -> None:
    town, people = duty.watch.town, duty.people
    duty.passes(30)
    town.database.run(snooze_alert, alert_id=duty.alert, person_id=people[IVANOV], term=SnoozeTerm.HOUR)
    assert duty.passes(60) == 0
    town.database.run(end_snoozes)
    assert (duty.passes(29), duty.passes(1)) == (0, 1)

    town.database.run(
        assign_alert, alert_id=duty.alert, person_id=people[IVANOV], assignee_id=people[SMIRNOVA],
        due=town.clock.now().date(),
    )  # fmt: skip
    town.database.run(return_alert, alert_id=duty.alert, person_id=people[SMIRNOVA], reason="Не моё")
    assert (duty.passes(29), duty.passes(1)) == (0, 1)

    assert duty.names() == [IVANOV] * 3


def test_what_is_for_information_calls_nobody(duty: Duty) -> None:
    with duty.watch.town.database.transaction() as uow:
        uow.session.execute(update(RuleRow).values(severity=Severity.INFO))

    assert duty.passes(600) == 0
