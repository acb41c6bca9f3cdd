"""No gap, no duplicate, one order: whatever the moment a reader comes back in."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.tour.live_client import LiveClient
from core.shared.ids import new_id
from core.store import bump_epochs
from realtime import Hub, Limits
from realtime.audience import Joining
from realtime.fanout import Fanout
from realtime.history import HistoryPage
from realtime.resume import Resume
from tests.realtime.history_checker import View, Written, complaints
from tests.realtime.live_town import LiveTown, live_town, until, view_of
from tests.town import ANNA, BORIS, IVANOV, Town

MESSAGES = 50
SMALL_PAGES = Limits(
    messages_per_s=100_000, message_burst=100_000, connections_per_person=1_000, replay_page=7
)


@pytest.fixture
async def paged(town: Town, redis_url: str) -> AsyncIterator[LiveTown]:
    """A live town whose replays need many pages."""
    async with live_town(town, redis_url, SMALL_PAGES) as opened:
        yield opened


@pytest.mark.parametrize("traffic_before", [0, 20])
async def test_resuming_at_every_seq_in_live_traffic_leaves_no_gap_and_no_duplicate(
    paged: LiveTown, traffic_before: int
) -> None:
    room = paged.room()
    written = await write(paged, room, count=traffic_before)

    writing = asyncio.create_task(write(paged, room, count=MESSAGES - traffic_before, written=written))
    views = await read_from_every_seq(paged, room, written)
    await writing

    assert complaints(written, paged.stored(room), views) == []


async def test_what_is_said_while_history_is_read_is_not_lost(live: LiveTown) -> None:
    found = await complaints_about_a_message_said_during_the_replay(live)

    assert found == []


async def test_without_the_buffer_the_checker_finds_what_was_lost(live: LiveTown) -> None:
    live.hub.fanout = live.hub.healer.fanout = BlindFanout(on_gap=live.hub.healer.gap)

    found = await complaints_about_a_message_said_during_the_replay(live)

    assert found == ["anna: 2 was never seen"]


@pytest.mark.usefixtures("without_nets")
async def test_what_a_hub_writes_while_its_first_reader_joins_needs_no_relay(live: LiveTown) -> None:
    room, held = live.room(), holding_replays(live.hub)
    live.relay.drops = True

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        followed = await boris.subscribe(room)
        await held.read.wait()
        await anna.send(room, "раз")
        held.go_on.set()
        await boris.wait_for(room, lambda event: event.seq == 1)

    assert followed.faults == []


async def test_a_client_that_is_cut_again_and_again_sees_everything_once(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(IVANOV) as ivanov:
        followed = await ivanov.subscribe(room, seq=0)
        cutting = asyncio.create_task(cut_at_random(ivanov))
        written = await write(live, room, count=200)
        cutting.cancel()
        await ivanov.wait_until(room, lambda stream: stream.seq == 200)

    assert ivanov.connections > 2
    assert complaints(written, live.stored(room), {"ivanov": view_of(followed, since=0)}) == []
    assert followed.faults == []


async def test_messages_sent_over_a_dying_connection_are_stored_once_and_in_order(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        followed = await boris.subscribe(room, seq=0)
        cutting = asyncio.create_task(cut_at_random(anna))
        written: list[Written] = []
        while len(written) < 100 or anna.connections < 3:
            written.append(await said(anna, room, len(written)))
        cutting.cancel()
        await boris.wait_until(room, lambda stream: stream.seq == len(written))

    assert complaints(written, live.stored(room), {"boris": view_of(followed, since=0)}) == []
    assert [message.seq for message in written] == list(range(1, len(written) + 1))


async def test_another_epoch_resets_the_reader_who_then_has_the_history_whole(live: LiveTown) -> None:
    room = live.room()
    written = [await say(live, room, number) for number in range(5)]

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, epoch=1, seq=5)
        live.database.run(bump_epochs)
        written.append(await say(live, room, 5))
        await anna.wait_until(room, lambda stream: stream.epoch == 2 and stream.seq == 6)

    assert followed.resets == 1
    assert anna.close_codes[0] == 4000
    assert complaints(written, live.stored(room), {"anna": view_of(followed, since=0)}) == []


async def test_a_quiet_stream_of_a_new_epoch_is_noticed_too(live: LiveTown) -> None:
    room = live.room()
    await say(live, room, 0)

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, seq=0)
        live.database.run(bump_epochs)
        await anna.wait_until(room, lambda stream: stream.resets == 1 and stream.seq == 1)

    assert (followed.epoch, [event.seq for event in followed.events]) == (2, [1])


async def test_a_reader_who_has_seen_more_than_there_is_starts_afresh(live: LiveTown) -> None:
    room = live.room()
    await say(live, room, 0)

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, epoch=1, seq=99)
        await anna.wait_for(room)

    assert (followed.resets, followed.seq) == (1, 1)


async def test_a_reader_too_far_behind_starts_afresh_with_the_newest_part(town: Town, redis_url: str) -> None:
    limits = Limits(longest_replay=10, reset_tail=4)
    async with live_town(town, redis_url, limits) as live:
        room = live.room()
        await write(live, room, count=20)

        async with live.connect(ANNA) as anna:
            followed = await anna.subscribe(room, epoch=1, seq=3)
            await anna.wait_until(room, lambda stream: stream.seq == 20)

    assert (followed.resets, [event.seq for event in followed.events]) == (1, [17, 18, 19, 20])


async def test_following_a_stream_again_replaces_the_former_subscription(live: LiveTown) -> None:
    room = live.room()
    await write(live, room, count=5)

    async with live.connect(ANNA) as anna:
        await anna.subscribe(room, seq=0)
        followed = await anna.subscribe(room, seq=2)
        await say(live, room, 5)
        await anna.wait_until(room, lambda stream: stream.seq == 6)

    assert ([event.seq for event in followed.events], followed.faults) == ([3, 4, 5, 6], [])


async def test_two_connections_of_one_person_both_see_everything(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as laptop, live.connect(ANNA) as phone:
        await laptop.subscribe(room)
        await phone.subscribe(room)
        await laptop.send(room, "С ноутбука")
        await phone.send(room, "С телефона")
        seen = [
            (await client.wait_until(room, lambda stream: stream.seq == 2)).events
            for client in (laptop, phone)
        ]

    assert [[event.body["text"] for event in events] for events in seen] == [["С ноутбука", "С телефона"]] * 2


async def test_whoever_stops_following_hears_no_more(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room)
        await anna.unsubscribe(room)
        await anna.send(room, "Тихо")
        await anna.ping()

    assert followed.events == []
    assert live.hub.fanout.channels == {}


@dataclass(slots=True)
class BlindFanout(Fanout):
    """What a hub would be that reads history and follows, without joining the two."""

    def settle(self, joining: Joining) -> bool:
        channel = self.channels.get(joining.stream)
        if channel is not None and joining.outlet in channel.joining:
            del channel.joining[joining.outlet]
            channel.live.add(joining.outlet)
        return True


@dataclass(frozen=True, slots=True)
class HeldResume(Resume):
    """A replay that stops between reading its first page and going on, until it is let go."""

    read: asyncio.Event
    go_on: asyncio.Event

    async def _page(self, joining: Joining) -> HistoryPage:
        page = await Resume._page(self, joining)
        self.read.set()
        await self.go_on.wait()
        return page


def holding_replays(hub: Hub) -> HeldResume:
    """Let whoever comes from now on stop after the first page of history."""
    held = HeldResume(hub.history, hub.fanout, hub.limits, asyncio.Event(), asyncio.Event())
    hub.resume = held
    return held


async def complaints_about_a_message_said_during_the_replay(live: LiveTown) -> list[str]:
    """One message is there, a second comes while the first is being read, a third after that."""
    hub, room = live.hub, live.room()
    held = holding_replays(hub)
    written = [await say(live, room, 1)]
    async with live.connect(ANNA) as anna:
        followed = await anna.subscribe(room, seq=0)
        await held.read.wait()
        written.append(await say(live, room, 2))
        await until(lambda: hub.fanout.channels[room].position == 2)
        held.go_on.set()
        await until(lambda: bool(hub.fanout.channels[room].live))
        written.append(await say(live, room, 3))
        await anna.wait_for(room, lambda event: event.seq == 3)
    return complaints(written, live.stored(room), {"anna": view_of(followed, since=0)})


async def say(live: LiveTown, room: str, number: int) -> Written:
    """One message put into the room past the hub."""
    event = await asyncio.to_thread(live.posts, ANNA, room, f"Сообщение {number}")
    return Written(event.client_id or "", f"Сообщение {number}", event.seq)


async def write(
    live: LiveTown, room: str, *, count: int, written: list[Written] | None = None
) -> list[Written]:
    """Traffic: that many messages, a few milliseconds apart, noted in ``written`` as they are made."""
    written = [] if written is None else written
    for number in range(count):
        written.append(await say(live, room, number))
        await asyncio.sleep(0.002)
    return written


async def said(client: LiveClient, room: str, number: int) -> Written:
    """One message over the client's connection, and its receipt."""
    client_id, text = new_id(), f"Сообщение {number}"
    receipt = await client.send(room, text, client_id=client_id)
    return Written(client_id, text, receipt.seq)


async def read_from_every_seq(live: LiveTown, room: str, written: list[Written]) -> dict[str, View]:
    """Readers who have seen up to 0, 1, 2 … come at random moments of the traffic and stay to its end."""

    async def read(since: int) -> View:
        # Nobody can have seen what is not there: the reader comes once its position exists.
        await until(lambda: len(written) >= since, timeout_s=60)
        await asyncio.sleep(random.uniform(0, 0.05))
        async with live.connect(BORIS) as boris:
            followed = await boris.subscribe(room, epoch=1, seq=since)
            await boris.wait_until(room, lambda stream: stream.seq == MESSAGES, timeout_s=60)
            return view_of(followed, since=since)

    views = await asyncio.gather(*(read(since) for since in range(MESSAGES + 1)))
    return {f"from {view.since}": view for view in views}


async def cut_at_random(client: LiveClient) -> None:
    """A network that dies every now and then."""
    while True:
        await asyncio.sleep(random.uniform(0.02, 0.2))
        await client.cut()
