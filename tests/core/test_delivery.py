"""Deliveries: asked once, claimed once, and each ends as sent, failed or uncertain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.delivery import (
    MOST_ATTEMPTS,
    Delivery,
    DeliveryFailed,
    DeliveryState,
    NewDelivery,
    Urgency,
    claim_deliveries,
    deliveries_about,
    enqueue,
    give_up,
    hasten,
    mark_sent,
    mark_uncertain,
    next_due,
    postpone,
    release_claimed,
    release_expired,
)
from core.shared.ids import FactId, new_id
from tests.town import ANNA, BORIS, Town

LEASE = timedelta(seconds=60)


def ask(
    town: Town,
    who: str = ANNA,
    *,
    fact: str | None = None,
    urgency: Urgency = Urgency.PERSONAL,
    due_in: timedelta = timedelta(0),
    chat: str | None = None,
) -> NewDelivery:
    asked = NewDelivery(
        fact_id=FactId(fact or new_id()),
        person_id=town.people[who],
        kind="answer",
        carrier="telegram",
        address=chat or who,
        topic="conversation:1",
        urgency=urgency,
        due_at=town.clock.now() + due_in,
    )
    town.database.run(enqueue, deliveries=[asked])
    return asked


def claim(town: Town, *, sender: str = "first", room: int = 10) -> list[Delivery]:
    return town.database.run(
        claim_deliveries,
        carrier="telegram",
        room=dict.fromkeys(Urgency, room),
        sender=sender,
        lease=LEASE,
    )


def only(town: Town) -> Delivery:
    (found,) = town.database.read(deliveries_about, topic="conversation:1")
    return found


def test_the_same_fact_told_twice_is_one_delivery(town: Town) -> None:
    asked = ask(town)

    again = town.database.run(enqueue, deliveries=[asked, asked])

    assert again == 0
    assert len(town.database.read(deliveries_about, topic="conversation:1")) == 1


def test_a_claimed_delivery_is_claimed_by_nobody_else(town: Town) -> None:
    ask(town)

    assert len(claim(town)) == 1
    assert claim(town) == []


def test_lanes_are_claimed_the_most_urgent_first(town: Town) -> None:
    for number, urgency in enumerate(reversed(Urgency)):
        ask(town, urgency=urgency, chat=f"{number}")

    assert [one.urgency for one in claim(town)] == list(Urgency)


def test_each_lane_has_room_of_its_own(town: Town) -> None:
    for number in range(20):
        ask(town, urgency=Urgency.BULK, chat=f"{number}")
    claim(town, room=5)
    ask(town, urgency=Urgency.CRITICAL, chat="a warning")

    claimed = town.database.run(
        claim_deliveries,
        carrier="telegram",
        room={Urgency.CRITICAL: 5, Urgency.BULK: 0},
        sender="first",
        lease=LEASE,
    )

    assert [one.address for one in claimed] == ["a warning"]


def test_a_flood_in_one_chat_holds_up_nobody_else(town: Town) -> None:
    for number in range(30):
        ask(town, chat="flooded", due_in=timedelta(milliseconds=number - 30))
    others = {ask(town, chat=f"{number}").address for number in range(3)}

    first = [one.address for one in claim(town, room=8)]

    assert (first[0], set(first[1:])) == ("flooded", others)
    assert claim(town, room=8) == []


def test_messages_of_one_chat_are_in_hand_one_at_a_time_in_their_order(town: Town) -> None:
    asked = [
        ask(town, fact=new_id(), chat="anna", due_in=timedelta(milliseconds=number - 3)).fact_id
        for number in range(3)
    ]

    got = []
    for _ in asked:
        (one,) = claim(town)
        assert claim(town, sender="second") == []
        town.database.run(mark_sent, delivery_id=one.id, native_id=None)
        got.append(one.fact_id)

    assert got == asked


def test_only_something_more_urgent_passes_what_is_in_hand_for_a_chat(town: Town) -> None:
    ask(town, urgency=Urgency.BULK, chat="anna")
    claim(town)
    ask(town, urgency=Urgency.CRITICAL, chat="anna")
    ask(town, urgency=Urgency.BULK, chat="anna")

    assert [one.urgency for one in claim(town)] == [Urgency.CRITICAL]


def test_senders_that_claim_at_once_never_claim_the_same(town: Town) -> None:
    asked = {ask(town, chat=f"{number % 40}").fact_id for number in range(80)}

    def work(sender: str) -> list[Delivery]:
        mine: list[Delivery] = []
        while claimed := claim(town, sender=sender, room=7):
            for one in claimed:
                town.database.run(mark_sent, delivery_id=one.id, native_id=None)
            mine += claimed
        return mine

    with ThreadPoolExecutor(3) as senders:
        got = [one for mine in senders.map(work, ("a", "b", "c")) for one in mine]

    assert len(got) == 80
    assert {one.fact_id for one in got} == asked


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_warning_is_claimed_while_a_mailing_is_being_claimed(town: Town) -> None:
    ask(town, urgency=Urgency.BULK, chat="many")
    ask(town, urgency=Urgency.CRITICAL, chat="a warning")

    with town.database.transaction() as mass, town.database.transaction() as urgent:
        urgent.session.execute(text("SET LOCAL lock_timeout = '2s'"))
        first, second = (
            claim_deliveries(uow, carrier="telegram", room={lane: 5}, sender=lane, lease=LEASE)
            for uow, lane in ((mass, Urgency.BULK), (urgent, Urgency.CRITICAL))
        )

    assert [one.address for one in (*first, *second)] == ["many", "a warning"]


def test_a_delivery_waits_for_its_time_unless_hastened(town: Town) -> None:
    ask(town, due_in=timedelta(seconds=20))
    assert claim(town) == []

    town.database.run(hasten, topic="conversation:1", due_at=town.clock.now())

    assert len(claim(town)) == 1


def test_a_sent_delivery_knows_the_messengers_id_and_is_not_sent_again(town: Town) -> None:
    ask(town)
    (claimed,) = claim(town)

    town.database.run(mark_sent, delivery_id=claimed.id, native_id="77")

    assert (only(town).state, only(town).native_id) == (DeliveryState.SENT, "77")
    assert town.database.read(next_due, carrier="telegram") == {}


def test_a_wait_asked_by_the_messenger_is_kept(town: Town) -> None:
    ask(town)
    (claimed,) = claim(town)
    town.database.run(postpone, delivery_id=claimed.id, attempt=1, reason="429", wait=timedelta(seconds=30))

    town.clock.advance(timedelta(seconds=29))
    early = claim(town)
    town.clock.advance(timedelta(seconds=1))

    assert early == []
    assert len(claim(town)) == 1


def test_what_cannot_be_sent_is_given_up_after_many_attempts(town: Town) -> None:
    ask(town)
    for _ in range(MOST_ATTEMPTS):
        town.clock.advance(timedelta(hours=1))
        (claimed,) = claim(town)
        town.database.run(postpone, delivery_id=claimed.id, attempt=claimed.attempts, reason="unreachable")

    assert only(town).state is DeliveryState.FAILED


@pytest.mark.parametrize(
    ("urgency", "repeated"),
    [
        pytest.param(Urgency.CRITICAL, True, id="critical: at least once"),
        pytest.param(Urgency.REPLY, True, id="a reply: at least once"),
        pytest.param(Urgency.PERSONAL, True, id="personal: at least once"),
        pytest.param(Urgency.BULK, False, id="mass mailing: at most once"),
    ],
)
def test_a_sender_that_died_leaves_an_uncertain_delivery(
    town: Town, urgency: Urgency, repeated: bool
) -> None:
    ask(town, urgency=urgency)
    claim(town)
    town.clock.advance(LEASE + timedelta(seconds=1))

    released = town.database.run(release_expired)

    assert (released, only(town).state) == (1, DeliveryState.UNCERTAIN)
    town.clock.advance(timedelta(minutes=1))
    assert bool(claim(town)) is repeated


def test_a_lost_answer_is_repeated_for_a_personal_message(town: Town) -> None:
    ask(town)
    (claimed,) = claim(town)
    town.database.run(mark_uncertain, delivery_id=claimed.id, attempt=1, reason="answer_lost")
    town.clock.advance(timedelta(minutes=1))

    assert [one.id for one in claim(town)] == [claimed.id]


def test_a_blocked_messenger_is_told_and_another_way_is_taken(town: Town) -> None:
    asked = ask(town)
    (claimed,) = claim(town)
    other = NewDelivery(
        fact_id=asked.fact_id,
        person_id=asked.person_id,
        kind=asked.kind,
        carrier="web",
        address="chat",
        topic=asked.topic,
        urgency=asked.urgency,
        due_at=asked.due_at,
    )
    with town.database.transaction() as uow:
        give_up(uow, delivery_id=claimed.id, attempt=1, reason="blocked", instead=[other])

        assert [fact.reason for fact in uow.recorded if isinstance(fact, DeliveryFailed)] == ["blocked"]

    states = {one.carrier: one.state for one in town.database.read(deliveries_about, topic=asked.topic)}
    assert states == {"telegram": DeliveryState.FAILED, "web": DeliveryState.PENDING}


def test_two_people_get_their_own_deliveries_of_one_fact(town: Town) -> None:
    fact = new_id()
    ask(town, ANNA, fact=fact)
    ask(town, BORIS, fact=fact)

    assert {one.person_id for one in claim(town)} == {town.people[ANNA], town.people[BORIS]}


def test_patience_asked_by_the_messenger_is_no_attempt(town: Town) -> None:
    ask(town)
    for _ in range(MOST_ATTEMPTS + 1):
        (claimed,) = claim(town)
        town.database.run(
            postpone, delivery_id=claimed.id, attempt=claimed.attempts, reason="limit", tried=False
        )

    assert (only(town).state, only(town).attempts) == (DeliveryState.PENDING, 0)


def test_a_sender_that_was_given_up_cannot_undo_what_its_successor_did(town: Town) -> None:
    ask(town)
    (lost,) = claim(town)
    town.clock.advance(LEASE + timedelta(minutes=1))
    town.database.run(release_expired)
    town.clock.advance(timedelta(minutes=1))
    (taken,) = claim(town, sender="second")

    town.database.run(postpone, delivery_id=lost.id, attempt=lost.attempts, reason="late")
    in_between = only(town).state
    town.database.run(mark_sent, delivery_id=taken.id, native_id="77")
    town.database.run(give_up, delivery_id=lost.id, attempt=lost.attempts, reason="late")

    assert (in_between, only(town).state) == (DeliveryState.SENDING, DeliveryState.SENT)


def test_what_went_out_is_sent_even_if_its_lease_has_ended(town: Town) -> None:
    ask(town, urgency=Urgency.BULK)
    (late,) = claim(town)
    town.clock.advance(LEASE + timedelta(seconds=1))
    town.database.run(release_expired)

    town.database.run(mark_sent, delivery_id=late.id, native_id="77")

    assert only(town).state is DeliveryState.SENT


def test_a_sender_takes_over_only_from_its_predecessor(town: Town) -> None:
    ask(town, chat="anna")
    claim(town, sender="first")
    ask(town, chat="boris")
    claim(town, sender="second")

    released = town.database.run(release_claimed, sender="second")

    assert released == 1
