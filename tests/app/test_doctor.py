"""The doctor names what is wrong, says how to mend it, and changes nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, Protocol

import pytest

from app.cli import main
from tests.app.instances import free_port


class Doctor(Protocol):
    """`./run doctor` on a folder, with settings."""

    def __call__(self, var: Path, **settings: str) -> tuple[int, dict[str, dict[str, Any]]]: ...


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """The command within this process; as a process of its own it is run in tests/faults."""

    def examined(var: Path, **settings: str) -> tuple[int, dict[str, dict[str, Any]]]:
        given = {"STRATEGY24_VAR": str(var), "STRATEGY24_PORT": str(free_port()), **settings}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        code = main(["doctor", "--json"])
        said = capsys.readouterr()
        assert not said.err
        return code, {each["subject"]: each for each in json.loads(said.out)["findings"]}

    return examined


def test_a_machine_that_has_never_started_it_is_well(doctor: Doctor, tmp_path: Path) -> None:
    code, findings = doctor(tmp_path / "var")

    assert code == 0
    assert findings["database"]["found"] == "SQLite, made at the first start"
    assert findings["redis program"]["level"] == "ok"


def test_all_settings_that_are_wrong_are_listed(doctor: Doctor, tmp_path: Path) -> None:
    code, findings = doctor(tmp_path / "var", STRATEGY24_PORT="many")

    assert code == 1
    assert "Give a whole number" in findings["settings"]["found"]


def test_a_database_that_does_not_answer_is_an_error_with_a_way_out(doctor: Doctor, tmp_path: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    code, findings = doctor(tmp_path / "var", STRATEGY24_DATABASE_URL=address, STRATEGY24_SECRET_KEY="s" * 40)

    assert code == 1
    assert "Connection refused" in findings["database"]["found"]
    assert "STRATEGY24_DATABASE_URL" in findings["database"]["mend"]


def test_a_spoilt_database_file_points_to_the_backup(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "strategy24.sqlite3").write_bytes(b"no database at all" * 100)

    code, findings = doctor(tmp_path / "var")

    assert code == 1
    assert "./run restore" in findings["database"]["mend"]


def test_a_redis_that_does_not_answer_is_an_error(doctor: Doctor, tmp_path: Path) -> None:
    code, findings = doctor(tmp_path / "var", STRATEGY24_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")

    assert code == 1
    assert "does not answer" in findings["redis"]["found"]


def test_a_taken_port_is_no_error(doctor: Doctor, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        code, findings = doctor(tmp_path / "var", STRATEGY24_PORT=str(taken.getsockname()[1]))

    assert code == 0
    assert findings["port"]["level"] == "warning"
    assert "next free" in findings["port"]["mend"]


def test_a_secret_key_open_to_others_is_told(doctor: Doctor, tmp_path: Path) -> None:
    doctor(tmp_path / "var")
    (tmp_path / "var" / "secret_key").chmod(0o644)

    _, findings = doctor(tmp_path / "var")

    assert findings["secret key"]["mend"].startswith("chmod 600")


@pytest.mark.parametrize(
    ("policy", "level"), [("full", "warning"), ("inbound_notice_only", "ok"), ("off", "ok")]
)
def test_the_law_about_foreign_messengers_is_recalled(
    doctor: Doctor, tmp_path: Path, policy: str, level: str
) -> None:
    settings = {"TELEGRAM_BOT_TOKEN": "123:abcdefghijklmn", "STRATEGY24_CHANNEL_POLICY_TELEGRAM": policy}

    _, findings = doctor(tmp_path / "var", **settings)

    assert findings["telegram"]["level"] == level


def test_a_folder_nobody_may_write_to_is_an_error(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, findings = doctor(tmp_path / "file" / "var")

    assert code == 1
    assert "STRATEGY24_VAR" in str(findings)


def test_a_public_host_without_a_public_address_is_told(doctor: Doctor, tmp_path: Path) -> None:
    _, findings = doctor(tmp_path / "var", STRATEGY24_HOST="0.0.0.0")  # noqa: S104  # nothing listens

    assert "STRATEGY24_PUBLIC_URL" in findings["public url"]["mend"]
