"""A panel's releases, a year each, and the transitions that the pure state machine makes of them.

The real panel where it is kept (STRATEGY24_BENCH_DATA), else that of the synthetic town.
"""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import JSON, String, text

import analytics.synthetic as synthetic
from core.alerts import AlertRule, Severity, Standing, Transition, judge, set_alert_rule
from core.indicators import Indicator, NewValue, Period, Release, record_release, register_indicators
from core.shared.ids import RuleId, TerritoryId
from core.store import Database
from core.territories import TerritoryKind, add_territory

REAL = Path(os.environ.get("STRATEGY24_BENCH_DATA", "/nowhere")) / "ru_regions_annual.csv"
WITHOUT_REAL = "STRATEGY24_BENCH_DATA names no folder with ru_regions_annual.csv"
OURS = Path(synthetic.__file__).parent / "data" / "observations.csv"

Series = dict[int, float]
"""Values by year."""
Move = tuple[str, str, str, int]
"""Indicator, territory, transition, vintage."""
CLOSED = {"ok", "pending", "resolved"}


def panel() -> dict[str, dict[str, Series]]:
    """Annual series by territory and indicator, as the files name them; real ones where they are kept."""
    found: defaultdict[str, defaultdict[str, Series]] = defaultdict(lambda: defaultdict(dict))
    with (REAL if REAL.exists() else OURS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["period"].isdecimal():
                value = float(row["value"].replace(",", "."))
                found[row["territory"]][row["indicator"]][int(row["period"])] = value
    return {place: dict(codes) for place, codes in found.items()}


def watched(code: str) -> Indicator:
    """An indicator that officials watch, all of one theme."""
    return Indicator(
        code=code, rubric="jobs", title_ru=f"Ряд {code}", title_en=code, unit="ед.", unit_en="units",
        frequency="A", good="down",
    )  # fmt: skip


def regions(database: Database, codes: Sequence[str]) -> tuple[TerritoryId, dict[str, TerritoryId]]:
    """Put a country and regions of it into an empty town, by the codes of the panel."""
    with database.transaction() as uow:
        country = add_territory(
            uow, kind=TerritoryKind.COUNTRY, oktmo="00000000", slug="ru", name_ru="Россия", name_en="Russia"
        )
        made = {
            code: add_territory(
                # Eight digits would be those of the town's invented region for one of them.
                uow, kind=TerritoryKind.REGION, oktmo=f"{code}000", slug=f"r{code}", name_ru=code,
                name_en=code, parent_oktmo="00000000",
            )
            for code in codes
        }  # fmt: skip
    return country.id, {code: place.id for code, place in made.items()}


@dataclass(slots=True)
class Replay:
    """Series of places, each with a threshold in the middle of its values; an empty town's first releases."""

    database: Database
    series: Mapping[tuple[TerritoryId, str], Series]

    def rule(self, place: TerritoryId, code: str) -> AlertRule:
        values = sorted(self.series[place, code].values())
        middle = values[len(values) // 2]
        return AlertRule(
            id=RuleId(code), indicator=code, territory_id=place, bad="above", threshold=middle,
            clear_at=middle - 0.01 * abs(middle), severity=Severity.CRITICAL,
        )  # fmt: skip

    def prepare(self) -> None:
        codes = sorted({code for _, code in self.series})
        with self.database.transaction() as uow:
            register_indicators(uow, indicators=[watched(code) for code in codes])
            for place, code in self.series:
                rule = self.rule(place, code)
                set_alert_rule(
                    uow, indicator_code=code, territory_id=place, bad=rule.bad, threshold=rule.threshold,
                    clear_at=rule.clear_at, severity=rule.severity, set_by=None,
                )  # fmt: skip

    @property
    def years(self) -> list[int]:
        return sorted({year for one in self.series.values() for year in one})

    def release(self, year: int) -> Release:
        """Record what the year brought."""
        rows = [
            NewValue(
                indicator=code, territory_id=place, period=Period("A", year), value=one[year],
                source="Росстат",
            )
            for (place, code), one in self.series.items()
            if year in one
        ]  # fmt: skip
        return self.database.run(
            record_release, source="replay", digest=str(year), title=str(year), values=rows, recorded_by=None
        ).release

    def expected(self) -> Counter[Move]:
        """What happens if each release is judged once and in order."""
        vintages = {year: place for place, year in enumerate(self.years, start=1)}
        moves: Counter[Move] = Counter()
        for (place, code), one in self.series.items():
            standing, rule = Standing(), self.rule(place, code)
            for year in sorted(one):
                standing, move = judge(rule, standing, value=one[year], vintage=vintages[year])
                if move in {Transition.FIRED, Transition.RESOLVED}:
                    moves[code, place, move.value, vintages[year]] += 1
        return moves

    def told(self) -> Counter[Move]:
        """The facts that were recorded for the relay, sent or not."""
        with self.database.reading() as reading:
            rows = reading.session.execute(
                text("SELECT kind, payload FROM outbox WHERE kind IN ('AlertFired', 'AlertResolved')")
                .columns(kind=String, payload=JSON)
            ).tuples()  # fmt: skip
            return Counter(
                (fact["indicator"], fact["territory_id"], kind.removeprefix("Alert").lower(), fact["vintage"])
                for kind, fact in rows
            )

    def journaled(self) -> Counter[Move]:
        """The same changes as the journal has them."""
        with self.database.reading() as reading:
            rows = reading.session.execute(
                text('SELECT r.indicator, c.territory_id, c."before", c."after", c.vintage'
                     " FROM alert_state_change c JOIN alert_rule r ON r.id = c.rule_id")
            ).tuples()  # fmt: skip
            return Counter(
                (code, place, "fired" if after == "firing" else "resolved", vintage)
                for code, place, before, after, vintage in rows
                if (after == "firing" and before in CLOSED) or after == "resolved"
            )
