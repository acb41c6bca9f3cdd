"""Answers and alerts in MAX: one message with its picture, edited for everybody, each misfortune handled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.alerts import acknowledge_alert
from core.chats import carrier_file, keep_carrier_file
from core.delivery import DeliveryState
from core.files import keep_content
from core.identity import identities_of
from tests.bots.misfortunes import Refusal
from tests.notifications.post_office import PostOffice, opened
from tests.pictures import PNG
from tests.town import ANNA, IVANOV, SMIRNOVA, Town


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


async def test_an_alert_is_a_picture_with_words_and_buttons_edited_for_everybody(office: PostOffice) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001, "max"), office.links(SMIRNOVA, 2002, "telegram")
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()
    (shown,) = ivanov.chat.messages
    assert shown.photo == PNG
    assert shown.text.startswith("⚠️ Уровень безработицы: 6,1")
    assert shown.labels == ["Принять", "Поручить", "Отложить ▾", "Почему?", "Посмотреть показатель"]

    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[SMIRNOVA])
    await office.deliver()

    for user in (ivanov, smirnova):
        (shown,) = user.chat.messages
        assert "Мария Смирнова, 12:00" in shown.text
        assert shown.labels == [
            "Мера и срок",
            "Поручить",
            "Заглушить до…",
            "Почему?",
            "Посмотреть показатель",
        ]
        assert shown.photo == PNG


async def test_a_picture_is_brought_once_for_all_receivers(office: PostOffice) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001, "max"), office.links(SMIRNOVA, 2002, "max")
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()
    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[IVANOV])
    await office.deliver()

    assert [ivanov.chat.messages[0].photo, smirnova.chat.messages[0].photo] == [PNG, PNG]
    # Two at once may both find it missing; the edits find it there.
    assert office.max.uploads <= 2


async def test_a_name_of_a_picture_that_max_has_forgotten_is_replaced(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001, "max")
    alert_id = office.alert()
    office.picture(alert_id)
    key = keep_content(office.files, PNG)
    office.town.database.run(keep_carrier_file, carrier="max", key=key, native_id="forgotten")

    await office.deliver()

    assert ivanov.chat.messages[0].photo == PNG
    assert office.town.database.read(carrier_file, carrier="max", key=key) != "forgotten"


async def test_an_answer_reaches_max(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "max")
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Заделаем завтра.")

    await office.deliver()

    (shown,) = anna.chat.messages
    assert "Заделаем завтра." in shown.text
    assert shown.labels == ["Написать ещё", "⌂ Меню"]


async def test_whoever_has_blocked_the_bot_gets_it_in_the_web_chat(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "max")
    anna.chat.blocked = True
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Заделаем завтра.")

    await office.deliver()

    assert "Заделаем завтра." in office.in_browser(ANNA)[-1].body["text"]
    (identity,) = office.town.database.read(identities_of, person_id=office.town.people[ANNA])
    assert not identity.reachable


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        pytest.param(Refusal(429, {"code": "too.many.requests"}), DeliveryState.PENDING, id="429"),
        pytest.param(Refusal(503, {"code": "service.unavailable"}), DeliveryState.UNCERTAIN, id="5xx"),
        pytest.param(Refusal(400, {"code": "proto.payload"}), DeliveryState.FAILED, id="400"),
        pytest.param(Refusal(401, {"code": "verify.token"}), DeliveryState.PENDING, id="token"),
    ],
)
async def test_each_refusal_leaves_the_delivery_where_it_belongs(
    office: PostOffice, refusal: Refusal, state: DeliveryState
) -> None:
    office.links(ANNA, 1001, "max")
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Заделаем завтра.")
    office.relay()
    office.max.misfortunes.refuse("POST /messages", refusal)

    await office.sender.deliver_due()

    assert office.states(f"conversation:{sent.conversation_id}", "max") == [state]


async def test_a_lost_answer_is_repeated_for_a_personal_message(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "max")
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Заделаем завтра.")
    office.max.misfortunes.lose_answer("POST /messages")

    await office.deliver()
    office.town.clock.advance(timedelta(minutes=1))
    await office.deliver()

    assert len(anna.chat.messages) == 2
    assert office.states(f"conversation:{sent.conversation_id}", "max") == [DeliveryState.SENT]
