"""The board of the cycle of data, as its analyst and an owner use it."""

import pytest

from core.cycles import Step, cycle_board
from tests.town import IVANOV, OLEG, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment
from tests.web.uploads import begun_cycle

# What is asked of the database is tried on both kinds in tests/core; here it is the pages.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_cycle_is_begun_planned_and_said_to_be_done(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.2)
    anybody.sign_in_as(VERA)
    begun = await anybody.submit("/console/cycle", territory=town.territory.id, period="2025")
    twice = await anybody.submit("/console/cycle", territory=town.territory.id, period="2025")
    address = str(begun.headers["location"])
    board = words_of(await anybody.get(address))
    await anybody.submit(f"{address}/access", do="plan", owner=town.people[IVANOV], due="2027-04-12")
    silent = await anybody.submit(f"{address}/access", do="confirm", note=" ")
    anybody.sign_in_as(IVANOV)
    listed = words_of(await anybody.get("/console/cycle"))
    await anybody.submit(f"{address}/access", do="confirm", note="Уровни прежние")
    owned = words_of(await anybody.get(address))

    assert (twice.status_code, "уже есть" in words_of(twice)) == (409, True)
    for said in (
        "Заречный, 2025", "Выполнено шагов: 1 из 7", "1. Наполнение данными готово",
        "Есть 1 из 1 значения", "2. Факторы экономики", "Загрузить файл", "К моделям", "К паспортам",
    ):  # fmt: skip
        assert said in board, said
    assert (silent.status_code, "Текст пуст" in words_of(silent)) == (400, True)
    assert "Заречный, 2025" in listed
    assert "готово, по словам" in owned
    assert "Уровни прежние — Иван Иванов" in owned
    assert "12.04.2027" in owned
    assert "Ответственный и срок" not in owned


async def test_a_board_is_there_for_those_who_load_data_or_own_a_step(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.2)
    cycle_id = begun_cycle(town)

    stranger = await anybody.sign_in_as(OLEG).get(f"/console/cycle/{cycle_id}")
    others = await anybody.sign_in_as(IVANOV).submit(
        f"/console/cycle/{cycle_id}/fill", do="plan", due="2027-05-01"
    )
    nonsense = await anybody.sign_in_as(VERA).submit(f"/console/cycle/{cycle_id}/никакой", do="confirm")

    assert (stranger.status_code, others.status_code, nonsense.status_code) == (404, 403, 400)
    assert town.database.read(cycle_board, cycle_id=cycle_id).steps[5].plan.step is Step.PAGES
