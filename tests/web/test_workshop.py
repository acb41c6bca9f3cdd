"""The workshop as an analyst and a citizen use it: runs, conditions, what if, the card, the public page."""

import json
from dataclasses import replace

import pytest

from core.identity import Role, grant_role
from core.indicators import AccessLevel, Passport, register_indicators, write_passport
from core.scenarios import (
    ModelState,
    RunRequest,
    RunState,
    Search,
    describe_model,
    model_text,
    models_in,
    refuse_model,
    report_progress,
    run_at_work,
)
from tests.town import ANNA, IVANOV, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment
from tests.web.scenario import PRODUCT, TEXT, computed_run, finish, give_model
from tests.web.stage import PIT, _say


@pytest.fixture
def town(town: Town) -> Town:
    publish_unemployment(town, 6.0, 6.1)
    return town


def request_of(town: Town, run_id: str) -> RunRequest:
    return town.database.read(run_at_work, run_id=run_id).request


async def test_an_analyst_asks_watches_cancels_and_asks_again(town: Town, anybody: Browser) -> None:
    model = give_model(town)
    anybody.sign_in_as(VERA)

    page = words_of(await anybody.get("/console/scenarios/new"))
    refused = await anybody.submit("/console/scenarios/new", model=model, years="6")
    asked = await anybody.submit("/console/scenarios/new", model=model, territory=town.territory.id, seed="7")
    address = str(asked.url.path) if asked.status_code == 200 else asked.headers["location"]
    run_id = address.rsplit("/", 1)[-1]
    waiting = words_of(await anybody.get(address))
    town.database.run(report_progress, run_id=run_id, percent=42, stage="checking")
    under_way = await anybody.get(address)
    followed = await anybody.submit(f"{address}/follow")
    told = words_of(await anybody.get(followed.headers["location"]))
    await anybody.submit(f"{address}/cancel")
    too_late = await anybody.submit(f"{address}/follow")
    cancelled = words_of(await anybody.get(address))
    await anybody.submit(f"{address}/repeat")

    assert "Модель города (model.toml)" in page
    assert refused.status_code == 400
    assert "ждёт очереди" in waiting
    assert 'value="42"' in under_way.text
    assert "проверяет себя на прошлых годах" in words_of(under_way)
    assert "data-under-way" in under_way.text
    assert "Ход расчёта придёт в ваш мессенджер" in told
    assert too_late.headers["location"] == address
    assert "Ничего не потеряно" in cancelled
    run = town.database.read(run_at_work, run_id=run_id)
    assert (run.state, run.request.seed) == (RunState.WAITING, 7)


async def test_a_run_shows_scenarios_targets_causes_and_becomes_public(town: Town, anybody: Browser) -> None:
    run_id = computed_run(town)
    anybody.sign_in_as(VERA)

    page = await anybody.get(f"/console/scenarios/{run_id}?of=GMP")
    words = words_of(page)
    before = words_of(await anybody.get("/t/zarechny/scenarios"))
    await anybody.submit(f"/console/scenarios/{run_id}/publish", public="yes")
    new = Passport(redefined_in="2019")
    town.database.run(write_passport, code="GMP", passport=new, written_by=None)
    public = words_of(await anybody.get("/t/zarechny/scenarios?of=WAGE"))
    file = await anybody.get("/t/zarechny/scenarios/model.toml")

    for said in (
        "оптимистический", "базовый", "пессимистический", "Будут ли достигнуты цели", "маловероятно",
        "Что сильнее всего двигает бюджет", "собственный тренд", "прирост «Инвестиции в основной капитал»",
        "«останется как есть»", "Что изменит «Цех на 300 мест»",
        "Новые определения INVEST=2012",
        "Не взяты 2 года (2012–2013): сравнивались бы два определения — «Инвестиции в основной капитал»",
    ):  # fmt: skip
        assert said in words, said
    assert page.text.count("plot__stroke plot-role--second") == 2
    assert "Сценарии ещё не опубликованы" in before
    assert "Средняя заработная плата" in public
    assert "Будущее разыгрывается" in public
    # What was marked after the run is in none of its numbers.
    later = (
        "до того, как отметили новое определение — «Валовой муниципальный продукт в ценах 2023 года» с 2019"
    )
    assert (later in words, later in public) == (False, True)
    # The form of the analyst is not the citizen's.
    assert "Приложить" not in public
    assert file.text == TEXT.strip()


async def test_conditions_changed_in_the_table_make_another_run(town: Town, anybody: Browser) -> None:
    run_id = computed_run(town)
    anybody.sign_in_as(VERA)
    address = f"/console/scenarios/{run_id}/conditions"

    page = await anybody.get(f"{address}?scenario=pessimistic")
    wrong = await anybody.submit(address, **{"scenario": "base", "d:GDP_RF:2026": "много"})
    asked = await anybody.submit(
        address, **{"scenario": "pessimistic", "d:GDP_RF:2026": "150,5", "a:WAGE:2027": "−0,02"}
    )

    assert page.text.count('name="d:GDP_RF:') == 6
    assert wrong.status_code == 400
    assert "«много» — не число" in words_of(wrong)
    changed = request_of(town, str(asked.headers.get("location", asked.url.path)).rsplit("/", 1)[-1])
    assert set(changed.drivers) == set(changed.addfactors) == {"pessimistic"}
    assert changed.drivers["pessimistic"]["GDP_RF"]["2026"] == 150.5
    assert len(changed.drivers["pessimistic"]["GDP_RF"]) == 6
    assert changed.addfactors["pessimistic"] == {"WAGE": {"2027": -0.02}}


