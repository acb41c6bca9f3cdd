"""The way in: messages to rooms, committed in groups, each acknowledged only after its commit.

A commit costs a wait for the disk, whatever is in it. So what arrives while one transaction is under way
makes up the next one. There is no timer: a lone message leaves at once, a crowd makes its own batches.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from core.identity import Viewer
from core.rooms import Post, UnknownRoom, post_messages, room_of
from core.shared.errors import DomainError
from core.store import Database, StoreUnavailable, StreamEvent
from realtime import commands, measures
from realtime.commands import Said
from realtime.limits import Limits, TooFast
from realtime.protocol import Send

log = logging.getLogger(__name__)

Answer: TypeAlias = StreamEvent | DomainError


@dataclass(slots=True, eq=False)
class _Waiting:
    post: Post
    answer: asyncio.Future[Answer]


@dataclass(slots=True, eq=False)
class Writer:
    """Writes what the connections of this process say; one transaction is under way at a time.

    ``committed`` is told of the events of each commit, after those who wait for them.
    """

    database: Database
    limits: Limits
    committed: Callable[[Sequence[StreamEvent]], None]
    _queue: deque[_Waiting] = field(default_factory=deque)
    _task: asyncio.Task[None] | None = None

    async def say(self, *, viewer: Viewer, message: Send) -> Said:
        """Say something in a room or a chat; returns when it is durable.

        Raises: TooFast when more is waiting than can be written soon, StoreUnavailable, and the refusals
        of ``commands.send`` and ``core.rooms.post_messages``. A refused message has left nothing behind.
        """
        room_id = room_of(message.stream)
        if room_id is not None:
            answer = await self._posted(
                Post(room_id=room_id, sender=viewer, client_id=message.client_id, text=message.text)
            )
            if isinstance(answer, StreamEvent):
                return commands.said(answer)
            if not isinstance(answer, UnknownRoom):
                raise answer
        # A chat with the bot or a conversation of the direct line, which have rules of their own.
        return await self.database.run_async(commands.send, viewer=viewer, message=message)

    async def stop(self) -> None:
        """Wait until what was taken in is written."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _posted(self, post: Post) -> Answer:
        if len(self._queue) >= self.limits.messages_waiting:
            raise TooFast
        waiting = _Waiting(post, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._write())
        return await waiting.answer

    async def _write(self) -> None:
        try:
            while self._queue:
                size = min(len(self._queue), self.limits.messages_per_commit)
                await self._commit([self._queue.popleft() for _ in range(size)])
        finally:
            self._task = None

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = await self.database.run_async(post_messages, [waiting.post for waiting in batch])
        except StoreUnavailable:
            _give(batch, [StoreUnavailable() for _ in batch])
        except Exception as error:
            log.exception("batch_broken size=%s", len(batch))
            await self._after_breaking(batch, error)
        else:
            measures.batch_size.observe(len(batch))
            _give(batch, answers)
            # Those who were just answered speak first: a sender learns its number before it sees it.
            await asyncio.sleep(0)
            self.committed([answer for answer in answers if isinstance(answer, StreamEvent)])

    async def _after_breaking(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """One of them breaks the transaction of all; alone it breaks only its own."""
        if len(batch) > 1:
            for waiting in batch:
                await self._commit([waiting])
        elif not batch[0].answer.done():
            batch[0].answer.set_exception(error)


def _give(batch: Sequence[_Waiting], answers: Sequence[Answer]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        # A connection that is being torn down no longer waits; its message is durable all the same.
        if not waiting.answer.done():
            waiting.answer.set_result(answer)
