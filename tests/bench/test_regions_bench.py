"""The trial of the scenario model on real regions: what is known when, and who is compared with whom."""

from pathlib import Path

import numpy as np
import pytest

from analytics.model import read_model
from bench.analytics.regions import MODEL, Trial, against_theta, expected, known, measure, read_regions


def test_an_error_is_set_against_that_of_theta_from_the_same_origins() -> None:
    y = np.cumsum(np.ones((2, 24)), axis=1)
    facts = np.stack([np.roll(y, -step, axis=1) for step in range(1, 6)], axis=2)
    trial = Trial(y, {"given": facts, "alone": facts + 1.0, "theta": facts - 2.0})

    ratios = [against_theta({"X": trial}, method, range(2016, 2020)) for method in ("given", "alone")]

    assert ratios == [{"X": 0.0}, {"X": pytest.approx(0.5)}]


def test_a_driver_is_known_or_expected_from_its_own_past_alone() -> None:
    driver = {year: 100.0 * 1.02 ** (year - 2000) for year in range(2000, 2012)}
    shocked = {**driver, 2011: 50.0}

    assert known(shocked, 2010) == {2011: 50.0}
    assert expected(shocked, 2010) == expected(driver, 2010)
    assert expected(driver, 2010)[2011] == pytest.approx(driver[2011], rel=0.01)


def test_regions_without_gaps_are_read_with_a_level_from_indices(tmp_path: Path) -> None:
    names = [*read_model(MODEL).equations, "GRP_VOL_IDX"]
    lines = ["territory,indicator,unit,period,value,source"]
    for code in ("00000000", "01000000", "03000000"):
        lines += [
            f"{code},{name},x,{year},{110 if name == 'GRP_VOL_IDX' else 5},S"
            for name in names
            for year in range(2000, 2003)
            if (code, name, year) != ("03000000", "POP", 2001)
        ]
    annual, national = tmp_path / "annual.csv", tmp_path / "national.csv"
    annual.write_text("\n".join(lines), "utf-8")
    months = [f"00000000,CPI_MOM_pct,M,2001-{month:02},101,N" for month in range(1, 13)]
    national.write_text("\n".join(["territory,indicator,freq,period,value,source", *months]), "utf-8")

    regions, drivers = read_regions(annual, national)

    assert list(regions) == ["01000000"]
    assert regions["01000000"]["GRP_R"][2002] == pytest.approx(133.1)
    assert drivers["CPI_RF"] == {2001: pytest.approx(100 * 1.01**12)}
    assert drivers["GDP_RF"][2000] == pytest.approx(110.0)


def test_without_real_series_nothing_is_said() -> None:
    assert set(measure(None).values()) == {None}
