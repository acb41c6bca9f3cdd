"""Doing together what many ask for at once: one transaction for a crowd instead of one for each.

What is asked while one run is under way makes up the next one. There is no timer: a lone question is
answered at once, and a thousand clients that come back in the same second make their own batches.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.shared.errors import DomainError
from core.store.database import StoreUnavailable

log = logging.getLogger(__name__)

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Q, A]):
    question: Q
    answer: asyncio.Future[A | DomainError]


@dataclass(slots=True, eq=False)
class Gathering(Generic[Q, A]):
    """Gives what is asked to ``work`` in batches, one batch at a time, in the order of asking.

    ``work`` answers each question of its batch, in order, with an answer or a refusal. ``most_at_once``
    bounds a batch, ``most_waiting`` what waits for the next ones; beyond it ``too_many`` is the answer.
    """

    work: Callable[[Sequence[Q]], Awaitable[Sequence[A | DomainError]]]
    most_at_once: int
    most_waiting: int
    too_many: type[DomainError] = StoreUnavailable
    _queue: deque[_Waiting[Q, A]] = field(default_factory=deque)
    _task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer; the run that gives it has begun after this call.

        Raises: the refusal that was the answer, ``too_many`` if too much waits already, StoreUnavailable.
        """
        if len(self._queue) >= self.most_waiting:
            raise self.too_many
        waiting: _Waiting[Q, A] = _Waiting(question, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="gathering")
        answer = await waiting.answer
        if isinstance(answer, DomainError):
            raise answer
        return answer

    async def stop(self) -> None:
        """Wait until all that was asked is answered."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            while self._queue:
                size = min(len(self._queue), self.most_at_once)
                await self._answer([self._queue.popleft() for _ in range(size)])
        finally:
            self._task = None

    async def _answer(self, batch: Sequence[_Waiting[Q, A]]) -> None:
        try:
            answers = await self.work([waiting.question for waiting in batch])
        except StoreUnavailable:
            _give(batch, [StoreUnavailable() for _ in batch])
        except Exception as error:
            log.exception("batch_broken size=%s", len(batch))
            await self._after_breaking(batch, error)
        except BaseException as end:
            # The process is ending: whoever waits for an answer must not wait for ever.
            _break([*batch, *self._queue], end)
            self._queue.clear()
            if isinstance(end, asyncio.CancelledError):
                raise
        else:
            _give(batch, answers)

    async def _after_breaking(self, batch: Sequence[_Waiting[Q, A]], error: Exception) -> None:
        """One of them breaks the run of all; alone it breaks only its own."""
        if len(batch) > 1:
            for waiting in batch:
                await self._answer([waiting])
        else:
            _break(batch, error)


def _give(batch: Sequence[_Waiting[Q, A]], answers: Sequence[A | DomainError]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        # A connection that is being torn down no longer waits.
        if not waiting.answer.done():
            waiting.answer.set_result(answer)


def _break(batch: Sequence[_Waiting[Q, A]], failure: BaseException) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(failure)
