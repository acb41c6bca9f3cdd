"""`./run forecast`: works on the project's own data, says what is wrong otherwise."""

import json
import math
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


def test_it_answers_the_questions_of_an_economist(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--diagnose", "GMP", "--multipliers", "INVEST", "--contributions", "GMP"]
    asked += ["--seek", "GMP", "33000", "2030", "INVEST", "--draws", "20"]

    forecast.main(SETTINGS, [*asked, "--json"])
    made = json.loads(capsys.readouterr().out)
    forecast.main(SETTINGS, [*asked, "--redefined", "CPI_RF=2012", "--redefined", "GDP_RF=2012"])
    words = capsys.readouterr().out

    assert made["diagnose"]["coefficients"]["c"][0] == pytest.approx(0.2653, abs=1e-4)
    assert made["multipliers"]["INVEST"][0] == pytest.approx(1.0)
    last, first = 25989.0, made["fans"]["GMP"]["base"]["path"][0]
    growth = sum(one["by_year"][0] for one in made["contributions"])
    assert growth == pytest.approx(math.log(first / last), abs=1e-4)
    assert made["seek"]["amount"] > 0
    assert "Уравнение GMP, своих лет 22: R² 0.7" in words
    assert "Не взят 1 год (2012): сравнивались бы два определения — «GDP_RF» с 2012 года." in words
    assert "GMP достигнет 33000 к 2030 году, если INVEST менять на" in words


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--territory", "1"], 1, "В данных нет территории «1»."),
        (["--project", "bridge"], 1, "В модели нет проекта «bridge»; есть: factory."),
        (["--diagnose", "GPM"], 1, "«GPM»"),
        (["--redefined", "GPM=2012"], 1, "«GPM»"),
        (["--seek", "GMP", "33000", "2050", "INVEST"], 1, "Нет значения GMP за 2050"),
        (["--seek", "GMP", "много", "2030", "INVEST"], 1, "«много»"),
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
