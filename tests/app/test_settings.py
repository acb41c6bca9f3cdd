"""The settings: safe defaults, and every problem told at once."""

import os
from pathlib import Path

import pytest

from app.identity_provider import identity_provider
from app.settings import SettingsError, read_settings, variable_names


@pytest.fixture(autouse=True)
def only_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*variable_names().values(), *(key for key in os.environ if key.startswith("STRATEGY24_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STRATEGY24_VAR", str(tmp_path / "var"))


def test_an_empty_environment_means_the_embedded_services(tmp_path: Path) -> None:
    settings = read_settings()

    assert settings.database_url == f"sqlite:///{tmp_path}/var/strategy24.sqlite3"
    assert settings.embedded_redis
    assert settings.public_url == "http://127.0.0.1:8024"
    assert settings.fills_demo


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = read_settings().secret_key
    second = read_settings().secret_key

    assert first == second
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_all_problems_are_listed_at_once_each_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATEGY24_PORT", "eighty")
    monkeypatch.setenv("STRATEGY24_PROT", "8024")
    monkeypatch.setenv("STRATEGY24_DATABASE_URL", "mysql://user:hunter2@host/name")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "very-secret")
    monkeypatch.setenv("STRATEGY24_CHANNEL_POLICY_TELEGRAM", "sometimes")

    with pytest.raises(SettingsError) as failure:
        read_settings()

    text = str(failure.value)
    assert len(failure.value.problems) == 5
    assert "STRATEGY24_PORT 'eighty' cannot be used. Give a whole number" in text
    assert "Did you mean STRATEGY24_PORT?" in text
    assert "STRATEGY24_DATABASE_URL cannot be used. Give postgresql://" in text
    assert "TELEGRAM_BOT_TOKEN cannot be used." in text
    assert "full, inbound_notice_only or off" in text


def test_secrets_are_neither_in_a_problem_nor_in_the_printed_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STRATEGY24_DATABASE_URL", "postgres://user:hunter2@host/name")
    monkeypatch.setenv("STRATEGY24_SECRET_KEY", "s" * 20)

    with pytest.raises(SettingsError) as failure:
        read_settings()
    monkeypatch.setenv("STRATEGY24_SECRET_KEY", "s" * 40)
    settings = read_settings()

    assert "s" * 20 not in str(failure.value)
    assert "hunter2" not in repr(settings)
    assert "s" * 40 not in repr(settings)


def test_postgresql_without_a_secret_key_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATEGY24_DATABASE_URL", "postgres://user@host/name")

    with pytest.raises(SettingsError, match=r"STRATEGY24_SECRET_KEY is missing\. Give at least 32"):
        read_settings()


def test_a_postgresql_address_gets_the_driver_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRATEGY24_DATABASE_URL", "postgres://user@host/name")
    monkeypatch.setenv("STRATEGY24_SECRET_KEY", "s" * 40)

    settings = read_settings()

    assert settings.database_url == "postgresql+psycopg://user@host/name"
    assert not settings.fills_demo


@pytest.mark.parametrize("issuer", ["", "http://esia.example", "https://esia.example"])
def test_an_identity_provider_is_named_whole_and_by_https(
    monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    monkeypatch.setenv("STRATEGY24_ESIA_ISSUER", issuer)
    monkeypatch.setenv("STRATEGY24_ESIA_CLIENT_SECRET", "never to be printed")

    with pytest.raises(SettingsError, match="all three or none") as refused:
        read_settings()

    assert "never to be printed" not in str(refused.value)


def test_an_identity_provider_that_is_named_whole_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    assert identity_provider(read_settings()) is None
    monkeypatch.setenv("STRATEGY24_ESIA_ISSUER", "https://esia.example")
    monkeypatch.setenv("STRATEGY24_ESIA_CLIENT_ID", "zarechny")
    monkeypatch.setenv("STRATEGY24_ESIA_CLIENT_SECRET", "never to be printed")

    provider = identity_provider(read_settings())

    assert "https://esia.example" in repr(provider)
    assert "never to be printed" not in repr(provider)
