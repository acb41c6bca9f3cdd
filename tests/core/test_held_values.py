"""Values that look wrong: held, decided for a reason, journaled; what was known when stays what it was."""

from collections.abc import Mapping, Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.alerts import RuleKind, Severity, evaluate_release, open_alerts, set_alert_rule
from core.identity import viewer_of
from core.indicators import (
    AccessLevel,
    Doubt,
    DoubtfulValue,
    HeldKey,
    HeldState,
    HeldValue,
    Indicator,
    NewValue,
    NothingHeld,
    Period,
    Release,
    accept_held,
    accept_held_release,
    held_values,
    record_release,
    register_indicators,
    reject_held,
    rejected_values,
    revisions,
    series,
)
from core.shared.errors import Empty, Forbidden
from tests.town import ANNA, IVANOV, VERA, Town

_digests = (f"{number:064d}" for number in count())


def indicator_of(code: str, *, level: AccessLevel = AccessLevel.PUBLIC) -> Indicator:
    return Indicator(
        code=code, rubric="jobs", title_ru=code, title_en=code, unit="%", unit_en="%", frequency="A",
        good="down", access_level=level,
    )  # fmt: skip


@pytest.fixture
def stats(town: Town) -> Town:
    secret = indicator_of("SECRET", level=AccessLevel.RESTRICTED)
    town.database.run(register_indicators, indicators=[indicator_of("UNEMPL"), secret])
    return town


def record(
    town: Town,
    values: Mapping[int, float],
    *,
    held: Mapping[int, float] | None = None,
    code: str = "UNEMPL",
    why: str | None = None,
) -> Release:
    def new(year: int, value: float) -> NewValue:
        return NewValue(
            indicator=code, territory_id=town.territory.id, period=Period("A", year), value=value, source="Я"
        )

    doubtful = [
        DoubtfulValue(new=new(year, value), doubt=Doubt.JUMP, expected=5.0)
        for year, value in (held or {}).items()
    ]
    return town.database.run(
        record_release,
        source="test",
        digest=next(_digests),
        title="июль.csv",
        values=[new(*pair) for pair in values.items()],
        recorded_by=None,
        doubtful=doubtful,
        accept_doubtful=why,
    ).release


def known(town: Town, *, as_of: int | None = None, code: str = "UNEMPL") -> dict[int, float]:
    points = town.database.read(series, indicator=code, territory_id=town.territory.id, as_of=as_of)
    return {int(point.period): point.value for point in points}


def waiting(
    town: Town, state: HeldState | None = HeldState.PENDING, *, code: str = "UNEMPL"
) -> list[HeldValue]:
    places = [town.territory.id]
    return town.database.read(
        held_values, person_id=town.people[VERA], territory_ids=places, state=state, indicator=code
    )


def decide(town: Town, command: object, held: Sequence[HeldValue], *, who: str = VERA) -> Release:
    keys = [one.key for one in held]
    return town.database.run(
        command,  # type: ignore[arg-type] # accept_held and reject_held have one shape
        keys=keys,
        decided_by=town.people[who],
        reason="Проверено по письму",
    )


def test_a_held_value_is_not_published_until_it_is_accepted_for_a_reason(stats: Town) -> None:
    first = record(stats, {2024: 5.0}, held={2025: 50.0})
    (held,) = waiting(stats)

    assert known(stats) == {2024: 5.0}
    assert (first.new, first.jumps, held.value, held.before, held.release_title) == (
        1, 1, 50.0, None, "июль.csv",
    )  # fmt: skip
    with pytest.raises(Empty):
        stats.database.run(accept_held, keys=[held.key], decided_by=stats.people[VERA], reason=" ")
    accepted = decide(stats, accept_held, [held])

    assert known(stats) == {2024: 5.0, 2025: 50.0}
    assert known(stats, as_of=first.vintage) == {2024: 5.0}
    assert (accepted.new, accepted.vintage > first.vintage) == (1, True)
    (journal,) = waiting(stats, None)
    assert (journal.state, journal.decided_by, journal.reason) == (
        HeldState.ACCEPTED, stats.people[VERA], "Проверено по письму",
    )  # fmt: skip
    with pytest.raises(NothingHeld):
        decide(stats, reject_held, [held])


def test_a_rejected_value_stays_out_and_is_known_as_such(stats: Town) -> None:
    record(stats, {2024: 5.0}, held={2025: 50.0, 2026: 60.0})

    decided = decide(stats, reject_held, [one for one in waiting(stats) if one.value == 50.0])

    assert known(stats) == {2024: 5.0}
    assert (decided.new, [one.value for one in waiting(stats)]) == (0, [60.0])
    place = stats.territory.id
    assert stats.database.read(rejected_values, territory_ids=[place], indicators=["UNEMPL"]) == {
        (place, "UNEMPL", "2025", 50.0)
    }


