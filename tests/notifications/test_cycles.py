"""Owners of steps are reminded in their messenger: as they wish, once, and not of what is done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.cycles import Step, begin_cycle, confirm_step, plan_step, remind_owners
from core.delivery import EventKind, Preset, When, choose_notice, choose_preset
from notifications import send_due_digests
from tests.notifications.post_office import PostOffice, opened
from tests.notifications.test_digests import DIGEST_TIME
from tests.town import IVANOV, VERA, Town

# What is asked of the database is tried on both kinds in tests/core; here it is the pages.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def cycle_with(office: PostOffice, *steps: Step) -> str:
    """A cycle in which Ivanov owns these steps, due in two days."""
    town = office.town
    vera, due = town.people[VERA], town.clock.now().date() + timedelta(days=2)
    cycle_id = town.database.run(begin_cycle, territory_id=town.territory.id, period="2026", begun_by=vera)
    for step in steps:
        town.database.run(
            plan_step, cycle_id=cycle_id, step=step, owner=town.people[IVANOV], due=due, planned_by=vera
        )
    return cycle_id


async def test_an_owner_is_reminded_before_and_after_the_term_with_the_way_to_the_board(
    office: PostOffice,
) -> None:
    ivanov = office.links(IVANOV, 2001)
    cycle_id = cycle_with(office, Step.PAGES, Step.ACCESS)
    database = office.town.database
    # Alerts are another kind of event.
    database.run(
        choose_notice,
        person_id=office.town.people[IVANOV],
        event=EventKind.ALERTS,
        channel="telegram",
        choice=When.OFF,
    )

    database.run(remind_owners)
    database.run(
        confirm_step,
        cycle_id=cycle_id,
        step=Step.ACCESS,
        note="Прежние",
        confirmed_by=office.town.people[IVANOV],
    )
    await office.deliver()
    database.run(remind_owners)
    office.relay_again()
    await office.deliver()
    office.town.clock.advance(timedelta(days=3))
    database.run(remind_owners)
    await office.deliver()

    before, after = ivanov.chat.messages
    assert "«Графики и страницы»: срок 11.03.2027. Заречный, 2026" in before.text
    assert "«Графики и страницы»: срок прошёл 11.03.2027" in after.text
    assert before.labels == ["Открыть доску", "⌂ Меню"]


async def test_a_reminder_waits_for_the_digest_of_whoever_wants_one(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.database.run(choose_preset, person_id=office.town.people[IVANOV], preset=Preset.QUIET)
    cycle_with(office, Step.PAGES)
    office.town.database.run(remind_owners)
    await office.deliver()
    assert ivanov.chat.messages == []

    office.town.clock.at = DIGEST_TIME
    send_due_digests(office.town.database, policies=office.policies)
    await office.deliver()

    (digest,) = ivanov.chat.messages
    assert "• «Графики и страницы»: срок 11.03.2027. Заречный, 2026" in digest.text