async def test_a_decision_becomes_a_card_on_a_message_and_a_search_a_sentence(
    town: Town, anybody: Browser
) -> None:
    run_id = computed_run(town)
    number = "МС-2027-000001"
    _say(town, ANNA, PIT)
    anybody.sign_in_as(VERA)

    looked = [
        words_of(await anybody.get(f"/console/scenarios/{run_id}?number={typed}")) for typed in ("1", "2")
    ]
    attached = await anybody.submit(f"/console/scenarios/{run_id}/attach", number=number)
    wrong = await anybody.submit(f"/console/scenarios/{run_id}/attach", number="МС-2027-000009")
    asked = await anybody.submit(
        f"/console/scenarios/{run_id}/question",
        question="search", indicator="GMP", value="33 000", year="2030", instrument="INVEST",
    )  # fmt: skip
    search_id = str(asked.headers.get("location", asked.url.path)).rsplit("/", 1)[-1]
    finish(town, search_id, request_of(town, search_id))
    found = words_of(await anybody.get(f"/console/scenarios/{search_id}"))

    assert f"{number} поступило" in looked[0]
    assert "Сообщения с таким номером здесь нет" in looked[1]
    assert attached.status_code < 400
    assert wrong.status_code == 409
    thread = words_of(await anybody.sign_in_as(ANNA).get("/conversations/" + _conversation(town)))
    assert "Что изменится: Цех на 300 мест" in thread
    assert request_of(town, search_id).search == Search(
        indicator="GMP", value=33000.0, year=2030, instrument="INVEST"
    )
    assert "нужно менять на +" in found


def _conversation(town: Town) -> str:
    return _say(town, ANNA, PIT)


async def test_who_answers_and_reckons_attaches_a_run_in_the_conversation(
    town: Town, anybody: Browser
) -> None:
    run_id = computed_run(town)
    conversation = f"/console/conversations/{_conversation(town)}"
    alone = words_of(await anybody.sign_in_as(IVANOV).get(conversation))
    town.database.run(
        grant_role, person_id=town.people[IVANOV], role=Role.ANALYST, territory_id=town.territory.id
    )

    offered = words_of(await anybody.get(conversation))
    attached = await anybody.submit(
        f"/console/scenarios/{run_id}/attach", number="МС-2027-000001", then=conversation
    )

    assert "Приложить расчёт" not in alone
    assert "Приложить расчёт Цех на 300 мест" in offered
    assert attached.headers["location"] == conversation
    assert "Это расчёт модели, а не решение." in words_of(await anybody.get(conversation))


async def test_a_wrong_model_is_shown_with_the_line_of_its_mistake(town: Town, anybody: Browser) -> None:
    anybody.sign_in_as(VERA)
    upload = "/console/scenarios/models"

    picture = await anybody.upload(upload, b"\xff\xd8\xff", name="my.toml", territory=town.territory.id)
    await anybody.upload(upload, TEXT.encode(), name="my.toml", territory=town.territory.id)
    (model,) = town.database.read(models_in, territory_ids=[town.territory.id])
    reading = words_of(await anybody.get(f"{upload}/{model.id}"))
    reason = "my.toml, строка 84, уравнение EMPLOYED: Не хватает ключа «eq»."
    town.database.run(refuse_model, model_id=model.id, refusal={"ru": reason, "en": reason})
    refused = words_of(await anybody.get(f"{upload}/{model.id}"))
    # A worker that comes late changes nothing.
    town.database.run(describe_model, model_id=model.id, outline={})

    assert picture.status_code == 400
    assert "текст TOML" in words_of(picture)
    assert "Файл читается" in reading
    assert reason in refused
    settled, text = town.database.read(model_text, model_id=model.id)
    assert (settled.state, text) == (ModelState.REFUSED, TEXT.strip())


async def test_a_hidden_indicator_is_in_no_part_of_a_published_run(town: Town, anybody: Browser) -> None:
    computed_run(town, public=True)
    hidden = json.dumps("Средняя заработная плата", ensure_ascii=False).strip('"')
    before = await anybody.get("/t/zarechny/scenarios")
    restricted = replace(PRODUCT, code="WAGE", access_level=AccessLevel.OFFICIAL)
    town.database.run(register_indicators, indicators=[restricted])

    after = await anybody.get("/t/zarechny/scenarios?of=WAGE")

    assert hidden in before.text
    assert after.status_code == 200
    assert hidden not in after.text
    assert "Валовой муниципальный продукт" in after.text
