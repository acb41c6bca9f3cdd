"""Who gets what and when: nobody waits for a timer alone, nobody is skipped, no room holds up another."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.fanout import Fanout
from realtime.frames import LiveEvent, events_frames
from realtime.pacing import SHARE, Budget, Rounds
from realtime.places import PLACES, Crowd
from realtime.protocol import CloseCode
from realtime.sending import SLICE, in_slices, send_by_offers
from realtime.wire import Frame

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(slots=True, eq=False)
class Reader:
    """A follower that remembers; ``log`` is shared to see who was served before whom."""

    log: list["Reader"] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    closed_by: CloseCode | None = None
    place: int = field(default_factory=PLACES.take)

    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        self.log.append(self)
        self.frames.append(json.loads(frame.text))

    def close(self, code: CloseCode) -> None:
        self.closed_by = code

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for frame in self.frames for event in frame.get("events", ())]


def fanout() -> Fanout:
    return Fanout(on_gap=lambda _stream: None)


def follow(hub: Fanout, reader: Reader, stream: str = "room:1", *, after: int = 0) -> None:
    """Follow live, the history up to ``after`` having been read."""
    joining = hub.join(stream, reader, most_buffered=1_000)
    joining.epoch, joining.position = 1, after
    assert hub.settle(joining)


def publish(hub: Fanout, *seqs: int, stream: str = "room:1", epoch: int = 1) -> None:
    hub.publish(stream, epoch, [LiveEvent(seq, {"seq": seq, "epoch": epoch}) for seq in seqs])


async def turn(times: int = 1) -> None:
    """Let the loop run what is due now; no timer."""
    for _ in range(times):
        await asyncio.sleep(0)


async def settled(hub: Fanout) -> None:
    """Wait until nothing is on its way."""
    async with asyncio.timeout(10):
        while not all(channel.rounds.idle for channel in hub.channels.values()):
            await asyncio.sleep(0.001)


async def test_a_lone_message_leaves_without_a_timer() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)

    publish(hub, 1)
    await turn()

    assert anna.seqs == [1]


async def test_a_lone_message_leaves_at_once_again_after_a_rush() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)
    publish(hub, 1, 2, 3)
    await settled(hub)
    await asyncio.sleep(0.1)

    publish(hub, 4)
    await turn()

    assert anna.seqs == [1, 2, 3, 4]


async def test_what_comes_in_one_turn_leaves_in_one_frame() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)

    for seq in range(1, 9):
        publish(hub, seq)
    await turn()

    assert [[event["seq"] for event in frame["events"]] for frame in anna.frames] == [[*range(1, 9)]]


async def test_a_busy_room_collects_before_it_sends() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)
    publish(hub, 1, 2)
    await settled(hub)

    publish(hub, 3)
    await turn(5)
    publish(hub, 4)
    held_back = anna.seqs
    await settled(hub)

    assert held_back == [1, 2]
    assert [[event["seq"] for event in frame["events"]] for frame in anna.frames] == [[1, 2], [3, 4]]


async def test_a_burst_leaves_when_as_many_are_there_as_came_before() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)
    publish(hub, 1, 2, 3)
    await settled(hub)
    # Longer than the pause that keeps the core free after so small a round, shorter than the window.
    await asyncio.sleep(0.002)

    publish(hub, 4)
    publish(hub, 5)
    await turn(5)
    held_back = anna.seqs
    publish(hub, 6)
    await turn(2)

    assert held_back == [1, 2, 3]
    assert [[event["seq"] for event in frame["events"]] for frame in anna.frames] == [[1, 2, 3], [4, 5, 6]]


async def test_a_burst_waits_for_its_window_while_sending_costs_too_much() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)
    publish(hub, 1, 2)
    await settled(hub)
    hub.budget.load = SHARE * 1.1

    publish(hub, 3, 4)
    await turn(5)
    held_back = anna.seqs
    await settled(hub)

    assert (held_back, anna.seqs) == ([1, 2], [1, 2, 3, 4])


async def test_epochs_are_never_mixed() -> None:
    hub, anna = fanout(), Reader()
    follow(hub, anna)

    publish(hub, 1)
    publish(hub, 1, epoch=2)
    await turn(3)

    assert (anna.frames, anna.closed_by) == ([], CloseCode.RESUME)


async def test_a_small_room_waits_for_a_slice_of_a_huge_one_and_not_for_all_of_it() -> None:
    hub, log = fanout(), list[Reader]()
    anna = Reader(log)
    for _ in range(10 * SLICE):
        follow(hub, Reader(log), "room:huge")
    follow(hub, anna, "room:small")

    publish(hub, 1, stream="room:huge")
    await turn()
    publish(hub, 1, stream="room:small")
    await settled(hub)

    assert len(log) == 10 * SLICE + 1
    assert log.index(anna) <= 3 * SLICE


async def test_who_leaves_in_the_middle_of_a_round_gets_nothing_more() -> None:
    hub, log = fanout(), list[Reader]()
    crowd = [Reader(log) for _ in range(2 * SLICE)]
    for reader in crowd:
        follow(hub, reader)

    publish(hub, 1)
    await turn()
    late = [reader for reader in crowd if reader not in set(log)]
    for reader in late[:-1]:
        hub.leave("room:1", reader)
    await settled(hub)

    assert len(late) == SLICE
    assert log[SLICE:] == late[-1:]


async def test_who_joins_in_the_middle_of_a_round_sees_everything_once() -> None:
    hub, boris = fanout(), Reader()
    for _ in range(3 * SLICE):
        follow(hub, Reader())

    publish(hub, 1, 2)
    await turn()
    publish(hub, 3)
    follow(hub, boris, after=3)
    publish(hub, 4)
    await settled(hub)
    publish(hub, 5)
    await settled(hub)

    assert boris.seqs == [4, 5]


async def test_a_round_that_breaks_off_sends_its_followers_back_to_resume() -> None:
    class Broken(Reader):
        def offer(self, frame: Frame, *, taken: int = 0) -> None:
            raise RuntimeError

    hub, anna = fanout(), Reader()
    follow(hub, anna)
    follow(hub, Broken())

    publish(hub, 1)
    await turn()

    assert anna.closed_by is CloseCode.RESUME
    assert hub.channels == {}


async def test_the_newest_state_is_shown_and_every_hint() -> None:
    hub, anna = fanout(), Reader()
    hub.watch("queue:1", anna)

    for number in range(5):
        hub.show("queue:1", {"online": number})
        hub.hint("queue:1", {"changed": "poll", "id": number})
    await turn()

    states = [frame["state"] for frame in anna.frames]
    assert states == [*({"changed": "poll", "id": number} for number in range(5)), {"online": 4}]


@settings(max_examples=50)
@given(data=st.data())
def test_in_any_order_of_happenings_everybody_sees_what_follows_once_and_in_order(
    data: st.DataObject,
) -> None:
    asyncio.run(a_day_in_a_room(data.draw))


@dataclass(slots=True)
class Day:
    """A room in which people come, speak and go."""

    hub: Fanout = field(default_factory=fanout)
    head: int = 0
    begun: dict[Reader, int] = field(default_factory=dict)

    async def publish(self, draw: Draw) -> None:
        many = draw(st.integers(1, 3))
        publish(self.hub, *range(self.head + 1, self.head + many + 1))
        self.head += many

    async def turn(self, draw: Draw) -> None:
        await turn()

    async def wait(self, draw: Draw) -> None:
        await asyncio.sleep(0.002)

    async def join(self, draw: Draw) -> None:
        reader = Reader()
        self.begun[reader] = self.head
        follow(self.hub, reader, after=self.head)

    async def leave(self, draw: Draw) -> None:
        if self.begun:
            reader = draw(st.sampled_from(list(self.begun)))
            begun = self.begun.pop(reader)
            self.hub.leave("room:1", reader)
            assert reader.seqs == [*range(begun + 1, begun + len(reader.seqs) + 1)]


async def a_day_in_a_room(draw: Draw) -> None:
    day = Day()
    for _ in range(2 * SLICE):
        follow(day.hub, Reader())
    happenings = [day.publish, day.turn, day.wait, day.join, day.leave]

    for happens in draw(st.lists(st.sampled_from(happenings), max_size=25)):
        await happens(draw)
    await settled(day.hub)

    for reader, begun in day.begun.items():
        assert reader.seqs == [*range(begun + 1, day.head + 1)]


def test_frames_of_events_keep_to_64_kb_and_lose_nothing() -> None:
    events = [LiveEvent(seq, {"seq": seq, "body": "я" * 5_000}) for seq in range(1, 41)]

    frames = list(events_frames("room:1", 1, events))

    assert max(len(frame.encode()) for frame in frames) <= 64 * 1024
    assert [event["seq"] for frame in frames for event in json.loads(frame)["events"]] == [*range(1, 41)]


def test_windows_are_stretched_while_sending_costs_too_much_and_relax_afterwards() -> None:
    budget, stretched = Budget(), list[float]()

    for second in range(1, 5):
        budget.spend(SHARE * 1.2, now=float(second))
        stretched.append(budget.stretch)
    for second in range(5, 20):
        budget.spend(SHARE * 0.5, now=float(second))

    assert stretched == sorted(set(stretched))
    assert stretched[-1] > 1.0
    assert budget.stretch == 1.0


@pytest.mark.parametrize(
    ("cost_s", "shortest_s", "longest_s"),
    [
        pytest.param(0.0, 0.010, 0.010, id="a small audience"),
        pytest.param(0.060, 0.020, 0.040, id="ten thousand"),
        pytest.param(5.0, 0.250, 0.250, id="more than any core bears"),
    ],
)
def test_the_window_follows_the_cost_of_a_round(cost_s: float, shortest_s: float, longest_s: float) -> None:
    window_s = Budget().window_s(cost_s)

    assert shortest_s <= window_s <= longest_s


async def test_a_cancelled_round_sends_nothing_more() -> None:
    log = list[Reader]()
    crowd = Crowd()
    for _ in range(2 * SLICE):
        crowd.add(Reader(log))

    def serve() -> Iterator[None]:
        yield from in_slices(send_by_offers, [Frame.of("{}")], crowd)

    rounds = Rounds(serve, budget=Budget(), failed=lambda: None)
    rounds.gather()
    await turn()
    rounds.cancel()
    await turn(5)

    assert len(log) == SLICE
    assert rounds.idle
