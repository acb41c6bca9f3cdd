"""From a file to an alert with a picture: the whole way on real databases."""

import json
import struct
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.importers import FileRefused
from analytics.importing import ImportReport, import_file
from analytics.job_names import JOBS
from analytics.jobs import configure, keep_up
from analytics.jobs.forecasts import forecast_release
from analytics.jobs.pictures import draw_alert, draw_indicator, draw_scene
from analytics.jobs.scenarios import read_model_file, run_scenarios
from analytics.jobs.uploads import check_upload, load_upload_file
from analytics.synthetic import EXAMPLES, seed
from analytics.synthetic.generator import DATA, write
from app.cli import import_
from app.schema import newest_step
from app.settings import Settings
from core.alerts import AlertCard, MuteCause, alert_card, open_alerts
from core.charts import DRAW_SCENE, PHONE, Drawing, draw, drawing, drawing_key, order_drawing
from core.files import file_parents, read_content
from core.identity import ANONYMOUS, viewer_of
from core.indicators import (
    all_passports,
    cards,
    catalogue,
    chart_key,
    chart_page,
    chart_picture,
    favourites,
    indicator_page,
    order_chart,
    releases,
    series,
)
from core.jobs import JobState, JobWaiting, job
from core.shared.clock import ManualClock
from core.shared.errors import Forbidden
from core.store import waiting_facts
from core.territories import TerritoryKind, add_territory, reference_items
from tests.core.chart_examples import examples
from tests.town import ANNA, IVANOV, Town

UNEMPLOYMENT_2025 = EXAMPLES / "unemployment_2025.csv"


def load(town: Town, path: Path = UNEMPLOYMENT_2025) -> ImportReport:
    return import_file(town.database, path, language="en")


def forecast(town: Town, report: ImportReport) -> list[AlertCard]:
    """What the worker does with a release; the alerts that an official sees then."""
    assert report.release is not None
    forecast_release(f"forecast:{report.release.id}")
    official = town.database.read(viewer_of, person_id=town.people[IVANOV])
    return town.database.read(open_alerts, viewer=official)


def facts(town: Town, *kinds: str) -> list[str]:
    with town.database.reading() as reading:
        rows = reading.session.execute(text("SELECT kind FROM outbox ORDER BY id"))
        return [kind for (kind,) in rows if kind in kinds]


def test_the_synthetic_territory_covers_every_rubric(krai: Town) -> None:
    found = krai.database.read(catalogue, viewer=ANONYMOUS)
    rubrics = [item.code for item in krai.database.read(reference_items, taxonomy="rubric")]

    filled = {
        card.indicator.code
        for card in krai.database.read(cards, viewer=ANONYMOUS, territory_id=krai.territory.id)
        if card.points
    }
    by_rubric = {
        rubric: sum(one.rubric == rubric and one.code in filled for one in found) for rubric in rubrics
    }
    assert len(rubrics) == 21
    assert min(by_rubric.values()) >= 3, by_rubric
    passports = [known for _, known in krai.database.read(all_passports, viewer=ANONYMOUS)]
    assert all(known.method and known.source and known.lag_days for known in passports)
    shown = krai.database.read(favourites, viewer=ANONYMOUS, territory_id=krai.territory.id)
    assert len(shown) == 6


def test_seeding_again_changes_nothing(krai: Town) -> None:
    report = seed(krai.database)

    assert report.already
    assert report.rejects == ()
    assert len(krai.database.read(releases)) == 1


def test_the_country_of_the_first_start_mutes_the_same_alert_of_a_town(krai: Town) -> None:
    with krai.database.transaction() as uow:
        country = add_territory(
            uow, kind=TerritoryKind.COUNTRY, oktmo="99999999", slug="strana",
            name_ru="Синтетическая страна", name_en="Synthetic Country", synthetic=True,
        )  # fmt: skip
        add_territory(
            uow, kind=TerritoryKind.REGION, oktmo="99000000", slug="krai", name_ru="Край", name_en="Krai",
            parent_oktmo=country.oktmo,
        )  # fmt: skip
    towns = seed(krai.database)

    report = load(krai, EXAMPLES / "unemployment_2025_country.csv")
    (card,) = forecast(krai, report)

    assert towns.already
    assert (report.accepted, report.rejects, report.held) == (2, (), 0)
    assert card.territory.id == krai.territory.id
    (mute,) = card.mutes
    assert mute.cause is MuteCause.ABOVE
    assert mute.territory is not None
    assert mute.territory.kind is TerritoryKind.COUNTRY


