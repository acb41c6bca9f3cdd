"""The way in: messages to rooms, committed in groups, each acknowledged only after its commit.

A commit costs a wait for the disk, whatever is in it, so what arrives while one is under way shares the next.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.identity import Viewer
from core.rooms import Post, UnknownRoom, post_messages, room_of
from core.shared.errors import DomainError
from core.store import Database, Gathering, StreamEvent
from realtime import commands, measures
from realtime.commands import Said
from realtime.limits import Limits, TooFast
from realtime.protocol import Send


@dataclass(slots=True, eq=False)
class Writer:
    """Writes what the connections of this process say; one transaction is under way at a time.

    ``committed`` is told of the events of each commit, after those who wait for them.
    """

    database: Database
    limits: Limits
    committed: Callable[[Sequence[StreamEvent]], None]
    _posts: Gathering[Post, StreamEvent] = field(init=False)

    def __post_init__(self) -> None:
        self._posts = Gathering(
            work=self._commit,
            most_at_once=self.limits.messages_per_commit,
            most_waiting=self.limits.messages_waiting,
            too_many=TooFast,
        )

    async def say(self, *, viewer: Viewer, message: Send) -> Said:
        """Say something in a room or a chat; returns when it is durable.

        Raises: TooFast when more is waiting than can be written soon, StoreUnavailable, and the refusals
        of ``commands.send`` and ``core.rooms.post_messages``. A refused message has left nothing behind.
        """
        room_id = room_of(message.stream)
        if room_id is not None:
            post = Post(
                room_id=room_id,
                sender=viewer,
                client_id=message.client_id,
                text=message.text,
                reply_to=message.reply_to,
            )
            try:
                return commands.said(await self._posts.ask(post))
            except UnknownRoom:
                # Nothing to talk in, or a conversation of the direct line, which has rules of its own.
                pass
        return await self.database.run_async(commands.send, viewer=viewer, message=message)

    async def stop(self) -> None:
        """Wait until what was taken in is written."""
        await self._posts.stop()

    async def _commit(self, posts: Sequence[Post]) -> Sequence[StreamEvent | DomainError]:
        answers = await self.database.run_async(post_messages, posts)
        measures.batch_size.observe(len(posts))
        events = [answer for answer in answers if isinstance(answer, StreamEvent)]
        # Those who wait are answered first: a sender learns its number before it sees its message.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self.committed, events)
        return answers
