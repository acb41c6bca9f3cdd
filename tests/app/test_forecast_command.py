"""`./run forecast`: works on the project's own data, says what is wrong otherwise."""

import json
from pathlib import Path

import pytest

from app.cli import forecast
from app.settings import Settings

SETTINGS = Settings()


def test_it_forecasts_the_synthetic_town_out_of_the_box(capsys: pytest.CaptureFixture[str]) -> None:
    code = forecast.main(SETTINGS, ["--draws", "100", "--project", "factory"])

    out = capsys.readouterr().out
    assert code == 0
    assert "оптимистический" in out
    assert "Цель на 2030 год" in out
    assert "Что изменит проект «Новый завод на 300 рабочих мест» (базовый сценарий)" in out
    assert "Паспорт: модель " in out


def test_json_carries_fans_chances_and_passport(capsys: pytest.CaptureFixture[str]) -> None:
    forecast.main(SETTINGS, ["--json", "--draws", "50", "--years", "3", "--seed", "5"])

    made = json.loads(capsys.readouterr().out)
    assert made["years"] == [2025, 2026, 2027]
    assert set(made["fans"]["GMP"]) == {"optimistic", "base", "pessimistic"}
    assert made["passport"]["seed"] == 5
    assert len(made["description"]) == 10


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--territory", "1"], 1, "В данных нет территории «1»."),
        (["--project", "bridge"], 1, "В модели нет проекта «bridge»; есть: factory."),
        (["--data", "nowhere.csv"], 2, "nowhere.csv"),
    ],
)
def test_what_cannot_be_used_is_said(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forecast.main(SETTINGS, ["--draws", "10", *arguments]) == code
    assert words in capsys.readouterr().err


def test_a_broken_model_names_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "mine.toml"
    model.write_text('[equation.GMP]\neq = "GMP = a + b*GPM"\n', "utf-8")

    code = forecast.main(SETTINGS, ["--model", str(model), "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert code == 1
    assert answer["message"] == (
        "mine.toml, строка 1, уравнение GMP: «GPM» не описано в модели и не в данных. Может быть, «GMP»?"
    ).replace("не в данных", "нет в данных")
