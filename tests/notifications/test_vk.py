"""Answers and alerts in VK: one message with its picture, edited for everybody, a repetition arrives once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.alerts import acknowledge_alert
from core.delivery import DeliveryState
from core.identity import identities_of
from tests.bots.fake_vk import refused
from tests.notifications.post_office import PostOffice, opened
from tests.pictures import PNG
from tests.town import ANNA, IVANOV, SMIRNOVA, Town


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def answered(office: PostOffice) -> str:
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Заделаем завтра.")
    return f"conversation:{sent.conversation_id}"


async def test_an_alert_is_a_picture_with_words_and_buttons_edited_for_everybody(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001, "vk")
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()
    (shown,) = ivanov.chat.messages
    assert shown.photo == PNG
    assert shown.labels == ["Принять", "Поручить", "Отложить ▾", "Почему?", "Посмотреть показатель"]

    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[SMIRNOVA])
    await office.deliver()

    (shown,) = ivanov.chat.messages
    assert "Мария Смирнова, 12:00" in shown.text
    assert shown.labels == ["Мера и срок", "Поручить", "Заглушить до…", "Почему?", "Посмотреть показатель"]
    assert shown.photo == PNG
    assert office.vk.uploads == 1


async def test_a_message_whose_answer_was_lost_arrives_once(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "vk")
    topic = answered(office)
    office.vk.misfortunes.lose_answer("messages.send")

    await office.deliver()
    assert office.states(topic, "vk") == [DeliveryState.UNCERTAIN]
    office.town.clock.advance(timedelta(minutes=1))
    await office.deliver()

    assert office.states(topic, "vk") == [DeliveryState.SENT]
    assert len(anna.chat.messages) == 1


async def test_whoever_forbids_messages_gets_it_in_the_web_chat(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001, "vk")
    anna.chat.blocked = True
    answered(office)

    await office.deliver()

    assert "Заделаем завтра." in office.in_browser(ANNA)[-1].body["text"]
    (identity,) = office.town.database.read(identities_of, person_id=office.town.people[ANNA])
    assert not identity.reachable


@pytest.mark.parametrize(
    ("code", "state"),
    [
        pytest.param(6, DeliveryState.PENDING, id="too many a second"),
        pytest.param(10, DeliveryState.UNCERTAIN, id="internal error"),
        pytest.param(100, DeliveryState.FAILED, id="a mistake of ours"),
        pytest.param(5, DeliveryState.PENDING, id="token"),
        pytest.param(902, DeliveryState.FAILED, id="forbidden by privacy"),
    ],
)
async def test_each_refusal_leaves_the_delivery_where_it_belongs(
    office: PostOffice, code: int, state: DeliveryState
) -> None:
    office.links(ANNA, 1001, "vk")
    topic = answered(office)
    office.relay()
    office.vk.misfortunes.refuse("messages.send", refused(code))

    await office.sender.deliver_due()

    assert office.states(topic, "vk") == [state]
