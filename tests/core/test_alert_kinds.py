"""The seven kinds of rules: the number each watches, the states it goes through, each change once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.alerts import (
    AlertRule,
    AlertState,
    Failed,
    RuleKind,
    Severity,
    Standing,
    Transition,
    WrongPatience,
    evaluate_terms,
    judge,
    rule_history,
    set_alert_rule,
    times_fired,
)
from core.alerts.measures import Evidence, measure
from core.alerts.rules import Side
from core.indicators import Forecast, ForecastPoint, Point, Revision, Target
from core.shared.clock import ManualClock
from tests.core.test_alerts import RULE, Watch, forecast, watch  # noqa: F401 - the fixture

PATIENT = replace(RULE, hold=2, settle=2)
TODAY = date(2027, 3, 9)
DEFAULTS: dict[RuleKind, tuple[Side, float, float]] = {
    RuleKind.PLAN: ("above", 5.0, 2.0),
    RuleKind.GOAL: ("below", 33.0, 40.0),
    RuleKind.TREND: ("above", 1.0, 0.5),
    RuleKind.STALENESS: ("above", 40.0, 40.0),
    RuleKind.REVISION: ("above", 1.0, 1.0),
    RuleKind.QUALITY: ("above", 0.99, 0.99),
}


def rule(kind: RuleKind) -> AlertRule:
    bad, threshold, clear_at = DEFAULTS[kind]
    return replace(RULE, kind=kind, bad=bad, threshold=threshold, clear_at=clear_at)


def points(*values: float, last: int = 2026) -> list[Point]:
    first = last - len(values) + 1
    return [
        Point(period=str(first + i), value=value, source="Росстат", vintage=1)
        for i, value in enumerate(values)
    ]


def told(period: str, median: float, spread: float = 1.2816) -> Forecast:
    """A forecast of one year whose 80 % band reaches `spread` to both sides."""
    steps = (-2.0, -1.6, -1.0, -0.5, 0.0, 0.5, 1.0, 1.6, 2.0)
    quantiles = tuple(median + spread * step for step in steps)
    return replace(
        forecast(),
        points=(ForecastPoint(period, median, quantiles),),
        last_period=str(int(period) - 1),
    )


def revision(before: float, after: float) -> Revision:
    return Revision(
        period="2020", before=before, after=after, vintage=9, recorded_at=datetime(2027, 3, 9, tzinfo=UTC)
    )


def target(value: float, op: Any = ">=", period: str = "2030") -> Target:
    return Target(period=period, value=value, op=op)


@pytest.mark.parametrize(
    ("kind", "known", "number"),
    [
        pytest.param(
            RuleKind.PLAN,
            {"points": points(90.0), "start": points(80.0, last=2022)[0], "targets": [target(120.0)]},
            10.0,
            id="half of the way is 100, the fact is 90",
        ),
        pytest.param(
            RuleKind.PLAN,
            {"points": points(11.0), "targets": [target(10.0, "<=", "2026")]},
            10.0,
            id="above what it may be in the year of the target",
        ),
        pytest.param(RuleKind.PLAN, {"points": points(1.0)}, None, id="no target"),
        pytest.param(
            RuleKind.GOAL,
            {"points": points(1.0), "forecast": told("2027", 5.0), "targets": [target(5.0, "<=", "2027")]},
            50.0,
            id="the target is the median",
        ),
        pytest.param(
            RuleKind.GOAL,
            {"points": points(1.0), "forecast": told("2027", 5.0), "targets": [target(5.0)]},
            None,
            id="the forecast does not reach the target",
        ),
        pytest.param(
            RuleKind.TREND, {"points": points(8.0), "earlier": [told("2026", 5.0)]}, 1.0, id="three sigmas"
        ),
        pytest.param(
            RuleKind.TREND,
            {
                "points": points(*(6.5,) * 5),
                "earlier": [told(str(year), 5.0) for year in range(2022, 2027)],
            },
            1.25,
            id="five times one and a half sigmas fill the sum",
        ),
        pytest.param(RuleKind.TREND, {"points": points(8.0)}, None, id="nothing was forecast"),
        pytest.param(RuleKind.STALENESS, {"points": points(8.0, last=2025)}, 68.0, id="of 2026"),
        pytest.param(
            RuleKind.REVISION,
            {"points": points(1.0), "revisions": [revision(100, 103), revision(10, 10.1)]},
            3.0,
            id="the largest",
        ),
        pytest.param(RuleKind.REVISION, {"points": points(1.0)}, 0.0, id="nothing revised"),
        pytest.param(RuleKind.QUALITY, {"points": points(5.0, 5000.0)}, 1.2, id="a thousand times"),
        pytest.param(RuleKind.QUALITY, {"points": points(5.0, 6.0, -5.0)}, 1.0, id="another sign"),
        pytest.param(RuleKind.QUALITY, {"points": points(-5.0, 5.0, -5.0)}, 0.0, id="signs change here"),
        pytest.param(
            RuleKind.QUALITY, {"points": points(100.0), "parts": points(60.0) + points(39.0)}, 2.0, id="parts"
        ),
    ],
)
def test_each_kind_watches_its_number(kind: RuleKind, known: dict[str, Any], number: float | None) -> None:
    found = measure(rule(kind), Evidence(today=TODAY, **known))

    assert found == (None if number is None else pytest.approx(number))


def test_data_that_make_no_number_are_an_error_and_not_a_crash_later() -> None:
    with pytest.raises(ValueError, match="finite"):
        measure(RULE, Evidence(points=points(float("inf")), today=TODAY))


def walk(rule: AlertRule, numbers: list[float | Failed | None]) -> list[tuple[Standing, Transition]]:
    standing, steps = Standing(), []
    for vintage, number in enumerate(numbers, start=1):
        standing, move = judge(rule, standing, value=number, vintage=vintage)
        steps.append((standing, move))
    return steps


def test_a_patient_rule_goes_through_every_state() -> None:
    numbers = [5.0, 6.0, 5.0, 6.0, 6.0, 5.0, 6.0, None, Failed("x"), 5.0, 5.0, 5.0]

    states = [standing.state.value for standing, _ in walk(PATIENT, numbers)]

    assert states == [
        "ok", "pending", "ok", "pending", "firing", "recovering", "firing",
        "no_data", "error", "recovering", "resolved", "ok",
    ]  # fmt: skip


numbers = st.lists(st.one_of(st.none(), st.just(Failed("x")), st.floats(0, 10, allow_nan=False)), max_size=40)
rules = st.builds(
    lambda hold, settle: replace(RULE, hold=hold, settle=settle), st.integers(1, 4), st.integers(1, 4)
)


@given(rules, numbers)
def test_an_alert_is_open_between_firing_and_resolving_whatever_comes(
    rule: AlertRule, history: list[float | Failed | None]
) -> None:
    is_open = False
    for standing, move in walk(rule, history):
        assert (move is Transition.FIRED) <= (not is_open)
        assert (move is Transition.RESOLVED) <= is_open
        is_open = (is_open or move is Transition.FIRED) and move is not Transition.RESOLVED
        assert standing.fired is is_open
        assert (standing.state in {AlertState.FIRING, AlertState.RECOVERING}) <= is_open


@given(rules, numbers)
def test_it_takes_as_many_vintages_in_a_row_as_the_rule_says(
    rule: AlertRule, history: list[float | Failed | None]
) -> None:
    for index, (_, move) in enumerate(walk(rule, history)):
        if move is Transition.FIRED:
            row = history[index + 1 - rule.hold : index + 1]
            assert len(row) == rule.hold
            assert all(isinstance(one, float) and rule.is_bad(one) for one in row)
        if move is Transition.RESOLVED:
            row = history[index + 1 - rule.settle : index + 1]
            assert all(isinstance(one, float) and rule.is_clear(one) for one in row)


@given(numbers)
def test_repeated_deliveries_change_nothing_in_any_state(history: list[float | Failed | None]) -> None:
    for standing, _ in walk(PATIENT, history):
        again = judge(PATIENT, standing, value=9.0, vintage=standing.vintage)
        assert again == (standing, Transition.REPEATED)


def watches(watch: Watch, kind: RuleKind, **more: Any) -> None:  # noqa: F811
    bad, threshold, clear_at = DEFAULTS[kind]
    watch.town.database.run(
        set_alert_rule,
        indicator_code="UNEMPL",
        territory_id=watch.town.territory.id,
        kind=kind,
        bad=bad,
        threshold=threshold,
        clear_at=clear_at,
        severity=Severity.WARN,
        set_by=None,
        **more,
    )


def changes(watch: Watch, kind: RuleKind) -> list[tuple[str, str, int]]:  # noqa: F811
    with watch.town.database.reading() as reading:
        rows = reading.session.execute(
            text(
                "SELECT c.before, c.after, c.vintage FROM alert_state_change c"
                " JOIN alert_rule r ON r.id = c.rule_id WHERE r.kind = :kind ORDER BY c.vintage, c.at"
            ),
            {"kind": kind.value},
        )
        return [(before, after, vintage) for before, after, vintage in rows]


def test_kinds_stand_side_by_side_and_each_change_is_kept_once(watch: Watch) -> None:  # noqa: F811
    watches(watch, RuleKind.QUALITY)
    watches(watch, RuleKind.GOAL)

    wrong = watch.arrives(5000.0)
    watch.judge(wrong)
    right = watch.arrives(4900.0)

    assert changes(watch, RuleKind.QUALITY) == [("ok", "firing", wrong), ("firing", "resolved", right)]
    assert changes(watch, RuleKind.GOAL) == [("ok", "no_data", wrong)]
    assert watch.facts("AlertFired", "AlertResolved") == ["AlertFired", "AlertFired", "AlertResolved"]


def test_late_data_are_told_once_by_the_clock_and_end_with_the_data(
    watch: Watch,  # noqa: F811
    clock: ManualClock,
) -> None:
    watches(watch, RuleKind.STALENESS)
    watch.year = 2025
    newest = watch.arrives(5.0)
    run = watch.town.database.run
    # The year 2027 ends, and forty days after it are the term.
    clock.advance(timedelta(days=(date(2027, 12, 31) - clock.now().date()).days + 40))
    assert run(evaluate_terms) == []

    clock.advance(timedelta(days=1))
    fired = run(evaluate_terms)
    assert run(evaluate_terms) == []
    late = watch.arrives(5.1)

    assert len(fired) == 1
    assert changes(watch, RuleKind.STALENESS) == [("ok", "firing", newest), ("firing", "resolved", late)]


def test_a_preview_counts_what_the_history_would_have_fired(watch: Watch) -> None:  # noqa: F811
    for value in (6.0, 5.0, 7.0, 5.0):
        watch.arrives(value)
    here = replace(RULE, territory_id=watch.town.territory.id)

    seen = watch.town.database.read(rule_history, rule=here)

    assert seen == [5.0, 6.0, 5.0, 7.0, 5.0]
    assert times_fired(here, seen) == 2
    assert times_fired(replace(here, hold=2), seen) == 0


def test_a_rule_may_not_wait_for_ever(watch: Watch) -> None:  # noqa: F811
    with pytest.raises(WrongPatience):
        watches(watch, RuleKind.TREND, hold=0)
    with pytest.raises(WrongPatience):
        watches(watch, RuleKind.TREND, settle=13)
