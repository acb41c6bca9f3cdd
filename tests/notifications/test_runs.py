"""A run of a scenario model in the messengers: one message that follows it, cancelling, the scenarios."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.jobs import keep_up
from core.charts import DRAW_SCENE, settle_drawing
from core.files import keep_content
from core.identity import revoke_roles
from core.indicators import NewValue, Period, record_release, register_indicators
from core.jobs import JobWaiting, job
from core.scenarios import cancel_run, finish_run, follow_run, report_progress
from core.store import waiting_facts
from tests.notifications.post_office import PostOffice, opened
from tests.pictures import PNG
from tests.town import VERA, Town
from tests.web.answers import answer, run_of
from tests.web.scenario import PRODUCT

# What is asked of the database is tried on both kinds in tests/analytics and tests/core.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    town.database.run(register_indicators, indicators=[PRODUCT])
    value = NewValue(
        indicator="GMP",
        territory_id=town.territory.id,
        period=Period("A", 2026),
        value=18_500.0,
        source="Росстат",
    )
    town.database.run(
        record_release, source="tidy_csv", digest="1", title="file.csv", values=[value], recorded_by=None
    )
    async with opened(town, tmp_path / "files") as office:
        yield office


def follow(office: PostOffice, run_id: str, carrier: str) -> None:
    vera = office.town.people[VERA]
    assert office.town.database.run(follow_run, run_id=run_id, person_id=vera, carrier=carrier)


def comes_to(office: PostOffice, run_id: str, percent: int, *, after_s: int) -> None:
    """The worker reports what it reports a few times a second."""
    office.town.clock.advance(timedelta(seconds=after_s))
    database = office.town.database
    assert database.run(report_progress, run_id=run_id, percent=percent, stage="checking")


def draws(office: PostOffice) -> None:
    """The worker of charts does what it was asked for."""
    database = office.town.database
    for one in database.read(waiting_facts):
        fact = one.recorded.fact
        if isinstance(fact, JobWaiting) and fact.work == DRAW_SCENE:
            found = database.read(job, key=fact.key)
            assert found is not None
            picture = keep_content(office.files, PNG)
            database.run(
                settle_drawing, key=found.arguments["drawing"], job=fact.key, picture=picture, size_bytes=1
            )


@pytest.mark.parametrize("carrier", ["telegram", "max", "vk"])
async def test_one_message_follows_a_run_and_its_scenarios_come_when_it_is_done(
    office: PostOffice, carrier: str
) -> None:
    vera = office.links(VERA, 2001, carrier)
    run_id = run_of(office.town, done=False)
    follow(office, run_id, carrier)
    await office.deliver()
    (message,) = vera.chat.messages
    waiting = (message.text, message.labels)

    for percent in (10, 11, 12):
        comes_to(office, run_id, percent, after_s=1)
    await office.deliver()
    unread = message.text
    comes_to(office, run_id, 42, after_s=2)
    await office.deliver()
    under_way = message.text
    # Its worker was killed, and another one begins anew.
    comes_to(office, run_id, 3, after_s=5)
    await office.deliver()
    anew = message.text
    office.town.database.run(finish_run, run_id=run_id, body=json.dumps(answer()))
    office.relay()
    draws(office)
    await office.deliver()
    office.relay_again()
    await office.deliver()

    assert waiting == (
        "Заречный: Экономика города\nЖдёт очереди", ["Отменить расчёт", "Посмотреть расчёт"]
    )  # fmt: skip
    assert unread == waiting[0]
    assert under_way.endswith("Проверяет себя на прошлых годах\n▓▓▓▓░░░░░░ 42\xa0%")
    assert anew.endswith("░░░░░░░░░░ 3\xa0%")
    followed, scenarios = vera.chat.messages
    assert followed.text.endswith("Посчитан")
    assert followed.labels == ["Посмотреть расчёт"]
    assert "Сценарии расходятся на 1\u202f500\xa0млн руб." in scenarios.text
    assert scenarios.photo == PNG


async def test_a_followed_run_that_ends_otherwise_is_told_once(office: PostOffice) -> None:
    vera, town = office.links(VERA, 2001), office.town
    database, by = town.database, town.people[VERA]
    cancelled = run_of(town, done=False)
    follow(office, cancelled, "")
    await office.deliver()
    database.run(cancel_run, run_id=cancelled, cancelled_by=by)
    await office.deliver()
    (message,) = vera.chat.messages
    words = message.text
    # Asked for again, it ends three workers, and nobody is left to say so.
    assert run_of(town, done=False) == cancelled
    follow(office, cancelled, "")
    with database.transaction() as uow:
        uow.session.execute(text("UPDATE job SET state = 'failed' WHERE kind = 'run_scenarios'"))
    await office.deliver()
    assert keep_up(database).runs_told == 1
    assert keep_up(database).runs_told == 0
    await office.deliver()

    assert words.endswith("Отменён")
    assert vera.chat.messages[-1].text.endswith("Не удался")
    assert len(vera.chat.messages) == 2
    assert not database.run(follow_run, run_id=cancelled, person_id=by)


async def test_whoever_lost_the_right_is_told_nothing_more(office: PostOffice) -> None:
    vera, town = office.links(VERA, 2001), office.town
    run_id = run_of(town, done=False)
    follow(office, run_id, "telegram")
    town.database.run(revoke_roles, person_id=town.people[VERA])
    await office.deliver()

    assert vera.chat.messages == []
