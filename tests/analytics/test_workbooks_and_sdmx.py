"""Excel workbooks and SDMX-ML through the same port as CSV, and files that mean harm."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.importers import COLUMNS, FileRefused
from analytics.importers.reasons import BrokenTable, DangerousFile, EmptyFile, WrongHeader
from analytics.importers.tables import read_table
from analytics.importing import import_content
from core.indicators import series
from core.shared import workbooks
from tests.town import Town

SHEET = "xl/worksheets/sheet1.xml"
HEADER = ("Территория", "Показатель", "Единица измерения", "Период", "Значение", "Источник")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

SDMX = """<?xml version="1.0" encoding="utf-8"?>
<GenericData xmlns="http://www.SDMX.org/resources/SDMXML/schemas/v1_0/message"
  xmlns:structure="s" xmlns:generic="g">
<Header><ID>31074</ID></Header>
<CodeLists>
 <structure:CodeList id="s_OKATO"><structure:Name>Территория</structure:Name>
  <structure:Code value="99701"><structure:Description>Заречный</structure:Description></structure:Code>
  <structure:Code value="69"><structure:Description>Речный</structure:Description></structure:Code>
 </structure:CodeList>
 <structure:CodeList id="EI"><structure:Code value="744"><structure:Description>%</structure:Description>
 </structure:Code></structure:CodeList>
 <structure:CodeList id="PERIOD"><structure:Code value="1"><structure:Description>значение показателя за год
 </structure:Description></structure:Code><structure:Code value="2"><structure:Description>январь-март
 </structure:Description></structure:Code></structure:CodeList>
</CodeLists>
<Description><Indicator id="31074"><Name>Уровень безработицы</Name></Indicator></Description>
<DataSet>{series}</DataSet></GenericData>"""
SERIES = """<generic:Series><generic:SeriesKey><generic:Value concept="s_OKATO" value="{place}"/>
</generic:SeriesKey><generic:Attributes><generic:Value concept="EI" value="744"/>
<generic:Value concept="PERIOD" value="{part}"/></generic:Attributes>
<generic:Obs><generic:Time>2024</generic:Time><generic:ObsValue value="{value}"/></generic:Obs>
</generic:Series>"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<GenericData>&b;</GenericData>"
)


def workbook(sheet: str, **more: str) -> bytes:
    """The template with another first sheet, and more parts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbooks.workbook({"Данные": [HEADER], "Показатели": []}))) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name == SHEET else old.read(name))
        for name, text in more.items():
            new.writestr(name, text)
    return buffer.getvalue()


def rows_of(*rows: tuple[str, ...]) -> str:
    """A sheet as Excel writes it: shared texts, numbers with all their digits, empty ends left out."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{"ABCDEF"[place]}{number}"><v>{cell}</v></c>'
            if cell.replace(".", "").isdigit()
            else f'<c r="{"ABCDEF"[place]}{number}" t="inlineStr"><is><r><t>{cell}</t></r></is></c>'
            for place, cell in enumerate(row)
            if cell
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