def test_the_generator_gives_the_committed_files_to_the_byte(tmp_path: Path) -> None:
    write(tmp_path)

    for name in ("observations.csv", "country.csv", "indicators.toml"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


def test_one_new_file_fires_one_alert_with_its_forecast(krai: Town) -> None:
    report = load(krai)
    (card,) = forecast(krai, report)

    assert (report.total, report.accepted, report.rejects) == (1, 1, ())
    assert (card.indicator.code, card.alert.value, card.alert.period) == ("UNEMPL", 6.1, "2025")
    assert card.forecast is not None
    assert card.forecast.last_period == "2025"
    assert card.probability_back is not None
    assert facts(krai, "AlertFired", "AlertIllustrated") == ["AlertFired"]


def test_the_same_file_twice_is_loaded_once_and_alerts_once(krai: Town) -> None:
    forecast(krai, load(krai))
    again = load(krai)
    forecast(krai, again)

    assert again.already
    assert facts(krai, "AlertFired") == ["AlertFired"]


def test_a_job_that_runs_twice_has_one_effect(krai: Town) -> None:
    report = load(krai)
    forecast(krai, report)
    forecast(krai, report)

    assert facts(krai, "AlertFired", "ForecastPublished").count("AlertFired") == 1
    assert facts(krai, "ForecastPublished") == ["ForecastPublished"]


def test_the_alert_gets_its_picture_and_goes(krai: Town, tmp_path: Path) -> None:
    (card,) = forecast(krai, load(krai))

    draw_alert(f"draw:{card.alert.id}")
    draw_alert(f"draw:{card.alert.id}")

    picture = krai.database.read(alert_card, alert_id=card.alert.id).alert.picture
    assert picture is not None
    png = read_content(tmp_path / "files", picture)
    assert struct.unpack(">II", png[16:24]) == (1200, 700)
    assert len(png) <= 150 * 1024
    assert krai.database.read(file_parents, key=picture) == {f"alert:{card.alert.id}": ""}
    assert facts(krai, "AlertIllustrated") == ["AlertIllustrated"]


def test_a_picture_that_cannot_be_kept_does_not_hold_the_alert(krai: Town, tmp_path: Path) -> None:
    (card,) = forecast(krai, load(krai))
    blocked = tmp_path / "a_file_where_a_folder_should_be"
    blocked.write_text("")
    configure(database=krai.database, files_dir=blocked)

    draw_alert(f"draw:{card.alert.id}")

    alert = krai.database.read(alert_card, alert_id=card.alert.id).alert
    assert (alert.picture, alert.picture_settled) == (None, True)
    assert facts(krai, "AlertIllustrated") == ["AlertIllustrated"]


def test_a_dead_charts_worker_does_not_hold_the_alert(krai: Town, clock: ManualClock) -> None:
    forecast(krai, load(krai))
    clock.advance(timedelta(seconds=31))

    assert keep_up(krai.database).alerts_without_picture == 1
    assert facts(krai, "AlertIllustrated") == ["AlertIllustrated"]


def test_an_alert_fires_even_when_forecasting_ends_every_worker(krai: Town, clock: ManualClock) -> None:
    report = load(krai)
    assert report.release is not None
    with krai.database.transaction() as uow:
        uow.session.execute(text("UPDATE job SET attempts = 3 WHERE kind = 'forecast_release'"))
    clock.advance(timedelta(minutes=2))

    keep_up(krai.database)

    assert facts(krai, "AlertFired") == ["AlertFired"]
    failed = krai.database.read(job, key=f"forecast:{report.release.id}")
    assert failed is not None
    assert failed.state is JobState.FAILED


def test_every_kind_of_job_has_a_function_that_exists() -> None:
    assert {name.function for name in JOBS.values()} == {
        f"{forecast_release.__module__}.{forecast_release.__name__}",
        f"{draw_alert.__module__}.{draw_alert.__name__}",
        f"{read_model_file.__module__}.{read_model_file.__name__}",
        f"{run_scenarios.__module__}.{run_scenarios.__name__}",
        f"{draw_indicator.__module__}.{draw_indicator.__name__}",
        f"{draw_scene.__module__}.{draw_scene.__name__}",
        f"{check_upload.__module__}.{check_upload.__name__}",
        f"{load_upload_file.__module__}.{load_upload_file.__name__}",
    }


def test_a_file_with_mistakes_loads_what_is_right_and_explains_the_rest(krai: Town) -> None:
    report = load(krai, EXAMPLES / "with_mistakes.csv")

    assert [note.code for note in report.rejects] == [
        "latin_letters",
        "unknown_territory",
        "wrong_unit",
        "not_a_number",
        "future_period",
    ]
    (jump,) = report.jumps
    assert (jump.row, jump.code) == (7, "unit")
    assert "is it in another unit?" in jump.sentence
    assert report.release is not None
    assert (report.accepted, report.release.new, report.held) == (2, 1, 1)


def test_a_broken_file_loads_nothing(krai: Town, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(UNEMPLOYMENT_2025.read_bytes() + b'"99701000,UNEMPL')

    with pytest.raises(FileRefused):
        load(krai, broken)

    assert len(krai.database.read(releases)) == 1


def test_a_file_without_a_good_row_makes_no_release(krai: Town, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(UNEMPLOYMENT_2025.read_text("utf-8").replace("UNEMPL", "NOTHING"), "utf-8")

    assert load(krai, bad).release is None
    assert len(krai.database.read(releases)) == 1


def test_rows_rejected_for_the_catalogue_can_be_loaded_once_it_knows_them(krai: Town, tmp_path: Path) -> None:
    file = tmp_path / "later.csv"
    file.write_text(UNEMPLOYMENT_2025.read_text("utf-8") + "Новое,UNEMPL,%,2025,5,х\n", "utf-8")
    first = load(krai, file)
    krai.database.run(
        add_territory,
        kind=TerritoryKind.MUNICIPALITY,
        oktmo="99704000",
        slug="novoe",
        name_ru="Новое",
        name_en="Novoye",
        parent_oktmo="99000000",
    )

    second = load(krai, file)

    assert (len(first.rejects), second.already, second.rejects) == (1, False, ())
    assert second.release is not None
    assert (second.release.new, second.release.unchanged) == (1, 1)


def test_a_citizen_may_not_import(krai: Town) -> None:
    with pytest.raises(Forbidden):
        import_file(krai.database, UNEMPLOYMENT_2025, imported_by=krai.people[ANNA])


def test_all_series_of_the_first_start_are_forecast(krai: Town) -> None:
    report = seed(krai.database)
    assert report.release is not None

    forecast_release(f"forecast:{report.release.id}")

    page = krai.database.read(
        indicator_page, viewer=ANONYMOUS, code="UNEMPL_REG_M", territory_id=krai.territory.id
    )
    assert page.forecast is not None
    assert page.forecast.points[0].period == "2026-10"
    assert facts(krai, "AlertFired") == []


@pytest.fixture
def settings(krai: Town, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an instance over the same database, which says that it is migrated."""
    with krai.database.transaction() as uow:
        uow.session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
        uow.session.execute(text("DELETE FROM alembic_version"))
        uow.session.execute(text("INSERT INTO alembic_version VALUES (:step)"), {"step": newest_step()})
    return Settings(database_url=krai.database.engine.url.render_as_string(hide_password=False))


def test_the_command_prints_a_report(
    krai: Town, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(EXAMPLES / "with_mistakes.csv"), "--language", "en", "--wait", "0"]

    assert import_.main(settings, arguments) == 0

    printed = capsys.readouterr().out
    assert "is loaded as release 2" in printed
    assert "5 rows were not loaded:" in printed
    assert "row 3: “Зарeчный” has letters of another alphabet" in printed
    assert "Alerts will be checked as soon as the instance runs" in printed


def test_the_command_holds_what_looks_wrong_unless_it_is_told_why_not(
    krai: Town, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mistakes = EXAMPLES / "with_mistakes.csv"
    other = tmp_path / "the_same_rows.csv"
    other.write_bytes(mistakes.read_bytes() + b"\n")
    printed = []

    for arguments in ([str(mistakes)], [str(other), "--accept-jumps", "сверено с отчётом"]):
        assert import_.main(settings, [*arguments, "--json", "--wait", "0"]) == 0
        printed.append(json.loads(capsys.readouterr().out))
        retail = krai.database.read(series, indicator="RETAIL", territory_id=krai.territory.id)
        printed[-1]["published"] = retail[-1].value

    assert [(one["held"], one["new"]) for one in printed] == [(1, 1), (0, 1)]
    assert printed[0]["published"] < 100_000
    assert printed[1]["published"] == 17_650_000


def test_the_command_prints_json(krai: Town, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_.main(settings, [str(UNEMPLOYMENT_2025), "--json", "--wait", "0"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert (printed["ok"], printed["accepted"], printed["alerts_checked"]) == (True, 1, False)


@pytest.mark.parametrize(("content", "code"), [("no table", 1), (None, 2)])
def test_the_command_fails_on_a_file_that_is_no_table(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, code: int
) -> None:
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_text(content)

    assert import_.main(settings, [str(path)]) == code
    assert capsys.readouterr().err


def test_the_chart_of_an_indicator_is_drawn_once_and_told_in_words(krai: Town, tmp_path: Path) -> None:
    forecast(krai, load(krai))
    page = krai.database.read(chart_page, code="UNEMPL", territory_id=krai.territory.id)
    wanted = chart_key(page, "ru")
    krai.database.run(order_chart, chart=wanted)
    krai.database.run(order_chart, chart=wanted)
    key = f"chart:{wanted.territory_id}:UNEMPL:ru:{wanted.version}"

    draw_indicator(key)
    draw_indicator(key)

    chart = krai.database.read(chart_picture, chart=wanted)
    assert chart is not None
    assert chart.picture is not None
    assert read_content(tmp_path / "files", chart.picture).startswith(b"\x89PNG")
    assert chart.alt.startswith(page.indicator.title_ru)
    assert krai.database.read(file_parents, key=chart.picture) == {"figure:UNEMPL": ""}


def test_a_scene_is_drawn_once_and_one_that_fails_is_tried_anew_later(
    town: Town, clock: ManualClock, tmp_path: Path
) -> None:
    scene = draw(examples()["ranking"], PHONE, language="ru")
    key = drawing_key(scene, about=["UNEMPL"])

    def order_and_draw() -> Drawing | None:
        for _ in range(2):
            town.database.run(order_drawing, scene=scene, about=["UNEMPL"])
        facts = [one.recorded.fact for one in town.database.read(waiting_facts)]
        for fact in facts:
            if isinstance(fact, JobWaiting) and fact.work == DRAW_SCENE:
                draw_scene(fact.key)
        return town.database.read(drawing, key=key)

    blocked = tmp_path / "a_file_where_a_folder_should_be"
    blocked.write_text("")
    configure(database=town.database, files_dir=blocked)
    failed = order_and_draw()
    configure(database=town.database, files_dir=tmp_path / "files")
    soon = order_and_draw()
    clock.advance(timedelta(minutes=6))
    found = order_and_draw()

    assert failed == soon
    assert failed is not None
    assert (failed.settled, failed.picture) == (True, None)
    assert found is not None
    assert found.picture is not None
    assert read_content(tmp_path / "files", found.picture).startswith(b"\x89PNG")
    assert town.database.read(file_parents, key=found.picture) == {f"drawing:{key}": ""}
