"""The live hub of one process: what holds all its parts together and lets them start and stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.identity import sessions_alive, viewer_of
from core.shared.ids import SessionId, new_id
from core.store import Database, StreamAdvanced, StreamEvent
from realtime.arrivals import Arrivals
from realtime.bus import FACTS, NUDGE_INBOX, PRESENCE, Bus, Listener
from realtime.connections import Connections, close_all
from realtime.fanout import Fanout
from realtime.frames import LiveEvent, event_from_fact, event_from_history
from realtime.healing import Healer
from realtime.history import History
from realtime.limits import Limits, Seats
from realtime.presence import ONLINE_TTL_S, Presence
from realtime.protocol import CloseCode
from realtime.resume import Resume
from realtime.sending import Sender, send_by_offers
from realtime.states import States
from realtime.viewers import Viewers
from realtime.writer import Writer

log = logging.getLogger(__name__)

COMPARE_EVERY_S: Final = 2.0
STATES_EVERY_S: Final = 5.0
PRESENCE_EVERY_S: Final = 1.0
# A revocation travels as a fact within milliseconds; this is the net below it while Redis is away,
# and must leave room in the two seconds promised.
REVOCATION_EVERY_S: Final = 1.5
REVOCATION_LINKED_EVERY_S: Final = 10.0
SESSIONS_PER_QUERY: Final = 500

AsgiApplication = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def now() -> float:
    """The event loop's time in seconds; it never goes back."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True, eq=False)
