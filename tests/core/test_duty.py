"""Working hours by the clock of the place, the calendar of the year, chains and deputies."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.duty import (
    Chain,
    NotOnDuty,
    Step,
    WorkingCalendar,
    WrongCalendar,
    WrongChain,
    WrongDeputyTerm,
    acting_for,
    after_working_minutes,
    chain_for,
    deputies_of,
    end_deputy,
    load_calendar,
    next_working_moment,
    set_chain,
    set_deputy,
    working_calendar,
)
from core.duty.calendars import public_holidays
from core.identity import Role, create_person, grant_role
from core.shared.errors import Forbidden
from core.shared.ids import PersonId
from tests.town import ANNA, BORIS, IVANOV, SMIRNOVA, Town

MOVED = WorkingCalendar(moved={date(2027, 2, 22): False})
MOSCOW, KAMCHATKA = "Europe/Moscow", "Asia/Kamchatka"


@pytest.mark.parametrize(
    ("now", "zone", "moment"),
    [
        pytest.param("2027-03-09T09:00", MOSCOW, "2027-03-09T09:00", id="noon on a Tuesday: now"),
        pytest.param("2027-03-09T03:00", MOSCOW, "2027-03-09T06:00", id="six in the morning: at nine"),
        pytest.param(
            "2027-03-09T15:00", MOSCOW, "2027-03-10T06:00", id="exactly six in the evening: tomorrow"
        ),
        pytest.param("2027-03-12T16:00", MOSCOW, "2027-03-15T06:00", id="Friday evening: on Monday"),
        pytest.param("2027-03-14T09:00", MOSCOW, "2027-03-15T06:00", id="Sunday: on Monday"),
        pytest.param("2027-03-05T16:00", MOSCOW, "2027-03-09T06:00", id="before the holiday of 8 March"),
        pytest.param("2027-02-19T16:00", MOSCOW, "2027-02-24T06:00", id="a Monday that is moved by hand"),
        pytest.param("2027-03-09T09:00", KAMCHATKA, "2027-03-09T21:00", id="nine in the evening far east"),
    ],
)
def test_a_message_that_can_wait_goes_in_working_hours(now: str, zone: str, moment: str) -> None:
    found = next_working_moment(datetime.fromisoformat(now).replace(tzinfo=UTC), zone, MOVED)

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "moment"),
    [
        pytest.param("2027-03-09T09:00", 30, "2027-03-09T09:30", id="within the day"),
        pytest.param("2027-03-09T14:40", 30, "2027-03-10T06:10", id="over the night"),
        pytest.param("2027-03-12T14:59", 541, "2027-03-15T15:00", id="a day and the weekend"),
        pytest.param("2027-03-06T09:00", 0, "2027-03-09T06:00", id="at once is at nine after the holidays"),
        pytest.param("2027-03-05T14:00", 1080, "2027-03-10T14:00", id="two days over 8 March"),
    ],
)
def test_only_working_minutes_count(start: str, minutes: int, moment: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)

    found = after_working_minutes(begun, minutes, MOSCOW, WorkingCalendar())

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_public_holidays_are_those_of_the_official_calendars() -> None:
    # Those days off besides weekends that follow from the law alone, without what was moved by hand.
    weekdays = sorted(day for day in public_holidays(2026) if day.weekday() < 5)

    assert weekdays == [
        *(date(2026, 1, day) for day in (1, 2, 5, 6, 7, 8)),
        date(2026, 2, 23),
        date(2026, 3, 9),
        date(2026, 5, 1),
        date(2026, 5, 11),
        date(2026, 6, 12),
        date(2026, 11, 4),
    ]
    assert date(2025, 3, 10) in public_holidays(2025)


def test_a_calendar_is_loaded_again_as_the_newest_file_has_it(town: Town) -> None:
    load = town.database.run

    first = load(load_calendar, lines=["день;рабочий", "2027-12-31;нет", "2027-02-20;yes", ""])
    again = load(load_calendar, lines=["2027-12-31;да"])

    assert (first, again) == (2, 1)
    calendar = town.database.read(working_calendar)
    assert (calendar.is_worked(date(2027, 12, 31)), calendar.is_worked(date(2027, 2, 20))) == (True, True)
    for wrong in ("2027-02-30;да", "2027-02-28", "2027-02-28;может быть"):
        with pytest.raises(WrongCalendar):
            load(load_calendar, lines=[wrong])


@pytest.fixture
def belov(town: Town) -> PersonId:
    """The administrator of the town."""
    with town.database.transaction() as uow:
        made = create_person(uow, display_name="Пётр Белов", home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.ADMINISTRATOR, territory_id=town.territory.id)
    return made.id


def test_an_administrator_sets_the_chain_of_those_who_can_act(town: Town, belov: PersonId) -> None:
    people, place = town.people, town.territory.id
    steps = [
        Step(person_id=people[IVANOV], after_minutes=30),
        Step(person_id=people[SMIRNOVA], after_minutes=60),
    ]

    def change(steps: list[Step], repeats: int = 1, by: PersonId = belov) -> None:
        town.database.run(set_chain, territory_id=place, steps=steps, repeats=repeats, set_by=by)

    change(steps[:1])
    change(steps)

    held = Chain(territory_id=place, steps=tuple(steps), repeats=1)
    assert town.database.read(chain_for, territory_id=place) == held
    assert held.calls == 4
    for wrong, repeats in (
        (steps * 3, 1),
        (steps, 6),
        ([Step(person_id=people[IVANOV], after_minutes=1081)], 0),
    ):
        with pytest.raises(WrongChain):
            change(wrong, repeats)
    with pytest.raises(NotOnDuty):
        change([Step(person_id=people[ANNA], after_minutes=1)])
    with pytest.raises(Forbidden):
        change(steps, by=people[IVANOV])
    assert town.database.read(chain_for, territory_id=place) == held
    change([])
    assert town.database.read(chain_for, territory_id=place) is None


def test_a_deputy_acts_in_their_days_and_a_circle_ends(town: Town, belov: PersonId) -> None:
    people, today = town.people, town.clock.now().date()
    ivanov, smirnova = people[IVANOV], people[SMIRNOVA]

    def let(who: PersonId, stand_in: PersonId, days: int, by: PersonId) -> str:
        return town.database.run(
            set_deputy, person_id=who, deputy_id=stand_in, since=today,
            until=today + timedelta(days=days), set_by=by,
        )  # fmt: skip

    def acts(days: int) -> PersonId:
        return town.database.read(acting_for, person_id=ivanov, day=today + timedelta(days=days))

    kept = let(ivanov, smirnova, 7, ivanov)
    assert (acts(0), acts(7), acts(8)) == (smirnova, smirnova, ivanov)
    let(smirnova, ivanov, 3, belov)
    assert acts(1) in {ivanov, smirnova}
    assert [one.person_id for one in town.database.read(deputies_of, person_ids=[ivanov], day=today)] == [
        ivanov
    ]

    for who, stand_in, days, by, refusal in (
        (ivanov, people[ANNA], 7, ivanov, NotOnDuty),
        (ivanov, ivanov, 7, ivanov, NotOnDuty),
        (ivanov, smirnova, -1, ivanov, WrongDeputyTerm),
        (ivanov, smirnova, 367, ivanov, WrongDeputyTerm),
        (ivanov, smirnova, 7, smirnova, Forbidden),
        (people[BORIS], smirnova, 7, people[BORIS], Forbidden),
    ):
        with pytest.raises(refusal):
            let(who, stand_in, days, by)
    with pytest.raises(Forbidden):
        town.database.run(end_deputy, deputy_row=kept, ended_by=smirnova)
    town.database.run(end_deputy, deputy_row=kept, ended_by=ivanov)
    assert acts(0) == ivanov
