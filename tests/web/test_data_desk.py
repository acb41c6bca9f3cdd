"""An analyst brings a file: it is checked, looked at, loaded; what looks wrong waits for a decision."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.importers import FileRefused
from analytics.importers.xlsx import read_sheet
from analytics.importing import import_content
from analytics.jobs import configure
from analytics.jobs.uploads import check_upload, load_upload_file
from core.alerts import RuleKind, Severity, evaluate_release, set_alert_rule
from core.identity import Role, grant_role
from core.indicators import AccessLevel, HeldState, held_values, register_indicators, releases, series
from core.jobs import JobState, job, take_job
from core.jobs.rules import LEASE
from core.shared.clock import ManualClock
from core.shared.workbooks import workbook
from core.uploads import MOST_BYTES, Upload, UploadState, drop_stale_uploads, upload_of
from core.uploads.commands import KEPT
from tests.town import IVANOV, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import UNEMPLOYMENT, publish_unemployment, the_open_alert

HEADER = "territory;indicator;unit;period;value;source"
PAGE = "/console/data"
NEW = f"{PAGE}/new"
GOOD = f"{HEADER}\nЗаречный;UNEMP;%;2025;6,1;Росстат\nЗаречный;UNEMP;%;2026;6,2;Росстат\n"
MIXED = (
    f"{HEADER}\nЗаречный;UNEMP;%;2025;6,0;Росстат\nЗаречный;UNEMP;%;2026;6100;Росстат\n"
    "Заречье;UNEMP;%;2026;6,1;Росстат\nСинтетический край;UNEMP;%;2026;6,1;Росстат\n"
    "Заречный;SECRET;%;2026;6,1;Росстат\n"
)


@pytest.fixture
def analyst(town: Town, anybody: Browser, tmp_path: Path, clock: ManualClock) -> Browser:
    """Vera at her desk; eight years of unemployment are published, and there is a secret indicator."""
    configure(database=town.database, files_dir=tmp_path)
    publish_unemployment(town, 6.0, 6.1, 6.0, 6.2, 6.1, 6.0, 6.1, 6.0)
    secret = replace(UNEMPLOYMENT, code="SECRET", access_level=AccessLevel.RESTRICTED)
    town.database.run(register_indicators, indicators=[secret])
    return anybody.sign_in_as(VERA)


def work(town: Town) -> None:
    """What the worker does with the uploads that wait."""
    with town.database.reading() as reading:
        rows = reading.session.execute(
            text("SELECT key, kind FROM job WHERE kind LIKE '%_upload' AND state = 'waiting' ORDER BY key")
        )
        waiting = [(str(key), str(kind)) for key, kind in rows]
    for key, kind in waiting:
        (check_upload if kind == "check_upload" else load_upload_file)(key)
        found = town.database.read(job, key=key)
        assert found is not None
        assert found.state is JobState.DONE


async def brought(analyst: Browser, content: str | bytes, *, name: str = "июль.csv") -> str:
    """A file is sent; the address of its page."""
    sent = await analyst.upload(NEW, content if isinstance(content, bytes) else content.encode(), name=name)
    assert sent.status_code in {302, 303}, sent.text
    return str(sent.headers["location"])


def upload_at(town: Town, address: str) -> Upload:
    upload_id = address.rpartition("/")[2]
    return town.database.read(upload_of, upload_id=upload_id, person_id=town.people[VERA])


def published(town: Town) -> dict[str, float]:
    points = town.database.read(series, indicator="UNEMP", territory_id=town.territory.id)
    return {point.period: point.value for point in points[-2:]}


async def test_a_file_is_checked_first_then_loaded_and_what_looks_wrong_is_decided(
    town: Town, analyst: Browser
) -> None:
    before = published(town)
    address = await brought(analyst, MIXED)
    waiting = await analyst.get(address)
    work(town)
    report = words_of(await analyst.get(address))

    assert "data-under-way" in waiting.text
    for said in (
        "Проверен, ещё не загружен", "Строк в файле 5", "Отклонено строк 3", "Придержано до решения 1",
        "Территории «Заречье» здесь нет", "Вы не загружаете данные территории «Синтетический край»",
        "Показателя «SECRET» нет в каталоге", "не в других ли единицах?", "2025: 6,1 → 6,0", "Загрузить",
    ):  # fmt: skip
        assert said.lower() in report.lower(), said
    assert (published(town), len(town.database.read(releases))) == (before, 1)

    await analyst.submit(f"{address}/load")
    await analyst.submit(f"{address}/load")
    work(town)
    loaded = words_of(await analyst.get(address))
    held = await analyst.get(f"{PAGE}/held")

    assert "Загружен как редакция данных 2" in loaded
    assert "Решить о 1 значении" in loaded
    assert published(town) == {"2025": 6.0, "2026": 6.0}
    assert "похоже на другие единицы" in words_of(held)
    assert f'href="{address}"' in held.text
    key = re.findall(r'name="key" value="([^"]+)"', held.text)

    refused = await analyst.submit(f"{PAGE}/held", key=key, do="reject", reason="")
    await analyst.submit(f"{PAGE}/held", key=key, do="reject", reason="Забыли запятую")
    journal = words_of(await analyst.get(f"{PAGE}/held"))

    assert (refused.status_code, "Текст пуст" in words_of(refused)) == (409, True)
    assert "Нечего решать" in journal
    assert "отклонено : Забыли запятую Вера Орлова" in journal
    assert published(town) == {"2025": 6.0, "2026": 6.0}
    again = import_content(
        town.database, f"{HEADER}\nЗаречный;UNEMP;%;2026;6100;Росстат\n".encode(), title="ещё раз"
    )
    assert ([note.code for note in again.jumps], again.release) == (["rejected_before"], None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whoever_knows_better_publishes_at_once_or_a_whole_file_later(
    town: Town, analyst: Browser
) -> None:
    first = await brought(analyst, f"{HEADER}\nЗаречный;UNEMP;%;2025;60;Росстат\n")
    second = await brought(analyst, f"{HEADER}\nЗаречный;UNEMP;%;2026;6000;Росстат\n")
    work(town)
    without_reason = await analyst.submit(f"{first}/load", doubtful="publish", reason=" ")
    await analyst.submit(f"{first}/load", doubtful="publish", reason="Новая методика")
    await analyst.submit(f"{second}/load", doubtful="hold")
    work(town)

    assert without_reason.status_code == 409
    vintage = upload_at(town, second).vintage
    assert published(town) == {"2025": 60.0, "2026": 6.0}
    done = await analyst.submit(f"{PAGE}/held", do=f"release:{vintage}", reason="И это верно")

    assert done.status_code in {302, 303}
    assert published(town) == {"2025": 60.0, "2026": 6000.0}
    mine = town.database.read(
        held_values, person_id=town.people[VERA], territory_ids=[town.territory.id], state=HeldState.ACCEPTED
    )
    assert {one.reason for one in mine} == {"Новая методика", "И это верно"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_is_refused_in_words_let_go_or_taken_up_by_another_worker(
    town: Town, analyst: Browser, clock: ManualClock
) -> None:
    damaged = await brought(analyst, "a;b\n1;2\n")
    empty = await analyst.upload(NEW, b"", name="пусто.csv")
    large = await analyst.upload(NEW, b"x" * (MOST_BYTES + 1), name="много.csv")
    cancelled = await brought(analyst, GOOD)
    await analyst.submit(f"{cancelled}/cancel")
    work(town)
    killed = await brought(analyst, GOOD)
    key = f"upload:{killed.rpartition('/')[2]}:1"
    town.database.run(take_job, key=key, holder="a worker that dies")
    clock.advance(2 * LEASE)
    check_upload(key)

    assert "Первая строка файла не подходит" in words_of(await analyst.get(damaged))
    assert (empty.status_code, large.status_code) == (400, 400)
    assert "не больше 10 МБ" in words_of(large)
    assert upload_at(town, cancelled).state is UploadState.CANCELLED
    assert upload_at(town, killed).state is UploadState.CHECKED
    clock.advance(KEPT)
    assert town.database.run(drop_stale_uploads) == 1
    assert (await analyst.submit(f"{killed}/load")).status_code == 409
    assert len(town.database.read(releases)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_workbook_of_a_territory_comes_back_filled_in(town: Town, analyst: Browser) -> None:
    file = await analyst.get(f"{PAGE}/template.xlsx?territory={town.territory.id}")
    rows = [cells for _, cells in read_sheet(file.content)]

    assert rows == [
        ["Территория", "Показатель", "Единица измерения", "Период", "Значение", "Источник"],
        ["99701000", "UNEMP", "%", "2027", "", "Росстат"],
    ]
    with pytest.raises(FileRefused):
        import_content(town.database, file.content, title="ничего не заполнено")
    rows[1][3:5] = ["2026", "6,4"]
    address = await brought(analyst, workbook({"Данные": rows}), name="шаблон.xlsx")
    work(town)
    await analyst.submit(f"{address}/load")
    work(town)

    assert published(town)["2026"] == 6.4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_alert_about_data_leads_whoever_loads_them_to_where_it_is_mended(
    town: Town, analyst: Browser
) -> None:
    town.database.run(
        set_alert_rule,
        indicator_code="UNEMP",
        territory_id=town.territory.id,
        kind=RuleKind.QUALITY,
        bad="above",
        threshold=0.99,
        clear_at=0.99,
        severity=Severity.WARN,
        set_by=None,
    )
    wild = f"{HEADER}\nЗаречный;UNEMP;%;2026;6200;Росстат\n".encode()
    held = import_content(town.database, wild, title="тревога")
    assert held.release is not None
    town.database.run(evaluate_release, vintage=held.release.vintage)
    address = f"/console/alerts/{the_open_alert(town)}"
    before = await analyst.sign_in_as(IVANOV).get(address)
    town.database.run(
        grant_role, person_id=town.people[IVANOV], role=Role.ANALYST, territory_id=town.territory.id
    )
    after = await analyst.get(address)

    link = 'href="/console/data/held?indicator=UNEMP"'
    assert (before.status_code, link in before.text, link in after.text) == (200, False, True)