class Hub:
    """All live connections of this process and what they follow.

    ``application`` is the ASGI application to mount at /live; ``start`` and ``stop`` belong into the
    server's lifespan. ``redis_url`` None: no other process is heard, the database alone keeps it true.
    ``send`` writes a frame to many.
    """

    database: Database
    redis_url: str | None
    allowed_origins: frozenset[str]
    limits: Limits
    send: Sender = send_by_offers
    application: AsgiApplication = field(init=False)
    id: str = field(default_factory=new_id)
    connections: Connections = field(default_factory=Connections)
    seats: Seats = field(default_factory=Seats)
    draining: bool = False
    fanout: Fanout = field(init=False)
    history: History = field(init=False)
    arrivals: Arrivals = field(init=False)
    healer: Healer = field(init=False)
    states: States = field(init=False)
    presence: Presence = field(init=False)
    viewers: Viewers = field(init=False)
    resume: Resume = field(init=False)
    writer: Writer = field(init=False)
    bus: Bus | None = field(init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _looking: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fanout = Fanout(on_gap=self._on_gap, send=self.send)
        self.history = History(self.database, limit=self.limits.replay_page)
        self.arrivals = Arrivals(self.database)
        self.healer = Healer(database=self.database, fanout=self.fanout, history=self.history)
        self.states = States(database=self.database, fanout=self.fanout)
        self.presence = Presence(hub_id=self.id, show=self.fanout.show, tell=self._tell_presence)
        self.viewers = Viewers(hub_id=self.id, show=self.fanout.show, tell=self._tell_presence)
        self.resume = Resume(history=self.history, fanout=self.fanout, limits=self.limits)
        self.writer = Writer(database=self.database, limits=self.limits, committed=self._committed)
        self.bus = None
        if self.redis_url is not None:
            listeners: dict[str, Listener] = {FACTS: self.on_facts, PRESENCE: self._on_presence}
            self.bus = Bus(url=self.redis_url, listeners=listeners, on_link=self._on_link)

    async def start(self) -> None:
        """Begin to listen and to watch; returns at once."""
        loops = [
            self._every(COMPARE_EVERY_S, self.healer.compare),
            self._every(STATES_EVERY_S, self._look_at_states),
            self._every(PRESENCE_EVERY_S, self._tick_presence),
            self._every(ONLINE_TTL_S / 3, self._repeat_presence),
            self._watch_revocations(),
        ]
        if self.bus is not None:
            loops.append(self.bus.run())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Say goodbye to everybody (4010: come back soon, to whoever serves then) and end all tasks."""
        self.draining = True
        connections = tuple(self.connections.open)
        close_all(connections, CloseCode.DRAINING)
        await self.writer.stop()
        await asyncio.gather(*(connection.outlet.finished() for connection in connections))
        if self.bus is not None:
            self.bus.stopping = True
        tasks = [*self._tasks, *self._looking]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.states.stop()
        await self.healer.stop()

    def on_facts(self, facts: Sequence[dict[str, Any]]) -> None:
        """Show what a publication of the relay tells: an array of encoded facts in their order.

        Events of one stream that came together leave together, in one frame.
        """
        advanced: dict[tuple[str, int], list[LiveEvent]] = {}
        for fact in facts:
            kind, payload = fact["kind"], fact["payload"]
            if kind == StreamAdvanced.__name__:
                self._advance(advanced, payload)
            else:
                self._heed(kind, payload)
        for (stream, epoch), events in advanced.items():
            self.fanout.publish(stream, epoch, events)

    def nudge_bots(self) -> None:
        """Tell the bots that something waits in the inbox; without Redis they find it by themselves."""
        if self.bus is not None:
            self.bus.publish(NUDGE_INBOX, {})

    def _committed(self, events: Sequence[StreamEvent]) -> None:
        """Show at once what this process has written, where it follows on what was shown.

        The relay tells every hub, this one too, which is a few milliseconds later and passed over here.
        Where another hub wrote in between, its turn comes with the relay: no gap is made of it.
        """
        written: dict[tuple[str, int], list[LiveEvent]] = {}
        for event in events:
            if not event.duplicate and event.stream in self.fanout.channels:
                written.setdefault((event.stream, event.epoch), []).append(event_from_history(event))
                self.presence.said(event.stream, person_id=event.author)
        for (stream, epoch), run in written.items():
            if self.fanout.continues(stream, epoch, run[0].seq):
                self.fanout.publish(stream, epoch, run)

    def _advance(self, advanced: dict[tuple[str, int], list[LiveEvent]], payload: dict[str, Any]) -> None:
        stream = payload["stream"]
        if stream not in self.fanout.channels:
            return
        events = advanced.setdefault((stream, payload["epoch"]), [])
        event = event_from_fact(payload)
        # Within one publication events may only rise; a repeated one is passed over.
        if not events or event.seq > events[-1].seq:
            events.append(event)
        self.presence.said(stream, person_id=payload["author"])

    def _heed(self, kind: str, payload: dict[str, Any]) -> None:
        match kind:
            case "SessionRevoked":
                self.connections.end_session(payload["session_id"], now=now())
            case "RolesChanged":
                self.connections.look_anew(payload["person_id"], now=now())
            case _:
                self.states.on_fact(payload)

    def _on_gap(self, stream: str) -> None:
        self.healer.gap(stream)

    def _on_link(self, up: bool) -> None:  # noqa: FBT001 - the one thing a link has to say
        # Whatever was published while nobody listened is gone: everything is compared at once. Nor is a
        # revocation heard any more, of which two seconds are promised.
        looking = asyncio.create_task(self._catch_up() if up else self._look_for_revoked())
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def _catch_up(self) -> None:
        try:
            await self.healer.compare()
            await self._close_revoked()
        except Exception:
            log.exception("live_catch_up_failed")
        self.states.look_at_all()
        self.states.queues_may_have_moved()

    def _on_presence(self, message: dict[str, Any]) -> None:
        self.presence.heard(message, now=now())
        self.viewers.heard(message, now=now())

    def _tell_presence(self, message: dict[str, Any]) -> None:
        if self.bus is not None:
            self.bus.publish(PRESENCE, message)

    async def _look_at_states(self) -> None:
        self.states.look_at_all()

    async def _tick_presence(self) -> None:
        self.presence.tick(now=now())
        self.viewers.tick(now=now())

    async def _repeat_presence(self) -> None:
        self.presence.repeat()
        self.viewers.repeat()

    async def _watch_revocations(self) -> None:
        """The net below the facts of revocation: wide-meshed while Redis is heard, narrow while it is not."""
        looked_at = now()
        while True:
            await asyncio.sleep(REVOCATION_EVERY_S)
            linked = self.bus is not None and self.bus.up
            if linked and now() - looked_at < REVOCATION_LINKED_EVERY_S:
                continue
            looked_at = now()
            await self._look_for_revoked()

    async def _look_for_revoked(self) -> None:
        try:
            await self._close_revoked()
        except Exception:
            log.exception("revocations_not_checked")

    async def _close_revoked(self) -> None:
        """Compare sessions and roles of those connected with the database."""
        sessions = self.connections.sessions()
        for begin in range(0, len(sessions), SESSIONS_PER_QUERY):
            some = sessions[begin : begin + SESSIONS_PER_QUERY]
            alive = await self.database.read_async(sessions_alive, session_ids=some)
            for session_id in set(some) - alive:
                self.connections.end_session(SessionId(session_id), now=now())
        for person_id, viewer in self.connections.officials().items():
            current = await self.database.read_async(viewer_of, person_id=person_id)
            if set(current.grants) != set(viewer.grants):
                self.connections.look_anew(person_id, now=now())

    async def _every(self, period_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(period_s)
            try:
                await work()
            except Exception:
                # The database may be restarting; the next round tries again.
                log.exception("live_round_failed work=%s", getattr(work, "__name__", "?"))
