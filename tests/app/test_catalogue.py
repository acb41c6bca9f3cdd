"""The catalogue of messages: parts merged, compiled when stale, complete in Russian."""

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.catalogue import LOCALE_FOLDER, compile_catalogues, merge_parts

_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    (tmp_path / "ru" / "parts").mkdir(parents=True)
    return tmp_path


def _write(locale: Path, part: str, text: str) -> None:
    (locale / "ru" / "parts" / f"{part}.po").write_text(_HEAD + text, encoding="utf-8")


def _russian(locale: Path) -> gettext.NullTranslations:
    return gettext.translation("django", localedir=str(locale), languages=["ru"])


def test_words_of_all_parts_are_in_one_catalogue(locale: Path) -> None:
    _write(locale, "web", 'msgid "Vote"\nmsgstr "Проголосовать"\n')
    _write(
        locale,
        "bots",
        'msgid "%(n)s vote"\nmsgid_plural "%(n)s votes"\n'
        'msgstr[0] "%(n)s голос"\nmsgstr[1] "%(n)s голоса"\nmsgstr[2] "%(n)s голосов"\n',
    )

    assert compile_catalogues(locale) == ["ru"]

    assert _russian(locale).gettext("Vote") == "Проголосовать"
    assert _russian(locale).ngettext("%(n)s vote", "%(n)s votes", 21) == "%(n)s голос"
    assert _russian(locale).ngettext("%(n)s vote", "%(n)s votes", 5) == "%(n)s голосов"


def test_an_unchanged_catalogue_is_not_compiled_again(locale: Path) -> None:
    _write(locale, "web", 'msgid "Vote"\nmsgstr "Проголосовать"\n')
    compile_catalogues(locale)

    assert compile_catalogues(locale) == []


def test_a_removed_part_takes_its_words_away(locale: Path) -> None:
    _write(locale, "web", 'msgid "Vote"\nmsgstr "Проголосовать"\n')
    _write(locale, "old", 'msgid "Gone"\nmsgstr "Ушло"\n')
    compile_catalogues(locale)
    (locale / "ru" / "parts" / "old.po").unlink()

    assert compile_catalogues(locale) == ["ru"]


def test_two_wordings_of_one_message_are_reported(locale: Path) -> None:
    _write(locale, "bots", 'msgid "Close"\nmsgstr "Закрыть"\n')
    _write(locale, "web", 'msgid "Close"\nmsgstr "Завершить"\n')

    catalogue, conflicts = merge_parts(list((locale / "ru" / "parts").glob("*.po")), language="ru")

    assert catalogue["Close"].string == "Закрыть"
    assert conflicts == ["'Close': 'Закрыть' in bots.po, 'Завершить' in web.po"]


def test_no_message_of_the_project_has_two_wordings() -> None:
    _, conflicts = merge_parts(list((LOCALE_FOLDER / "ru" / "parts").glob("*.po")), language="ru")

    assert conflicts == []


def test_no_message_stands_twice_in_a_file() -> None:
    # The later one would decide in silence, also about the screens of the earlier.
    for part in (LOCALE_FOLDER / "ru" / "parts").glob("*.po"):
        lines = part.read_text(encoding="utf-8").splitlines()
        with part.open("rb") as source:
            catalogue = read_po(source, locale="ru")
        assert sum(line.startswith("msgid ") for line in lines) == len(catalogue) + 1, part.name
