"""A crowd votes at one moment, from two processes: one commit a batch, everybody's own answer."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event

from core.identity import ConsentNeeded
from core.polls import Receipt, cast_ballot
from core.shared.ids import PersonId
from core.store import Database, GroupCommit, run_once
from tests.town import Town

VOTERS = 30


@pytest.mark.timeout(60)
async def test_a_crowd_shares_commits_and_two_processes_agree_about_the_same_voters(
    town: Town, database_url: str
) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    voters = [town.newcomer(f"Житель {number}") for number in range(VOTERS)]
    guest = town.newcomer("Гость", consents=False)
    elsewhere = Database(database_url, clock=town.clock)
    commits: list[object] = []
    event.listen(town.database.engine, "commit", commits.append)

    async def all_vote(database: Database, people: list[PersonId], option: int, update: str) -> list[object]:
        writes = GroupCommit(database)
        arguments = {"poll_id": poll.id, "option_id": poll.options[option].id, "door": "telegram"}
        votes = [
            writes.run(
                run_once,
                key=f"{update}:{person_id}",
                command=cast_ballot,
                arguments={**arguments, "person_id": person_id},
                returns=Receipt,
            )
            for person_id in people
        ]
        return list(await asyncio.gather(*votes, return_exceptions=True))

    here = await all_vote(town.database, [*voters, guest], 0, "first")

    assert isinstance(here.pop(), ConsentNeeded)
    assert all(isinstance(one, Receipt) for one in here)
    assert len(commits) == 1
    assert town.tally(poll) == {"Парк": VOTERS, "Парковка": 0}

    # In opposite orders each waits for the other's voters: the database ends one, and it is tried again.
    there = await asyncio.gather(
        all_vote(town.database, voters, 1, "here"), all_vote(elsewhere, voters[::-1], 1, "there")
    )

    assert all(isinstance(one, Receipt) for answers in there for one in answers)
    assert town.tally(poll) == {"Парк": 0, "Парковка": VOTERS}
    elsewhere.close()
