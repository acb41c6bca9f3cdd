"""Two accounts of one person become one: ballots once, nothing lost, nobody left behind with a vote."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from core.contact import conversations_of, send_message
from core.identity import (
    ConsentNeeded,
    IdentityTaken,
    LastWayIn,
    LinkExpired,
    identities_of,
    issue_link_code,
    issue_sign_in_link,
    link_identity,
    link_messenger,
    person,
    person_by_identity,
    sign_in,
    unlink_messenger,
    viewer_of_token,
    withdraw_consent,
)
from core.personal import OfficialsStayApart, merge_by_code, merge_people, personal_data
from core.polls import ballot_of, cast_ballot, close_poll, tally
from core.shared.ids import PersonId, PollId, new_id
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town


def merged(town: Town, kept: str = ANNA, twin: str = BORIS) -> None:
    town.database.run(merge_people, kept_id=town.people[kept], twin_id=town.people[twin])


def chosen(town: Town, poll_id: PollId, who: str) -> str | None:
    return town.database.read(ballot_of, poll_id=poll_id, person_id=town.people[who])


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_of_two_ballots_the_last_one_stays(town: Town, closed: bool) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(ANNA, poll, "Парк")
    town.clock.advance(timedelta(minutes=1))
    town.vote(BORIS, poll, "Парковка")
    if closed:
        town.database.run(close_poll, poll_id=poll.id, closed_by=town.people[OLEG])

    merged(town)

    assert town.tally(poll) == {"Парк": 0, "Парковка": 1}
    assert chosen(town, poll.id, ANNA) == poll.options[1].id
    assert chosen(town, poll.id, BORIS) is None


def test_an_older_ballot_of_the_twin_gives_way(town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(BORIS, poll, "Парковка")
    town.clock.advance(timedelta(minutes=1))
    town.vote(ANNA, poll, "Парк")

    merged(town)

    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


def test_a_ballot_of_the_twin_alone_goes_over(town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(BORIS, poll, "Парковка")

    merged(town)

    assert town.tally(poll) == {"Парк": 0, "Парковка": 1}
    assert chosen(town, poll.id, ANNA) == poll.options[1].id


def test_the_twin_has_no_vote_left(town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    merged(town)

    with pytest.raises(ConsentNeeded):
        town.vote(BORIS, poll, "Парк")


def test_a_vote_of_the_twin_in_the_same_instant_counts_at_most_once(town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(ANNA, poll, "Парк")

    def vote_as_twin() -> None:
        option_id = poll.options[1].id
        try:
            town.database.run(
                cast_ballot, poll_id=poll.id, person_id=town.people[BORIS], option_id=option_id, door="web"
            )
        except ConsentNeeded:
            return

    voting = threading.Thread(target=vote_as_twin)
    voting.start()
    merged(town)
    voting.join()

    assert town.database.read(tally, poll_id=poll.id).total == 1
    assert chosen(town, poll.id, BORIS) is None


def test_messengers_conversations_and_sessions_follow(town: Town) -> None:
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[BORIS], provider="max", subject="7")
    token = town.database.run(issue_sign_in_link, person_id=town.people[BORIS])
    session = town.database.run(sign_in, token=token)
    for who in (ANNA, BORIS):
        town.database.run(
            send_message,
            citizen_id=town.people[who],
            territory_id=town.territory.id,
            text=f"пишет {who}",
            client_id=new_id(),
        )

    merged(town)
    again = town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="и ещё",
        client_id=new_id(),
    )

    behind = town.database.read(person_by_identity, provider="max", subject="7")
    assert behind is not None
    assert behind.id == town.people[ANNA]
    assert town.database.read(viewer_of_token, token=session.token).person is None
    found = town.database.read(conversations_of, citizen_id=town.people[ANNA])
    assert len(found) == 2
    assert not again.opened
    kept = town.database.read(personal_data, person_id=town.people[ANNA])
    assert kept.messages == 3


def test_an_account_with_a_role_is_not_swallowed(town: Town) -> None:
    with pytest.raises(OfficialsStayApart):
        merged(town, kept=ANNA, twin=IVANOV)

    assert town.database.read(person, person_id=town.people[IVANOV]).home_id == town.territory.id


def test_a_code_merges_once(town: Town) -> None:
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[BORIS], provider="max", subject="7")
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])

    kept = town.database.run(merge_by_code, code=f"{code[:4]} {code[4:]}", provider="max", subject="7")

    assert kept == town.people[ANNA]
    with pytest.raises(LinkExpired):
        town.database.run(merge_by_code, code=code, provider="max", subject="7")


def test_whoever_voted_and_took_the_consent_back_is_no_mere_visitor(town: Town) -> None:
    """A withdrawn consent made a visitor whose messenger moved over while the ballots stayed behind."""
    with town.database.transaction() as uow:
        link_identity(uow, person_id=town.people[BORIS], provider="max", subject="7")
    town.vote(BORIS, town.open_poll(), "Парк")
    town.database.run(withdraw_consent, person_id=town.people[BORIS])
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])

    with pytest.raises(IdentityTaken):
        town.database.run(link_messenger, code=code, provider="max", subject="7")


def test_the_last_way_in_is_not_unlinked(town: Town) -> None:
    anna = town.people[ANNA]
    for provider in ("max", "vk"):
        with town.database.transaction() as uow:
            link_identity(uow, person_id=PersonId(anna), provider=provider, subject="7")

    town.database.run(unlink_messenger, person_id=anna, provider="vk")
    with pytest.raises(LastWayIn):
        town.database.run(unlink_messenger, person_id=anna, provider="max")

    assert [one.provider for one in town.database.read(identities_of, person_id=anna)] == ["max"]
