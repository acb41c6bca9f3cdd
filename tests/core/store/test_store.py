"""The store: one commit for rows and facts, one order in a stream, one effect for a repeated request."""

from concurrent.futures import ThreadPoolExecutor
from types import NoneType
from typing import Any

import pytest
from sqlalchemy import event, text

from core.store import (
    Database,
    KeyReused,
    UnitOfWork,
    append,
    bump_epochs,
    chain_audit,
    events_after,
    fail_update,
    head,
    mark_failed,
    mark_sent,
    receive_update,
    rewrite,
    run_once,
    settle_update,
    verify_chain,
    waiting_facts,
    waiting_updates,
)


def say(uow: UnitOfWork, *, words: str, client_id: str | None = None, author: str = "a" * 32) -> int:
    return append(
        uow, stream="room:1", kind="message", author=author, client_id=client_id, body={"text": words}
    ).seq


def note(uow: UnitOfWork, *, number: int) -> None:
    uow.audit("tested", actor=None, subject=f"thing:{number}")


def test_a_refused_command_leaves_neither_rows_nor_facts(database: Database) -> None:
    def half(uow: UnitOfWork) -> None:
        say(uow, words="раз")
        raise LookupError

    with pytest.raises(LookupError):
        database.run(half)

    assert database.read(waiting_facts) == []
    assert database.read(head, stream="room:1").seq == 0


def test_facts_wait_in_order_until_these_exact_rows_are_marked(database: Database) -> None:
    for words in ("раз", "два", "три"):
        database.run(say, words=words)
    waiting = database.read(waiting_facts)

    database.run(mark_sent, rows=[waiting[0].row, waiting[2].row])

    left = database.read(waiting_facts)
    assert [fact.row for fact in left] == [waiting[1].row]


def test_a_fact_that_cannot_be_published_is_parked_in_the_end(database: Database) -> None:
    database.run(say, words="яд")
    row = database.read(waiting_facts)[0].row

    verdicts = [database.run(mark_failed, row=row) for _ in range(20)]

    assert verdicts == [False] * 19 + [True]
    assert database.read(waiting_facts) == []


def test_commits_wake_the_relay_and_refusals_do_not(database: Database) -> None:
    woken: list[int] = []
    database.on_commit = lambda facts: woken.append(len(facts))

    database.run(say, words="раз")
    with pytest.raises(ZeroDivisionError):
        database.run(lambda uow: 1 // say(uow, words="два") // 0)

    assert woken == [1]


def test_parallel_writers_get_one_order_without_gaps(database: Database) -> None:
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda n: database.run(say, words=str(n), client_id=str(n)), range(80)))

    events = database.read(events_after, stream="room:1", seq=0, limit=100)
    assert [event.seq for event in events] == list(range(1, 81))
    assert {event.body["text"] for event in events} == {str(n) for n in range(80)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_writers_of_one_process_stand_in_line_and_never_find_it_busy(database: Database) -> None:
    def impatient(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")

    def write(number: int) -> None:
        with database.transaction() as uow:
            say(uow, words=str(number))

    event.listen(database.engine, "connect", impatient)
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(20)))

    assert database.read(head, stream="room:1").seq == 20


def test_a_message_sent_again_is_the_same_message(database: Database) -> None:
    with ThreadPoolExecutor(8) as impatient:
        numbers = set(impatient.map(lambda _: database.run(say, words="раз", client_id="один"), range(16)))

    assert numbers == {1}
    assert database.run(say, words="два", client_id="два") == 2
    assert len(database.read(waiting_facts)) == 2


def test_two_people_may_choose_the_same_client_id(database: Database) -> None:
    first = database.run(say, words="раз", client_id="1", author="a" * 32)
    second = database.run(say, words="два", client_id="1", author="b" * 32)

    assert (first, second) == (1, 2)


def test_a_replay_after_a_rewrite_holds_no_former_text(database: Database) -> None:
    database.run(say, words="телефон 8-900")

    database.run(rewrite, stream="room:1", seq=1, body={"text": "скрыто"})

    events = database.read(events_after, stream="room:1", seq=0)
    assert [event.body["text"] for event in events] == ["скрыто"]


def test_a_restore_sends_every_reader_to_a_new_epoch(database: Database) -> None:
    database.run(say, words="раз")

    bumped = database.run(bump_epochs)

    assert bumped == 1
    assert database.read(head, stream="room:1").epoch == 2


def test_an_update_delivered_three_times_is_one_update(database: Database) -> None:
    kept = [
        database.run(receive_update, carrier="telegram", update_key="7", lane="1", payload={"text": "привет"})
        for _ in range(3)
    ]

    assert kept == [True, False, False]
    waiting = database.read(waiting_updates, carriers=["telegram"])
    assert [update.payload for update in waiting] == [{"text": "привет"}]


def test_a_settled_update_keeps_its_key_and_loses_its_words(database: Database) -> None:
    database.run(receive_update, carrier="telegram", update_key="7", lane="1", payload={"text": "личное"})
    row = database.read(waiting_updates, carriers=["telegram"])[0].row

    database.run(settle_update, row=row)

    again = database.run(receive_update, carrier="telegram", update_key="7", lane="1", payload={})
    assert not again
    assert database.read(waiting_updates, carriers=["telegram"]) == []
    with database.reading() as reading:
        kept = str(reading.session.execute(text("SELECT payload FROM inbox")).scalar_one())
    assert "личное" not in kept


def test_an_update_that_fails_five_times_lets_its_lane_go_on(database: Database) -> None:
    database.run(receive_update, carrier="web", update_key="1", lane="1", payload={})
    row = database.read(waiting_updates, carriers=["web"])[0].row

    verdicts = [database.run(fail_update, row=row, failure="KeyError") for _ in range(5)]

    assert verdicts == [False, False, False, False, True]
    assert database.read(waiting_updates, carriers=["web"]) == []


def test_a_request_with_the_same_key_has_one_effect_and_one_answer(database: Database) -> None:
    def ask(words: str = "раз") -> int:
        return database.run(run_once, key="api:1:k", command=say, arguments={"words": words}, returns=int)

    with ThreadPoolExecutor(6) as impatient:
        answers = set(impatient.map(lambda _: ask(), range(12)))

    assert answers == {1}
    assert database.read(head, stream="room:1").seq == 1


def test_a_key_used_for_another_request_is_refused(database: Database) -> None:
    database.run(run_once, key="k", command=say, arguments={"words": "раз"}, returns=int)

    with pytest.raises(KeyReused):
        database.run(run_once, key="k", command=say, arguments={"words": "два"}, returns=int)


def test_a_refused_request_may_be_tried_again_under_its_key(database: Database) -> None:
    def refuse(uow: UnitOfWork, *, really: bool) -> None:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            database.run(run_once, key="k", command=refuse, arguments={"really": True}, returns=NoneType)


def test_the_audit_chain_holds_and_finds_a_changed_row(database: Database) -> None:
    for number in range(5):
        database.run(note, number=number)
    database.run(chain_audit, limit=3)
    database.run(chain_audit)
    intact = database.read(verify_chain)

    with database.transaction() as uow:
        uow.session.execute(text("UPDATE audit SET subject = 'thing:9' WHERE position = 4"))

    assert (intact.rows, intact.broken_at) == (5, None)
    assert database.read(verify_chain).broken_at == 4


def test_the_audit_chain_finds_a_dropped_row(database: Database) -> None:
    for number in range(3):
        database.run(note, number=number)
    database.run(chain_audit)

    with database.transaction() as uow:
        uow.session.execute(text("DELETE FROM audit WHERE position = 2"))

    assert database.read(verify_chain).broken_at == 2
