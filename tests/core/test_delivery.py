"""Deliveries: asked once, claimed once, and each ends as sent, failed or uncertain."""

from datetime import timedelta

import pytest

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
) -> NewDelivery:
    asked = NewDelivery(
        fact_id=FactId(fact or new_id()),
        person_id=town.people[who],
        kind="answer",
        carrier="telegram",
        address="1001",
        topic="conversation:1",
        urgency=urgency,
        due_at=town.clock.now() + due_in,
    )
    town.database.run(enqueue, deliveries=[asked])
    return asked


def claim(town: Town) -> list[Delivery]:
    return town.database.run(claim_deliveries, carriers=["telegram"], limit=10, lease=LEASE)


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


def test_the_critical_goes_before_the_personal_and_that_before_the_rest(town: Town) -> None:
    for urgency in (Urgency.BULK, Urgency.PERSONAL, Urgency.CRITICAL):
        ask(town, urgency=urgency)

    assert [one.urgency for one in claim(town)] == [Urgency.CRITICAL, Urgency.PERSONAL, Urgency.BULK]


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
    assert town.database.read(next_due, carriers=["telegram"]) is None


def test_a_wait_asked_by_the_messenger_is_kept(town: Town) -> None:
    ask(town)
    (claimed,) = claim(town)
    town.database.run(postpone, delivery_id=claimed.id, reason="429", wait=timedelta(seconds=30))

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
        town.database.run(postpone, delivery_id=claimed.id, reason="unreachable")

    assert only(town).state is DeliveryState.FAILED


@pytest.mark.parametrize(
    ("urgency", "repeated"),
    [
        pytest.param(Urgency.CRITICAL, True, id="critical: at least once"),
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
    town.database.run(mark_uncertain, delivery_id=claimed.id, reason="answer_lost")
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
        give_up(uow, delivery_id=claimed.id, reason="blocked", instead=[other])

        assert [fact.reason for fact in uow.recorded if isinstance(fact, DeliveryFailed)] == ["blocked"]

    states = {one.carrier: one.state for one in town.database.read(deliveries_about, topic=asked.topic)}
    assert states == {"telegram": DeliveryState.FAILED, "web": DeliveryState.PENDING}


def test_two_people_get_their_own_deliveries_of_one_fact(town: Town) -> None:
    fact = new_id()
    ask(town, ANNA, fact=fact)
    ask(town, BORIS, fact=fact)

    assert {one.person_id for one in claim(town)} == {town.people[ANNA], town.people[BORIS]}
