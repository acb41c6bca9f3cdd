"""Streams of states: the tally on every screen, the console's queue, one's own counters."""

import asyncio

from core.contact import answer
from core.shared.ids import ConversationId, new_id
from tests.realtime.live_town import LiveTown
from tests.town import ANNA, BORIS, IVANOV, OLEG


async def test_a_vote_moves_the_tally_on_every_open_screen(live: LiveTown) -> None:
    poll = live.town.open_poll()
    stream = f"poll:{poll.id}"

    async with live.connect(None) as guest, live.connect(OLEG) as oleg:
        await guest.subscribe(stream)
        await oleg.subscribe(stream)
        live.town.vote(ANNA, poll, "Парк")
        live.town.vote(BORIS, poll, "Парк")
        _, on_page = await guest.wait_for_state(stream, lambda state: state["total"] == 2)
        _, on_console = await oleg.wait_for_state(stream, lambda state: state["total"] == 2)

    park, parking = poll.options
    assert on_page == on_console
    assert on_page == {
        "options": [{"id": park.id, "votes": 2}, {"id": parking.id, "votes": 0}],
        "total": 2,
        "takes_votes": True,
    }


async def test_whoever_comes_later_is_given_the_newest_tally_at_once(live: LiveTown) -> None:
    poll = live.town.open_poll()
    stream = f"poll:{poll.id}"

    async with live.connect(None) as first, live.connect(None) as second:
        await first.subscribe(stream)
        live.town.vote(ANNA, poll, "Парк")
        await first.wait_for_state(stream, lambda state: state["total"] == 1)
        await second.subscribe(stream)
        _, state = await second.wait_for_state(stream)

    assert state["total"] == 1


async def test_a_tally_that_moved_while_nobody_watched_greets_nobody_with_the_old_one(live: LiveTown) -> None:
    poll = live.town.open_poll()
    stream = f"poll:{poll.id}"

    async with live.connect(None) as guest:
        await guest.subscribe(stream)
        await guest.wait_for_state(stream)
        await guest.unsubscribe(stream)
        live.town.vote(ANNA, poll, "Парк")
        await guest.subscribe(stream)
        _, first = await guest.wait_for_state(stream)

    assert first["total"] == 1


async def test_a_rush_of_ballots_is_shown_at_most_ten_times_a_second_and_ends_right(live: LiveTown) -> None:
    poll = live.town.open_poll()
    stream = f"poll:{poll.id}"
    voters = [f"Житель {number}" for number in range(40)]
    for voter in voters:
        live.town.newcomer(voter)

    async with live.connect(None) as guest:
        followed = await guest.subscribe(stream)
        for voter in voters:
            await asyncio.to_thread(live.town.vote, voter, poll, "Парк")
        await guest.wait_for_state(stream, lambda state: state["total"] == 40)

    shown = [state["total"] for _, state in followed.states]
    lasted_s = followed.states[-1][0] - followed.states[0][0]
    assert shown == sorted(set(shown))
    # The first, one in each tenth of a second, and one that a busy machine let come too late.
    assert len(shown) <= 10 * lasted_s + 2


async def test_a_citizens_message_shows_in_the_officials_queue(live: LiveTown) -> None:
    queue = f"queue:{live.town.territory.id}"

    async with live.connect(IVANOV) as ivanov:
        await ivanov.subscribe(queue)
        sent = live.writes_to_authority(ANNA, "Яма на Ленина, 12")
        _, state = await ivanov.wait_for_state(queue, lambda state: "changed" in state)

    assert state == {"changed": "conversation", "id": sent.conversation_id}


async def test_a_new_poll_shows_in_the_console(live: LiveTown) -> None:
    queue = f"queue:{live.town.territory.id}"

    async with live.connect(OLEG) as oleg:
        await oleg.subscribe(queue)
        poll = live.town.open_poll()
        _, state = await oleg.wait_for_state(queue, lambda state: "changed" in state)

    assert state == {"changed": "poll", "id": poll.id}


async def test_the_queue_tells_how_many_officials_are_on_the_line(live: LiveTown) -> None:
    queue = f"queue:{live.town.territory.id}"

    async with live.connect(IVANOV) as ivanov:
        await ivanov.subscribe(queue)
        async with live.connect(OLEG) as oleg:
            await oleg.subscribe(queue)
            await ivanov.wait_for_state(queue, lambda state: state.get("online") == 2)
        await ivanov.wait_until(queue, lambda followed: followed.state.get("online") == 1)


async def test_an_answer_raises_the_citizens_counter_and_reading_lowers_it(live: LiveTown) -> None:
    sent = live.writes_to_authority(ANNA, "Яма на Ленина, 12")

    async with live.connect(ANNA) as anna:
        await anna.subscribe("me")
        await anna.wait_for_state("me", lambda state: state == {"unread": 0})
        await asyncio.to_thread(answers, live, sent.conversation_id)
        await anna.wait_for_state("me", lambda state: state == {"unread": 1})
        await anna.read(f"room:{sent.room_id}", 2)
        await anna.wait_until("me", lambda followed: followed.state == {"unread": 0})


async def test_counters_of_one_person_are_shown_to_nobody_else(live: LiveTown) -> None:
    sent = live.writes_to_authority(ANNA, "Яма на Ленина, 12")

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        await anna.subscribe("me")
        followed = await boris.subscribe("me")
        await asyncio.to_thread(answers, live, sent.conversation_id)
        await anna.wait_for_state("me", lambda state: state == {"unread": 1})
        await boris.ping()

    assert {state["unread"] for _, state in followed.states} <= {0}


async def test_typing_is_shown_to_the_others_and_ends_with_the_message(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        await anna.subscribe(room)
        await boris.subscribe(room)
        await anna.typing(room)
        await boris.wait_for_state(room, lambda state: names(state.get("typing", [])) == [ANNA])
        await anna.send(room, "Добрый день")
        # How many watch is shown under the same stream, by a key of its own.
        await boris.wait_until(room, lambda followed: followed.state.get("typing") == [])


def names(typing: list[dict[str, str]]) -> list[str]:
    return [who["name"] for who in typing]


def answers(live: LiveTown, conversation_id: ConversationId) -> None:
    """The official answers in the conversation."""
    live.database.run(
        answer,
        official_id=live.town.people[IVANOV],
        conversation_id=conversation_id,
        text="Заделаем",
        client_id=new_id(),
    )
