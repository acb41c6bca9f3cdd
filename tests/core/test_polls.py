"""Polls: one person one ballot, a tally that equals the ballots, nothing after the close."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.identity import ConsentNeeded
from core.polls import (
    PollClosedForVotes,
    TooFewOptions,
    TooManyOptions,
    UnknownOption,
    WrongTerm,
    cast_ballot,
    close_due_polls,
    close_poll,
    open_poll,
    open_polls,
)
from core.shared.errors import DomainError, Forbidden
from core.store import Database, waiting_facts
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town


def test_a_vote_is_counted(town: Town) -> None:
    poll = town.open_poll()

    receipt = town.vote(ANNA, poll, "Парк")

    assert receipt.previous is None
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


def test_a_citizen_who_votes_through_another_door_changes_the_vote_and_adds_none(town: Town) -> None:
    poll = town.open_poll()
    first = town.vote(ANNA, poll, "Парк", door="telegram")

    second = town.vote(ANNA, poll, "Парковка", door="web")

    assert second.previous == first.option_id
    assert town.tally(poll) == {"Парк": 0, "Парковка": 1}


def test_two_hundred_people_voting_six_times_in_parallel_leave_two_hundred_ballots(town: Town) -> None:
    poll = town.open_poll()
    names = [f"Житель {number}" for number in range(200)]
    for name in names:
        town.newcomer(name)
    votes = [
        (name, text, door)
        for name in names
        for text in ("Парк", "Парковка", "Парк")
        for door in ("web", "telegram")
    ]

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(lambda vote: town.vote(vote[0], poll, vote[1], door=vote[2]), votes))

    assert sum(town.tally(poll).values()) == 200


def test_a_vote_at_the_closing_moment_is_too_late(town: Town) -> None:
    poll = town.open_poll(closes_in=timedelta(hours=1))
    town.clock.advance(timedelta(hours=1))

    with pytest.raises(PollClosedForVotes):
        town.vote(ANNA, poll, "Парк")

    assert town.tally(poll) == {"Парк": 0, "Парковка": 0}


def test_a_closed_poll_takes_no_votes_and_keeps_those_it_has(town: Town) -> None:
    poll = town.open_poll()
    town.vote(ANNA, poll, "Парк")
    town.database.run(close_poll, poll_id=poll.id, closed_by=town.people[OLEG])

    with pytest.raises(PollClosedForVotes):
        town.vote(BORIS, poll, "Парковка")

    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


def test_polls_whose_time_has_come_are_closed_once(town: Town) -> None:
    town.open_poll(closes_in=timedelta(hours=1))
    town.open_poll("Ещё открыт?", closes_in=timedelta(days=1))
    town.clock.advance(timedelta(hours=2))

    closed = [town.database.run(close_due_polls), town.database.run(close_due_polls)]

    assert closed == [1, 0]
    still_open = town.database.read(open_polls, territory_ids=[town.territory.id])
    assert [poll.question for poll in still_open] == ["Ещё открыт?"]


def test_an_option_of_another_poll_is_refused(town: Town) -> None:
    poll, other = town.open_poll(), town.open_poll("Другой вопрос?")

    with pytest.raises(UnknownOption):
        town.database.run(
            cast_ballot,
            poll_id=poll.id,
            person_id=town.people[ANNA],
            option_id=other.options[0].id,
            door="web",
        )


def test_a_visitor_without_consent_cannot_vote(town: Town) -> None:
    poll = town.open_poll()
    town.newcomer("Прохожий", consents=False)

    with pytest.raises(ConsentNeeded):
        town.vote("Прохожий", poll, "Парк")


@pytest.mark.parametrize("who", [ANNA, IVANOV])
def test_only_a_moderator_opens_and_closes_polls(town: Town, who: str) -> None:
    poll = town.open_poll()

    with pytest.raises(Forbidden):
        town.database.run(close_poll, poll_id=poll.id, closed_by=town.people[who])

    assert town.database.read(open_polls, territory_ids=[town.territory.id])


@pytest.mark.parametrize(
    ("options", "closes_in", "refusal"),
    [
        pytest.param(["Да"], timedelta(days=1), TooFewOptions, id="one answer"),
        pytest.param(["Да", " Да "], timedelta(days=1), TooFewOptions, id="the same answer twice"),
        pytest.param([str(n) for n in range(11)], timedelta(days=1), TooManyOptions, id="eleven answers"),
        pytest.param(["Да", "Нет"], timedelta(0), WrongTerm, id="closes now"),
        pytest.param(["Да", "Нет"], timedelta(days=366), WrongTerm, id="closes in more than a year"),
    ],
)
def test_a_poll_that_makes_no_sense_is_refused_whole(
    town: Town, options: list[str], closes_in: timedelta, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        town.database.run(
            open_poll,
            territory_id=town.territory.id,
            opened_by=town.people[OLEG],
            question="Вопрос?",
            options=options,
            closes_at=town.clock.now() + closes_in,
        )

    assert town.database.read(open_polls, territory_ids=[town.territory.id]) == []


def test_no_fact_about_a_vote_names_the_choice_or_the_voter(town: Town, database: Database) -> None:
    poll = town.open_poll()

    receipt = town.vote(ANNA, poll, "Парк")

    told = str([waiting.recorded.fact for waiting in database.read(waiting_facts)][-1])
    assert "BallotCast" in told
    assert receipt.option_id not in told
    assert receipt.person_id not in told
