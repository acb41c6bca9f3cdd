"""The Monday brief in the messenger: one message to each head, also over restarts; left in one tap."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.briefs import send_due_briefs
from core.delivery import EventKind, unsubscribe
from core.identity import Role, create_person, grant_role, revoke_roles
from tests.notifications.post_office import PostOffice, opened
from tests.town import IVANOV, Town

HEAD = "Анна Соколова"
MONDAY = datetime(2027, 3, 15, 5, 0, tzinfo=UTC)


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    with town.database.transaction() as uow:
        made = create_person(uow, display_name=HEAD, home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.HEAD, territory_id=town.territory.id)
    town.people[HEAD] = made.id
    town.clock.at = MONDAY
    async with opened(town, tmp_path / "files") as office:
        yield office


async def test_a_head_gets_the_week_once_with_a_link_and_a_way_to_leave(office: PostOffice) -> None:
    head, ivanov = office.links(HEAD, 2001), office.links(IVANOV, 2002)
    office.watches()
    for value in (5.0, 5.2, 5.0, 5.2, 5.0, 5.4):
        office.data(value)
    run, person_id = office.town.database.run, office.town.people[HEAD]

    assert (run(send_due_briefs), run(send_due_briefs)) == (1, 0)
    await office.deliver()
    office.relay_again()
    await office.deliver()

    (shown,) = head.chat.messages
    assert shown.text == (
        "Заречный: неделя к 15\xa0марта\n\nХуже\n• Уровень безработицы: 5,4\xa0%, 2026 (+0,4\xa0п.\xa0п.)"
    )
    assert shown.labels == ["Посмотреть неделю", "⌂ Меню", "Больше такое не присылать"]
    assert ivanov.chat.messages == []

    run(unsubscribe, person_id=person_id, event=EventKind.BRIEF, channels=["telegram", "web"])
    office.town.clock.advance(timedelta(days=7))
    assert run(send_due_briefs) == 1
    await office.deliver()
    assert len(head.chat.messages) == 1


async def test_whoever_heads_it_no_more_gets_nothing(office: PostOffice) -> None:
    head = office.links(HEAD, 2001)
    office.town.database.run(send_due_briefs)
    office.relay()
    office.town.database.run(revoke_roles, person_id=office.town.people[HEAD])

    await office.deliver()

    assert head.chat.messages == []
