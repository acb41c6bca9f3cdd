"""A release of comparable territories is forecast as a panel, by the same blend that the backtest scores."""

from pathlib import Path

import numpy as np
import pytest

from analytics.backtest.panel import Panel, blend_panel
from analytics.forecasting import PANEL_PROCEDURE, PROCEDURE, forecast_panel
from analytics.importing import import_file
from analytics.jobs.forecasts import forecast_release
from core.identity import ANONYMOUS
from core.indicators import LEVELS, Forecast, indicator_page
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
    release(krai, tmp_path, {7: histories[7], 8: histories[8], 9: histories[0][-7:]})

    together = forecast_panel(histories, last_period="2025", unit="%")
    assert {one.procedure for one in together} == {PANEL_PROCEDURE}
    assert [forecast_of(krai, f"gorod-{place}") for place in (7, 8)] == together[7:]
    assert {forecast_of(krai, f"gorod-{place}").procedure for place in (0, 6, 9)} == {PROCEDURE}


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


def test_a_table_that_is_no_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        forecast_panel([[1.0, 2.0]] * 9, last_period="2025")
    with pytest.raises(ValueError, match="above zero"):
        forecast_panel([[*range(12)]] * 9, last_period="2025")
