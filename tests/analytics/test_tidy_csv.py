"""A tidy table is read whole or refused whole; a bad row is set aside with words that help."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importers import (
    FileRefused,
    KnownIndicator,
    KnownTerritory,
    ParsedRelease,
    Reason,
    Reference,
    read_release,
    reject_sentence,
)
from core.indicators import Doubt, Period

TODAY = date(2027, 3, 9)
HEADER = "territory,indicator,unit,period,value,source"
GOOD_ROW = "Заречный,UNEMPL,%,2025,6.1,Росстат"

TERRITORIES = (
    KnownTerritory(id="zarechny", oktmo="99701000", name="Заречный"),
    KnownTerritory(id="adygea", oktmo="01000000", name="Республика Адыгея"),
    KnownTerritory(id="tomsk", oktmo="69000000", name="Томская область"),
    KnownTerritory(id="kaliningrad", oktmo="27000000", name="Калининградская область"),
    KnownTerritory(id="mir1", oktmo="10000001", name="Мирный"),
    KnownTerritory(id="mir2", oktmo="10000002", name="Мирный"),
)
INDICATORS = (
    KnownIndicator(code="UNEMPL", title="Уровень безработицы", unit="%", frequency="A", low=0, high=100),
    KnownIndicator(code="POP", title="Население", unit="тыс. чел.", frequency="A", low=0),
    KnownIndicator(code="CPI_M", title="Цены", unit="% к предыдущему месяцу", frequency="M"),
    KnownIndicator(code="GRP_Q", title="Продукт", unit="млн руб.", frequency="Q"),
)
HISTORY = {
    ("zarechny", "UNEMPL"): [(Period("A", year), 5.0 + 0.1 * (year % 3)) for year in range(2010, 2025)]
}


def read(text: str | bytes) -> ParsedRelease:
    content = text if isinstance(text, bytes) else text.encode()
    reference = Reference(territories=TERRITORIES, indicators=INDICATORS, history=lambda _: HISTORY)
    return read_release(content, reference=reference, today=TODAY)


def only_reject(row: str) -> tuple[Reason, str]:
    release = read(f"{HEADER}\n{row}\n")
    assert release.rows == ()
    (reject,) = release.rejects
    return reject.reason, reject_sentence("en", reject)


def test_a_good_row_is_taken_with_its_number_in_the_file() -> None:
    release = read(f"{HEADER}\n{GOOD_ROW}\n")

    (row,) = release.rows
    assert (row.row, row.territory_id, row.indicator, row.value) == (2, "zarechny", "UNEMPL", 6.1)
    assert row.period == Period("A", 2025)
    assert (release.total, release.rejects, release.encoding, release.delimiter) == (1, (), "utf-8", ",")


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("cp1251", "cp1251")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_encoding_and_the_separator_are_recognised(encoding: str, expected: str, delimiter: str) -> None:
    content = f"{HEADER}\n{GOOD_ROW}\n".replace(",", delimiter).encode(encoding)

    release = read(content)

    assert (len(release.rows), release.encoding, release.delimiter) == (1, expected, delimiter)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("6,1", 6.1, id="decimal comma"),
        pytest.param("6.1", 6.1, id="decimal point"),
        pytest.param("1\u00a0234,5", 1234.5, id="non-breaking blank"),
        pytest.param("1\u202f234\u202f567", 1234567.0, id="narrow blanks"),
        pytest.param("−3,2", -3.2, id="real minus"),
        pytest.param("1e3", 1000.0, id="exponent"),
    ],
)
def test_numbers_are_read_as_people_type_them(written: str, value: float) -> None:
    release = read(f"{HEADER.replace(',', ';')}\nЗаречный;GRP_Q;млн руб.;2025-Q4;{written};х\n")

    assert [row.value for row in release.rows] == [value]


@pytest.mark.parametrize(
    "written", ["abc", "6,1 %", "1.234,5", "1 2", "0x10", "inf", "6,1²)", "--5", "9" * 400]
)
def test_what_is_no_number_is_set_aside(written: str) -> None:
    release = read(f"{HEADER.replace(',', ';')}\nЗаречный;GRP_Q;млн руб.;2025-Q4;{written};х\n")

    assert [reject.reason for reject in release.rejects] == [Reason.NOT_A_NUMBER]


@pytest.mark.parametrize("written", ["", "…", "-", "н/д", "NaN"])
def test_a_missing_value_is_named_as_missing(written: str) -> None:
    assert only_reject(f"Заречный,UNEMPL,%,2025,{written},Росстат")[0] is Reason.NO_VALUE


@pytest.mark.parametrize(
    ("indicator", "unit", "period", "expected"),
    [
        ("UNEMPL", "%", "2025", "2025"),
        ("GRP_Q", "млн руб.", "2025-Q1", "2025-Q1"),
        ("GRP_Q", "млн руб.", "2025К2", "2025-Q2"),
        ("CPI_M", "% к предыдущему месяцу", "2027-02", "2027-02"),
    ],
)
def test_periods_of_three_frequencies_are_read(indicator: str, unit: str, period: str, expected: str) -> None:
    release = read(f"{HEADER}\nЗаречный,{indicator},{unit},{period},1,х\n")

    assert [str(row.period) for row in release.rows] == [expected]


def test_a_period_with_a_footnote_digit_is_not_taken_for_a_year() -> None:
    reason, sentence = only_reject("Заречный,UNEMPL,%,20222),6.1,Росстат")

    assert reason is Reason.BAD_PERIOD
    assert "20222)" in sentence


def test_a_month_for_an_annual_indicator_is_set_aside() -> None:
    assert only_reject("Заречный,UNEMPL,%,2025-03,6.1,Росстат")[0] is Reason.WRONG_FREQUENCY


@pytest.mark.parametrize("period", ["2027", "2030"])
def test_a_period_that_has_not_ended_has_no_fact(period: str) -> None:
    assert only_reject(f"Заречный,UNEMPL,%,{period},6.1,Росстат")[0] is Reason.FUTURE_PERIOD


def test_a_territory_is_found_by_its_code_also_without_the_leading_zero() -> None:
    release = read(f"{HEADER}\n1000000,UNEMPL,%,2025,6.1,Росстат\n01000000,UNEMPL,%,2024,6,Росстат\n")

    assert [row.territory_id for row in release.rows] == ["adygea", "adygea"]


def test_a_name_is_matched_whole_so_omsk_is_never_tomsk() -> None:
    reason, sentence = only_reject("Омская область,UNEMPL,%,2025,6.1,Росстат")

    assert reason is Reason.UNKNOWN_TERRITORY
    assert "Perhaps you mean “Томская область”" in sentence


def test_case_blanks_and_quotation_marks_of_a_name_do_not_matter() -> None:
    release = read(f"{HEADER}\n  томская\u00a0 ОБЛАСТЬ ,UNEMPL,%,2025,6.1,Росстат\n")

    assert [row.territory_id for row in release.rows] == ["tomsk"]


def test_a_latin_letter_inside_a_russian_name_is_pointed_at() -> None:
    reason, sentence = only_reject("Калинингpадская область,UNEMPL,%,2025,6.1,Росстат")

    assert reason is Reason.LATIN_LETTERS
    assert "«p» (9)" in sentence
    assert "Калининградская область" in sentence


def test_a_russian_letter_inside_a_code_is_pointed_at() -> None:
    reason, sentence = only_reject("Заречный,UNЕMPL,%,2025,6.1,Росстат")

    assert reason is Reason.LATIN_LETTERS
    assert "«Е»" in sentence
    assert "“UNEMPL”" in sentence


def test_two_territories_of_one_name_need_the_code() -> None:
    reason, sentence = only_reject("Мирный,UNEMPL,%,2025,6.1,Росстат")

    assert reason is Reason.AMBIGUOUS_TERRITORY
    assert "10000001, 10000002" in sentence


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param("Заречный,UNEMPLOYED,%,2025,6.1,х", Reason.UNKNOWN_INDICATOR, id="unknown indicator"),
        pytest.param("Заречный,UNEMPL,доля,2025,6.1,х", Reason.WRONG_UNIT, id="wrong unit"),
        pytest.param("Заречный,POP,чел.,2025,60000,х", Reason.WRONG_UNIT, id="unit off by a thousand"),
        pytest.param("Заречный,UNEMPL,%,2025,6100,х", Reason.OUT_OF_RANGE, id="impossible value"),
        pytest.param("Заречный,POP,тыс. чел.,2025,-3,х", Reason.OUT_OF_RANGE, id="wrong sign"),
        pytest.param("Заречный,UNEMPL,%,2025,6.1,", Reason.NO_SOURCE, id="no source"),
        pytest.param("Заречный,UNEMPL,%,2025", Reason.WRONG_COLUMNS, id="too few fields"),
    ],
)
def test_other_defects_of_a_row(row: str, reason: Reason) -> None:
    assert only_reject(row)[0] is reason


def test_a_bad_row_does_not_take_the_good_ones_along() -> None:
    release = read(f"{HEADER}\n{GOOD_ROW}\nЗаречный,UNEMPL,%,2024,много,Росстат\n")

    assert [row.row for row in release.rows] == [2]
    assert [reject.row for reject in release.rejects] == [3]


def test_the_same_value_twice_is_taken_once() -> None:
    release = read(f"{HEADER}\n{GOOD_ROW}\n{GOOD_ROW}\n")

    assert [row.row for row in release.rows] == [2]
    assert [(reject.row, reject.reason) for reject in release.rejects] == [(3, Reason.DUPLICATE)]


def test_of_contradicting_values_none_is_taken() -> None:
    release = read(f"{HEADER}\n{GOOD_ROW}\nЗаречный,UNEMPL,%,2025,4.0,Росстат\n")

    assert release.rows == ()
    assert [reject.reason for reject in release.rejects] == [Reason.CONTRADICTION] * 2
    assert "2, 3" in reject_sentence("en", release.rejects[0])


def test_a_value_far_off_its_own_path_is_taken_and_shown() -> None:
    release = read(f"{HEADER}\nЗаречный,UNEMPL,%,2025,51,Росстат\n")

    (jump,) = release.jumps
    assert len(release.rows) == 1
    assert (jump.row, jump.value) == (2, 51)
    assert jump.ratio == pytest.approx(10.0, rel=0.1)


@pytest.mark.parametrize(
    ("values", "jumps"),
    [
        pytest.param([6.1], [(2, None)], id="a shock is unusual, and yet published"),
        pytest.param([51.0], [(2, Doubt.JUMP)], id="wild"),
        pytest.param([5100.0], [(2, Doubt.UNIT)], id="another unit"),
        pytest.param([-5.1], [(2, Doubt.SIGN)], id="another sign"),
        pytest.param([51.0, 5.1], [(2, Doubt.JUMP)], id="after a mistake the right value is none"),
        pytest.param([51.0, 51.1], [(2, Doubt.JUMP)], id="a new level is one jump"),
    ],
)
def test_what_looks_wrong_is_told_apart(values: list[float], jumps: list[tuple[int, Doubt | None]]) -> None:
    rows = [f"Заречный,UNEMPL,%,{2025 + step},{value},Росстат" for step, value in enumerate(values)]
    reference = Reference(
        territories=TERRITORIES,
        indicators=[replace(INDICATORS[0], low=None, high=None)],
        history=lambda _: HISTORY,
    )

    found = read_release("\n".join([HEADER, *rows]).encode(), reference=reference, today=date(2028, 1, 1))

    assert [(jump.row, jump.doubt) for jump in found.jumps] == jumps


def test_an_ordinary_value_is_no_jump() -> None:
    assert read(f"{HEADER}\nЗаречный,UNEMPL,%,2025,5.1,Росстат\n").jumps == ()


def test_a_short_history_shows_no_jump() -> None:
    assert read(f"{HEADER}\nТомская область,UNEMPL,%,2025,51,Росстат\n").jumps == ()


def test_the_columns_may_stand_in_any_order_and_in_russian() -> None:
    release = read(
        "Период;Значение;Территория;Показатель;Единица измерения;Источник\n2025;6,1;Заречный;UNEMPL;%;х\n"
    )

    assert [row.value for row in release.rows] == [6.1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="no byte"),
        pytest.param(f"{HEADER}\n".encode(), "empty_file", id="header only"),
        pytest.param(
            b"territory,indicator,unit,period,value\na,b,c,d,e\n", "wrong_header", id="column missing"
        ),
        pytest.param(f"{HEADER},note\n{GOOD_ROW},x\n".encode(), "wrong_header", id="column unknown"),
        pytest.param(f"{HEADER},value\n{GOOD_ROW},1\n".encode(), "wrong_header", id="column twice"),
        pytest.param(f"{GOOD_ROW}\n{GOOD_ROW}\n".encode(), "wrong_header", id="no header"),
        pytest.param(f'{HEADER}\n{GOOD_ROW}\n"Заречный,UN\n'.encode(), "broken_table", id="open quotation"),
        pytest.param(HEADER.encode("utf-16"), "unreadable_text", id="utf-16"),
        pytest.param(b"PK\x03\x04spreadsheet", "broken_table", id="xlsx"),
        pytest.param(b"a" * (10 * 1024 * 1024 + 1), "file_too_large", id="too large"),
    ],
)
def test_a_file_that_is_no_tidy_table_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)

    assert refused.value.code == code
    assert "Nothing was loaded" in refused.value.sentence("en")


cells = st.lists(
    st.sampled_from(
        ["Заречный", "99701000", "UNEMPL", "GRP_Q", "%", "2025", "2025-Q1", "6,1", "", '"', "\r", "х"]
    )
    | st.text(max_size=12),
    max_size=8,
)


@given(
    st.binary(max_size=300)
    | st.lists(cells).map(lambda rows: "\n".join([HEADER, *map(",".join, rows)]).encode("utf-8", "ignore"))
)
def test_any_file_is_refused_whole_or_every_row_of_it_is_accounted_for(content: bytes) -> None:
    try:
        release = read(content)
    except FileRefused:
        return
    assert len(release.rows) + len(release.rejects) == release.total
    assert all(reject_sentence("ru", reject) for reject in release.rejects)
