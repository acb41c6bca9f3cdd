"""A panel's releases replayed: workers killed at them, repeated and overtaking deliveries; each change once.

With the processes of a whole instance: tests/faults/test_replayed_panel.py.
"""

import multiprocessing
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import text

from core.alerts import RuleKind, Severity, evaluate_release, set_alert_rule
from core.indicators import NewValue, Period, record_release, register_indicators
from core.shared.ids import TerritoryId
from core.store import Database
from tests.replay import REAL, WITHOUT_REAL, Replay, Series, panel, regions, watched
from tests.town import Town

SERIES = 4
FORKED = multiprocessing.get_context("fork")


def work(url: str, jobs: Sequence[int]) -> None:
    """The life of a worker: nothing is shared with it but rows."""
    database = Database(url)
    for vintage in jobs:
        database.run(evaluate_release, vintage=vintage)


@dataclass(slots=True)
class Workers:
    """Processes that judge releases; some are killed with SIGKILL wherever they are."""

    database: Database
    chance: random.Random = field(default_factory=lambda: random.Random(8))
    killed: int = 0

    def judge(self, vintages: Sequence[int]) -> list[int]:
        """Two workers get the same releases, each in an order of its own; what is left if both are killed."""
        # A connection must not be carried over a fork.
        self.database.close()
        with self._working(vintages) as one, self._working(vintages) as other:
            for worker in (one, other):
                if self.chance.random() < 0.6:
                    worker.join(self.chance.uniform(0.0, 0.12))
                    worker.kill()
        dead = [worker for worker in (one, other) if worker.exitcode]
        self.killed += len(dead)
        return sorted(set(vintages)) if len(dead) == 2 else []

    @contextmanager
    def _working(self, vintages: Sequence[int]) -> Iterator[BaseProcess]:
        jobs = self.chance.sample(vintages, len(vintages))
        worker = FORKED.Process(target=work, args=(self.database.url, jobs))
        worker.start()
        yield worker
        worker.join()


def test_each_transition_of_a_replayed_panel_is_told_exactly_once(town: Town) -> None:
    first = sorted(panel()[min(panel())].items(), key=lambda one: (-len(one[1]), one[0]))[:SERIES]
    replay = Replay(town.database, {(town.territory.id, code): years for code, years in first})
    replay.prepare()
    workers = Workers(town.database)
    late: list[int] = []
    for year in replay.years:
        vintage = replay.release(year).vintage
        late.append(vintage)
        # A third of the jobs is lost until later; those that run meet one that was judged long ago.
        if vintage % 3:
            late = workers.judge([*late, workers.chance.randint(1, vintage)])
    while late := workers.judge(late):
        pass

    expected = replay.expected()

    assert workers.killed >= 5
    assert len(expected) >= SERIES
    assert replay.told() == replay.journaled() == expected


COUNTED, REVISED = 1719, 104
"""Values of regional population, and those of them that the census of 2021 moved by more than 3 %."""


def census() -> tuple[dict[str, Series], dict[str, Series]]:
    """Population by the yearbook of 2021, and as regional product a head implies it after the census.

    Thousands of people, of the years that have both.
    """
    before: dict[str, Series] = {}
    after: dict[str, Series] = {}
    for place, codes in panel().items():
        if place.isdecimal() and {"POP", "GRP", "GRP_PC"} <= codes.keys():
            product, a_head = codes["GRP"], codes["GRP_PC"]
            years = sorted(codes["POP"].keys() & product.keys() & a_head.keys())
            before[place] = {year: codes["POP"][year] for year in years}
            after[place] = {year: 1000 * product[year] / a_head[year] for year in years}
    return before, after


def changes(before: Series, after: Series) -> list[float]:
    """By how many per cent of what was published."""
    return [100 * abs(after[year] - value) / value for year, value in before.items()]


def record(database: Database, name: str, values: dict[TerritoryId, Series]) -> int:
    rows = [
        NewValue(indicator="POP", territory_id=place, period=Period("A", year), value=value, source="Росстат")
        for place, one in values.items()
        for year, value in one.items()
    ]
    return database.run(
        record_release, source="census", digest=name, title=name, values=rows, recorded_by=None
    ).release.vintage


@pytest.mark.skipif(not REAL.exists(), reason=WITHOUT_REAL)
def test_the_census_of_2021_is_found_once_in_each_region_that_it_revised(town: Town) -> None:
    before, after = census()
    moved = [change for place in before for change in changes(before[place], after[place])]
    assert (len(moved), sum(change > 3 for change in moved)) == (COUNTED, REVISED)
    database = town.database
    country, places = regions(database, sorted(before)[::4])
    database.run(register_indicators, indicators=[watched("POP")])
    record(database, "yearbook", {places[code]: before[code] for code in places})
    database.run(
        set_alert_rule, indicator_code="POP", territory_id=country, kind=RuleKind.REVISION,
        bad="above", threshold=1.0, clear_at=1.0, severity=Severity.INFO, set_by=None,
    )  # fmt: skip

    vintage = record(database, "census", {places[code]: after[code] for code in places})
    for _ in range(2):
        database.run(evaluate_release, vintage=vintage)

    largest = {places[code]: max(changes(before[code], after[code])) for code in places}
    with database.reading() as reading:
        fired = reading.session.execute(text("SELECT territory_id, measure FROM alert")).all()
    assert dict(fired) == pytest.approx({place: change for place, change in largest.items() if change > 1})
    assert 5 < len(fired) == len(dict(fired)) < len(places)
