"""Two hundred people who vote six times at once in real processes: in the bot and over the API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.polls import tally
from core.shared.ids import PollId
from core.store import waiting_updates
from tests.faults.instance import TownUnderFire, town_under_fire
from tests.faults.traffic import Actor, BotVoter

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(1800)]

PEOPLE = 200
VOTES_BY_EACH_DOOR = 3
# So many at a time: the bots are one process, and whoever waits for a screen has a limit.
AT_ONCE = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TownUnderFire]:
    with town_under_fire(tmp_path / "var", with_services=request.param == "postgresql") as started:
        yield started


async def test_six_votes_at_once_over_two_doors_are_one_ballot_each(town: TownUnderFire) -> None:
    people = town.accounts(*["citizen"] * PEOPLE)
    (poll,) = await Actor(town, people[0]).call("GET", "/polls?territory=zarechny")
    voters = [BotVoter(town, person, poll=poll) for person in people]

    for begin in range(0, PEOPLE, AT_ONCE):
        await asyncio.gather(*(vote_over_both_doors(voter) for voter in voters[begin : begin + AT_ONCE]))
    await asyncio.to_thread(
        town.wait_until,
        lambda: not town.database.read(waiting_updates, carriers=["web"]),
        "the bots have done what they were asked for",
    )

    assert town.database.read(tally, poll_id=PollId(poll["id"])).total == PEOPLE


async def vote_over_both_doors(voter: BotVoter) -> None:
    """Find the poll in the bot, then vote by its buttons and over the API in the same moment."""
    async with AsyncExitStack() as stack:
        await voter.connect(stack)
        await voter.settle_in()
        over_the_api = [
            voter.call(
                "POST",
                f"/polls/{voter.poll['id']}/ballot",
                json={"option_id": voter.poll["options"][vote % 2]["id"]},
            )
            for vote in range(VOTES_BY_EACH_DOOR)
        ]
        by_the_bot = [voter.act() for _ in range(VOTES_BY_EACH_DOOR)]
        await asyncio.gather(*over_the_api, *by_the_bot)
