"""A release of comparable territories is forecast as a panel, by the same blend that the backtest scores."""

from pathlib import Path

import numpy as np
import pytest

from analytics.backtest.panel import Panel, blend_panel
from analytics.forecasting import PANEL_PROCEDURE, PROCEDURE, forecast_panel
from analytics.importing import import_file
from analytics.jobs.forecasts import forecast_release
from core.identity import ANONYMOUS
from core.indicators import LEVELS, Forecast, Passport, indicator_page, write_passport
from core.shared.ids import TerritoryId
from core.territories import TerritoryKind, add_territory, territories
from tests.town import Town

YEARS = range(2001, 2026)


def panel(series: int = 9) -> list[list[float]]:
    """Shares in per cent that move together and return to each other."""
    rng = np.random.default_rng(17)
    shared = np.cumsum(rng.normal(-0.1, 0.3, len(YEARS)))
    own = rng.normal(0.0, 0.4, (series, len(YEARS)))
    table = 9.0 + shared + np.arange(series)[:, None] / 4 + own
    return [[round(float(value), 2) for value in row] for row in table]


def release(town: Town, folder: Path, histories: dict[int, list[float]]) -> None:
    """New municipalities «Город 0», … with their unemployment until 2025, loaded and forecast."""
    lines = ["territory,indicator,unit,period,value,source"]
    for place, history in histories.items():
        town.database.run(
            add_territory, kind=TerritoryKind.MUNICIPALITY, oktmo=f"9972{place}000", slug=f"gorod-{place}",
            name_ru=f"Город {place}", name_en=f"Gorod {place}", parent_oktmo="99000000",
        )  # fmt: skip
        first = YEARS.stop - len(history)
        lines += [f"9972{place}000,UNEMPL,%,{first + at},{v},х" for at, v in enumerate(history)]
    file = folder / "release.csv"
    file.write_text("\n".join(lines), "utf-8")
    report = import_file(town.database, file, language="en")
    assert report.release is not None
    forecast_release(f"forecast:{report.release.id}")


def forecast_of(town: Town, slug: str) -> Forecast:
    (place,) = [one.id for one in town.database.read(territories) if one.slug == slug]
    found = town.database.read(
        indicator_page, viewer=ANONYMOUS, code="UNEMPL", territory_id=TerritoryId(place)
    ).forecast
    assert found is not None
    return found


def test_towns_learn_from_each_other_once_there_are_eight_with_a_long_past(
    krai: Town, tmp_path: Path
) -> None:
    histories = panel()

    release(krai, tmp_path, dict(enumerate(histories[:7])))
    krai.database.run(write_passport, code="UNEMPL", passport=Passport(redefined_in="2019"), written_by=None)
    release(krai, tmp_path, {7: histories[7], 8: histories[8], 9: histories[0][-7:]})

    together = forecast_panel(histories, last_period="2025", unit="%", redefined_in="2019")
    assert {one.procedure for one in together} == {PANEL_PROCEDURE}
    assert [forecast_of(krai, f"gorod-{place}") for place in (7, 8)] == together[7:]
    assert {forecast_of(krai, f"gorod-{place}").procedure for place in (0, 6, 9)} == {PROCEDURE}
    # A release is forecast by the mark that its indicator has by then.
    assert [forecast_of(krai, f"gorod-{place}").redefined_in for place in (0, 8, 9)] == ["", "2019", "2019"]


def test_what_is_shown_is_what_the_backtest_scores() -> None:
    histories = np.array(panel())
    y = np.log(histories / (100.0 - histories))
    scored = Panel("X", YEARS.start, tuple("abcdefghi"), y, "logit")

    shown = forecast_panel(histories.tolist(), last_period="2025", unit="%")

    _, median, _ = blend_panel(scored, levels=LEVELS)
    expected = 100.0 / (1.0 + np.exp(-median[:, -1]))
    assert [[point.median for point in one.points] for one in shown] == pytest.approx(expected, rel=1e-12)
    assert {one.backtest.origins for one in shown} == {len(YEARS) - 6}
    assert all(one.backtest.coverage80 is not None and one.backtest.coverage80 > 0.5 for one in shown)


@pytest.mark.parametrize("new", [2007, 2023, 2025])
def test_a_panel_never_learns_the_difference_between_two_definitions(new: int) -> None:
    histories = np.exp(np.array(panel()) / 9.0)
    place = new - YEARS.start
    other = histories.copy()
    other[:, :place] *= np.linspace(0.2, 9.0, len(other))[:, None]

    made, moved = (
        forecast_panel(one.tolist(), last_period="2025", redefined_in=str(new)) for one in (histories, other)
    )

    # Ratios beside the mean of the panel move too, which nothing here depends on.
    for one, same in zip(made, moved, strict=True):
        assert [point.quantiles for point in one.points] == [
            pytest.approx(point.quantiles, rel=1e-6) for point in same.points
        ]
        assert one.backtest.mae_by_horizon == pytest.approx(same.backtest.mae_by_horizon, rel=1e-6)


def test_the_backtest_knows_a_new_definition_from_its_first_year_on() -> None:
    y = np.log(np.array(panel()))
    y[:, 14:] += 1.0
    scored = Panel("X", YEARS.start, tuple("abcdefghi"), y, "log")

    places, blind, bands = blend_panel(scored, levels=LEVELS)
    _, told, told_bands = blend_panel(scored, levels=LEVELS, redefined=YEARS.start + 14)

    before = places.index(14)
    assert told[:, :14] == pytest.approx(blind[:, :14], rel=1e-9)
    assert told_bands[:, :before] == pytest.approx(bands[:, :before], rel=1e-9)
    missed = [np.abs(y[:, 15:] - one[:, 14:-1, 0]).mean() for one in (blind, told)]
    assert missed[1] < 0.7 * missed[0]


def test_a_table_that_is_no_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        forecast_panel([[1.0, 2.0]] * 9, last_period="2025")
    with pytest.raises(ValueError, match="above zero"):
        forecast_panel([[*range(12)]] * 9, last_period="2025")
