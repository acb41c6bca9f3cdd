"""An instance without the demo: its first territory, its consent, its first account."""

from pathlib import Path

import pytest

from app.cli import accounts, roles, territories_
from app.settings import Settings
from core.store import Database
from core.territories import territories

HEADING = "kind;oktmo;slug;name;name_en;parent;zone"
REGION = "region;50000000;nso;Новосибирская область;Novosibirsk Region;;Asia/Novosibirsk"
TOWN = "municipality;50701000;berdsk;Бердск;Berdsk;50000000;Asia/Novosibirsk"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An instance that was never started."""
    var = tmp_path_factory.mktemp("instance")
    return Settings(var=var, database_url=f"sqlite:///{var}/strategy24.db", demo=False)


def load(settings: Settings, folder: Path, *lines: str) -> int:
    file = folder / "places.csv"
    file.write_text("\n".join([HEADING, *lines]), encoding="utf-8")
    return territories_.main(settings, [str(file)])


def test_a_town_is_loaded_and_its_first_administrator_comes_in(
    empty: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        accounts.main(empty, ["administrator"])
    assert "load some by ./run territories FILE.csv" in capsys.readouterr().err

    assert load(empty, tmp_path, REGION, TOWN) == 0
    assert load(empty, tmp_path, REGION, TOWN.replace(";Бердск;", ";город Бердск;")) == 0
    assert "berdsk                город Бердск" in capsys.readouterr().out
    assert accounts.main(empty, ["administrator", "citizen", "--territory", "berdsk"]) == 0
    assert capsys.readouterr().out.count("/in/") == 2
    there = ["--territory", "berdsk"]
    assert roles.main(empty, ["give", "official", "Administrator 1", *there]) == 0
    given = capsys.readouterr().out
    assert [line.split()[1] for line in given.splitlines()] == ["administrator", "official"]
    assert roles.main(empty, ["take", "administrator", given.split()[0], *there]) == 0
    assert "administrator " not in capsys.readouterr().out
    assert roles.main(empty, ["give", "official", "Nobody", *there]) == 1
    assert "is no one person" in capsys.readouterr().err

    database = Database(str(empty.database_url))
    region, town = database.read(territories)
    database.close()
    assert town.parent_id == region.id
    assert (town.time_zone, town.synthetic) == ("Asia/Novosibirsk", False)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([REGION, "town" + TOWN.removeprefix("municipality")], "Строка 3 — не территория"),
        ([REGION, TOWN.replace("Asia/Novosibirsk", "Asia/Berdsk")], "Строка 3 — не территория"),
        ([REGION, TOWN.replace(";berdsk;", ";Бердск;")], "Строка 3 — не территория"),
        ([REGION, TOWN.removesuffix(";Asia/Novosibirsk")], "Строка 3 — не территория"),
        ([REGION, TOWN.replace("50701000", "5070100")], "«5070100»"),
        ([REGION, TOWN.replace(";50000000;", ";51000000;")], "«51000000»"),
        ([REGION, TOWN.replace(";berdsk;", ";nso;")], "Адрес «nso» уже у другой территории"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_loaded(
    lines: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], empty_again: Settings
) -> None:
    assert load(empty_again, tmp_path, *lines) == 1
    assert words in capsys.readouterr().err
    assert territories_.main(empty_again, []) == 0
    assert capsys.readouterr().out == ""


@pytest.fixture(scope="module")
def empty_again(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Another one, which stays empty."""
    var = tmp_path_factory.mktemp("instance")
    return Settings(var=var, database_url=f"sqlite:///{var}/strategy24.db", demo=False)
