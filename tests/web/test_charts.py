"""The geometry of the fan chart and the words of numbers and times."""

from datetime import timedelta

import pytest
from django.utils import translation

from core.charts import nice_ticks
from tests.conftest import NOON
from web.asgi_types import AsgiApp
from web.charts import NARROW, WIDE, Ahead, Drawing, Fan, Goal, Seen, draw, sparkline
from web.public.poll_views import whole_shares
from web.words import number, short_date, time_left


def seen(*values: float) -> tuple[Seen, ...]:
    return tuple(Seen(period=str(2020 + i), value=value, words=str(value)) for i, value in enumerate(values))


def fan(threshold: float | None = None) -> Fan:
    ahead = Ahead(period="2023", value=6.0, band_50=(5.5, 6.5), band_80=(5, 7), band_95=(4, 8), words="ahead")
    return Fan(seen=seen(5, 6, 6), ahead=(ahead,), threshold=threshold, goals=(Goal(index=3, value=4.5),))


def inside(drawing: Drawing) -> bool:
    frame = drawing.frame
    return all(
        frame.left <= dot.x <= drawing.plot_right and frame.top <= dot.y <= drawing.plot_bottom
        for dot in drawing.dots
    )


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everything_drawn_lies_inside_the_plot(frame: object) -> None:
    drawing = draw(fan(threshold=7.5), WIDE if frame is WIDE else NARROW)

    assert inside(drawing)
    assert drawing.threshold_y is not None
    assert drawing.frame.top <= drawing.threshold_y <= drawing.plot_bottom


def test_the_forecast_begins_at_the_last_fact() -> None:
    drawing = draw(fan(), WIDE)

    assert drawing.forecast.startswith(f"M{drawing.last.x:g},{drawing.last.y:g}L")
    assert all(band.startswith(f"M{drawing.last.x:g},{drawing.last.y:g}L") for band in drawing.bands)


def test_a_higher_value_is_drawn_higher() -> None:
    first, second, *_ = draw(fan(), WIDE).dots

    assert second.y < first.y


def test_a_single_value_is_a_chart_as_well() -> None:
    drawing = draw(Fan(seen=seen(5.0)), WIDE)

    assert inside(drawing)
    assert drawing.now_x is None


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw(Fan(seen=()), WIDE)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        pytest.param(5.2, 7.9, (5.0, 6.0, 7.0, 8.0), id="units"),
        pytest.param(0, 0, (-1.0, -0.5, 0.0, 0.5, 1.0), id="a flat line"),
        pytest.param(19_800, 70_900, (0.0, 20_000.0, 40_000.0, 60_000.0, 80_000.0), id="thousands"),
    ],
)
def test_ticks_are_round_numbers_that_cover_the_range(
    low: float, high: float, ticks: tuple[float, ...]
) -> None:
    assert nice_ticks(low, high) == ticks


def test_a_sparkline_of_one_value_is_empty() -> None:
    assert sparkline([1.0]) == ""


@pytest.mark.parametrize("votes", [[1, 1, 1], [2, 3, 7], [0, 0, 5], [1] * 7])
def test_shares_add_up_to_a_hundred(votes: list[int]) -> None:
    assert sum(whole_shares(votes)) == 100


@pytest.mark.parametrize(
    ("language", "value", "digits", "text"),
    [
        ("ru", -1234.5, 1, "−1\u00a0234,5"),
        ("en", -1234.5, 1, "−1,234.5"),
        ("ru", -0.01, 1, "0,0"),
        ("ru", 61400, 0, "61\u00a0400"),
    ],
)
def test_a_number_is_written_as_the_language_writes_it(
    web: AsgiApp, language: str, value: float, digits: int, text: str
) -> None:
    with translation.override(language):
        assert number(value, digits=digits) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=5), "5 дней"),
        (timedelta(days=21), "21 день"),
        (timedelta(hours=47), "47 ч"),
        (timedelta(minutes=59), "59 мин"),
        (timedelta(0), "1 мин"),
    ],
)
def test_time_left_is_said_in_one_unit(web: AsgiApp, left: timedelta, text: str) -> None:
    with translation.override("ru"):
        assert time_left(left) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "сегодня"),
        (NOON + timedelta(days=1), "завтра"),
        (NOON - timedelta(days=1), "вчера"),
        (NOON + timedelta(days=5), "14\u00a0марта"),
        (NOON + timedelta(days=365), "8\u00a0марта 2028"),
    ],
)
def test_a_day_is_said_as_people_say_it(web: AsgiApp, moment: object, text: str) -> None:
    with translation.override("ru"):
        assert short_date(moment, now=NOON) == text  # type: ignore[arg-type] # pytest tells no types
