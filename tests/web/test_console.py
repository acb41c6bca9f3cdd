"""The console: who may open it, what waits there, answering, polls."""

from datetime import timedelta

import pytest

from core.contact import Sent, send_message
from core.delivery import NewDelivery, Urgency, claim_deliveries, enqueue, give_up
from core.shared.ids import FactId, PersonId
from core.store import UnitOfWork
from tests.town import ANNA, IVANOV, OLEG, VERA, Town
from tests.web.browser_twin import Browser, words_of


def write(town: Town, text: str, *, who: str = ANNA) -> Sent:
    return town.database.run(
        send_message,
        citizen_id=town.people[who],
        territory_id=town.territory.id,
        text=text,
        client_id=f"client-{text}",
    )


@pytest.mark.parametrize(
    "address", ["/console", "/console/conversations", "/console/polls", "/console/polls/new"]
)
async def test_a_citizen_is_kept_out_of_the_console(anybody: Browser, address: str) -> None:
    anybody.sign_in_as(ANNA)

    assert (await anybody.get(address)).status_code == 403


async def test_everybody_at_work_comes_to_the_first_tab_of_their_role(anybody: Browser) -> None:
    official = await anybody.sign_in_as(IVANOV).get("/console")
    moderator = await anybody.sign_in_as(OLEG).get("/console")
    analyst = await anybody.sign_in_as(VERA).get("/console")

    assert official.headers["location"] == "/console/conversations"
    assert moderator.headers["location"] == "/console/polls"
    assert analyst.headers["location"] == "/console/scenarios"


async def test_a_moderator_does_not_read_conversations(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(OLEG)

    queue = await anybody.get("/console/conversations")
    page = await anybody.get(f"/console/conversations/{sent.conversation_id}")

    assert (queue.status_code, page.status_code) == (403, 403)
    assert "Яма" not in queue.text + page.text


async def test_the_queue_shows_who_waits_and_what_they_said(anybody: Browser, town: Town) -> None:
    write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(IVANOV)

    page = words_of(await anybody.get("/console/conversations"))

    assert "Анна Петрова 1 не прочитано Яма на Ленина, 12 ждёт 1 мин МС-2027-000001" in page


async def test_a_long_list_says_how_long_it_is_and_is_turned(anybody: Browser, town: Town) -> None:
    oldest = town.open_poll("Самое старое голосование?")
    for number in range(50):
        town.clock.advance(timedelta(seconds=1))
        town.open_poll(f"Голосование {number}?")
    anybody.sign_in_as(OLEG)

    queue = await anybody.get("/console/polls")
    rest = await anybody.get("/console/polls?from=50")
    # Beyond the end, also with what no number is: the last part, the first one.
    beyond = words_of(await anybody.get("/console/polls?from=900"))
    wrong = words_of(await anybody.get("/console/polls?from=-1"))

    assert "Голосования 51 " in words_of(queue)
    assert "1–50 из 51" in words_of(queue)
    assert "Самое старое" not in queue.text
    assert 'href="/console/polls?from=50"' in queue.text
    assert "51 из 51" in words_of(rest)
    assert f'href="/console/polls/{oldest.id}?from=50"' in rest.text
    item = await anybody.get(f"/console/polls/{oldest.id}?from=50")
    assert "51 из 51" in words_of(item)
    # The way back on a phone.
    assert 'href="/console/polls?from=50"' in item.text
    assert ("51 из 51" in beyond, "1–50 из 51" in wrong) == (True, True)
    assert "Самое старое" in words_of(await anybody.get("/t/zarechny/polls?from=50"))


async def test_opening_a_conversation_is_reading_it(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(IVANOV)

    await anybody.get(f"/console/conversations/{sent.conversation_id}")

    assert "не прочитано" not in words_of(await anybody.get("/console/conversations"))


async def test_an_answer_without_scripts_reaches_the_conversation_once(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(IVANOV)
    address = f"/console/conversations/{sent.conversation_id}"

    await anybody.submit(f"{address}/answer", text="Заделаем до 14 марта", client_id="form-0001")
    await anybody.submit(f"{address}/answer", text="Заделаем до 14 марта", client_id="form-0001")

    page = words_of(await anybody.get(address))
    assert page.count("Заделаем до 14 марта") == 2  # once in the queue, once in the thread


async def test_an_empty_answer_is_refused_in_words(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(IVANOV)

    page = await anybody.submit(f"/console/conversations/{sent.conversation_id}/answer", text="  ")

    assert page.status_code == 409
    assert 'role="alert"' in page.text


async def test_a_resolved_conversation_leaves_the_queue(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    anybody.sign_in_as(IVANOV)

    await anybody.submit(f"/console/conversations/{sent.conversation_id}/resolve")

    assert "На всё отвечено" in words_of(await anybody.get("/console/conversations"))


async def test_a_poll_form_sent_twice_opens_one_poll(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(OLEG)
    form: dict[str, str | list[str]] = {
        "question": "Парк или парковка?",
        "option": ["Парк", "Парковка", ""],
        "days": "7",
        "territory": town.territory.id,
        "key": "k1",
    }

    first = await anybody.submit("/console/polls/new", **form)
    second = await anybody.submit("/console/polls/new", **form)

    assert first.headers["location"] == second.headers["location"]
    assert "Парк или парковка? Пока никто не голосовал" in words_of(await anybody.get("/console/polls"))


async def test_a_wrong_poll_form_keeps_what_was_typed(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(OLEG)

    page = await anybody.submit(
        "/console/polls/new",
        question="Парк или парковка?",
        option=["Парк"],
        days="7",
        territory=town.territory.id,
        key="k2",
    )

    assert page.status_code == 400
    assert 'value="Парк или парковка?"' in page.text


async def test_a_moderator_closes_a_poll_and_the_outcome_is_final(anybody: Browser, town: Town) -> None:
    poll = town.open_poll()
    anybody.sign_in_as(OLEG)

    await anybody.submit(f"/console/polls/{poll.id}/close")

    assert "Итог" in words_of(await anybody.get(f"/console/polls/{poll.id}"))
    assert "завершено" in words_of(await anybody.get(f"/polls/{poll.id}"))


async def test_the_official_sees_what_was_not_delivered(anybody: Browser, town: Town) -> None:
    sent = write(town, "Яма на Ленина, 12")
    address = f"/console/conversations/{sent.conversation_id}"
    with town.database.transaction() as uow:
        refused_by_the_messenger(uow, town.people[ANNA], topic=f"conversation:{sent.conversation_id}")
    anybody.sign_in_as(IVANOV)

    page = words_of(await anybody.get(address))

    assert "Не доставлено Telegram" in page


def refused_by_the_messenger(uow: UnitOfWork, person_id: PersonId, *, topic: str) -> None:
    asked = NewDelivery(
        fact_id=FactId("f"),
        person_id=person_id,
        kind="answer",
        carrier="telegram",
        address="1001",
        topic=topic,
        urgency=Urgency.REPLY,
        due_at=uow.now,
    )
    enqueue(uow, deliveries=[asked])
    (one,) = claim_deliveries(
        uow, carrier="telegram", room={Urgency.REPLY: 1}, sender="relay", lease=timedelta(seconds=9)
    )
    give_up(uow, delivery_id=one.id, attempt=1, reason="blocked")
