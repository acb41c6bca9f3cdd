"""A crowd that comes back at once: few readings for many, and nothing lost or doubled."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from core.identity import viewer_of
from core.rooms import delete_message, edit_message
from core.shared.ids import RoomId
from core.store import Database
from realtime.arrivals import Arrivals
from realtime.history import History, Position, history_pages
from realtime.protocol import NoSuchStream
from tests.realtime.history_checker import complaints
from tests.realtime.live_town import LiveTown, view_of
from tests.realtime.test_resume import say, write
from tests.town import ANNA, BORIS, IVANOV

CROWD = 40


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


async def test_a_room_is_read_once_for_all_who_come_back_together(live: LiveTown) -> None:
    room = live.room()
    await write(live, room, count=60)
    history = History(live.database, limit=200)

    with counted_statements(live.database) as asked:
        pages = await asyncio.gather(*(history.page(room, seq=number % 60) for number in range(CROWD * 10)))

    assert len([one for one in asked if "FROM stream_event" in one]) == 1
    assert [page.events[0].seq for page in pages] == [number % 60 + 1 for number in range(CROWD * 10)]


@pytest.mark.parametrize("limit", [1, 7, 50])
async def test_a_shared_page_is_the_page_one_would_have_got_alone(live: LiveTown, limit: int) -> None:
    room, other = live.room(), live.room()
    await write(live, room, count=20)
    await write(live, other, count=3)
    wanted = [Position(stream, seq) for seq in (0, 5, 6, 5, 13, 19, 20, 25) for stream in (room, other)]

    together = live.database.read(history_pages, wanted=wanted, limit=limit)

    alone = [live.database.read(history_pages, wanted=[one], limit=limit)[0] for one in wanted]
    for position, shared, own in zip(wanted, together, alone, strict=True):
        numbers = [one.seq for one in shared.events]
        assert numbers == [one.seq for one in own.events][: len(numbers)]
        assert bool(numbers) == bool(own.events)
        assert shared.more or numbers == [one.seq for one in own.events]
        assert (shared.epoch, shared.stream) == (own.epoch, position.stream)


async def test_those_who_stand_at_one_position_get_the_same_bytes(live: LiveTown) -> None:
    room = live.room()
    await write(live, room, count=3)
    history = History(live.database, limit=200)

    one, two, ahead = await asyncio.gather(*(history.page(room, seq=seq) for seq in (1, 1, 2)))

    assert one.frames()[0] is two.frames()[0]
    assert '"seq":3' in ahead.frames()[0].text
    assert '"seq":2' not in ahead.frames()[0].text


async def test_a_crowd_is_let_into_a_public_room_by_the_statements_of_one_person(live: LiveTown) -> None:
    room = live.room()
    await say(live, room, 0)
    tokens = [live.token(who) for who in (ANNA, BORIS)] * CROWD

    async def arrive(some: list[str]) -> int:
        arrivals = Arrivals(live.database)
        with counted_statements(live.database) as asked:
            viewers = await asyncio.gather(*(arrivals.viewer(token) for token in some))
            heads = await asyncio.gather(*(arrivals.enter(viewer, room) for viewer in viewers))
        assert {head.seq for head in heads if head is not None} == {1}
        return sum("FROM session" in one or "FROM room" in one for one in asked)

    assert (await arrive(tokens[:1]), await arrive(tokens)) == (2, 2)


async def test_in_a_crowd_each_sees_only_what_is_theirs(live: LiveTown) -> None:
    hidden = f"room:{live.writes_to_authority(ANNA, 'Личное').room_id}"
    arrivals = Arrivals(live.database)
    viewers = {
        who: live.database.read(viewer_of, person_id=live.town.people[who]) for who in (ANNA, BORIS, IVANOV)
    }

    answers = await asyncio.gather(
        *(arrivals.enter(viewer, hidden) for viewer in viewers.values()),
        arrivals.enter(viewers[BORIS], live.room()),
        return_exceptions=True,
    )

    assert [type(answer) is NoSuchStream for answer in answers] == [False, True, False, False]


async def test_a_crowd_that_is_cut_in_mid_traffic_sees_everything_once(live: LiveTown) -> None:
    room = live.room()
    clients = [live.connect(who, received=None) for who in (ANNA, BORIS, IVANOV, None) * 8]

    async with asyncio.TaskGroup() as opening:
        for client in clients:
            opening.create_task(client.__aenter__())
    followed = await asyncio.gather(*(client.subscribe(room, seq=0) for client in clients))
    writing = asyncio.create_task(write(live, room, count=60))
    for _ in range(3):
        await asyncio.sleep(0.1)
        await asyncio.gather(*(client.cut() for client in clients))
    written = await writing
    await asyncio.gather(*(client.wait_until(room, lambda stream: stream.seq == 60) for client in clients))
    await asyncio.gather(*(client.close() for client in clients))

    views = {str(number): view_of(one, since=0) for number, one in enumerate(followed)}
    assert complaints(written, live.stored(room), views) == []
    assert all(client.connections > 1 for client in clients)
    assert [fault for one in followed for fault in one.faults] == []


async def test_a_replay_from_the_beginning_holds_nothing_of_what_was_changed_or_deleted(
    live: LiveTown,
) -> None:
    room = live.room()
    await asyncio.to_thread(live.posts, ANNA, room, "Мой телефон 8-900-111")
    await asyncio.to_thread(live.posts, ANNA, room, "Старые слова")
    person_id, room_id = live.town.people[ANNA], RoomId(room.removeprefix("room:"))

    live.database.run(edit_message, person_id=person_id, room_id=room_id, seq=2, text="Новые слова")
    live.database.run(delete_message, person_id=person_id, room_id=room_id, seq=1)
    async with live.connect(BORIS) as boris:
        followed = await boris.subscribe(room, seq=0)
        await boris.wait_until(room, lambda stream: stream.seq == 4)
        received = str(boris.received)

    assert [event.kind for event in followed.events] == ["message", "message", "edit", "delete"]
    assert "Новые слова" in received
    assert "8-900" not in received
    assert "Старые слова" not in received
