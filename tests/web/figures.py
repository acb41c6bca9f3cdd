"""A small series with a forecast and an alert, for tests of pages."""

from collections.abc import Sequence
from dataclasses import replace

from core.alerts import Severity, open_alerts, publish_forecast, set_alert_rule
from core.identity import viewer_of
from core.indicators import (
    LEVELS,
    Backtest,
    Forecast,
    ForecastPoint,
    Indicator,
    MethodWeight,
    NewValue,
    Period,
    record_release,
    register_indicators,
)
from core.shared.ids import AlertId
from tests.town import IVANOV, Town

UNEMPLOYMENT = Indicator(
    code="UNEMP",
    rubric="jobs",
    title_ru="Уровень безработицы",
    title_en="Unemployment",
    unit="%",
    unit_en="%",
    frequency="A",
    good="down",
    featured=1,
)


def publish_unemployment(
    town: Town,
    *values: float,
    source: str = "Росстат",
    indicator: Indicator = UNEMPLOYMENT,
    digest: str = "0" * 64,
    redefined_in: str = "",
) -> None:
    """Yearly values that end with 2026, and a forecast of two years ahead that knows of the definition."""
    town.database.run(register_indicators, indicators=[indicator])
    years = [str(2027 - len(values) + i) for i in range(len(values))]
    recorded = town.database.run(
        record_release,
        source="test.csv",
        digest=digest,
        title="Тест",
        values=[
            NewValue(
                indicator=indicator.code,
                territory_id=town.territory.id,
                period=Period.parse(year),
                value=value,
                source=source,
            )
            for year, value in zip(years, values, strict=True)
        ],
        recorded_by=None,
    )
    made = forecast_of(values, last=Period.parse(years[-1]))
    publish(town, indicator.code, recorded.release.vintage, replace(made, redefined_in=redefined_in))


def publish(town: Town, code: str, vintage: int, forecast: Forecast) -> None:
    """Publish a forecast of the town, with whatever alerts it brings."""
    town.database.run(
        publish_forecast,
        indicator=code,
        territory_id=town.territory.id,
        vintage=vintage,
        forecast=forecast,
    )


def forecast_of(values: Sequence[float], *, last: Period) -> Forecast:
    """A year or two that stay at the last value; the spread widens with every step."""
    steps = 12 if last.frequency == "M" else 2
    unit = max(abs(values[-1]) / 7, 0.1) if steps == 12 else 2.0
    return Forecast(
        points=tuple(
            ForecastPoint(str(last.next(step)), values[-1], _quantiles(values[-1], unit * step / steps))
            if steps == 12
            else ForecastPoint(str(last.next(step)), values[-1], _quantiles(values[-1], unit))
            for step in range(1, steps + 1)
        ),
        weights=(MethodWeight("naive", (0.25, 0.25)), MethodWeight("theta", (0.75, 0.75))),
        backtest=Backtest(origins=12, mae=0.3, mase=0.8, relative_mae=0.9, coverage80=0.83, coverage95=0.95),
        scale="plain",
        seed=24,
        last_period=str(last),
        history_length=len(values),
        procedure="blend-1",
    )


def _quantiles(value: float, spread: float) -> tuple[float, ...]:
    return tuple(value + (level - 0.5) * spread for level in LEVELS)


def watch_unemployment(town: Town, *, threshold: float = 6.5, severity: Severity = Severity.WARN) -> None:
    """Officials are told above the threshold."""
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT])
    town.database.run(
        set_alert_rule,
        indicator_code="UNEMP",
        territory_id=town.territory.id,
        bad="above",
        threshold=threshold,
        clear_at=threshold - 0.3,
        severity=severity,
        set_by=None,
    )


def the_open_alert(town: Town) -> AlertId:
    """The one alert that fires."""
    viewer = town.database.read(viewer_of, person_id=town.people[IVANOV])
    (card,) = town.database.read(open_alerts, viewer=viewer)
    return card.alert.id
