"""Alerts at the console: seen, taken by one, put off."""

import csv
import io

from tests.town import IVANOV, OLEG, SMIRNOVA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment, the_open_alert, watch_unemployment


async def test_an_alert_stands_in_the_queue_with_its_news(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)

    page = words_of(await anybody.sign_in_as(IVANOV).get("/console/alerts"))

    assert "Оповещения 1" in page
    assert "Уровень безработицы: 6,9 %" in page


async def test_an_alert_tells_why_it_is_there(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)

    page = words_of(await anybody.sign_in_as(IVANOV).get(f"/console/alerts/{the_open_alert(town)}"))

    assert "Почему? Выше порога 6,5 %. По сравнению с прошлым периодом (2025): +0,9 п. п." in page


async def test_an_accepted_alert_names_whoever_has_it(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/console/alerts/{the_open_alert(town)}"

    await anybody.sign_in_as(IVANOV).submit(f"{address}/acknowledge")
    second = await anybody.sign_in_as(SMIRNOVA).submit(f"{address}/acknowledge")

    assert "взял(а) Иван Иванов" in words_of(await anybody.get("/console/alerts"))
    assert "Уже взял(а): Иван Иванов." in words_of(second)


async def test_an_alert_is_put_off_till_a_day_that_makes_sense(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/console/alerts/{the_open_alert(town)}/snooze"
    anybody.sign_in_as(IVANOV)

    past = await anybody.submit(address, term="date", day="2020-01-01")
    nonsense = await anybody.submit(address, term="for ever")
    tomorrow = await anybody.submit(address, term="date", day="2027-03-10")

    assert (past.status_code, nonsense.status_code, tomorrow.status_code) == (409, 409, 302)
    assert "отложено: завтра в 09:00" in words_of(await anybody.get("/console/alerts"))


async def test_a_moderator_has_no_alerts(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)

    page = await anybody.sign_in_as(OLEG).get(f"/console/alerts/{the_open_alert(town)}")

    assert page.status_code == 403


async def test_a_measure_and_its_term_stand_on_the_public_page_till_they_are_done(
    anybody: Browser, town: Town
) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/console/alerts/{the_open_alert(town)}"
    page = "/t/zarechny/indicators/UNEMP"
    anybody.sign_in_as(IVANOV)

    refused = await anybody.submit(f"{address}/commit", measure="Ярмарка вакансий", due="2020-01-01")
    await anybody.submit(f"{address}/commit", measure="Ярмарка вакансий", due="2027-04-30")
    in_work = words_of(await anybody.get(page))
    await anybody.submit(f"{address}/report", result="Нашли работу 120 человек")
    done = words_of(await anybody.get(page))

    assert "Срок должен быть позже сегодняшнего дня" in words_of(refused)
    assert "в работе Мера: Ярмарка вакансий Срок: 30.04.2027" in in_work
    assert "выполнено в срок" in done
    assert "Результат: Нашли работу 120 человек" in done


async def test_the_journal_has_each_alert_with_its_numbers_and_its_holder(
    anybody: Browser, town: Town
) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/console/alerts/{the_open_alert(town)}"
    await anybody.sign_in_as(IVANOV).submit(f"{address}/acknowledge")

    file = await anybody.get("/console/alerts/journal.csv")

    (row,) = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert (row["indicator"], row["kind"], row["value"], row["threshold"]) == (
        "UNEMP",
        "threshold",
        "6.9",
        "6.5",
    )
    assert (row["acknowledged_by"], row["resolved_at"]) == (IVANOV, "")