WHOLE = (
    workbook(
        rows_of(HEADER, *[("Заречный", "UNEMPL", "%", str(year), "6.1", "Росстат") for year in range(99)])
    ),
    SDMX.format(series=SERIES.format(place="99701", part="1", value="6,4")).encode(),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_filled_template_and_a_file_of_the_statistics_office_are_loaded(krai: Town) -> None:
    book = workbook(
        rows_of(
            HEADER,
            ("Заречный", "UNEMPL", "%", "2024", "6.1000000000000005", "Росстат"),
            ("Речный", "UNEMPL", "%", "2024", "5", "Росстат"),
            ("Озёрск", "UNEMPL", "чел.", "2024", "5", "Росстат"),
            ("Верхнее", "UNEMPL", "%", "2024", "", "Росстат"),
        )
    )
    sdmx = SDMX.format(
        series="".join(
            SERIES.format(place=place, part=part, value=value)
            for place, part, value in (("99701", "1", "6,4"), ("99701", "2", "7,0"), ("69", "1", "5"))
        )
    ).encode()

    filled = import_content(krai.database, book, title="book.xlsx")
    loaded = import_content(krai.database, sdmx, title="data.xml")

    assert (filled.encoding, filled.accepted) == ("xlsx", 1)
    # A whole name only: «Речный» is inside «Заречный». Rows are numbered as the spreadsheet shows them.
    assert [(one.row, one.code) for one in filled.rejects] == [
        (3, "unknown_territory"),
        (4, "wrong_unit"),
    ]
    # The row without a value is one of the template that nobody has filled in.
    assert filled.total == 3
    assert (loaded.encoding, loaded.accepted) == ("sdmx-ml", 1)
    # A sum from the beginning of the year is no value of a year.
    assert [(one.row, one.code) for one in loaded.rejects] == [(2, "bad_period"), (3, "unknown_territory")]
    (last,) = (
        point
        for point in krai.database.read(series, indicator="UNEMPL", territory_id=krai.territory.id)
        if point.period == "2024"
    )
    assert (last.value, last.source) == (6.4, "ЕМИСС")


@pytest.mark.parametrize(
    ("content", "refusal", "word"),
    [
        pytest.param(BOMB.encode(), DangerousFile, "тип", id="entity bomb"),
        pytest.param(workbook(BOMB), DangerousFile, "тип", id="entity bomb in a workbook"),
        pytest.param(
            workbook(rows_of(HEADER), **{"xl/vbaProject.bin": "x"}), DangerousFile, "макрос", id="macros"
        ),
        pytest.param(workbook("0" * 30_000_000), DangerousFile, "распаков", id="zip bomb"),
        pytest.param(workbook(f"<a>{'<b>' * 200}{'</b>' * 200}</a>"), DangerousFile, "влож", id="too deep"),
        pytest.param(workbook(rows_of(("Город", "Цифра"))), WrongHeader, "первая строка", id="other columns"),
        pytest.param(workbook(rows_of()), EmptyFile, "пуст", id="empty sheet"),
        pytest.param(
            workbook(rows_of(HEADER, ("Озёрск", "UNEMPL", "%", "2024"))),
            EmptyFile,
            "пуст",
            id="template as it is",
        ),
        pytest.param(b"PK\x03\x04 and then nothing", BrokenTable, "обрывается", id="no zip"),
        pytest.param(b"<html><body>404</body>", BrokenTable, "обрывается", id="a page"),
        pytest.param(b"<GenericData></GenericData>", BrokenTable, "обрывается", id="no observations"),
    ],
)
def test_a_file_that_means_harm_is_refused_in_words(
    content: bytes, refusal: type[FileRefused], word: str
) -> None:
    with pytest.raises(refusal) as refused:
        read_table(content)

    assert word in refused.value.sentence("ru").casefold()


def test_the_template_is_the_same_every_time_and_reads_back() -> None:
    first, second = (
        workbooks.workbook({"Данные": [COLUMNS], "Показатели": [["UNEMPL", "Безработица & Ко", "%"]]})
        for _ in range(2)
    )

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert "Безработица &amp; Ко" in archive.read("xl/worksheets/sheet2.xml").decode()


@pytest.mark.parametrize(
    "content",
    [
        SDMX.replace("utf-8", "utf-99").format(series="").encode(),
        SDMX.replace("utf-8", "shift_jis").format(series="").encode(),
        workbook(f'<worksheet xmlns="{MAIN}"><c><v>1</v></c></worksheet>'),
        workbook(f'<worksheet xmlns="{MAIN}"><row r="first"/></worksheet>'),
    ],
    ids=[
        "an encoding nobody knows",
        "an encoding of several bytes",
        "a cell outside rows",
        "a row without number",
    ],
)
def test_what_no_program_writes_is_a_broken_table(content: bytes) -> None:
    with pytest.raises(BrokenTable):
        read_table(content)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_words(data: st.DataObject) -> None:
    """A damaged byte of what is packed comes from unpacking, which random bytes never reach."""
    whole = data.draw(st.sampled_from(WHOLE))
    places = data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=5))
    damaged = bytearray(whole)
    for place in places:
        damaged[place] = data.draw(st.integers(0, 255))

    with suppress(FileRefused):
        assert read_table(bytes(damaged)).rows


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_readers(noise: bytes) -> None:
    for content in (b"PK\x03\x04" + noise, b"<" + noise, workbook("<worksheet>") + noise):
        with pytest.raises(FileRefused):
            read_table(content)
