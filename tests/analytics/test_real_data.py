"""What real series of regions do to the importer and to the forecast; their files are kept elsewhere."""

import csv
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analytics.forecasting import forecast
from analytics.importers import KnownIndicator, KnownTerritory, Reference, read_release
from core.indicators import LEVELS

FOLDER = Path(os.environ.get("STRATEGY24_BENCH_DATA", "/nowhere"))
ANNUAL = FOLDER / "ru_regions_annual.csv"
# The pension age moved in 2019 and these two with it, against the trend of twenty years: no history knew it.
REDEFINED = {"AGE_OLD", "AGE_WORK"}

pytestmark = pytest.mark.skipif(
    not ANNUAL.exists(), reason="STRATEGY24_BENCH_DATA names no folder with ru_regions_annual.csv"
)


def rows() -> list[dict[str, str]]:
    with ANNUAL.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference() -> Reference:
    units: dict[str, str] = {}
    for row in rows():
        units.setdefault(row["indicator"], row["unit"])
    codes = sorted({row["territory"] for row in rows()})
    return Reference(
        territories=[KnownTerritory(id=code, oktmo=code, name=code) for code in codes],
        indicators=[
            KnownIndicator(code=code, title=code, unit=unit, frequency="A") for code, unit in units.items()
        ],
    )


def series() -> list[tuple[int, str, list[float]]]:
    """(last year, unit, values) of every seventh gapless series with at least 18 years."""
    found: defaultdict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    units: dict[str, str] = {}
    for row in rows():
        found[row["indicator"], row["territory"]][int(row["period"])] = float(row["value"])
        units[row["indicator"]] = row["unit"]
    whole = [
        (max(years), units[code], [years[year] for year in sorted(years)])
        for (code, _), years in sorted(found.items())
        if code not in REDEFINED and len(years) >= 18 and max(years) - min(years) + 1 == len(years)
    ]
    return whole[::7]


def test_a_national_release_of_33_thousand_rows_is_read() -> None:
    release = read_release(ANNUAL.read_bytes(), reference=reference(), today=date(2026, 1, 1))

    assert release.total == len(rows())
    assert len(release.rows) + len(release.rejects) == release.total
    assert len(release.rejects) / release.total < 0.01
    assert 0 < len(release.jumps) / release.total < 0.03


def test_bands_hold_what_they_promise_on_facts_they_have_not_seen() -> None:
    inside80, inside95, ours, standing = [], [], [], []
    for last, unit, values in series():
        known, facts = values[:-3], values[-3:]
        made = forecast(known, last_period=str(last - 3), unit=unit, horizon=3)
        scale = float(np.mean(np.abs(np.diff(known)))) or 1.0
        for point, fact in zip(made.points, facts, strict=True):
            low95, low80 = point.quantiles[0], point.quantiles[LEVELS.index(0.1)]
            high80, high95 = point.quantiles[LEVELS.index(0.9)], point.quantiles[-1]
            inside80.append(low80 <= fact <= high80)
            inside95.append(low95 <= fact <= high95)
            ours.append(abs(fact - point.median) / scale)
            standing.append(abs(fact - known[-1]) / scale)

    assert len(ours) > 300
    assert 0.75 <= np.mean(inside80) <= 0.93
    assert np.mean(inside95) >= 0.90
    assert np.mean(ours) < 0.85 * np.mean(standing)
