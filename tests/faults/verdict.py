"""What must hold after any fault, asked of the database and of what people have seen."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from app.tour.followed import Arrived
from core.delivery import DeliveryState, delivery_counts
from core.polls import ballot_of, tally
from core.schema import declare_facts
from core.shared.ids import OptionId, PersonId, PollId
from core.store import (
    Reading,
    StreamEvent,
    events_after,
    head,
    unchained,
    verify_chain,
    waiting_facts,
    waiting_updates,
)
from tests.faults.instance import TownUnderFire
from tests.faults.traffic import BotVoter, ChatActor, Citizen, Crowd, Voter
from tests.realtime.history_checker import Seen, View, Written, complaints

REST_LIMIT_S = 90.0
_EVERYTHING = 100_000
_OPEN = {DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNCERTAIN}


async def judge(crowd: Crowd) -> list[str]:
    """Wait until all that is under way has arrived; then every broken promise as a sentence."""
    await _until_at_rest(crowd)
    return await asyncio.to_thread(lambda: list(_verdict(crowd)))


async def _until_at_rest(crowd: Crowd) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + REST_LIMIT_S
    while under_way := await asyncio.to_thread(lambda: list(_under_way(crowd))):
        if loop.time() > deadline:
            raise AssertionError(f"still under way: {under_way}\n{crowd.town.last_words()}")
        await asyncio.sleep(0.2)


def _under_way(crowd: Crowd) -> Iterator[str]:
    """What the processes have still to do. A thing lost here never comes to rest and fails by the limit."""
    declare_facts()
    yield from crowd.town.database.read(_waiting)
    for actor in (*crowd.citizens, *crowd.bot_voters, crowd.official):
        for stream, followed in actor.line.followed.items():
            end = crowd.town.database.read(head, stream=stream).seq
            if followed.seq != end:
                yield f"{stream} has {end} events, {followed.seq} were seen"


def _waiting(reading: Reading) -> list[str]:
    found = []
    if updates := waiting_updates(reading, carriers=["web", "telegram"]):
        found.append(f"{len(updates)} updates wait in the inbox")
    if facts := waiting_facts(reading):
        found.append(f"{len(facts)} facts wait in the outbox")
    if open_ones := {state: n for state, n in delivery_counts(reading).items() if state in _OPEN}:
        found.append(f"deliveries: {open_ones}")
    if unchained(reading):
        found.append("the audit is not chained")
    return found


def _verdict(crowd: Crowd) -> Iterator[str]:
    for chatting in (*crowd.citizens, *crowd.bot_voters):
        yield from (f"chat of {chatting.account.id[-6:]}: {it}" for it in _of_chat(crowd.town, chatting))
    for citizen in crowd.citizens:
        yield from (
            f"direct line of {citizen.account.id[-6:]}: {it}" for it in _of_direct_line(crowd, citizen)
        )
    yield from _of_votes(crowd)
    if not crowd.town.database.read(verify_chain).intact:
        yield "the audit chain is broken"


def _of_chat(town: TownUnderFire, actor: ChatActor) -> Iterator[str]:
    """Every acknowledged message once, one order, and the owner has seen just that."""
    stored = _stored(town, actor.stream)
    # Screens of the bot have ids of its own making; that each came once is judged by their words below.
    screens = [Written(_name(event), "", None) for event in stored if event.author is None]
    yield from complaints(
        [*actor.written, *screens],
        [_as_seen(event) for event in stored],
        {"the owner": _view(actor.line.followed[actor.stream].events)},
    )
    yield from actor.line.followed[actor.stream].faults


def _of_direct_line(crowd: Crowd, citizen: Citizen) -> Iterator[str]:
    """Each message into the room once and in order; each answer into the chat once; each told of once."""
    room = _room_of(crowd, citizen)
    stored = _stored(crowd.town, room)
    said = [
        Written(citizen.id_in_room(one.client_id), one.text, None)
        for one in citizen.written
        if not one.text.startswith("/")
    ]
    answers = crowd.official.written.get(room, [])
    yield from complaints(
        [*said, *answers],
        [Seen(event.seq, event.client_id, str(event.body["text"])) for event in stored],
        {
            "the official": View(
                0,
                [
                    Seen(event.seq, event.client_id, str(event.body["text"]))
                    for event in crowd.official.line.followed[room].events
                ],
            )
        },
    )
    yield from crowd.official.line.followed[room].faults
    in_room = [event.body["text"] for event in stored if event.body["side"] == "citizen"]
    if in_room != citizen.texts:
        yield f"wrote {len(citizen.texts)} messages, the room has {len(in_room)} or another order"
    yield from _of_bot_words(crowd.town, citizen, [one.text for one in answers])


def _of_bot_words(town: TownUnderFire, citizen: Citizen, answers: Sequence[str]) -> Iterator[str]:
    words = [
        str(event.body["text"])
        for event in _stored(town, citizen.stream)
        if event.author is None and event.kind == "message"
    ]
    confirmed = sum(bool(re.match("Принято|Добавлено", text)) for text in words)
    if confirmed != len(citizen.texts):
        yield f"{len(citizen.texts)} messages were confirmed {confirmed} times"
    delivered = Counter(found[0] for text in words if (found := re.search(r"Ответ \[\d+\]", text)))
    for answer in answers:
        if delivered[answer] != 1:
            yield f"“{answer}” was delivered {delivered[answer]} times"


def _of_votes(crowd: Crowd) -> Iterator[str]:
    """Each voter's ballot is the last acknowledged choice, and the tally is the sum of the ballots."""
    database, poll_id = crowd.town.database, PollId(crowd.poll["id"])
    expected: Counter[str] = Counter()
    voters: list[Voter | BotVoter] = [*crowd.voters, *crowd.bot_voters]
    for voter in voters:
        ballot = database.read(ballot_of, poll_id=poll_id, person_id=PersonId(voter.account.id))
        if ballot != voter.chosen:
            door = "bot" if isinstance(voter, BotVoter) else "api"
            yield f"a voter by {door} chose {voter.chosen} last and the ballot says {ballot}"
        if voter.chosen is not None:
            expected[voter.chosen] += 1
    counted = database.read(tally, poll_id=poll_id)
    if {one: votes for one, votes in counted.counts if votes} != {
        OptionId(one): votes for one, votes in expected.items()
    }:
        yield f"the tally is {counted.counts}, the ballots are {dict(expected)}"
    for voter in crowd.voters:
        yield from voter.surprises


def _room_of(crowd: Crowd, citizen: Citizen) -> str:
    rooms = [
        room
        for room in crowd.official.rooms
        if any(event.author == citizen.account.id for event in _stored(crowd.town, room))
    ]
    assert len(rooms) == 1, f"{citizen.account.id} speaks in {len(rooms)} rooms"
    return rooms[0]


def _stored(town: TownUnderFire, stream: str) -> list[StreamEvent]:
    return town.database.read(events_after, stream=stream, seq=0, limit=_EVERYTHING)


def _as_seen(event: StreamEvent | Arrived) -> Seen:
    """An event of a chat. The words of a screen may have been edited since, so they are not compared."""
    return Seen(event.seq, _name(event), "" if event.author is None else str(event.body["text"]))


def _name(event: StreamEvent | Arrived) -> str:
    return event.client_id or f"{event.kind} {event.seq}"


def _view(events: Iterable[Arrived]) -> View:
    return View(0, [_as_seen(event) for event in events])
