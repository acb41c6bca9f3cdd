"""Streams of which only the newest state matters: tallies, the console's queue, one's own counters.

A fact says that something moved; what it moved to is read from the database. Readings of one stream
follow one another, never overlap, and leave at most ten a second, so a rush of ballots costs ten
readings and the last state shown is the last one there is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from core.contact import conversations_of
from core.polls import tally
from core.rooms import read_up_to, signs_under, stream_of
from core.shared.ids import PersonId, PollId, RoomId, TerritoryId
from core.store import Database, Reading, head, heads
from core.territories import ancestry
from realtime.fanout import Fanout
from realtime.frames import state_frame
from realtime.places import Outlet
from realtime.wire import Frame

log = logging.getLogger(__name__)

PACE_S: Final = 0.1
SIGNED_MESSAGES: Final = 200
# Which field of a fact names the thing that a console's queue shows.
QUEUE_THINGS: Final = {"conversation_id": "conversation", "poll_id": "poll", "alert_id": "alert"}


@dataclass(slots=True)
class Paced:
    """Runs ``work`` soon after ``touch``, one run at a time, at most once every ``pace_s`` seconds."""

    work: Callable[[], Awaitable[None]]
    pace_s: float = PACE_S
    _touched: bool = False
    _task: asyncio.Task[None] | None = None

    def touch(self) -> None:
        """Something moved. A touch during a run makes another run follow it."""
        self._touched = True
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    @property
    def idle(self) -> bool:
        """Nothing runs and nothing is due."""
        return self._task is None

    def stop(self) -> None:
        """Run no more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._touched:
                self._touched = False
                await self.work()
                await asyncio.sleep(self.pace_s)
        except Exception:
            # Most likely the database; the hub's next look at all states tries again.
            log.exception("state_not_refreshed")
        finally:
            self._task = None


def topic_of(stream: str, person_id: PersonId | None) -> str:
    """What the stream is called inside the hub: ``me`` is another one for each person.

    >>> topic_of("me", PersonId("7f")), topic_of("poll:1", None)
    ('me:7f', 'poll:1')
    """
    return f"me:{person_id}" if stream == "me" else stream


