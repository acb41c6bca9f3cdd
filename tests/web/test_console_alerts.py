"""Alerts at the console: seen, taken by one, put off."""

import csv
import html
import io
import re

from core.alerts import silence_alert
from core.chats import open_web_chat
from core.delivery import NewDelivery, Urgency, deliveries_about, enqueue, mark_sent
from core.shared.ids import FactId, new_id
from tests.town import ANNA, IVANOV, OLEG, SMIRNOVA, Town
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


async def test_an_alert_is_silenced_for_a_reason_and_heard_again(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    alert = await anybody.sign_in_as(IVANOV).get(f"/console/alerts/{the_open_alert(town)}")
    link = re.search(r'href="(/console/silences\?[^"]+)"', alert.text)
    assert link is not None
    form = (await anybody.get(html.unescape(link[1]))).text
    rule = re.search(r'<option value="(\w{32})" selected>Уровень безработицы: значение за порогом', form)
    assert rule is not None

    refused = await anybody.submit("/console/silences", rule=rule[1], until="2027-04-01", reason=" ")
    done = await anybody.submit(
        "/console/silences", rule=rule[1], until="2027-04-01", reason="Ждём уточнения"
    )
    page = await anybody.get("/console/silences")
    queue = words_of(await anybody.get("/console/alerts"))

    assert (refused.status_code, done.status_code) == (400, 302)
    assert "Ждём уточнения — до 01.04.2027, Иван Иванов" in words_of(page)
    assert "Без сообщения прошло 1 оповещение. Уровень безработицы: 6,9 %" in words_of(page)
    assert "без сообщений, с" in queue
    end = re.search(r'action="(/console/silences/\w+/end)"', page.text)
    assert end is not None
    await anybody.submit(end[1])
    assert "закончилось 09.03.2027" in words_of(await anybody.get("/console/silences"))


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


async def test_the_journal_tells_who_was_told_what_was_done_and_with_which_numbers(
    anybody: Browser, town: Town
) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    alert = the_open_alert(town)
    address = f"/console/alerts/{alert}"
    fact = FactId(new_id())
    with town.database.transaction() as uow:
        chat = open_web_chat(uow, person_id=town.people[SMIRNOVA])
        told = NewDelivery(
            fact_id=fact, person_id=town.people[SMIRNOVA], kind="alert", carrier="web", address=chat.id,
            topic=f"alert:{alert}", urgency=Urgency.PERSONAL, due_at=uow.now,
        )  # fmt: skip
        enqueue(uow, deliveries=[told])
        (one,) = deliveries_about(uow, topic=told.topic)
        mark_sent(uow, delivery_id=one.id, native_id="1")
    anybody.sign_in_as(IVANOV)
    await anybody.submit(
        f"{address}/assign", assignee=town.people[SMIRNOVA], due="2027-03-12", comment="Ваш завод"
    )
    await anybody.submit(f"{address}/note", text="=HYPERLINK(завод)")
    await anybody.sign_in_as(SMIRNOVA).submit(f"{address}/acknowledge")
    town.database.run(
        silence_alert, alert_id=alert, made_by=town.people[IVANOV], days=7, reason="Завод на ремонте"
    )

    page = words_of(await anybody.get("/console/alerts/journal"))
    file = await anybody.get("/console/alerts/journal.csv")
    moments = await anybody.get("/console/alerts/journal.csv?form=moments")
    over_api = (await anybody.client.get("/api/v1/alerts/journal")).json()

    assert "1 оповещение, сначала новые." in page
    for words in (
        "Сработало: 6,9 %, 2026, выпуск 1",
        "Оповещение доставлено: Мария Смирнова, Чат на сайте",
        "Иван Иванов → Мария Смирнова: поручено до 12.03.2027: «Ваш завод»",
        "Заметка (Иван Иванов): «=HYPERLINK(завод)»",
        "Принято: Мария Смирнова",
        "Заглушено до 16.03.2027: Завод на ремонте (Иван Иванов)",
    ):
        assert words in page
    (row,) = rows_of(file.text)
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert (row["indicator"], row["kind"], row["value"], row["threshold"]) == (
        "UNEMP", "threshold", "6.9", "6.5",
    )  # fmt: skip
    assert (row["acknowledged_by"], row["assigned_to"], row["notes"], row["told"], row["resolved_at"]) == (
        SMIRNOVA, SMIRNOVA, "1", "1", "",
    )  # fmt: skip
    happened = [one["what"] for one in rows_of(moments.text)]
    assert sorted(happened) == ["alert", "assigned", "muted", "noted", "state", "taken"]
    # A spreadsheet must not run what a person wrote.
    (noted,) = [one["text"] for one in rows_of(moments.text) if one["what"] == "noted"]
    assert noted == "'=HYPERLINK(завод)"
    (through_api,) = over_api["alerts"]
    assert sorted(one["what"] for one in through_api["moments"]) == sorted(happened)


async def test_what_colleagues_write_about_an_alert_is_on_no_page_of_a_citizen(
    anybody: Browser, town: Town
) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    address = f"/console/alerts/{the_open_alert(town)}"
    anybody.sign_in_as(IVANOV)
    await anybody.submit(f"{address}/note", text="СЛУЖЕБНОЕ первое")
    await anybody.submit(
        f"{address}/assign", assignee=town.people[SMIRNOVA], due="2027-03-12", comment="СЛУЖЕБНОЕ второе"
    )
    await anybody.sign_in_as(SMIRNOVA).submit(f"{address}/return", reason="СЛУЖЕБНОЕ третье")
    await anybody.submit(f"{address}/commit", measure="Ярмарка вакансий", due="2027-04-30")
    at_the_desk = await anybody.get("/console/alerts/journal")

    anybody.sign_in_as(ANNA)
    seen = [
        await anybody.get(path)
        for path in (
            "/t/zarechny", "/t/zarechny/indicators", "/t/zarechny/indicators/UNEMP",
            "/t/zarechny/indicators/UNEMP.csv", "/me/data", "/api/v1/alerts", "/api/v1/alerts/journal",
            "/api/v1/territories/zarechny/indicators/UNEMP", address, "/console/alerts/journal.csv",
        )
    ]  # fmt: skip

    assert at_the_desk.text.count("СЛУЖЕБНОЕ") == 3
    assert "Ярмарка вакансий" in seen[2].text
    assert [answer.status_code for answer in seen] == [200] * 8 + [403, 403]
    assert [answer.url for answer in seen if "СЛУЖЕБНОЕ" in answer.text] == []


async def test_the_journal_is_narrowed_down_and_turned_page_by_page(anybody: Browser, town: Town) -> None:
    watch_unemployment(town)
    anybody.sign_in_as(IVANOV)
    before = words_of(await anybody.get("/console/alerts/journal"))
    for release in range(45):
        publish_unemployment(town, 6.0, 6.0 if release % 2 else 6.9, digest=str(release))

    first = await anybody.get("/console/alerts/journal")
    older = first.text.partition("?before=")[2].partition('"')[0]
    second = await anybody.get(f"/console/alerts/journal?before={older}")

    assert "Оповещений ещё не было" in before
    assert "23 оповещения, сначала новые." in words_of(first)
    assert (first.text.count("Открыть оповещение"), second.text.count("Открыть оповещение")) == (20, 3)
    (alert,) = {row["alert"] for row in rows_of((await anybody.get("/console/alerts/journal.csv")).text)} & {
        the_open_alert(town)
    }
    await anybody.submit(f"/console/alerts/{alert}/acknowledge")
    counts: dict[str, int] = {}
    for question in (
        f"person={town.people[IVANOV]}", f"person={town.people[SMIRNOVA]}", "rubric=jobs", "rubric=poverty",
        f"territory={town.territory.id}", "territory=nowhere", "since=2027-03-09&until=2027-03-09",
        "since=2027-03-10", "rule=none",
    ):  # fmt: skip
        file = await anybody.get(f"/console/alerts/journal.csv?{question}")
        counts[question.partition("=")[0] + str(len(counts))] = len(rows_of(file.text))
    assert list(counts.values()) == [1, 0, 23, 0, 23, 0, 23, 0, 0]
    nothing = words_of(await anybody.get("/console/alerts/journal?since=2027-03-10"))
    assert "По этим условиям ничего нет" in nothing
    assert (await anybody.get("/console/alerts/journal?since=завтра")).status_code == 400


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
