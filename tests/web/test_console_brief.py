"""The week at the console: for heads alone, and left among the notifications."""

from core.identity import Role, create_person, grant_role
from tests.town import IVANOV, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment, watch_unemployment

HEAD = "Анна Соколова"


async def test_a_head_reads_the_week_and_may_leave_it(town: Town, anybody: Browser) -> None:
    with town.database.transaction() as uow:
        made = create_person(uow, display_name=HEAD, home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.HEAD, territory_id=town.territory.id)
    town.people[HEAD] = made.id
    watch_unemployment(town)
    publish_unemployment(town, 5.0, 5.2, 5.0, 5.2, 5.0, 6.9)
    anybody.sign_in_as(HEAD)

    week = words_of(await anybody.get("/console/brief"))
    notices = words_of(await anybody.get("/me/notices"))
    anybody.sign_in_as(IVANOV)

    assert "Заречный: неделя к 8 марта Хуже Уровень безработицы: 6,9 %, 2026 (+1,9 п. п.)" in week
    assert "Итоги недели по понедельникам" in notices
    assert (await anybody.get("/console/brief")).status_code == 403
    assert "Итоги недели" not in words_of(await anybody.get("/me/notices"))
