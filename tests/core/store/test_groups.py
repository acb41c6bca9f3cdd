"""What many ask and write at one moment: one view, one commit, and everybody's own answer."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from core.shared.errors import Empty
from core.store import (
    Database,
    GroupCommit,
    GroupRead,
    PreparedChange,
    PreparedQuery,
    Reading,
    UnitOfWork,
    append,
    chain_audit,
    head,
    insert_new,
    once_a_view,
    one_of,
    waiting_facts,
)
from core.store.model import AnswerRow, InboxRow


def say(uow: UnitOfWork, *, room: str, words: str) -> int:
    seq = append(uow, stream=f"room:{room}", kind="message", author=None, body={"text": words}).seq
    uow.audit("said", actor=None, subject=f"room:{room}")
    if not words:
        raise Empty
    return seq


def fall_over(_uow: UnitOfWork) -> None:
    raise ZeroDivisionError


async def test_each_gets_the_answer_or_the_refusal_of_its_own_and_all_share_one_commit(
    database: Database,
) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    writes = GroupCommit(database)

    answers = await asyncio.gather(
        writes.run(say, room="a", words="раз"),
        writes.run(say, room="b", words=""),
        writes.run(say, room="a", words="два"),
        return_exceptions=True,
    )

    assert [answers[0], type(answers[1]), answers[2]] == [1, Empty, 2]
    assert len(commits) == 1
    # What was refused has left no row, no fact and no audit.
    assert database.read(head, stream="room:b").seq == 0
    assert len(database.read(waiting_facts)) == 2
    assert database.run(chain_audit) == 2


async def test_what_breaks_the_transaction_of_all_breaks_only_its_own(database: Database) -> None:
    writes = GroupCommit(database)

    answers = await asyncio.gather(
        writes.run(say, room="a", words="раз"),
        writes.run(fall_over),
        writes.write(lambda uow: say(uow, room="a", words="два")),
        return_exceptions=True,
    )

    assert [answers[0], type(answers[1]), answers[2]] == [1, ZeroDivisionError, None]
    assert database.read(head, stream="room:a").seq == 2


async def test_a_connection_that_breaks_inside_a_part_has_the_whole_tried_again(database: Database) -> None:
    broken: list[bool] = []

    def breaks_thrice(uow: UnitOfWork) -> int:
        seq = say(uow, room="a", words="раз")
        if len(broken) < 3:
            broken.append(True)
            uow.connection.invalidate()
            raise OperationalError("the server has gone away", None, Exception())
        return seq

    writes = GroupCommit(database)

    there, here = await asyncio.gather(writes.run(say, room="b", words="раз"), writes.run(breaks_thrice))

    assert (there, here) == (1, 1)
    assert len(database.read(waiting_facts)) == 2


async def test_nobody_is_answered_before_the_commit(database: Database) -> None:
    writes = GroupCommit(database)
    tasks = [asyncio.create_task(writes.run(say, room="a", words=words)) for words in ("раз", "два")]
    answered: list[bool] = []
    event.listen(database.engine, "commit", lambda _: answered.extend(task.done() for task in tasks))

    assert await asyncio.gather(*tasks) == [1, 2]

    assert answered == [False, False]


async def test_a_view_is_shared_and_a_question_that_fails_is_nobody_elses(database: Database) -> None:
    asked: list[str] = []

    @once_a_view
    def length(reading: Reading, *, room: str) -> int:
        asked.append(room)
        return head(reading, stream=f"room:{room}").seq

    def refuse(_reading: Reading) -> None:
        raise Empty

    database.run(say, room="a", words="раз")
    reads = GroupRead(database)

    answers = await asyncio.gather(
        reads.ask(length, room="a"),
        reads.ask(refuse),
        reads.ask(length, room="a"),
        reads.ask(length, room="b"),
        return_exceptions=True,
    )

    assert [answers[0], type(answers[1]), answers[2], answers[3]] == [1, Empty, 1, 0]
    assert asked == ["a", "b"]
    # The next view knows nothing of this one.
    database.run(say, room="a", words="два")
    assert await reads.ask(length, room="a") == 2


def test_in_a_unit_of_work_a_shared_question_is_asked_each_time(database: Database) -> None:
    length = once_a_view(head)

    with database.transaction() as uow:
        before = length(uow, stream="room:a").seq
        say(uow, room="a", words="раз")
        after = length(uow, stream="room:a").seq

    assert (before, after) == (0, 1)


KEEP = PreparedChange(insert_new(AnswerRow, "key", "fingerprint", "answer", "at", conflict=("key",)))
CHANGE = PreparedChange(
    update(AnswerRow).where(AnswerRow.key == bindparam("of")).values(answer=bindparam("answer"))
)
ANSWERS = PreparedQuery(
    select(AnswerRow.key, AnswerRow.answer, AnswerRow.at)
    .where(one_of(AnswerRow.key, "keys"), AnswerRow.fingerprint == "same")
    .order_by(AnswerRow.key)
)


def test_a_prepared_statement_converts_as_the_columns_say(database: Database) -> None:
    with database.transaction() as uow:
        rows = [
            {"key": key, "fingerprint": "same", "answer": {"is": key, "то": [1]}, "at": uow.now}
            for key in ("a'", "b", "c")
        ]
        assert uow.apply_all(KEEP, rows) == 3
        assert uow.apply(KEEP, **rows[0]) == 0
        assert uow.apply(CHANGE, of="b", answer=None) == 1
        found = uow.rows(ANSWERS, keys=["a'", "b", "none"])

    assert found == [("a'", {"is": "a'", "то": [1]}, uow.now), ("b", None, uow.now)]
    with database.reading() as reading:
        assert reading.rows(ANSWERS, keys=[]) == []
        assert reading.first(ANSWERS, keys=["c"]) == ("c", {"is": "c", "то": [1]}, uow.now)


def test_a_prepared_statement_sees_what_the_session_holds_back_and_writes_the_defaults(
    database: Database,
) -> None:
    plain = PreparedChange(
        insert(InboxRow).values(
            carrier=bindparam("carrier"),
            update_key="1",
            lane="1",
            payload=bindparam("payload"),
            received_at=bindparam("at"),
        )
    )
    with database.transaction() as uow:
        uow.session.add(AnswerRow(key="held back", fingerprint="same", answer=1, at=uow.now))
        assert uow.first(ANSWERS, keys=["held back"]) == ("held back", 1, uow.now)
        uow.apply(plain, carrier="web", payload={}, at=uow.now)
        assert uow.session.execute(select(InboxRow.attempts)).scalar_one() == 0


def test_a_failure_of_the_driver_is_one_of_sqlalchemy_and_says_no_values(database: Database) -> None:
    twice = PreparedChange(
        insert(AnswerRow).values(
            key=bindparam("key"), fingerprint="", answer=bindparam("answer"), at=bindparam("at")
        )
    )

    def keep(uow: UnitOfWork) -> None:
        uow.apply_all(twice, [{"key": "a secret", "answer": 1, "at": uow.now}] * 2)

    with pytest.raises(DBAPIError) as failure:
        database.run(keep)

    assert "a secret" not in str(failure.value.statement) + str(failure.value.params)
    with database.reading() as reading:
        assert reading.session.execute(text("SELECT count(*) FROM answer")).scalar_one() == 0
