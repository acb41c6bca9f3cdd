"""Every setting of Strategy24, read from the environment in this one place.

A default is safe and lets an empty machine start. What is wrong is listed all at once, each with a sentence
that says what to do, so that nobody mends a configuration one error at a time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.embedded_redis import socket_url

PREFIX = "STRATEGY24_"
PROJECT = Path(__file__).resolve().parent.parent
ChannelPolicy = Literal["full", "inbound_notice_only", "off"]

# The sentence a person reads when the value of a variable cannot be used.
_ADVICE = {
    "STRATEGY24_VAR": "Give a folder that this user may write to, for example ./var.",
    "STRATEGY24_DATABASE_URL": (
        "Give postgresql://USER:PASSWORD@HOST/NAME or sqlite:///PATH or leave it out for SQLite."
    ),
    "STRATEGY24_REDIS_URL": "Give redis://HOST:6379/0 or unix://PATH, or leave it out to have one started.",
    "STRATEGY24_HOST": "Give an address of this machine: 127.0.0.1 for itself, 0.0.0.0 for everybody.",
    "STRATEGY24_PORT": "Give a whole number from 1 to 65535.",
    "STRATEGY24_PUBLIC_URL": "Give the address people type, such as https://town.example, without a path.",
    "STRATEGY24_SECRET_KEY": (
        "Give at least 32 random characters; "
        "python -c 'import secrets; print(secrets.token_urlsafe(48))' makes some."
    ),
    "STRATEGY24_CLOCK_OFFSET_S": "Give a whole number of seconds; it is meant for tests and tours only.",
    "STRATEGY24_LOG_LEVEL": "Give debug, info, warning or error.",
    "STRATEGY24_LOG_FORMAT": "Give text (key=value) or json.",
    "STRATEGY24_CHANNEL_POLICY_TELEGRAM": (
        "Give full, inbound_notice_only or off. Since 1 June 2025 Federal Law 41-FZ bars authorities "
        "from talking to citizens through foreign messengers."
    ),
    "STRATEGY24_CHANNEL_POLICY_MAX": "Give full, inbound_notice_only or off.",
    "STRATEGY24_CHANNEL_POLICY_VK": "Give full, inbound_notice_only or off.",
    "VK_API_BASE": "Give the address of VK's API, for example https://api.vk.ru.",
    "VK_SECRET": "Give the secret from the settings of VK's Callback API; without one anybody could write.",
    "STRATEGY24_WEBHOOKS": "Give yes or no; yes needs STRATEGY24_PUBLIC_URL to begin with https://.",
    "STRATEGY24_DEMO": "Give yes or no.",
    "STRATEGY24_SMTP_URL": "Give smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465.",
    "STRATEGY24_MAIL_FROM": "Give the sender of mails, such as Заречный <town@example.org>.",
    "STRATEGY24_ESIA_ISSUER": (
        "Give the https address of the provider, STRATEGY24_ESIA_CLIENT_ID and "
        "STRATEGY24_ESIA_CLIENT_SECRET: all three or none."
    ),
    "TELEGRAM_BOT_TOKEN": "Give the token that BotFather showed, NUMBER:LETTERS, or leave it out.",
    "TELEGRAM_API_BASE": "Give the address of a Bot API server, for example https://api.telegram.org.",
    "MAX_CA_FILE": "Give the path of a certificate in PEM form, or leave it out.",
    "MAX_API_BASE": "Give the address of a MAX Bot API server, for example https://platform-api2.max.ru.",
}


class SettingsError(Exception):
    """Settings that cannot be used; `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The settings cannot be used:\n{lines}")
        self.problems = problems


class Settings(BaseSettings):
    """The settings of one instance; see the fields. Read them with `read_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, str_strip_whitespace=True
    )

    var: Path = Path("var")
    """Folder of all that the instance keeps: database, Redis, uploads, secret key. From the project root."""
    database_url: Annotated[str, Field(repr=False)] = ""
    """SQLAlchemy URL; empty in the environment means SQLite in `var`."""
    redis_url: Annotated[str, Field(repr=False)] = ""
    """Empty in the environment means the embedded Redis, on a unix socket in `var`."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8024
    """First port tried; the supervisor takes the next free one."""
    public_url: str = ""
    """What people type into a browser, without a closing slash; default: host and port."""
    secret_key: Annotated[str, Field(repr=False)] = ""
    """Signs what leaves the server. Made once and kept in `var` when embedded; required with PostgreSQL."""
    clock_offset_s: int = 0
    """Seconds added to the clock of the machine, for tests and tours."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    # Until an administrator chooses at the console (Настройка → Каналы); from then on their choice holds.
    channel_policy_telegram: ChannelPolicy = "full"
    channel_policy_max: ChannelPolicy = "full"
    channel_policy_vk: ChannelPolicy = "full"
    webhooks: bool = False
    """Whether messengers bring their updates to the public address (https) or we fetch them."""
    demo: bool | None = None
    """Whether an empty database is filled with the synthetic town; default: only on the embedded SQLite."""
    telegram_bot_token: Annotated[
        str,
        Field(
            repr=False, pattern=r"^(\d+:[\w-]{10,})?$", validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN")
        ),
    ] = ""
    telegram_api_base: Annotated[str, Field(validation_alias=AliasChoices("TELEGRAM_API_BASE"))] = (
        "https://api.telegram.org"
    )
    max_bot_token: Annotated[str, Field(repr=False, validation_alias=AliasChoices("MAX_BOT_TOKEN"))] = ""
    max_api_base: Annotated[str, Field(validation_alias=AliasChoices("MAX_API_BASE"))] = (
        "https://platform-api2.max.ru"
    )
    max_ca_file: Annotated[Path | None, Field(validation_alias=AliasChoices("MAX_CA_FILE"))] = None
    """Root certificate (PEM) to trust for MAX too: not every system has that of the Ministry behind it."""
    vk_group_token: Annotated[str, Field(repr=False, validation_alias=AliasChoices("VK_GROUP_TOKEN"))] = ""
    """Key of a VK community with the right to its messages."""
    vk_api_base: Annotated[str, Field(validation_alias=AliasChoices("VK_API_BASE"))] = "https://api.vk.ru"
    vk_confirmation: Annotated[str, Field(validation_alias=AliasChoices("VK_CONFIRMATION"))] = ""
    """The line that VK's settings of the Callback API show; our door answers with it once."""
    vk_secret: Annotated[str, Field(repr=False, validation_alias=AliasChoices("VK_SECRET"))] = ""
    """The secret written into VK's settings of the Callback API, at most 50 letters and digits."""
    smtp_url: Annotated[str, Field(repr=False)] = ""
    """Server that mails are handed to: smtp:// (STARTTLS where offered) or smtps://; empty: no mail."""
    mail_from: str = ""
    """Sender of mails, ``Name <address>``; needed with smtp_url."""
    esia_issuer: str = ""
    """Address of an OpenID Connect provider that proves who citizens are; empty: there is no such way in."""
    esia_client_id: str = ""
    esia_client_secret: Annotated[str, Field(repr=False)] = ""
    browser_path: Annotated[Path | None, Field(validation_alias=AliasChoices("BROWSER_PATH"))] = None
    """The Chrome that draws charts; default: the first found on PATH."""
    compiled_sender: bool = True
    """Whether the live hub sends by its library in C, where a compiler is; else in Python."""
    bench_data: Path | None = None
    """Folder with real data for benchmarks and long tests, where there is one."""

    @property
    def embedded_database(self) -> bool:
        """Whether the database is SQLite."""
        return self.database_url.startswith("sqlite")

    @property
    def embedded_redis(self) -> bool:
        """Whether this instance starts a Redis of its own."""
        return self.redis_url == socket_url(self.redis_folder)

    @property
    def redis_folder(self) -> Path:
        """Where the embedded Redis keeps its append-only file."""
        return self.var / "redis"

    @property
    def files_folder(self) -> Path:
        """Where uploads lie."""
        return self.var / "files"

    @property
    def metrics_folder(self) -> Path:
        """Where the processes of a supervisor keep their metrics."""
        return self.var / "metrics"

    @property
    def messenger_tokens(self) -> dict[str, str]:
        """The token of each messenger by its name, empty for one that this instance does not have."""
        return {"telegram": self.telegram_bot_token, "max": self.max_bot_token, "vk": self.vk_group_token}

    @property
    def fills_demo(self) -> bool:
        """Whether an empty database gets the synthetic town."""
        return self.embedded_database if self.demo is None else self.demo

    @field_validator("var", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return (PROJECT / value.expanduser()).resolve()

    @field_validator("database_url", mode="after")
    @classmethod
    def _known_database(cls, value: str) -> str:
        for prefix in ("postgres://", "postgresql://"):
            if value.startswith(prefix):
                return "postgresql+psycopg://" + value.removeprefix(prefix)
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("neither PostgreSQL nor SQLite")
        return value

    @field_validator("redis_url", mode="after")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("not the address of a Redis")
        return value

    @field_validator(
        "public_url", "telegram_api_base", "max_api_base", "vk_api_base", "esia_issuer", mode="after"
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise ValueError("not a web address")
        return value.rstrip("/")

    @field_validator("secret_key", mode="after")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("too short")
        return value

    @field_validator("smtp_url", mode="after")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
            raise ValueError("not the address of a mail server")
        return value

    @model_validator(mode="after")
    def _fill_what_follows(self) -> Self:
        if not self.database_url:
            self._set("database_url", f"sqlite:///{self.var / 'strategy24.sqlite3'}")
        if not self.redis_url:
            self._set("redis_url", socket_url(self.redis_folder))
        if not self.public_url:
            host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  # compared only
            self._set("public_url", f"http://{host}:{self.port}")
        return self

    def _set(self, name: str, value: str) -> None:
        # The model is frozen for everybody else; this is its construction.
        self.__dict__[name] = value


def _half_of_esia(settings: Settings) -> bool:
    given = (settings.esia_issuer, settings.esia_client_id, settings.esia_client_secret)
    return any(given) and not (all(given) and settings.esia_issuer.startswith("https://"))


def variable_names() -> dict[str, str]:
    """Return the environment variable of each setting, by field."""
    return {name: _variable(name, field) for name, field in Settings.model_fields.items()}


def read_settings() -> Settings:
    """Read and check all settings; makes the secret key of an embedded instance at its first start.

    Raises: SettingsError with every problem found.
    """
    problems = _unknown(os.environ)
    settings = _validated(problems)
    if settings and not settings.secret_key and not settings.embedded_database:
        problems.append(f"STRATEGY24_SECRET_KEY is missing. {_ADVICE['STRATEGY24_SECRET_KEY']}")
    if settings and settings.webhooks and not settings.public_url.startswith("https://"):
        problems.append(f"STRATEGY24_WEBHOOKS cannot be used. {_ADVICE['STRATEGY24_WEBHOOKS']}")
    if settings and settings.webhooks and settings.vk_group_token and not settings.vk_secret:
        problems.append(f"VK_SECRET is missing. {_ADVICE['VK_SECRET']}")
    if settings and settings.smtp_url and "@" not in settings.mail_from:
        problems.append(f"STRATEGY24_MAIL_FROM is missing. {_ADVICE['STRATEGY24_MAIL_FROM']}")
    if settings and _half_of_esia(settings):
        problems.append(f"STRATEGY24_ESIA_ISSUER cannot be used. {_ADVICE['STRATEGY24_ESIA_ISSUER']}")
    if problems or settings is None:
        raise SettingsError(problems)
    return settings.model_copy(update={"secret_key": settings.secret_key or _own_secret(settings.var)})


def child_environment(**overrides: str) -> dict[str, str]:
    """Return the environment for a process of this instance: ours, with `overrides` of settings by field."""
    names = variable_names()
    return {**os.environ, **{names[field]: value for field, value in overrides.items()}}


def _validated(problems: list[str]) -> Settings | None:
    try:
        return Settings()
    except ValidationError as error:
        names = variable_names()
        problems.extend(_sentence(detail, names) for detail in error.errors())
        return None


def _sentence(detail: Mapping[str, Any], names: dict[str, str]) -> str:
    place = str(detail["loc"][0])
    name = names.get(place, place)
    # Values of secrets never reach a terminal or a log.
    shown = "" if name.endswith(("_TOKEN", "_KEY", "_SECRET")) or "URL" in name else f" {detail['input']!r}"
    return f"{name}{shown} cannot be used. {_ADVICE.get(name, detail['msg'] + '.')}"


def _unknown(variables: Mapping[str, str]) -> list[str]:
    known = set(variable_names().values())
    problems = []
    for name in sorted(variables):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else "Remove it."
            problems.append(f"{name} is no setting of Strategy24. {hint}")
    return problems


def _variable(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"{PREFIX}{name}".upper()


def _own_secret(var: Path) -> str:
    try:
        return _kept_secret(var)
    except OSError as error:
        problem = f"STRATEGY24_VAR {str(var)!r} cannot be used: {error.strerror}. {_ADVICE['STRATEGY24_VAR']}"
        raise SettingsError([problem]) from error


def _kept_secret(var: Path) -> str:
    path = var / "secret_key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    var.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(48)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(fresh, encoding="ascii")
    try:
        # A link never replaces: of two first starts at once, the first one decides.
        path.hardlink_to(partial)
    except FileExistsError:
        fresh = path.read_text(encoding="ascii").strip()
    finally:
        partial.unlink()
    return fresh
