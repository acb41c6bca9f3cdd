"""Broadcasts: looked at by two, to each resident at most once, stopped at once, resumed after a kill."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.delivery import (
    AlreadyDecided,
    BroadcastState,
    Delivery,
    DeliveryState,
    EventKind,
    NobodyToTell,
    Preset,
    SecondPersonNeeded,
    Urgency,
    approve_broadcast,
    broadcast,
    broadcast_counts,
    broadcast_topic,
    choose_preset,
    claim_deliveries,
    propose_broadcast,
    reject_broadcast,
    release_expired,
    stop_broadcast,
)
from core.shared.errors import Forbidden, TooLong
from core.store import UnitOfWork
from core.territories import TerritoryKind, add_territory
from notifications import push_broadcasts, send_due_digests
from notifications.broadcasting import ask_group
from tests.bots.doors import running, telegram_conversations
from tests.notifications.post_office import PostOffice, opened
from tests.town import ANNA, BORIS, IVANOV, OLEG, SMIRNOVA, VERA, Town

TITLE, TEXT = "Отключение воды", "12 марта с 9 до 15 часов на улице Ленина не будет воды."


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


def propose(town: Town, *, by: str = IVANOV, event: EventKind = EventKind.WARNINGS) -> str:
    return town.database.run(
        propose_broadcast,
        territory_id=town.territory.id,
        created_by=town.people[by],
        event=event,
        title=TITLE,
        text=TEXT,
    )


def approved(town: Town, *, event: EventKind = EventKind.WARNINGS) -> str:
    broadcast_id = propose(town, event=event)
    town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[SMIRNOVA])
    return broadcast_id


def claim(town: Town, carrier: str) -> list[Delivery]:
    return town.database.run(
        claim_deliveries,
        carrier=carrier,
        room={Urgency.BULK: 3},
        sender="relay",
        lease=timedelta(seconds=90),
    )


def state(town: Town, broadcast_id: str) -> BroadcastState:
    return town.database.read(broadcast, broadcast_id=broadcast_id).state


def test_it_knows_how_many_it_is_for(town: Town) -> None:
    town.newcomer("Гость", consents=False)

    assert town.database.read(broadcast, broadcast_id=propose(town)).audience == len(town.people) - 1


def test_nobody_approves_their_own_words(town: Town) -> None:
    broadcast_id = propose(town, by=IVANOV)

    with pytest.raises(SecondPersonNeeded):
        town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[IVANOV])

    assert state(town, broadcast_id) is BroadcastState.WAITING


@pytest.mark.parametrize("who", [ANNA, VERA])
def test_it_takes_the_right_to_propose_and_to_approve(town: Town, who: str) -> None:
    with pytest.raises(Forbidden):
        propose(town, by=who)

    broadcast_id = propose(town)
    with pytest.raises(Forbidden):
        town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[who])


def test_it_is_decided_on_once(town: Town) -> None:
    broadcast_id = propose(town)
    town.database.run(reject_broadcast, broadcast_id=broadcast_id, rejected_by=town.people[OLEG])

    with pytest.raises(AlreadyDecided):
        town.database.run(approve_broadcast, broadcast_id=broadcast_id, approved_by=town.people[SMIRNOVA])


def test_a_text_that_no_messenger_takes_whole_is_refused(town: Town) -> None:
    with pytest.raises(TooLong):
        town.database.run(
            propose_broadcast,
            territory_id=town.territory.id,
            created_by=town.people[IVANOV],
            event=EventKind.NEWS,
            title=TITLE,
            text="ы" * 3001,
        )


def test_an_empty_place_is_told_nothing(town: Town) -> None:
    with town.database.transaction() as uow:
        village = add_territory(
            uow,
            kind=TerritoryKind.SETTLEMENT,
            oktmo="99701000101",
            slug="pusto",
            name_ru="Пустое",
            name_en="Pustoye",
            parent_oktmo="99701000",
            synthetic=True,
        )

    with pytest.raises(NobodyToTell):
        town.database.run(
            propose_broadcast,
            territory_id=village.id,
            created_by=town.people[IVANOV],
            event=EventKind.NEWS,
            title=TITLE,
            text=TEXT,
        )


async def test_everybody_gets_it_once_with_a_way_to_get_no_more(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    broadcast_id = approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()
    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    (shown,) = anna.chat.messages
    assert shown.text == f"{TITLE}\n\n{TEXT}\n\n— Администрация: Заречный"
    assert shown.labels == ["⌂ Меню", "Больше такое не присылать"]
    assert len(office.in_browser(BORIS)) == 1
    assert state(office.town, broadcast_id) is BroadcastState.DONE


async def test_before_approval_nothing_leaves(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    propose(office.town)

    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    assert anna.chat.messages == []


async def test_whoever_wants_none_gets_none(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.town.database.run(choose_preset, person_id=office.town.people[ANNA], preset=Preset.QUIET)
    approved(office.town, event=EventKind.NEWS)

    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    assert anna.chat.messages == []


async def test_a_stop_holds_back_what_waits(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    broadcast_id = approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)

    held_back = office.town.database.run(
        stop_broadcast, broadcast_id=broadcast_id, stopped_by=office.town.people[IVANOV]
    )
    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    assert held_back == len(office.town.people)
    assert anna.chat.messages == []
    assert state(office.town, broadcast_id) is BroadcastState.STOPPED


async def test_a_stop_reaches_what_waits_for_the_digest(office: PostOffice) -> None:
    anna, database = office.links(ANNA, 1001), office.town.database
    early, late = (approved(office.town, event=EventKind.NEWS) for _ in range(2))
    push_broadcasts(database, policies=office.policies)
    assert state(office.town, early) is BroadcastState.SENDING
    ivanov, everybody = office.town.people[IVANOV], len(office.town.people)

    assert database.run(stop_broadcast, broadcast_id=early, stopped_by=ivanov) == everybody
    office.town.clock.advance(timedelta(hours=7))
    send_due_digests(database, policies=office.policies)
    # The digest is on its way: it says only that there was something.
    assert database.run(stop_broadcast, broadcast_id=late, stopped_by=ivanov) == 0
    await office.deliver()

    (shown,) = anna.chat.messages
    assert shown.text.count("•") == 1
    assert shown.text.endswith("• Сообщение администрации, которое отозвали")


async def test_a_stop_reaches_what_is_in_hand_already(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    broadcast_id = approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)
    (in_hand,) = claim(office.town, "telegram")
    office.town.database.run(stop_broadcast, broadcast_id=broadcast_id, stopped_by=office.town.people[IVANOV])

    await office.sender._hand_over(in_hand)

    assert anna.chat.messages == []


async def test_a_blocked_messenger_is_replaced_by_the_account(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    anna.chat.blocked = True
    broadcast_id = approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)

    await office.deliver()

    assert office.states(broadcast_topic(broadcast_id)) == [DeliveryState.FAILED]
    (event,) = office.in_browser(ANNA)
    assert TITLE in event.body["text"]


async def test_an_answer_that_was_lost_is_not_repeated(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    office.telegram.lose_answer("sendMessage")
    broadcast_id = approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)

    for _ in range(3):
        await office.deliver()
        office.town.clock.advance(timedelta(minutes=5))

    assert len(anna.chat.messages) == 1
    assert office.states(broadcast_topic(broadcast_id)) == [DeliveryState.UNCERTAIN]


class Killed(Exception):
    """The process is gone before its commit."""


def ask_and_die(uow: UnitOfWork, *, broadcast_id: str) -> None:
    ask_group(uow, broadcast_id=broadcast_id, policies={}, limit=3)
    raise Killed


def test_a_kill_in_the_middle_goes_on_where_it_was(town: Town) -> None:
    for number in range(7):
        town.newcomer(f"Житель {number}")
    broadcast_id = approved(town)
    groups = []
    while group := town.database.run(ask_group, broadcast_id=broadcast_id, policies={}, limit=3):
        groups.append(group)
        with pytest.raises(Killed):
            town.database.run(ask_and_die, broadcast_id=broadcast_id)

    counts = town.database.read(broadcast_counts, broadcast_id=broadcast_id)
    assert sum(groups) == len(town.people)
    assert counts == {("web", DeliveryState.PENDING): len(town.people)}


def test_a_sender_killed_with_a_mailing_in_hand_repeats_none_of_it(town: Town) -> None:
    broadcast_id = approved(town)
    push_broadcasts(town.database, policies={})
    lost = claim(town, "web")
    town.clock.advance(timedelta(minutes=2))
    town.database.run(release_expired)

    again = []
    while claimed := claim(town, "web"):
        again += claimed

    assert len(lost) == 3
    assert {one.id for one in lost} & {one.id for one in again} == set()
    assert len(lost) + len(again) == len(town.people)
    assert broadcast_id


async def test_one_tap_under_a_mailing_ends_them(office: PostOffice) -> None:
    anna = office.links(ANNA, 1001)
    approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    async with running(telegram_conversations(office.town.database, office.telegram)):
        anna.taps("Больше такое не присылать")
        await anna.sees("Больше не пришлём: Предупреждения администрации.")
    approved(office.town)
    push_broadcasts(office.town.database, policies=office.policies)
    await office.deliver()

    assert [TITLE in shown.text for shown in anna.chat.messages].count(True) == 1
