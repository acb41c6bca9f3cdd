"""Which children an instance consists of, in the order of their start."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from app import embedded_redis
from app.lifeline import guarded
from app.settings import PROJECT, Settings, child_environment
from app.supervisor.children import ChildSpec

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def plan(settings: Settings, *, port: int, listening: int) -> list[ChildSpec]:
    """Return the children for `settings`; `listening` is the descriptor of the open socket on `port`.

    Raises: RedisServerNotFoundError.
    """
    environment = _environment(settings, port=port)
    children = [
        _ours("migrate", [], settings, environment, runs_once=True),
        _ours("web", ["--listen-fd", str(listening)], settings, environment, descriptors=(listening,)),
        _ours("bots", [], settings, environment),
        _ours("relay", [], settings, environment),
        _ours("worker", ["default"], settings, environment),
        _ours("worker", ["charts"], settings, environment),
        _ours("cron", [], settings, environment),
    ]
    return [_redis(settings, environment), *children] if settings.embedded_redis else children


def public_url(settings: Settings, *, port: int) -> str:
    """Return the address to show: as configured, or with the port really taken."""
    if port == settings.port:
        return settings.public_url
    default = Settings.model_validate({"host": settings.host, "port": settings.port}).public_url
    return (
        default.replace(f":{settings.port}", f":{port}")
        if settings.public_url == default
        else settings.public_url
    )


def _environment(settings: Settings, *, port: int) -> dict[str, str]:
    overrides = {"var": str(settings.var), "port": str(port), "public_url": public_url(settings, port=port)}
    return child_environment(**overrides) | {
        METRICS_VARIABLE: str(settings.metrics_folder),
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
        # glibc keeps an arena for each thread otherwise, which costs tens of megabytes in threaded processes.
        "MALLOC_ARENA_MAX": "2",
    }


def _ours(
    name: str,
    arguments: list[str],
    settings: Settings,
    environment: dict[str, str],
    *,
    runs_once: bool = False,
    descriptors: tuple[int, ...] = (),
) -> ChildSpec:
    python = [sys.executable, "-P", "-m", "app", "--until-stdin-closes"]
    ready = [] if runs_once else ["--ready-fd", "{ready_fd}"]
    label = "-".join([name, *(argument for argument in arguments if argument.isalpha())])
    return ChildSpec(
        name=label,
        instance=str(settings.var),
        command=[*python, *ready, name, *arguments],
        environment=environment,
        runs_once=runs_once,
        descriptors=descriptors,
    )


def _redis(settings: Settings, environment: dict[str, str]) -> ChildSpec:
    folder = settings.redis_folder
    binary = embedded_redis.find_redis_server().path
    return ChildSpec(
        name="redis",
        instance=str(settings.var),
        command=guarded(embedded_redis.redis_command(binary, directory=folder)),
        environment=environment,
        probe=_answers_ping(embedded_redis.socket_path(folder)),
    )


def _answers_ping(socket: Path) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(os.fspath(socket))
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            # While it reads its append-only file it answers -LOADING.
            return await reader.readline() == b"+PONG\r\n"
        finally:
            writer.close()

    return probe