@dataclass(slots=True)
class States:
    """What the followed state streams show now, and what makes them move."""

    database: Database
    fanout: Fanout
    pace_s: float = PACE_S
    _shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    _paced: dict[str, Paced] = field(default_factory=dict)
    _above: dict[str, frozenset[str]] = field(default_factory=dict)
    _changed: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)

    def greet(self, topic: str, outlet: Outlet) -> None:
        """Give a new follower the state: the one everybody else has, or a fresh one soon."""
        if len(self.fanout.watchers.get(topic, ())) <= 1:
            # Nobody followed it until now, so nothing kept the last state shown up to date.
            self._shown.pop(topic, None)
        shown = self._shown.get(topic)
        if shown is None:
            self._touch(topic)
        else:
            outlet.offer(Frame.of(state_frame(_on_the_wire(topic), shown)))

    def on_fact(self, payload: dict[str, Any]) -> None:
        """Move the streams that a published fact concerns."""
        if payload.get("poll_id") is not None:
            self._touch(f"poll:{payload['poll_id']}")
        if payload.get("signs_of_room_id") is not None:
            self._touch(f"signs:{payload['signs_of_room_id']}")
        if payload.get("citizen_id") is not None:
            self.counters_moved(payload["citizen_id"])
        territory_id = payload.get("territory_id")
        for name, thing in QUEUE_THINGS.items():
            if territory_id is not None and payload.get(name) is not None:
                self._queue_moved(str(territory_id), thing, str(payload[name]))

    def counters_moved(self, person_id: PersonId | None) -> None:
        """A person has read something or was written to."""
        self._touch(f"me:{person_id}")

    def look_at_all(self) -> None:
        """Read every followed state anew: facts may have been missed."""
        self._forget_deserted()
        for topic in list(self.fanout.watchers):
            self._touch(topic)

    def queues_may_have_moved(self) -> None:
        """Tell every console to fetch its lists: hints may have been missed."""
        for topic in list(self.fanout.watchers):
            if topic.startswith("queue:"):
                self.fanout.hint(topic, {"changed": "all", "id": None})

    def stop(self) -> None:
        """Refresh nothing any more."""
        for paced in self._paced.values():
            paced.stop()

    def _touch(self, topic: str) -> None:
        read = READERS.get(topic.partition(":")[0])
        if read is not None and topic in self.fanout.watchers:
            self._pace(topic, lambda: self._refresh(topic, read)).touch()

    async def _refresh(self, topic: str, read: "Reader") -> None:
        kind, _, thing_id = topic.partition(":")
        state = await self.database.read_async(read, thing_id=thing_id)
        shown = self._shown.get(topic)
        if topic not in self.fanout.watchers or shown == state:
            return
        self._shown[topic] = state
        news = state if shown is None or kind not in BY_KEY else _changes(shown, state)
        self.fanout.show(topic, news, stream=_on_the_wire(topic))

    def _queue_moved(self, territory_id: str, thing: str, thing_id: str) -> None:
        if not any(topic.startswith("queue:") for topic in self.fanout.watchers):
            return
        self._changed.setdefault(territory_id, {})[(thing, thing_id)] = None
        self._pace(f"territory:{territory_id}", lambda: self._show_changes(territory_id)).touch()

    async def _show_changes(self, territory_id: str) -> None:
        """A change in a place shows in the queues of that place and of everything above it."""
        above = self._above.get(territory_id)
        if above is None:
            found = await self.database.read_async(ancestry, territory_id=TerritoryId(territory_id))
            above = self._above[territory_id] = frozenset(found)
        for thing, thing_id in self._changed.pop(territory_id, {}):
            for place in above:
                self.fanout.hint(f"queue:{place}", {"changed": thing, "id": thing_id})

    def _pace(self, key: str, work: Callable[[], Awaitable[None]]) -> Paced:
        if key not in self._paced:
            self._paced[key] = Paced(work=work, pace_s=self.pace_s)
        return self._paced[key]

    def _forget_deserted(self) -> None:
        """A state that nobody follows is not kept up to date, so it must not greet anybody later."""
        for topic in [topic for topic in self._shown if topic not in self.fanout.watchers]:
            del self._shown[topic]
        for key in [key for key, paced in self._paced.items() if paced.idle]:
            del self._paced[key]


def _on_the_wire(topic: str) -> str:
    return "me" if topic.startswith("me:") else topic


class Reader(Protocol):
    """Reads the newest state of one thing."""

    def __call__(self, reading: Reading, *, thing_id: str) -> dict[str, Any]:
        """The state as it goes out."""
        ...


def _tally(reading: Reading, *, thing_id: str) -> dict[str, Any]:
    counted = tally(reading, poll_id=PollId(thing_id))
    return {
        "options": [{"id": option_id, "votes": votes} for option_id, votes in counted.counts],
        "total": counted.total,
        "takes_votes": counted.takes_votes,
    }


def _signs(reading: Reading, *, thing_id: str) -> dict[str, Any]:
    """The signs under the newest messages of a room, by the number of the message.

    Messages without signs are there too, so that whoever comes back learns of the ones taken away.
    """
    room_id = RoomId(thing_id)
    last = head(reading, stream=stream_of(room_id)).seq
    first = max(1, last - SIGNED_MESSAGES + 1)
    signs = signs_under(reading, room_id=room_id, first=first, last=last)
    return {str(seq): dict(signs[seq].counts) if seq in signs else {} for seq in range(first, last + 1)}


def _changes(shown: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in state.items() if shown.get(key) != value}


def _counters(reading: Reading, *, thing_id: str) -> dict[str, Any]:
    """How many messages of a citizen's own conversations are unread."""
    person_id = PersonId(thing_id)
    rooms = [found.room_id for found in conversations_of(reading, citizen_id=person_id)]
    ends = heads(reading, streams=[stream_of(room_id) for room_id in rooms])
    unread = 0
    for room_id in rooms:
        end = ends.get(stream_of(room_id))
        if end is not None:
            unread += max(0, end.seq - read_up_to(reading, room_id=room_id, person_id=person_id))
    return {"unread": unread}


READERS: Final[dict[str, Reader]] = {"poll": _tally, "me": _counters, "signs": _signs}
# Of these only the keys that changed go out: a crowd that signs one message must not cost a whole page each.
BY_KEY: Final = ("signs",)
