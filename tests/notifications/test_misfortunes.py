"""Messengers that block, throttle, break and fall silent: every delivery still ends in a known state."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.alerts import Severity
from core.delivery import (
    DeliveryState,
    EventKind,
    Urgency,
    When,
    claim_deliveries,
    preferences_of,
    unsubscribe,
)
from core.identity import identities_of, unlink_messenger
from core.personal import merge_people
from messengers import Carrier, ChannelPolicy
from notifications import push_broadcasts, send_due_digests
from tests.notifications.post_office import PostOffice, opened
from tests.notifications.test_broadcasts import TITLE, approved
from tests.town import ANNA, IVANOV, Town


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def answered(office: PostOffice) -> str:
    """Anna has asked and Ivanov has answered; the topic of it."""
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.answer(IVANOV, sent.conversation_id, "Яма заделана 9 марта.")
    office.relay()
    return f"conversation:{sent.conversation_id}"


def claimed_by_a_dead_sender(office: PostOffice) -> None:
    """Everything due is in the hand of a sender that died."""
    for carrier in ("telegram", "web"):
        office.town.database.run(
            claim_deliveries,
            carrier=carrier,
            room=dict.fromkeys(Urgency, 10),
            sender="relay",
            lease=timedelta(seconds=90),
        )


async def test_an_answer_comes_to_all_chats_of_the_citizen(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    answered(office)

    await office.deliver()

    (shown,) = anna.chat.messages
    assert shown.text == "Ответ на МС-2027-000001\n\nЯма заделана 9 марта.\n\n— Иван Иванов"
    assert shown.labels == ["Написать ещё", "⌂ Меню"]
    (event,) = office.in_browser(ANNA)
    assert "Яма заделана" in event.body["text"]


async def test_a_block_is_noted_and_the_web_chat_has_the_message(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    anna.chat.blocked = True
    topic = answered(office)

    await office.deliver()

    assert office.states(topic) == [DeliveryState.FAILED]
    assert office.states(topic, "web") == [DeliveryState.SENT]
    identities = office.town.database.read(identities_of, person_id=office.town.people[ANNA])
    assert [one.reachable for one in identities if one.provider == "telegram"] == [False]


async def test_an_alert_blocked_in_the_messenger_goes_to_the_web_chat(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    ivanov.chat.blocked = True
    office.picture(office.alert())

    await office.deliver()

    (event,) = office.in_browser(IVANOV)
    assert "Уровень безработицы" in event.body["text"]


async def test_a_pause_asked_by_the_messenger_is_kept_by_all_messages(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.telegram.throttle("sendMessage", retry_after=1)
    topic = answered(office)

    await office.deliver()
    assert office.states(topic) == [DeliveryState.PENDING]
    office.town.clock.advance(timedelta(seconds=10))
    await office.deliver()

    assert len(anna.chat.messages) == 1
    assert office.telegram.impatient == 0


async def test_what_was_put_off_comes_before_what_was_asked_for_after_it(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    sent = office.message(ANNA, "Яма на Ленина, 12")
    office.telegram.throttle("sendMessage", retry_after=1)
    for words in ("Едем.", "Приехали.", "Заделали."):
        office.answer(IVANOV, sent.conversation_id, words)
    for _ in range(3):
        await office.deliver()
        office.town.clock.advance(timedelta(seconds=2))

    assert [shown.text.split("\n\n")[1] for shown in anna.chat.messages] == [
        "Едем.",
        "Приехали.",
        "Заделали.",
    ]


async def test_a_lost_answer_is_uncertain_and_the_message_is_repeated(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.telegram.lose_answer("sendMessage")
    topic = answered(office)

    await office.deliver()
    assert office.states(topic) == [DeliveryState.UNCERTAIN]
    office.town.clock.advance(timedelta(minutes=1))
    await office.deliver()

    assert office.states(topic) == [DeliveryState.SENT]
    assert len(anna.chat.messages) == 2


async def test_a_server_error_is_survived(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.telegram.refuse("sendMessage", status=502, description="Bad Gateway", times=2)
    topic = answered(office)

    for _ in range(3):
        await office.deliver()
        office.town.clock.advance(timedelta(minutes=5))

    assert office.states(topic) == [DeliveryState.SENT]
    assert len(anna.chat.messages) == 1


@pytest.mark.parametrize("status", [200, 403, 404])
async def test_a_page_of_a_proxy_closes_the_messenger_to_nobody(office: PostOffice, status: int) -> None:
    anna = office.links(ANNA, 1001)
    office.telegram.refuse("sendMessage", status=status, description="<html>Доступ закрыт</html>")
    topic = answered(office)

    await office.deliver()
    assert office.states(topic) == [DeliveryState.UNCERTAIN]
    office.town.clock.advance(timedelta(minutes=1))
    await office.deliver()

    assert office.states(topic) == [DeliveryState.SENT]
    assert len(anna.chat.messages) == 1


async def test_a_sender_that_dies_after_sending_leaves_no_message_behind(office: PostOffice) -> None:
    office.links(ANNA, 1001)
    topic = answered(office)
    claimed_by_a_dead_sender(office)

    office.town.clock.advance(timedelta(minutes=2))
    office.sender._next_release = 0.0
    await office.deliver()
    office.town.clock.advance(timedelta(minutes=2))
    await office.deliver()

    assert {one.state for one in office.deliveries(topic)} == {DeliveryState.SENT}


async def test_a_new_sender_takes_over_from_a_dead_one_at_once(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    answered(office)
    claimed_by_a_dead_sender(office)

    stop = asyncio.Event()
    running = asyncio.create_task(office.sender.run(stop))
    await asyncio.sleep(0.3)
    office.town.clock.advance(timedelta(seconds=3))
    office.sender.wake()
    await anna.sees("Яма заделана")
    stop.set()
    await running


async def test_under_a_notice_only_policy_no_words_leave_for_the_messenger(
    town: Town, tmp_path: Path
) -> None:
    async with opened(town, tmp_path, policy=ChannelPolicy.INBOUND_NOTICE_ONLY) as office:
        anna = office.links(ANNA, 1001)
        answered(office)
        await office.deliver()

        assert anna.chat.screen().text == "Для вас есть новое. Оно — в вашем личном кабинете на сайте."
        assert "Яма" in office.in_browser(ANNA)[0].body["text"]


async def test_a_switched_off_messenger_gets_nothing(town: Town, tmp_path: Path) -> None:
    async with opened(town, tmp_path, policy=ChannelPolicy.OFF) as office:
        anna = office.links(ANNA, 1001)
        answered(office)
        await office.deliver()

        assert anna.chat.messages == []
        assert len(office.in_browser(ANNA)) == 1


async def test_what_a_messenger_may_only_announce_waits_on_the_site(town: Town, tmp_path: Path) -> None:
    """An alert, a mailing, a digest go over one way; where that only announces, the account has them too."""
    async with opened(town, tmp_path, policy=ChannelPolicy.INBOUND_NOTICE_ONLY) as office:
        phones = {ANNA: office.links(ANNA, 1001), IVANOV: office.links(IVANOV, 2001)}
        office.picture(office.alert(severity=Severity.CRITICAL))
        for event in (EventKind.WARNINGS, EventKind.NEWS):
            approved(town, event=event)
        push_broadcasts(town.database, policies=office.policies)
        await office.deliver()
        town.clock.advance(timedelta(hours=7))
        send_due_digests(town.database, policies=office.policies)
        await office.deliver()

        for who, waits in ((ANNA, [TITLE, "Новости"]), (IVANOV, ["безработицы", TITLE, "Новости"])):
            shown = [event.body["text"] for event in office.in_browser(who)]
            assert [word in said for word, said in zip(waits, shown, strict=True)] == [True] * len(waits)
            announced = [one.text for one in phones[who].chat.messages]
            assert announced == ["Для вас есть новое. Оно — в вашем личном кабинете на сайте."] * len(waits)


async def test_what_waits_takes_another_way_when_its_messenger_is_switched_off(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.picture(office.alert())
    office.relay()
    office.policies[Carrier.TELEGRAM] = ChannelPolicy.OFF

    await office.deliver()

    assert ivanov.chat.messages == []
    (event,) = office.in_browser(IVANOV)
    assert "Уровень безработицы" in event.body["text"]
    identities = office.town.database.read(identities_of, person_id=office.town.people[IVANOV])
    assert all(one.reachable for one in identities)


async def test_what_waits_does_not_come_to_a_messenger_that_was_unlinked(office: PostOffice) -> None:
    phones = [office.links(ANNA, 1001), office.links(ANNA, 7, "max")]
    answered(office)
    office.town.database.run(unlink_messenger, person_id=office.town.people[ANNA], provider="telegram")

    await office.deliver()

    assert [len(one.chat.messages) for one in phones] == [0, 1]


async def test_what_waits_for_a_twin_is_told_to_whom_it_was_joined_with(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    town = office.town
    answered(office)
    approved(town, event=EventKind.NEWS)
    push_broadcasts(town.database, policies=office.policies)
    anna_id, kept = town.people[ANNA], town.newcomer("Анна с другого телефона")
    town.database.run(unsubscribe, person_id=anna_id, event=EventKind.WARNINGS, channels=["telegram"])
    town.database.run(merge_people, kept_id=kept, twin_id=town.people[ANNA])

    await office.deliver()
    town.clock.advance(timedelta(hours=7))
    send_due_digests(town.database, policies=office.policies)
    await office.deliver()

    wanted = town.database.read(preferences_of, person_id=kept)
    assert wanted.when(EventKind.WARNINGS, "telegram") is When.OFF
    assert ["Яма заделана" in anna.chat.messages[0].text, TITLE in anna.chat.messages[1].text] == [True, True]
