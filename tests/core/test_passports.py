"""Passports of indicators: kept by whoever answers, every change in the history; the named list with them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from core.identity import Role, grant_role, staff, viewer_of
from core.indicators import (
    AccessLevel,
    KeeperStays,
    NoRole,
    Passport,
    UnknownIndicator,
    WrongOkei,
    indicator,
    lags,
    name_reader,
    passport,
    passport_changes,
    readers_of,
    register_indicators,
    strike_reader,
    vintage_notes,
    write_passport,
)
from core.shared.errors import Forbidden, Invalid, TooLong
from tests.core.test_held_values import indicator_of, record
from tests.town import ANNA, IVANOV, OLEG, SMIRNOVA, VERA, Town

FULL = Passport(okei="744", method="По методике МОТ", source="Росстат", lag_days=30)


@pytest.fixture
def stats(town: Town) -> Town:
    town.database.run(register_indicators, indicators=[indicator_of("UNEMPL")])
    return town


def write(town: Town, who: str | None, **fields: Any) -> int:
    return town.database.run(
        write_passport,
        code="UNEMPL",
        passport=replace(FULL, **fields),
        written_by=None if who is None else town.people[who],
    )


def test_a_passport_is_begun_by_who_loads_data_and_kept_by_who_answers(stats: Town) -> None:
    vera, ivanov = stats.people[VERA], stats.people[IVANOV]
    viewer = stats.database.read(viewer_of, person_id=vera)
    _, empty = stats.database.read(passport, viewer=viewer, code="UNEMPL")
    with pytest.raises(Forbidden):
        write(stats, IVANOV)
    changed = write(stats, VERA, responsible=ivanov)

    assert (empty.okei, empty.method, empty.responsible) == ("744", "", None)
    assert (changed, write(stats, IVANOV, responsible=ivanov)) == (4, 0)
    with pytest.raises(Forbidden):
        write(stats, VERA, method="другая")
    assert write(stats, IVANOV, responsible=ivanov, method="другая") == 1
    newest = stats.database.read(passport_changes, viewer=viewer, code="UNEMPL")[0]
    assert (newest.field, newest.before, newest.after, newest.changed_by) == (
        "method", "По методике МОТ", "другая", ivanov,
    )  # fmt: skip
    assert stats.database.read(lags) == {"UNEMPL": 30}
    stats.database.run(
        grant_role,
        person_id=stats.people[SMIRNOVA],
        role=Role.ADMINISTRATOR,
        territory_id=stats.territory.id,
    )
    assert write(stats, SMIRNOVA, responsible=vera, method="другая") == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"okei": "7x"}, WrongOkei),
        ({"lag_days": 401}, Invalid),
        ({"method": "х" * 2001}, TooLong),
        ({"responsible": "nobody"}, NoRole),
    ],
)
def test_what_a_passport_cannot_be_is_refused(
    stats: Town, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write(stats, VERA, **fields)
    with pytest.raises(NoRole):
        write(stats, VERA, responsible=stats.people[ANNA])


def test_the_keeper_of_a_named_list_adds_and_takes_off_and_stays_on_it(stats: Town) -> None:
    vera, ivanov, run = stats.people[VERA], stats.people[IVANOV], stats.database.run
    write(stats, VERA, responsible=vera, access_level=AccessLevel.RESTRICTED)
    assert stats.database.read(readers_of, indicator="UNEMPL") == {vera}

    assert run(name_reader, code="UNEMPL", person_id=ivanov, named_by=vera)
    assert not run(name_reader, code="UNEMPL", person_id=ivanov, named_by=vera)
    with pytest.raises(NoRole):
        run(name_reader, code="UNEMPL", person_id=stats.people[ANNA], named_by=vera)
    with pytest.raises(KeeperStays):
        run(strike_reader, code="UNEMPL", person_id=vera, struck_by=vera)
    with pytest.raises(Forbidden):
        run(strike_reader, code="UNEMPL", person_id=ivanov, struck_by=ivanov)
    with pytest.raises(UnknownIndicator):
        run(name_reader, code="UNEMPL", person_id=stats.people[OLEG], named_by=stats.people[OLEG])
    assert run(strike_reader, code="UNEMPL", person_id=ivanov, struck_by=vera)

    assert stats.database.read(readers_of, indicator="UNEMPL") == {vera}
    viewer = stats.database.read(viewer_of, person_id=vera)
    history = stats.database.read(passport_changes, viewer=viewer, code="UNEMPL")
    assert [(one.before, one.after) for one in history if one.field == "reader"] == [
        (ivanov, ""), ("", ivanov), ("", vera),
    ]  # fmt: skip
    with stats.database.reading() as reading:
        audited = reading.session.execute(
            text("SELECT action FROM audit WHERE action LIKE 'reader%' ORDER BY id")
        )
        assert [action for (action,) in audited] == ["reader_named", "reader_struck"]


def test_a_level_that_people_set_outlives_the_catalogue(stats: Town) -> None:
    write(stats, VERA, access_level=AccessLevel.OFFICIAL)
    stats.database.run(
        register_indicators, indicators=[replace(indicator_of("UNEMPL"), title_ru="Новое имя")]
    )

    found = stats.database.read(indicator, code="UNEMPL")
    assert (found.access_level, found.title_ru) == (AccessLevel.OFFICIAL, "Новое имя")


def test_every_vintage_of_a_series_says_how_much_it_changed(stats: Town) -> None:
    record(stats, {2024: 5.0, 2025: 5.1})
    record(stats, {2025: 5.2, 2026: 5.3})

    notes = stats.database.read(vintage_notes, indicator="UNEMPL", territory_id=stats.territory.id)
    assert [(one.vintage, one.new, one.revised) for one in notes] == [(2, 1, 1), (1, 2, 0)]


def test_the_staff_are_those_with_a_role(stats: Town) -> None:
    names = [one.person.display_name for one in stats.database.read(staff) if one.person is not None]

    assert names == sorted([IVANOV, SMIRNOVA, OLEG, VERA])
