"""What many tasks ask and write at one moment, in one view and in one transaction.

A commit waits for the disk and a view has its price too, whatever is in them: the same for one and for fifty.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from core.shared.errors import DomainError, RefusalKind
from core.store.database import Database
from core.store.gathering import Gathering
from core.store.unit_of_work import Reading, UnitOfWork

P = ParamSpec("P")
R = TypeVar("R")

MOST_AT_ONCE = 200
# More tasks than any process of ours has at work: what waits is bounded by them.
MOST_WAITING = 10_000
# While the store is away an ending waits for it: a message that is out and not noted is sent again.
RETRY_S = 1.0
LONGEST_WAIT_S = 60.0

Step = Callable[[UnitOfWork], Any]
Question = Callable[[Reading], Any]


class GroupRead:
    """Questions that are asked while a view is being read are answered together from the next one.

    What a view says is as old as the moment of asking at most, as with a view of one's own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._questions: Gathering[Question, Any] = Gathering(
            work=self._answer, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING
        )

    async def ask(
        self, query: Callable[Concatenate[Reading, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        """Answer of a query. Raises: what the query raises."""
        return cast("R", await self._questions.ask(lambda reading: query(reading, *args, **arguments)))

    async def _answer(self, questions: Sequence[Question]) -> Sequence[Any]:
        return await self._database.read_async(_answer_all, questions)


class GroupCommit:
    """Steps that arrive while a commit is on its way are written together in the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._steps: Gathering[Step, Any] = Gathering(
            work=self._commit, most_at_once=MOST_AT_ONCE, most_waiting=MOST_WAITING
        )

    async def write(self, step: Step) -> None:
        """Write one step; returns when it is committed. Raises: what the step raises.

        A step that fails is to be rare: the others are then written one by one.
        """
        await self._steps.ask(step)

    async def run(
        self, command: Callable[Concatenate[UnitOfWork, P], R], /, *args: P.args, **arguments: P.kwargs
    ) -> R:
        """Run a command that may well be refused; its refusal leaves the others as they are.

        Raises: what the command raises.
        """

        def step(uow: UnitOfWork) -> R:
            return command(uow, *args, **arguments)

        return cast("R", await self._steps.ask(lambda uow: _apart(uow, step)))

    async def _commit(self, steps: Sequence[Step]) -> Sequence[Any]:
        waited_s = 0.0
        while True:
            try:
                return await self._database.run_async(_do_all, steps)
            except DomainError as refusal:
                if refusal.kind is not RefusalKind.UNAVAILABLE or waited_s >= LONGEST_WAIT_S:
                    raise
                await asyncio.sleep(RETRY_S)
                waited_s += RETRY_S


def _answer_all(reading: Reading, questions: Sequence[Question]) -> list[Any]:
    return [_answer(reading, question) for question in questions]


def _answer(reading: Reading, question: Question) -> Any:
    try:
        return question(reading)
    except DomainError as refusal:
        return refusal


def _do_all(uow: UnitOfWork, steps: Sequence[Step]) -> list[Any]:
    return [step(uow) for step in steps]


def _apart(uow: UnitOfWork, step: Step) -> Any:
    try:
        with uow.savepoint():
            return step(uow)
    except DomainError as refusal:
        if refusal.kind is RefusalKind.UNAVAILABLE:
            raise
        return refusal
