"""Indicators: every value keeps its vintage, one file is one release, nothing is overwritten."""

import pytest

from core.identity import ANONYMOUS, Viewer
from core.indicators import (
    AccessLevel,
    EmptyRelease,
    Indicator,
    NewValue,
    Period,
    RecordedRelease,
    Target,
    UnknownIndicator,
    cards,
    catalogue,
    favourites,
    gapless_tail,
    indicator,
    indicator_page,
    record_release,
    register_indicators,
    releases,
    series,
    series_changed_by,
    set_target,
)
from core.jobs import job
from core.shared.errors import Forbidden
from core.shared.ids import PersonId
from tests.town import ANNA, VERA, Town

UNEMPLOYMENT = Indicator(
    code="UNEMPL",
    rubric="jobs",
    title_ru="Уровень безработицы",
    title_en="Unemployment rate",
    unit="%",
    unit_en="%",
    frequency="A",
    good="down",
    featured=1,
)
SECRET = Indicator(
    code="SECRET",
    rubric="finance",
    title_ru="Служебный",
    title_en="Internal",
    unit="шт.",
    unit_en="pcs",
    frequency="A",
    good="up",
    access_level=AccessLevel.OFFICIAL,
)


@pytest.fixture
def stats(town: Town) -> Town:
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT, SECRET])
    return town


def record(
    town: Town, values: dict[int, float], *, digest: str = "a", by: PersonId | None = None
) -> RecordedRelease:
    rows = [
        NewValue(
            indicator="UNEMPL",
            territory_id=town.territory.id,
            period=Period("A", year),
            value=value,
            source="Росстат",
        )
        for year, value in values.items()
    ]
    return town.database.run(
        record_release, source="tidy_csv", digest=digest, title="file.csv", values=rows, recorded_by=by
    )


def known(town: Town, *, as_of: int | None = None) -> dict[str, float]:
    points = town.database.read(series, indicator="UNEMPL", territory_id=town.territory.id, as_of=as_of)
    return {point.period: point.value for point in points}


def test_a_release_records_its_values_and_a_job_to_forecast_them(stats: Town) -> None:
    recorded = record(stats, {2024: 5.1, 2025: 5.2}, by=stats.people[VERA])

    assert known(stats) == {"2024": 5.1, "2025": 5.2}
    assert (recorded.release.new, recorded.release.revised, recorded.already) == (2, 0, False)
    waiting = stats.database.read(job, key=f"forecast:{recorded.release.id}")
    assert waiting is not None
    assert waiting.arguments == {"release_id": recorded.release.id}


def test_the_same_file_twice_is_one_release(stats: Town) -> None:
    first = record(stats, {2025: 5.2})
    second = record(stats, {2025: 5.2})

    assert second.already
    assert second.release.id == first.release.id
    assert len(stats.database.read(releases)) == 1


def test_a_revision_keeps_what_was_published(stats: Town) -> None:
    first = record(stats, {2024: 5.1, 2025: 5.2}, digest="a").release
    second = record(stats, {2024: 5.1, 2025: 5.9}, digest="b").release

    assert (second.new, second.revised, second.unchanged) == (0, 1, 1)
    assert known(stats, as_of=first.vintage) == {"2024": 5.1, "2025": 5.2}
    assert known(stats) == {"2024": 5.1, "2025": 5.9}
    page = stats.database.read(
        indicator_page, viewer=ANONYMOUS, code="UNEMPL", territory_id=stats.territory.id
    )
    assert [(change.period, change.before, change.after) for change in page.revisions] == [("2025", 5.2, 5.9)]


def test_a_release_names_the_series_it_changed(stats: Town) -> None:
    record(stats, {2025: 5.2}, digest="a")
    repeated = record(stats, {2025: 5.2}, digest="b").release

    assert stats.database.read(series_changed_by, vintage=repeated.vintage) == []


def test_an_empty_release_is_refused(stats: Town) -> None:
    with pytest.raises(EmptyRelease):
        record(stats, {})

    assert stats.database.read(releases) == []


def test_a_citizen_may_not_load_data(stats: Town) -> None:
    with pytest.raises(Forbidden):
        record(stats, {2025: 5.2}, by=stats.people[ANNA])

    assert known(stats) == {}


def test_a_card_judges_the_change_by_the_good_direction(stats: Town) -> None:
    record(stats, {2024: 5.1, 2025: 6.1})

    (card,) = stats.database.read(favourites, viewer=ANONYMOUS, territory_id=stats.territory.id)
    assert card.change == pytest.approx(1.0)
    assert card.verdict == "bad"


def test_a_page_without_data_is_an_empty_page(stats: Town) -> None:
    page = stats.database.read(
        indicator_page, viewer=ANONYMOUS, code="UNEMPL", territory_id=stats.territory.id
    )

    assert (page.points, page.forecast, page.recorded_at) == ((), None, None)


def test_an_internal_indicator_is_unknown_to_a_citizen(stats: Town) -> None:
    with pytest.raises(UnknownIndicator):
        stats.database.read(indicator, code="SECRET", viewer=ANONYMOUS)

    assert [found.code for found in stats.database.read(catalogue, viewer=ANONYMOUS)] == ["UNEMPL"]
    shown = stats.database.read(cards, viewer=Viewer(person=None), territory_id=stats.territory.id)
    assert [card.indicator.code for card in shown] == ["UNEMPL"]


def test_registering_again_brings_the_catalogue_up_to_date(stats: Town) -> None:
    stats.database.run(register_indicators, indicators=[UNEMPLOYMENT])

    assert stats.database.read(indicator, code="UNEMPL").title("en") == "Unemployment rate"


def test_a_target_is_set_and_replaced(stats: Town) -> None:
    for value in (4.5, 4.2):
        stats.database.run(
            set_target,
            indicator="UNEMPL",
            territory_id=stats.territory.id,
            target=Target(period="2030", value=value, op="<="),
            set_by=stats.people[VERA],
        )

    page = stats.database.read(
        indicator_page, viewer=ANONYMOUS, code="UNEMPL", territory_id=stats.territory.id
    )
    assert [target.value for target in page.targets] == [4.2]


def test_a_forecast_uses_only_the_run_without_gaps(stats: Town) -> None:
    record(stats, {2019: 6.0, 2020: 6.1, 2023: 5.0, 2024: 5.1})
    points = stats.database.read(series, indicator="UNEMPL", territory_id=stats.territory.id)

    assert [point.period for point in gapless_tail(points)] == ["2023", "2024"]


@pytest.mark.parametrize(
    ("text", "following"),
    [("2024", "2025"), ("2024-Q4", "2025-Q1"), ("2024-12", "2025-01"), ("2024К3", "2024-Q4")],
)
def test_periods_follow_each_other(text: str, following: str) -> None:
    assert str(Period.parse(text).next()) == following


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-Q5", "2024-00", "март 2024", "20222)"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period.parse(text)