def test_a_release_is_accepted_at_once_or_while_it_is_loaded(stats: Town) -> None:
    release = record(stats, {2024: 5.0}, held={2025: 50.0, 2026: 60.0})
    places, vera = [stats.territory.id], stats.people[VERA]
    with pytest.raises(Forbidden):
        stats.database.run(
            accept_held_release,
            vintage=release.vintage,
            territory_ids=places,
            decided_by=stats.people[IVANOV],
            reason="Просто так",
        )
    stats.database.run(
        accept_held_release, vintage=release.vintage, territory_ids=places, decided_by=vera, reason="Верно"
    )
    record(stats, {}, held={2027: 70.0}, why="сверено")

    assert known(stats) == {2024: 5.0, 2025: 50.0, 2026: 60.0, 2027: 70.0}
    assert {one.reason for one in waiting(stats, HeldState.ACCEPTED)} == {"Верно", "сверено"}


def test_who_may_not_see_an_indicator_can_neither_see_nor_decide_its_held_values(stats: Town) -> None:
    record(stats, {2024: 5.0}, held={2025: 50.0}, code="SECRET")
    with stats.database.reading() as reading:
        assert reading.session.execute(text("SELECT count(*) FROM held_value")).scalar_one() == 1
        key = f"{stats.territory.id}:SECRET:2025:1"

    assert waiting(stats, code="SECRET") == []
    for who in (VERA, ANNA):
        with pytest.raises(NothingHeld):
            stats.database.run(
                accept_held, keys=[HeldKey.parse(key)], decided_by=stats.people[who], reason="Да"
            )


def test_an_alert_on_the_quality_of_data_sees_what_is_held_and_ends_with_the_decision(stats: Town) -> None:
    stats.database.run(
        set_alert_rule,
        indicator_code="UNEMPL",
        territory_id=stats.territory.id,
        kind=RuleKind.QUALITY,
        bad="above",
        threshold=0.99,
        clear_at=0.99,
        severity=Severity.WARN,
        set_by=None,
    )
    official = stats.database.read(viewer_of, person_id=stats.people[IVANOV])

    def judged(release: Release) -> list[float]:
        stats.database.run(evaluate_release, vintage=release.vintage)
        return [card.alert.value for card in stats.database.read(open_alerts, viewer=official)]

    assert judged(record(stats, {2023: 5.0, 2024: 5.1})) == []
    assert judged(record(stats, {}, held={2025: 5000.0})) == [5000.0]
    assert judged(decide(stats, reject_held, waiting(stats))) == []
    assert judged(record(stats, {}, held={2025: 6000.0})) == [6000.0]
    assert judged(decide(stats, accept_held, waiting(stats))) == []


YEARS = st.integers(2020, 2023)
FIGURES = st.dictionaries(YEARS, st.sampled_from([5.0, 6.0, 7.0]), max_size=3)
STEP = st.one_of(
    st.tuples(st.just("release"), FIGURES, FIGURES),
    st.tuples(st.just("accept"), st.sets(YEARS), st.none()),
    st.tuples(st.just("reject"), st.sets(YEARS), st.none()),
)
_codes = count()


@given(steps=st.lists(STEP, min_size=1, max_size=7))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_known_at_a_vintage_is_a_replay_of_the_releases_up_to_it(
    stats: Town, steps: list[tuple[str, dict[int, float], dict[int, float]]]
) -> None:
    code = f"I{next(_codes)}"
    stats.database.run(register_indicators, indicators=[indicator_of(code)])
    published: dict[int, float] = {}
    pending: dict[int, float] = {}
    told: dict[int, dict[int, float]] = {}
    changes = 0

    for kind, what, doubtful in steps:
        before = dict(published)
        if kind == "release":
            held = {year: value for year, value in doubtful.items() if year not in what}
            if not what and not held:
                continue
            release = record(stats, what, held=held, code=code)
            pending = {year: value for year, value in pending.items() if year not in what} | held
            published |= what
        else:
            chosen = [one for one in waiting(stats, code=code) if int(one.key.period) in what]
            if not chosen:
                continue
            release = decide(stats, accept_held if kind == "accept" else reject_held, chosen)
            decided = {int(one.key.period): pending.pop(int(one.key.period)) for one in chosen}
            published |= decided if kind == "accept" else {}
        told[release.vintage] = dict(published)
        changes += sum(before[year] != published[year] for year in before)

    assert {vintage: known(stats, as_of=vintage, code=code) for vintage in told} == told
    assert {int(one.key.period): one.value for one in waiting(stats, code=code)} == pending
    revised = stats.database.read(revisions, indicator=code, territory_id=stats.territory.id)
    assert len(revised) == changes
