"""docker-compose.yml cannot be started where these tests run, so all that can be known of it is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from app.cli import COMMANDS
from app.settings import PROJECT, Settings, SettingsError, read_settings, variable_names
from app.supervisor.plan import plan

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_it_has_the_form_of_a_compose_file() -> None:
    schema = json.loads(Path(__file__).with_name("compose_schema.json").read_text(encoding="utf-8"))

    jsonschema.validate(COMPOSE, schema)


def test_every_command_is_a_subcommand() -> None:
    commands = {name: service["command"] for name, service in OURS.items()}

    assert {name: words for name, words in commands.items() if words[0] not in COMMANDS} == {}
    assert all(COMMANDS[words[0]].exists() for words in commands.values())


# On one machine PostgreSQL is a file, and the relay's own sender is enough.
ONLY_IN_COMPOSE = {"postgres", "sender"}


def test_every_process_that_the_supervisor_starts_is_a_service(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, secret_key="s" * 48)
    started = {spec.name: spec.command for spec in plan(settings, port=8024, listening=3)}

    assert set(SERVICES) == started.keys() | ONLY_IN_COMPOSE
    commands = {name: service["command"] for name, service in OURS.items() if name in started}
    assert {name for name, words in commands.items() if not _are_said(words, started[name])} == set()


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_known_setting(name: str) -> None:
    assert set(OURS[name]["environment"]) <= set(variable_names().values())


def test_the_environment_is_accepted_once_the_blanks_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    filled = {"SECRET_KEY": "s" * 48, "POSTGRES_PASSWORD": "p", "PUBLIC_URL": "https://town.example"}
    for variable, value in OURS["web"]["environment"].items():
        monkeypatch.setenv(variable, _substituted(str(value), filled))

    settings = read_settings()

    assert settings.database_url == "postgresql+psycopg://strategy24:p@postgres/strategy24"
    assert settings.redis_url == "redis://redis:6379/0"
    assert not settings.fills_demo


@pytest.mark.parametrize("blank", ["SECRET_KEY", "POSTGRES_PASSWORD", "PUBLIC_URL"])
def test_a_missing_secret_stops_the_start(blank: str) -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")

    assert re.search(rf"\$\{{{blank}:\?", text)
    assert not re.search(rf"\$\{{{blank}(:-[^}}]*)?\}}", text)


def test_every_service_that_stays_has_a_health_check() -> None:
    checks = {name: service.get("healthcheck", {}) for name, service in SERVICES.items() if name != "migrate"}

    assert {name for name, check in checks.items() if "test" not in check} == set()


def test_nothing_starts_before_what_it_stands_on() -> None:
    waiting = {name: set(service["depends_on"]) for name, service in OURS.items() if name != "migrate"}

    assert all({"postgres", "redis", "migrate"} <= stands_on for stands_on in waiting.values())
    assert {name for each in OURS.values() for name in each["depends_on"]} <= set(SERVICES)


def test_every_mounted_volume_is_declared() -> None:
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}

    assert mounted == set(COMPOSE["volumes"])


def test_the_chart_worker_has_somebody_who_reaps_its_browsers() -> None:
    assert SERVICES["worker-charts"]["init"] is True


def test_redis_keeps_what_it_was_given() -> None:
    command = " ".join(SERVICES["redis"]["command"])

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_the_image_installs_from_the_lock_and_runs_the_same_entry_point() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")

    assert "--require-hashes -r requirements/run.txt" in dockerfile
    assert 'ENTRYPOINT ["python", "-P", "-m", "app"]' in dockerfile
    assert "USER strategy24" in dockerfile


def test_a_policy_that_is_misspelt_would_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATEGY24_CHANNEL_POLICY_TELEGRAM", "inbound")

    with pytest.raises(SettingsError, match="inbound_notice_only"):
        read_settings()


def _are_said(words: list[str], command: Sequence[str]) -> bool:
    """Whether the supervisor's command has these words where its subcommand stands."""
    after = command.index(words[0]) if words[0] in command else len(command)
    return [*command[after : after + len(words)]] == words


def _substituted(value: str, filled: dict[str, str]) -> str:
    def replace(found: re.Match[str]) -> str:
        return filled.get(found["name"], found["default"] or "")

    return re.sub(r"\$\{(?P<name>\w+)(?::\?[^}]*|:-(?P<default>[^}]*))?\}", replace, value)
