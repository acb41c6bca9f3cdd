"""A panel's releases replayed: restarts in between, repeated and overtaking deliveries; each change once.

The real panel where it is kept (STRATEGY24_BENCH_DATA), else that of the synthetic town. What is expected is
worked out beside it, by the pure state machine over the same values.
"""

import csv
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

import analytics.synthetic as synthetic
from core.alerts import (
    AlertFired,
    AlertResolved,
    AlertRule,
    RuleKind,
    Severity,
    Standing,
    Transition,
    evaluate_release,
    judge,
    set_alert_rule,
)
from core.indicators import Indicator, NewValue, Period, record_release, register_indicators
from core.shared.ids import RuleId
from core.store import Database, waiting_facts
from tests.town import Town

REAL = Path(os.environ.get("STRATEGY24_BENCH_DATA", "/nowhere")) / "ru_regions_annual.csv"
OURS = Path(synthetic.__file__).parent / "data" / "observations.csv"
SERIES, LEAST_YEARS = 6, 10
Series = dict[int, float]


def panel() -> list[Series]:
    """Annual series of one place, each by year, the longest first."""
    found: defaultdict[tuple[str, str], Series] = defaultdict(dict)
    with (REAL if REAL.exists() else OURS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["period"].isdecimal():
                found[row["territory"], row["indicator"]][int(row["period"])] = float(
                    row["value"].replace(",", ".")
                )
    first = next(iter(found))[0]
    here = [years for (place, _), years in sorted(found.items()) if place == first]
    return sorted((one for one in here if len(one) >= LEAST_YEARS), key=len, reverse=True)[:SERIES]


@dataclass(slots=True)
class Replay:
    """The series as indicators S0, S1, …, each with a threshold in the middle of its values."""

    town: Town
    series: list[Series]
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = self.town.database

    def rule(self, number: int) -> AlertRule:
        values = sorted(self.series[number].values())
        middle = values[len(values) // 2]
        return AlertRule(
            id=RuleId(f"S{number}"), indicator=f"S{number}", territory_id=self.town.territory.id,
            bad="above", threshold=middle, clear_at=middle - 0.01 * abs(middle), severity=Severity.WARN,
        )  # fmt: skip

    def prepare(self) -> None:
        indicators = [
            Indicator(
                code=f"S{number}", rubric="jobs", title_ru="Ряд", title_en="Series", unit="ед.",
                unit_en="units", frequency="A", good="down",
            )
            for number in range(len(self.series))
        ]  # fmt: skip
        with self.database.transaction() as uow:
            register_indicators(uow, indicators=indicators)
            for number in range(len(self.series)):
                rule = self.rule(number)
                set_alert_rule(
                    uow, indicator_code=rule.indicator, territory_id=rule.territory_id, bad=rule.bad,
                    threshold=rule.threshold, clear_at=rule.clear_at, severity=rule.severity, set_by=None,
                )  # fmt: skip

    def release(self, name: str, values: dict[tuple[int, int], float]) -> int:
        """Record values by (series, year); the vintage."""
        rows = [
            NewValue(
                indicator=f"S{number}", territory_id=self.town.territory.id, period=Period("A", year),
                value=value, source="Росстат",
            )
            for (number, year), value in sorted(values.items())
        ]  # fmt: skip
        recorded = self.database.run(
            record_release, source="replay", digest=name, title=name, values=rows, recorded_by=None
        )
        return recorded.release.vintage

    def yearly(self) -> Iterator[int]:
        """One release a year."""
        for year in sorted({year for one in self.series for year in one}):
            known = {(number, year): one[year] for number, one in enumerate(self.series) if year in one}
            yield self.release(str(year), known)

    def expected(self) -> list[tuple[str, str, int]]:
        """(indicator, transition, nth release) by the state machine alone."""
        years = sorted({year for one in self.series for year in one})
        moves = []
        for number, one in enumerate(self.series):
            standing, rule = Standing(), self.rule(number)
            for year in sorted(one):
                vintage = years.index(year) + 1
                standing, move = judge(rule, standing, value=one[year], vintage=vintage)
                if move in {Transition.FIRED, Transition.RESOLVED}:
                    moves.append((f"S{number}", move.value, vintage))
        return sorted(moves)

    def told(self) -> list[tuple[str, str, int]]:
        """The facts that were recorded for the relay."""
        facts = [one.recorded.fact for one in self.database.read(waiting_facts, limit=10_000)]
        return sorted(
            (fact.indicator, "fired" if isinstance(fact, AlertFired) else "resolved", fact.vintage)
            for fact in facts
            if isinstance(fact, AlertFired | AlertResolved)
        )

    def restart(self) -> None:
        """Go on as another process would: nothing is kept but rows."""
        if self.database is not self.town.database:
            self.database.close()
        self.database = Database(self.town.database.url, clock=self.town.clock)


@pytest.fixture
def replay(town: Town) -> Replay:
    made = Replay(town, panel())
    made.prepare()
    return made


def test_each_transition_of_a_replayed_panel_is_told_exactly_once(replay: Replay) -> None:
    order = random.Random(8)
    late: list[int] = []
    for vintage in replay.yearly():
        # Every third job is lost until later; every one that runs is delivered twice, to two workers at once,
        # together with one that has been judged long ago.
        if vintage % 3 == 0:
            late.append(vintage)
            continue
        jobs = [vintage, vintage, *late, order.randint(1, vintage)]
        order.shuffle(jobs)
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(lambda job: replay.database.run(evaluate_release, vintage=job), jobs))
        if vintage % 4 == 0:
            replay.restart()
    for vintage in late:
        replay.database.run(evaluate_release, vintage=vintage)

    expected = replay.expected()

    assert len(expected) >= SERIES
    assert replay.told() == expected


def test_a_census_that_revises_ten_years_is_found_once_with_its_numbers(replay: Replay) -> None:
    years = sorted(replay.series[0])
    first = {(0, year): replay.series[0][year] * (1 - 0.003 * place) for place, year in enumerate(years)}
    replay.release("before", first)
    replay.database.run(
        set_alert_rule, indicator_code="S0", territory_id=replay.town.territory.id, kind=RuleKind.REVISION,
        bad="above", threshold=1.0, clear_at=1.0, severity=Severity.INFO, set_by=None,
    )  # fmt: skip
    census = replay.release("census", {(0, year): replay.series[0][year] for year in years})
    for _ in range(3):
        replay.database.run(evaluate_release, vintage=census)

    with replay.database.reading() as reading:
        rows = reading.session.execute(
            text("SELECT a.vintage, a.measure FROM alert a JOIN alert_rule r ON r.id = a.rule_id"
                 " WHERE r.kind = 'revision'")
        ).all()  # fmt: skip
    last = 0.003 * (len(years) - 1)
    assert [(vintage, round(measure, 6)) for vintage, measure in rows] == [
        (census, round(100 * last / (1 - last), 6))
    ]
