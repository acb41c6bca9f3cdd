"""What many tasks have to write down at one moment, in one transaction."""

import asyncio
import logging
from collections.abc import Callable

from core.shared.errors import DomainError, RefusalKind
from core.store.database import Database
from core.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

# While the store is away an ending waits for it: a message that is out and not noted is sent again.
RETRY_S = 1.0
LONGEST_WAIT_S = 60.0

Step = Callable[[UnitOfWork], object]


class GroupCommit:
    """Writes steps that arrive while a commit is on its way together in the next one.

    A commit waits for the disk, so its price is the same for one ending and for thirty.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Step, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, step: Step) -> None:
        """Write one step; returns when it is committed. Raises: what the step raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting(), name="group commit")
        await done

    async def _write_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await self._write_group(group)
            except BaseException as end:
                # The process is ending: whoever waits for the commit must not wait for ever.
                for _, done in [*group, *self._waiting]:
                    _tell(done, end)
                if isinstance(end, asyncio.CancelledError):
                    raise
                return

    async def _write_group(self, group: "list[tuple[Step, asyncio.Future[None]]]") -> None:
        try:
            await self._commit([step for step, _ in group])
        except Exception as failure:  # noqa: BLE001 - each step is tried alone and told its own failure
            log.warning("group_commit_split steps=%s reason=%s", len(group), type(failure).__name__)
            for step, done in group:
                await self._alone(step, done)
        else:
            for _, done in group:
                _tell(done)

    async def _alone(self, step: Step, done: "asyncio.Future[None]") -> None:
        try:
            await self._commit([step])
        except Exception as failure:  # noqa: BLE001 - handed to whoever waits for it
            _tell(done, failure)
        else:
            _tell(done)

    async def _commit(self, steps: list[Step]) -> None:
        waited_s = 0.0
        while True:
            try:
                await self._database.run_async(_do_all, steps=steps)
            except DomainError as refusal:
                if refusal.kind is not RefusalKind.UNAVAILABLE or waited_s >= LONGEST_WAIT_S:
                    raise
                await asyncio.sleep(RETRY_S)
                waited_s += RETRY_S
            else:
                return


def _do_all(uow: UnitOfWork, *, steps: list[Step]) -> None:
    for step in steps:
        step(uow)


def _tell(done: "asyncio.Future[None]", failure: BaseException | None = None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
