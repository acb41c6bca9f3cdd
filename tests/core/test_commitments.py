"""Public commitments: one an alert, by whoever has it, never rewritten, ended once."""

from datetime import date, timedelta

import pytest

from core.alerts import AlertOver, EntryKind, UnknownAlert, acknowledge_alert, alert_card
from core.commitments import (
    Commitment,
    CommitmentOver,
    CommitmentStatus,
    CommittedAlready,
    TakenByAnother,
    UnknownCommitment,
    WrongTerm,
    commitments_on,
    end_overdue_commitments,
    make_commitment,
    remind_of_commitments,
    report_commitment_kept,
)
from core.shared.clock import ManualClock
from core.shared.errors import Empty
from core.shared.ids import AlertId
from tests.core.test_alerts import Watch, watch  # noqa: F401 - the fixture
from tests.town import ANNA, IVANOV, SMIRNOVA

FAIR = "Ярмарка вакансий в каждом квартале"


def promise(
    watch: Watch,  # noqa: F811
    alert_id: AlertId,
    who: str = IVANOV,
    *,
    measure: str = FAIR,
    days: int = 30,
) -> Commitment:
    return watch.town.database.run(
        make_commitment,
        alert_id=alert_id,
        person_id=watch.town.people[who],
        measure=measure,
        due=watch.town.clock.now().date() + timedelta(days=days),
    )


def test_a_promise_takes_the_alert_and_stands_as_it_was_made(watch: Watch) -> None:  # noqa: F811
    alert_id = watch.fired()

    made = promise(watch, alert_id)

    assert promise(watch, alert_id) == made
    assert watch.town.database.read(alert_card, alert_id=alert_id).acknowledged_by_name == IVANOV
    with pytest.raises(CommittedAlready):
        promise(watch, alert_id, days=60)
    with pytest.raises(TakenByAnother):
        promise(watch, alert_id, SMIRNOVA)
    stood = watch.town.database.read(commitments_on, indicator="UNEMPL", territory_id=watch.town.territory.id)
    assert stood == [made]
    assert watch.facts("CommitmentMade") == ["CommitmentMade"]


def test_a_wrong_promise_is_refused_and_takes_nothing(watch: Watch) -> None:  # noqa: F811
    alert_id = watch.fired()

    for days in (0, 367):
        with pytest.raises(WrongTerm):
            promise(watch, alert_id, days=days)
    with pytest.raises(Empty):
        promise(watch, alert_id, measure=" ")
    with pytest.raises(UnknownAlert):
        promise(watch, alert_id, ANNA)

    assert watch.town.database.read(alert_card, alert_id=alert_id).acknowledged_by_name is None
    watch.arrives(5.0)
    with pytest.raises(AlertOver):
        promise(watch, alert_id)


def test_it_is_kept_by_a_report_once(watch: Watch) -> None:  # noqa: F811
    made = promise(watch, watch.fired())
    run, people = watch.town.database.run, watch.town.people

    with pytest.raises(UnknownCommitment):
        run(report_commitment_kept, commitment_id=made.id, person_id=people[ANNA], result="Нет")
    kept = run(report_commitment_kept, commitment_id=made.id, person_id=people[IVANOV], result="Прошли две")
    with pytest.raises(CommitmentOver):
        run(report_commitment_kept, commitment_id=made.id, person_id=people[IVANOV], result="Ещё")

    assert (kept.status, kept.result) == (CommitmentStatus.KEPT, "Прошли две")
    assert watch.facts("CommitmentEnded") == ["CommitmentEnded"]


def test_its_last_day_still_counts_and_the_day_after_it_is_missed_once(
    watch: Watch,  # noqa: F811
    clock: ManualClock,
) -> None:
    alert_id = watch.fired()
    watch.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=watch.town.people[IVANOV])
    made = promise(watch, alert_id, days=7)
    run = watch.town.database.run

    reminded = [run(remind_of_commitments)]
    clock.advance(timedelta(days=7))
    reminded += [run(remind_of_commitments), run(remind_of_commitments)]
    assert run(end_overdue_commitments) == 0
    clock.advance(timedelta(days=1))
    assert run(end_overdue_commitments) == 1
    assert run(end_overdue_commitments) == 0

    (found,) = watch.town.database.read(
        commitments_on, indicator="UNEMPL", territory_id=watch.town.territory.id
    )
    assert reminded == [0, 1, 0]
    assert watch.facts("CommitmentDue") == ["CommitmentDue"]
    last = watch.town.database.read(alert_card, alert_id=alert_id).entries[-1]
    assert (last.kind, last.about_name, last.due) == (EntryKind.PROMISE_DUE, IVANOV, made.due)
    assert isinstance(found.due, date)
    assert (found.id, found.status) == (made.id, CommitmentStatus.MISSED)
