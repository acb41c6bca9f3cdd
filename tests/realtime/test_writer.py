"""What the writer of a hub promises: groups by themselves, an answer each, none before the commit."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.identity import Viewer, viewer_of
from core.rooms import Post, create_room, post_messages, stream_of
from core.shared.errors import DomainError, Empty
from core.shared.ids import RoomId, new_id
from core.spaces import SpaceKind, create_space
from core.store import Database, StoreUnavailable, StreamEvent, UnitOfWork, events_after, head
from realtime.limits import Limits, TooFast
from realtime.protocol import Send
from realtime.writer import Writer
from tests.town import ANNA, BORIS, Town


@dataclass(slots=True)
class HeldDatabase:
    """The town's database; a batch waits at its gate and is noted."""

    database: Database
    open: asyncio.Event = field(default_factory=asyncio.Event)
    batches: list[int] = field(default_factory=list)
    broken_by: str = ""
    away: bool = False

    async def run_async(self, command: Any, *args: Any, **arguments: Any) -> Any:
        if command is not post_messages:
            return await self.database.run_async(command, *args, **arguments)
        (posts,) = args
        self.batches.append(len(posts))
        await self.open.wait()
        if self.away:
            raise StoreUnavailable
        return await self.database.run_async(self._write, posts)

    def _write(self, uow: UnitOfWork, posts: list[Post]) -> list[StreamEvent | DomainError]:
        answers = post_messages(uow, posts)
        if any(post.text == self.broken_by for post in posts):
            raise ZeroDivisionError
        return answers


@dataclass(slots=True)
class Said:
    """Somebody's messages through a writer."""

    town: Town
    writer: Writer
    held: HeldDatabase
    room: RoomId
    shown: list[StreamEvent]

    def say(self, text: str, *, who: str = ANNA) -> asyncio.Task[Any]:
        return asyncio.create_task(self.writer.say(viewer=self.viewer(who), message=self.message(text)))

    def viewer(self, who: str) -> Viewer:
        return self.town.database.read(viewer_of, person_id=self.town.people[who])

    def message(self, text: str) -> Send:
        return Send(id=1, stream=stream_of(self.room), client_id=new_id(), text=text)

    def stored(self) -> list[str]:
        events = self.town.database.read(events_after, stream=stream_of(self.room), seq=0)
        return [event.body["text"] for event in events]


@pytest.fixture
async def square(town: Town) -> AsyncIterator[Said]:
    with town.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.TERRITORY, territory_id=town.territory.id)
        room = create_room(uow, space_id=space_id, title="Площадь")
    held = HeldDatabase(town.database)
    limits = Limits(messages_waiting=4, messages_per_commit=3)
    shown: list[StreamEvent] = []
    writer = Writer(database=held, limits=limits, committed=shown.extend)  # type: ignore[arg-type]
    yield Said(town, writer, held, room, shown)
    held.open.set()
    await writer.stop()


async def test_a_lone_message_does_not_wait_for_company(square: Said) -> None:
    square.held.open.set()

    said = await square.say("раз")

    assert (said.seq, square.held.batches) == (1, [1])


async def test_what_comes_while_a_commit_is_under_way_makes_up_the_next_ones(square: Said) -> None:
    first = square.say("раз")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [square.say(text) for text in ("два", "три", "четыре", "пять")]
    await asyncio.sleep(0)
    square.held.open.set()
    said = await asyncio.gather(first, *rest)

    assert square.held.batches == [1, 3, 1]
    assert [one.seq for one in said] == [1, 2, 3, 4, 5]


async def test_nothing_is_acknowledged_before_its_commit(square: Said) -> None:
    waiting = square.say("раз")
    await asyncio.sleep(0.05)

    early = waiting.done()
    square.held.open.set()
    said = await waiting

    assert (early, square.town.database.read(head, stream=stream_of(square.room)).seq) == (False, said.seq)


async def test_what_is_committed_is_shown_after_its_sender_was_answered(square: Said) -> None:
    async def shown_when_answered() -> int:
        await square.writer.say(viewer=square.viewer(ANNA), message=square.message("раз"))
        return len(square.shown)

    square.held.open.set()
    when_answered = await asyncio.create_task(shown_when_answered())
    await square.writer.stop()

    assert (when_answered, [event.seq for event in square.shown]) == (0, [1])


async def test_beyond_the_bound_a_message_is_refused_at_once_and_the_others_are_kept(square: Said) -> None:
    first = square.say("раз")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    kept = [square.say(f"ждёт {number}") for number in range(4)]
    refused = square.say("лишнее")
    with pytest.raises(TooFast):
        await refused
    square.held.open.set()
    await asyncio.gather(first, *kept)

    assert square.stored() == ["раз", *(f"ждёт {number}" for number in range(4))]


async def test_a_message_that_breaks_the_transaction_breaks_only_its_own(square: Said) -> None:
    square.held.broken_by = "яд"
    first = square.say("раз")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [square.say("два"), square.say("яд", who=BORIS), square.say("три")]
    await asyncio.sleep(0)
    square.held.open.set()
    outcomes = await asyncio.gather(first, *rest, return_exceptions=True)

    assert [type(one).__name__ for one in outcomes] == ["Said", "Said", "ZeroDivisionError", "Said"]
    assert square.stored() == ["раз", "два", "три"]


async def test_a_refusal_in_a_batch_goes_to_its_sender_alone(square: Said) -> None:
    first = square.say("раз")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [square.say(" "), square.say("два", who=BORIS)]
    square.held.open.set()
    outcomes = await asyncio.gather(first, *rest, return_exceptions=True)

    assert isinstance(outcomes[1], Empty)
    assert square.stored() == ["раз", "два"]


async def test_without_a_database_everybody_is_asked_to_send_again(square: Said) -> None:
    square.held.away = True
    square.held.open.set()

    outcomes = await asyncio.gather(square.say("раз"), square.say("два"), return_exceptions=True)

    assert [type(one) for one in outcomes] == [StoreUnavailable, StoreUnavailable]


async def test_a_stopping_hub_writes_what_it_has_taken_in(square: Said) -> None:
    said = [square.say("раз"), square.say("два")]
    await asyncio.sleep(0)
    stopping = asyncio.create_task(square.writer.stop())
    square.held.open.set()
    await stopping

    assert square.stored() == ["раз", "два"]
    await asyncio.gather(*said)
