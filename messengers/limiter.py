"""One limiter for all processes that write to a messenger: the senders and the bots' own replies.

Everybody waits the same way: ask the ledger for a place, sleep until it, write. The lanes differ in how far
ahead they may take a place (``REACH_S``), which is what lets a warning overtake a mass mailing.
"""

import asyncio
import heapq
import itertools
import logging
import time
from dataclasses import dataclass, field

from prometheus_client import Counter

from core.delivery import Urgency
from messengers.limiter_ledger import Answer, Ask, Ledger, LedgerAway, Scope, Standing
from messengers.limiter_rates import Rates

log = logging.getLogger(__name__)

# A message that would wait longer than this is given back to its queue, so that its lease does not end.
PATIENCE_S = 15.0
# Whoever waits for the line looks up this often, so that somebody more urgent gets past them.
LONGEST_SLEEP_S = 0.1
# Without the shared ledger each machine takes this part of the limit: four may run before it is broken.
SPARE_SHARE = 0.25
RETRY_LEDGER_EVERY_S = 1.0

_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}

_granted = Counter("s24_limiter_places_total", "Places granted, by lane", ["carrier", "lane"])
_spared = Counter(
    "s24_limiter_spare_total",
    "Asks answered by the spare ledger because the shared one was away",
    ["carrier"],
)
_held = Counter("s24_limiter_pauses_total", "Pauses asked by a messenger (429)", ["carrier", "scope"])


class NotNow(Exception):
    """No place within the time one is willing to wait. Field: seconds after which to ask again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no place for {wait_s} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Gate:
    """One asker of this process at a time, the most urgent first: forty waiters are not forty questions."""

    _busy: bool = False
    _waiting: list[tuple[int, int, asyncio.Future[None]]] = field(default_factory=list)

    async def enter(self, rank: int, number: int) -> None:
        """Wait for one's turn to ask; a lower rank comes first, then a lower number."""
        if not self._busy and not self._waiting:
            self._busy = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, number, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Let the next one ask."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False


class Limiter:
    """The limit of one messenger.

    ledger: where all processes take their places. spare: a ledger of this machine for when that one is
    away; it is used at a quarter of the limit.
    """

    def __init__(self, carrier: str, rates: Rates, ledger: Ledger, *, spare: Ledger | None = None) -> None:
        self.carrier = carrier
        self._rates = rates
        self._ledger = ledger
        self._spare = spare
        self._gate = _Gate()
        self._numbers = itertools.count()
        self._away_until = 0.0
        self._away = False
        # By the clock of this process: the next free place of the line as far as it knows.
        self._next_place_at = 0.0

    async def turn(
        self, chat: str | None, urgency: Urgency = Urgency.REPLY, *, patience_s: float = PATIENCE_S
    ) -> Answer:
        """Wait until one message may be written; without a chat only the limit for all counts.

        Raises: NotNow if that would take longer than ``patience_s``.
        """
        ask = self._ask_for(chat, urgency)
        deadline = time.monotonic() + patience_s
        number = next(self._numbers)
        while True:
            answer = await self._ask_in_line(ask, _RANK[urgency], number, deadline=deadline)
            if answer.standing is Standing.GRANTED:
                _granted.labels(self.carrier, urgency).inc()
                await asyncio.sleep(answer.wait_s)
                return answer
            if answer.standing is Standing.CHAT:
                await asyncio.sleep(answer.wait_s)

    async def hold(self, chat: str | None, wait_s: float, *, scope: Scope = Scope.UNKNOWN) -> bool:
        """The messenger said 429: write nothing before ``wait_s`` is over; whether that is for all."""
        for_all = chat is None or scope is Scope.ALL
        for ledger in filter(None, (self._ledger, self._spare)):
            try:
                for_all = await ledger.hold(self.carrier, chat, wait_s=wait_s, scope=scope) or for_all
            except LedgerAway:
                self._note_absence()
        _held.labels(self.carrier, "all" if for_all else "chat").inc()
        log.warning(
            "messenger_asked_to_wait carrier=%s wait_s=%.0f for_all=%s", self.carrier, wait_s, for_all
        )
        return for_all

    async def close(self) -> None:
        """Give the ledgers back."""
        for ledger in filter(None, (self._ledger, self._spare)):
            await ledger.close()

    def _ask_for(self, chat: str | None, urgency: Urgency) -> Ask:
        chat_step_us = self._rates.chat_step_us(chat)
        burst = self._rates.reply_burst if urgency is Urgency.REPLY else 1
        return Ask(
            carrier=self.carrier,
            chat=chat,
            step_us=self._rates.step_us,
            chat_step_us=chat_step_us,
            chat_burst_us=chat_step_us * (burst - 1),
            reach_us=self._rates.reach_us(urgency),
        )

    async def _ask_in_line(self, ask: Ask, rank: int, number: int, *, deadline: float) -> Answer:
        await self._gate.enter(rank, number)
        try:
            await self._sleep_until_in_reach(ask)
            answer = await self._ask(ask)
            if answer.standing is Standing.GRANTED:
                self._next_place_at = time.monotonic() + answer.wait_s + ask.step_us / 1e6
            if answer.standing is not Standing.GRANTED and time.monotonic() + answer.wait_s > deadline:
                raise NotNow(answer.wait_s)
            if answer.standing in {Standing.LINE, Standing.PAUSED}:
                await asyncio.sleep(min(answer.wait_s, LONGEST_SLEEP_S))
            return answer
        finally:
            self._gate.leave()

    async def _sleep_until_in_reach(self, ask: Ask) -> None:
        """Others only make the line longer: to ask before one's own last place has moved up is in vain."""
        early_s = self._next_place_at - ask.reach_us / 1e6 - time.monotonic()
        if early_s > 0:
            await asyncio.sleep(min(early_s, LONGEST_SLEEP_S))

    async def _ask(self, ask: Ask) -> Answer:
        if time.monotonic() >= self._away_until:
            try:
                answer = await self._ledger.take(ask)
            except LedgerAway:
                self._note_absence()
            else:
                if self._away:
                    self._away = False
                    log.info("limiter_shared_again carrier=%s", self.carrier)
                return answer
        if self._spare is None:
            raise NotNow(RETRY_LEDGER_EVERY_S)
        _spared.labels(self.carrier).inc()
        try:
            return await self._spare.take(ask.slower(1 / SPARE_SHARE))
        except LedgerAway as away:
            raise NotNow(RETRY_LEDGER_EVERY_S) from away

    def _note_absence(self) -> None:
        self._away_until = time.monotonic() + RETRY_LEDGER_EVERY_S
        if not self._away:
            self._away = True
            log.warning("limiter_on_its_own carrier=%s share=%s", self.carrier, SPARE_SHARE)
