"""What can be wrong with an instance, looked at one thing after another."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import redis
from sqlalchemy.exc import SQLAlchemyError

from app import embedded_redis
from app.carriers import initial_policies
from app.degraded import closed_to_others, find_chrome
from app.lifeline import marked
from app.schema import at_newest_step
from app.settings import PROJECT, Settings, SettingsError, read_settings
from app.supervisor.children import MARK
from app.supervisor.instance import is_running, read_address
from app.wiring import open_database
from core.channels import ChannelPolicy, channel_policies
from core.store import StoreUnavailable
from messengers import Carrier

_LITTLE_DISK_BYTES = 500_000_000
_NO_DISK_BYTES = 50_000_000


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    """Works, in a lesser way."""
    ERROR = "error"
    """Keeps the instance from working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, what was found, and what mends it (empty when nothing has to be)."""

    subject: str
    level: Level
    found: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Yield a finding for each thing an instance stands on, the basic ones first."""
    yield _python()
    yield _uv()
    try:
        settings = read_settings()
    except SettingsError as error:
        for problem in error.problems:
            yield _error("settings", problem, "Change the variable and try again.")
        return
    yield _ok("settings", "all can be used")
    yield from _folder(settings)
    running = is_running(settings.var)
    yield _instance(settings, running=running)
    yield from _port(settings, running=running)
    yield from _database(settings)
    yield from _redis(settings, running=running)
    yield _secret_key(settings)
    yield _public_url(settings)
    yield _chrome(settings)
    yield _telegram(settings)
    yield _max(settings)
    yield _vk(settings)
    yield _mail(settings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return _ok("python", version)
    return _error("python", version, "Use Python 3.11, 3.12 or 3.13.")


def _uv() -> Finding:
    places = (shutil.which("uv"), PROJECT / ".tools" / "bin" / "uv")
    found = next((str(place) for place in places if place and os.access(place, os.X_OK)), None)
    if found:
        return _ok("uv", found)
    return _warning("uv", "not found", "./run fetches it by pip when packages have to be installed.")


def _folder(settings: Settings) -> Iterator[Finding]:
    existing = next(place for place in (settings.var, *settings.var.parents) if place.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        yield _error(
            "folder", f"{existing} may not be written to", "Change its owner, or set STRATEGY24_VAR."
        )
        return
    yield _ok("folder", str(settings.var))
    free = shutil.disk_usage(existing).free
    found = f"{free / 1e9:.1f} GB free"
    if free < _NO_DISK_BYTES:
        yield _error("disk", found, "Free some space: without it nothing can be stored.")
    elif free < _LITTLE_DISK_BYTES:
        yield _warning("disk", found, "Free some space soon.")
    else:
        yield _ok("disk", found)


def _instance(settings: Settings, *, running: bool) -> Finding:
    leftovers = len(marked(MARK, lambda mark: mark.endswith(f"@{settings.var}")))
    address = read_address(settings.var)
    if running:
        return _ok("instance", f"runs at {address or 'an address not yet known'}")
    if leftovers:
        mend = "The next ./run ends them."
        return _warning("instance", f"stopped; {leftovers} processes of a killed one still live", mend)
    if address:
        return _ok("instance", "stopped by force; the next ./run goes on from its data")
    return _ok("instance", "stopped")


def _port(settings: Settings, *, running: bool) -> Iterator[Finding]:
    if running:
        return
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            found = f"{settings.port} of {settings.host} cannot be had: {error.strerror}"
            yield _warning("port", found, "./run takes the next free one; or set STRATEGY24_PORT.")
        else:
            yield _ok("port", f"{settings.port} is free")


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "SQLite" if settings.embedded_database else "PostgreSQL"
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.embedded_database and not file.exists():
        yield _ok("database", "SQLite, made at the first start")
        return
    database = open_database(settings)
    try:
        newest = at_newest_step(database)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        mend = "Start the server, or correct STRATEGY24_DATABASE_URL."
        if settings.embedded_database:
            mend = "Move the file away and ./run restore FILE from a backup."
        yield _error("database", f"{kind} does not answer: {said}", mend)
        return
    finally:
        database.close()
    yield _ok("database", kind)
    if newest:
        yield _ok("migrations", "at the newest step")
    else:
        yield _warning(
            "migrations", "the tables are not of this version", "./run migrate (./run does it itself)"
        )


def _redis(settings: Settings, *, running: bool) -> Iterator[Finding]:
    if settings.embedded_redis:
        try:
            binary = embedded_redis.find_redis_server()
        except embedded_redis.RedisServerNotFoundError as error:
            yield _error("redis", "no redis-server", str(error))
            return
        yield _ok("redis program", f"{binary.path} (found in {binary.origin})")
        if not running:
            return
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except redis.ResponseError:
        policy = None
    except (redis.RedisError, OSError) as error:
        mend = "Nothing is lost without it, but it is slow. Start it, or correct STRATEGY24_REDIS_URL."
        yield _error("redis", f"does not answer: {type(error).__name__}", mend)
        return
    if policy not in {None, "noeviction"}:
        yield _warning("redis", f"answers; maxmemory-policy is {policy}", "Set maxmemory-policy noeviction.")
    else:
        yield _ok("redis", "answers")


def _secret_key(settings: Settings) -> Finding:
    file = settings.var / "secret_key"
    if file.exists() and file.stat().st_mode & 0o077:
        return _warning("secret key", f"{file} can be read by others", f"chmod 600 {file}")
    return _ok("secret key", "present")


def _public_url(settings: Settings) -> Finding:
    if closed_to_others(settings):
        found = f"{settings.host} is listened on, but the address people type is not known"
        return _warning("public url", found, "Set STRATEGY24_PUBLIC_URL; other addresses are refused.")
    return _ok("public url", settings.public_url)


def _chrome(settings: Settings) -> Finding:
    found = find_chrome(settings)
    if found:
        return _ok("chrome", str(found))
    mend = "Debian: apt-get install chromium; or set BROWSER_PATH."
    return _warning("chrome", "not found; charts are drawn by matplotlib", mend)


def _policy(settings: Settings, carrier: Carrier) -> ChannelPolicy:
    """What was chosen; what the settings say where nobody has, or where the database cannot be asked."""
    initial = initial_policies(settings)[carrier]
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.embedded_database and not file.exists():
        return initial
    database = open_database(settings)
    try:
        return database.read(channel_policies).get(carrier, initial)
    except (SQLAlchemyError, StoreUnavailable):
        return initial
    finally:
        database.close()


def _telegram(settings: Settings) -> Finding:
    if not settings.telegram_bot_token:
        return _warning("telegram", "no TELEGRAM_BOT_TOKEN; the bot does not talk in Telegram", "")
    policy = _policy(settings, Carrier.TELEGRAM)
    if policy == "full":
        mend = (
            "Authorities of Russia say so by ./run channels --owner authority: "
            "41-FZ bars them from talking to citizens through foreign messengers."
        )
        return _warning("telegram", "a token is set, channel policy full", mend)
    return _ok("telegram", f"a token is set, channel policy {policy}")


def _max(settings: Settings) -> Finding:
    if not settings.max_bot_token:
        return _warning("max", "no MAX_BOT_TOKEN; the bot does not talk in MAX", "")
    if settings.max_ca_file is not None and not settings.max_ca_file.is_file():
        mend = "Put the certificate there, or leave MAX_CA_FILE out if the system trusts MAX already."
        return _error("max", f"MAX_CA_FILE {settings.max_ca_file} is not there", mend)
    policy = _policy(settings, Carrier.MAX)
    if not settings.webhooks:
        mend = "MAX calls long polling fit for trials only: set STRATEGY24_WEBHOOKS=yes behind https."
        return _warning("max", f"a token is set, policy {policy}, long polling", mend)
    return _ok("max", f"a token is set, policy {policy}, webhook")


def _vk(settings: Settings) -> Finding:
    if not settings.vk_group_token:
        return _warning("vk", "no VK_GROUP_TOKEN; the bot does not talk in VK", "")
    way = "Callback API" if settings.webhooks else "long poll"
    if settings.webhooks and not settings.vk_confirmation:
        mend = "Copy the line to answer with from the settings of VK's Callback API into VK_CONFIRMATION."
        return _warning("vk", "a key is set, VK cannot confirm our address", mend)
    return _ok("vk", f"a key is set, policy {_policy(settings, Carrier.VK)}, {way}")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        mend = "Set STRATEGY24_SMTP_URL and STRATEGY24_MAIL_FROM to have what messengers refuse go by mail."
        return _warning("mail", "no STRATEGY24_SMTP_URL; nothing goes by mail", mend)
    parts = urlsplit(settings.smtp_url)
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        socket.create_connection((str(parts.hostname), port), timeout=5).close()
    except OSError as error:
        mend = "Start the mail server, or correct STRATEGY24_SMTP_URL; mails wait meanwhile."
        return _warning("mail", f"{parts.hostname}:{port} does not answer: {error.strerror}", mend)
    return _ok("mail", f"{parts.hostname}:{port} answers")


def _ok(subject: str, found: str) -> Finding:
    return Finding(subject=subject, level=Level.OK, found=found)


def _warning(subject: str, found: str, mend: str) -> Finding:
    return Finding(subject=subject, level=Level.WARNING, found=found, mend=mend)


def _error(subject: str, found: str, mend: str) -> Finding:
    return Finding(subject=subject, level=Level.ERROR, found=found, mend=mend)
