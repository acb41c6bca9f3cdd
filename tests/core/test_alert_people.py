"""Who acts on an alert: it is given to somebody, taken or given back; notes; all of it written down once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from core.alerts import (
    AlertCard,
    AlertOver,
    EntryKind,
    NotYours,
    SnoozeTerm,
    UnknownAlert,
    UnknownAssignee,
    WrongAssignmentTerm,
    acknowledge_alert,
    alert_card,
    alert_lines,
    assign_alert,
    assignees,
    end_snoozes,
    note_alert,
    remind_of_assignments,
    return_alert,
    snooze_alert,
)
from core.identity import Role, create_person, grant_role
from core.shared.errors import Empty, TooLong
from core.shared.ids import AlertId
from tests.core.test_alerts import Watch, watch  # noqa: F401 - the fixture
from tests.town import ANNA, IVANOV, SMIRNOVA, VERA

TODAY = date(2027, 3, 9)


@dataclass(slots=True)
class Case:
    """An alert that fires, and the people around it."""

    watch: Watch
    id: AlertId

    def assign(self, who: str, to: str, *, days: int = 3, comment: str = "") -> None:
        self.watch.town.database.run(
            assign_alert,
            alert_id=self.id,
            person_id=self.watch.town.people[who],
            assignee_id=self.watch.town.people[to],
            due=TODAY + timedelta(days=days),
            comment=comment,
        )

    def give_back(self, who: str, reason: str = "Не моё") -> None:
        people = self.watch.town.people
        self.watch.town.database.run(return_alert, alert_id=self.id, person_id=people[who], reason=reason)

    def take(self, who: str) -> None:
        people = self.watch.town.people
        self.watch.town.database.run(acknowledge_alert, alert_id=self.id, person_id=people[who])

    def note(self, who: str, text: str) -> None:
        people = self.watch.town.people
        self.watch.town.database.run(note_alert, alert_id=self.id, person_id=people[who], text=text)

    @property
    def card(self) -> AlertCard:
        return self.watch.town.database.read(alert_card, alert_id=self.id)

    def said(self) -> list[str]:
        """The lines below the numbers."""
        return alert_lines("ru", self.card)[5:]

    def done(self) -> list[tuple[EntryKind, str, str]]:
        return [(one.kind, one.person_name, one.about_name) for one in self.card.entries]


@pytest.fixture
def case(watch: Watch) -> Case:  # noqa: F811
    return Case(watch, watch.fired())


def test_an_assigned_alert_says_to_whom_until_they_take_it_or_give_it_back(case: Case) -> None:
    case.take(IVANOV)
    case.assign(IVANOV, SMIRNOVA, comment="Ваш завод")
    assert case.said() == ["Поручено: Мария Смирнова, до 12\xa0марта"]
    assert case.card.alert.acknowledged_by is None

    case.take(SMIRNOVA)
    assert case.said() == ["Поручено: Мария Смирнова, до 12\xa0марта. Принято в 12:00"]
    case.give_back(SMIRNOVA, "Это к экономистам")
    assert case.said() == ["Возвращено (Мария Смирнова): Это к экономистам"]

    with pytest.raises(NotYours):
        case.give_back(SMIRNOVA)
    assert case.done() == [
        (EntryKind.TAKEN, IVANOV, ""),
        (EntryKind.ASSIGNED, IVANOV, SMIRNOVA),
        (EntryKind.TAKEN, SMIRNOVA, ""),
        (EntryKind.RETURNED, SMIRNOVA, IVANOV),
    ]
    assert case.card.entries[1].text == "Ваш завод"


def test_it_is_nobodys_to_take_back_once_another_has_taken_it(case: Case) -> None:
    case.assign(IVANOV, SMIRNOVA)

    case.take(IVANOV)

    assert case.said() == ["Принял(а): Иван Иванов, 12:00"]
    with pytest.raises(NotYours):
        case.give_back(SMIRNOVA)


def test_only_those_who_may_know_of_it_are_given_it_and_within_a_year(case: Case) -> None:
    for days in (-1, 367):
        with pytest.raises(WrongAssignmentTerm):
            case.assign(IVANOV, SMIRNOVA, days=days)
    for to in (ANNA, VERA, IVANOV):
        with pytest.raises(UnknownAssignee):
            case.assign(IVANOV, to)
    with pytest.raises(UnknownAlert):
        case.assign(ANNA, SMIRNOVA)
    with pytest.raises(TooLong):
        case.assign(IVANOV, SMIRNOVA, comment="а" * 501)
    assert case.done() == []

    case.watch.arrives(5.0)
    with pytest.raises(AlertOver):
        case.assign(IVANOV, SMIRNOVA)


def test_whom_one_gave_something_to_lately_stands_first(case: Case) -> None:
    town = case.watch.town
    with town.database.transaction() as uow:
        made = create_person(uow, display_name="Анатолий Ли", home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.OFFICIAL, territory_id=town.territory.id)

    def names() -> list[str]:
        found = town.database.read(assignees, alert_id=case.id, assigner_id=town.people[IVANOV])
        return [one.display_name for one in found]

    before = names()
    case.assign(IVANOV, SMIRNOVA)

    assert (before, names()) == (["Анатолий Ли", SMIRNOVA], [SMIRNOVA, "Анатолий Ли"])


def test_notes_stay_with_the_alert_also_when_it_is_over(case: Case) -> None:
    case.note(IVANOV, "Завод остановили на ремонт")
    case.watch.arrives(5.0)
    case.note(SMIRNOVA, "Запустили " + "с первого марта " * 20)

    with pytest.raises(UnknownAlert):
        case.note(ANNA, "Я не чиновник")
    with pytest.raises(Empty):
        case.note(IVANOV, "  ")
    over, last, more = case.said()
    assert over == "Вернулось в норму: 5,0\xa0%."
    assert (last.startswith("📝 Мария Смирнова: Запустили"), len(last) < 200) == (True, True)
    assert more == "и ещё заметок: 1"


def test_put_off_till_monday_it_comes_back_at_nine_by_the_clock_of_the_place(case: Case) -> None:
    town = case.watch.town
    put_off = town.database.run(
        snooze_alert, alert_id=case.id, person_id=town.people[IVANOV], term=SnoozeTerm.MONDAY
    )
    assert put_off.until == datetime(2027, 3, 15, 6, tzinfo=UTC)

    town.clock.at = put_off.until
    assert (town.database.run(end_snoozes), town.database.run(end_snoozes)) == (1, 0)

    assert case.done() == [(EntryKind.SNOOZED, IVANOV, ""), (EntryKind.SNOOZE_ENDED, "", "")]
    assert case.watch.facts("AlertSnoozeEnded") == ["AlertSnoozeEnded"]


def test_the_last_day_of_an_assignment_and_its_passing_are_told_once_each(case: Case) -> None:
    town = case.watch.town
    case.assign(IVANOV, SMIRNOVA, days=1)
    told = []
    for hours in (0, 24, 1, 24, 24):
        town.clock.advance(timedelta(hours=hours))
        told.append(town.database.run(remind_of_assignments))
    case.assign(IVANOV, SMIRNOVA, days=4)
    town.clock.advance(timedelta(days=1))
    told.append(town.database.run(remind_of_assignments))
    case.give_back(SMIRNOVA)
    town.clock.advance(timedelta(days=1))
    told.append(town.database.run(remind_of_assignments))

    assert told == [0, 1, 0, 1, 0, 1, 0]
    by_clock = [one for one in case.card.entries if one.person_id is None]
    assert [(one.kind, one.about_name, one.due) for one in by_clock] == [
        (EntryKind.DUE, SMIRNOVA, TODAY + timedelta(days=1)),
        (EntryKind.OVERDUE, SMIRNOVA, TODAY + timedelta(days=1)),
        (EntryKind.DUE, SMIRNOVA, TODAY + timedelta(days=4)),
    ]
    assert case.watch.facts("AssignmentDue") == ["AssignmentDue"] * 3
    # What the clock has told changes nothing in who has it.
    assert case.said() == ["Возвращено (Мария Смирнова): Не моё"]
