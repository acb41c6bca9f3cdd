"""The doctor names what is wrong, says how to mend it, and changes nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.settings import PROJECT
from tests.app.instances import free_port


def _doctor(var: Path, **settings: str) -> tuple[int, dict[str, dict[str, Any]]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "STRATEGY24_VAR": str(var),
        "STRATEGY24_PORT": str(free_port()),
        **settings,
    }
    command = [sys.executable, "-P", "-m", "app", "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert not done.stderr
    return done.returncode, {each["subject"]: each for each in json.loads(done.stdout)["findings"]}


def test_a_machine_that_has_never_started_it_is_well(tmp_path: Path) -> None:
    code, findings = _doctor(tmp_path / "var")

    assert code == 0
    assert findings["database"]["found"] == "SQLite, made at the first start"
    assert findings["redis program"]["level"] == "ok"


def test_all_settings_that_are_wrong_are_listed(tmp_path: Path) -> None:
    code, findings = _doctor(tmp_path / "var", STRATEGY24_PORT="many")

    assert code == 1
    assert "Give a whole number" in findings["settings"]["found"]


def test_a_database_that_does_not_answer_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    code, findings = _doctor(
        tmp_path / "var", STRATEGY24_DATABASE_URL=address, STRATEGY24_SECRET_KEY="s" * 40
    )

    assert code == 1
    assert "Connection refused" in findings["database"]["found"]
    assert "STRATEGY24_DATABASE_URL" in findings["database"]["mend"]


def test_a_spoilt_database_file_points_to_the_backup(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "strategy24.sqlite3").write_bytes(b"no database at all" * 100)

    code, findings = _doctor(tmp_path / "var")

    assert code == 1
    assert "./run restore" in findings["database"]["mend"]


def test_a_redis_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    code, findings = _doctor(tmp_path / "var", STRATEGY24_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")

    assert code == 1
    assert "does not answer" in findings["redis"]["found"]


def test_a_taken_port_is_no_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        code, findings = _doctor(tmp_path / "var", STRATEGY24_PORT=str(taken.getsockname()[1]))

    assert code == 0
    assert findings["port"]["level"] == "warning"
    assert "next free" in findings["port"]["mend"]


def test_a_secret_key_open_to_others_is_told(tmp_path: Path) -> None:
    _doctor(tmp_path / "var")
    (tmp_path / "var" / "secret_key").chmod(0o644)

    _, findings = _doctor(tmp_path / "var")

    assert findings["secret key"]["mend"].startswith("chmod 600")


@pytest.mark.parametrize(
    ("policy", "level"), [("full", "warning"), ("inbound_notice_only", "ok"), ("off", "ok")]
)
def test_the_law_about_foreign_messengers_is_recalled(tmp_path: Path, policy: str, level: str) -> None:
    settings = {"TELEGRAM_BOT_TOKEN": "123:abcdefghijklmn", "STRATEGY24_CHANNEL_POLICY_TELEGRAM": policy}

    _, findings = _doctor(tmp_path / "var", **settings)

    assert findings["telegram"]["level"] == level


def test_a_folder_nobody_may_write_to_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, findings = _doctor(tmp_path / "file" / "var")

    assert code == 1
    assert "STRATEGY24_VAR" in str(findings)


def test_a_public_host_without_a_public_address_is_told(tmp_path: Path) -> None:
    _, findings = _doctor(tmp_path / "var", STRATEGY24_HOST="0.0.0.0")  # noqa: S104  # nothing listens

    assert "STRATEGY24_PUBLIC_URL" in findings["public url"]["mend"]
